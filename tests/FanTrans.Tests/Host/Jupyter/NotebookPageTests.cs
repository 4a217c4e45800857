using System.Text.Json.Nodes;
using FanTrans.Tests.Notebooks;

namespace FanTrans.Tests.Host.Jupyter;

/// <summary>The real Jupyter Notebook page, in a browser without a network.</summary>
public class NotebookPageTests(InstalledKernel kernel, SeriesRuns runs)
{
    private const string Notebook = "00-quickstart.ipynb";

    /// <summary>Asks the kernel for its name: what is sent while it restarts can be lost.</summary>
    private const string Answers =
        "new Promise(done => { Jupyter.notebook.kernel.kernel_info(() => done(true)); setTimeout(done, 2000, false); })";

    [Fact]
    public async Task ANotebookOfTheSeriesRunsAndDrawsItsFigures()
    {
        await kernel.RequireAsync("notebook", "jupyter_client");
        var first = await runs.OfAsync(Notebook);
        Assert.True(first.ExitCode == 0, first.Text);
        var notebook = SmokeSize.Of(Notebook, first.Output);
        // Figures ask for plotly.js from the network, unless a cell brings it.
        var cells = notebook["cells"]!.AsArray();
        cells.Add(JupyterTests.Made("HTML(FanTrans.Charts.Figure.PlotlyScript)")["cells"]![0]!.DeepClone());
        cells.Add(JupyterTests.Made("\"the end\"")["cells"]![0]!.DeepClone());
        await using var server = await NotebookServer.StartAsync(kernel, notebook);
        await using var page = await server.OpenAsync();

        await page.EvaluateAsync("Jupyter.notebook.execute_all_cells()");
        await page.UntilAsync(
            $"{Output(cells.Count - 1)}.includes('the end') || document.querySelector('.output_error') !== null"
        );
        Assert.False(
            (bool)(await page.EvaluateAsync("document.querySelector('.output_error') !== null"))!,
            $"{await page.EvaluateAsync("document.body.innerText")}"
        );
        var figures = File.ReadAllText(first.Page).Split("class=\"fantrans-figure").Length - 1;
        await page.UntilAsync($"document.querySelectorAll('.fantrans-figure .plot-container').length === {figures}");
        await SeeAsync(page, "jupyter-notebook.png");
    }

    /// <summary>The tool ends when Jupyter interrupts it, and Jupyter starts it again: work that keeps checkpoints
    /// resumes from them.</summary>
    [Fact]
    public async Task InterruptedTrainingResumesAfterTheRestart()
    {
        await kernel.RequireAsync("notebook", "jupyter_client");
        await using var server = await NotebookServer.StartAsync(
            kernel,
            JupyterTests.Made(
                """
                #r "nuget: FanTrans.Lib, 0.1.0-*"
                #r "nuget: FanTrans.Synthetic, 0.1.0-*"
                using FanTrans.Data;
                using FanTrans.Models;
                using FanTrans.Synthetic;
                using FanTrans.Training;
                var faces = new CachedDataset(new SynthFaces(new SynthOptions { Subjects = 6, FramesPerSubject = 8, ImageSize = 48 }));
                faces.Fill();
                var loader = new AuLoader(faces, new AuLoaderOptions { ImageSize = 48, BatchSize = 8 }, [.. Enumerable.Range(0, faces.Count)]);
                """,
                """
                var fan = new FaceAlignmentNetwork(FanOptions.Small with { ImageSize = 48, Features = 16, Depth = 2 });
                var trainer = new Trainer(new FanTask(fan), TrainingOptions.Paper with { Epochs = 50 });
                var result = trainer.Fit(loader, null, "checkpoints", TrainingProgress.Lines());
                $"{result.Epochs.Count} epochs are trained"
                """
            )
        );
        await using var page = await server.OpenAsync();
        await RunAsync(page, 0);
        await RunAsync(page, 1);
        await page.UntilAsync($"{Output(1)}.includes('2/50: loss')");
        await page.EvaluateAsync("Jupyter.notebook.kernel.interrupt()");
        await page.UntilAsync("document.body.innerText.includes('It will restart automatically')");
        await SeeAsync(page, "jupyter-interrupted.png");
        await page.UntilAsync(Answers);

        await RunAsync(page, 1);
        await page.UntilAsync($"{Output(1)}.includes('CS0103')");
        await RunAsync(page, 0);
        await RunAsync(page, 1);
        await page.UntilAsync($"{Output(1)}.includes('50 epochs are trained')");
        Assert.False((bool)(await page.EvaluateAsync($"{Output(1)}.includes(' 1/50: loss')"))!);
    }

    private static string Output(int cell) => $"Jupyter.notebook.get_cell({cell}).output_area.element.text()";

    private static Task<JsonNode?> RunAsync(BrowserPage page, int cell) =>
        page.EvaluateAsync($"Jupyter.notebook.execute_cells([{cell}])");

    /// <summary>Takes a picture of the page's end. FANTRANS_SCREENSHOTS names a folder to keep it in.</summary>
    private static async Task SeeAsync(BrowserPage page, string name)
    {
        await page.EvaluateAsync("Jupyter.notebook.scroll_to_bottom()");
        await Task.Delay(1000, TestContext.Current.CancellationToken);
        var picture = await page.ScreenshotAsync();
        Assert.True(picture.Length > 20_000, $"a picture of {picture.Length} bytes");
        if (System.Environment.GetEnvironmentVariable("FANTRANS_SCREENSHOTS") is { Length: > 0 } folder)
            await File.WriteAllBytesAsync(Path.Combine(folder, name), picture, TestContext.Current.CancellationToken);
    }
}
