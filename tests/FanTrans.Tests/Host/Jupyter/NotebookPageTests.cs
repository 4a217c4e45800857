using System.Text.Json.Nodes;

namespace FanTrans.Tests.Host.Jupyter;

/// <summary>The real Jupyter Notebook page, in a browser.</summary>
public class NotebookPageTests
{
    private const string Packages = """
        #r "nuget: FanTrans.Lib, 0.1.0-*"
        #r "nuget: FanTrans.Charts, 0.1.0-*"
        #r "nuget: TorchSharp-cpu, 0.105.1-*"
        #r "nuget: Plotly.NET.Interactive, 5.0.0-*"
        using FanTrans.Charts;
        using FanTrans.Training;

        """;

    [Fact]
    public async Task ACellIsEditedAndRunInterruptedAndRunAgainAndAFigureIsDrawn()
    {
        using var jupyter = await JupyterPython.WithKernelAsync("notebook", "jupyter_client");
        await using var server = await NotebookServer.StartAsync(
            jupyter,
            "to be replaced",
            "Console.WriteLine(\"training\");\nwhile (true) System.Threading.Thread.Sleep(1);",
            "var bar = display(\"0 %\");\nbar.Update(\"50 %\");\nbar.Update(\"100 %\");\n$\"kept {answer}\"",
            Packages + "Figures.LearningCurves([new EpochSeries(\"a\", [0.1, 0.3, 0.4, 0.45]), new EpochSeries(\"b\", [0.2, 0.25, 0.3, 0.32])], \"macro F1\", title: \"Drawn in Jupyter\")");
        await using var page = await server.OpenAsync();

        // A cell, edited by the keyboard and run.
        await page.EvaluateAsync("Jupyter.notebook.select(0); Jupyter.notebook.edit_mode(); var e = Jupyter.notebook.get_cell(0).code_mirror; e.focus(); e.execCommand('selectAll');");
        await page.TypeAsync("var answer = 6 * 7;\nConsole.WriteLine(\"typed\");\nanswer");
        await page.PressShiftEnterAsync();
        await page.UntilAsync($"{Output(0)}.includes('typed') && {Output(0)}.includes('42')");

        // A loop without end, interrupted by the page; the kernel keeps its variables.
        await RunAsync(page, 1);
        await page.UntilAsync($"{Output(1)}.includes('training')");
        await page.EvaluateAsync("Jupyter.notebook.kernel.interrupt()");
        await page.UntilAsync($"{Output(1)}.includes('Interrupted: the cell was interrupted')");
        await RunAsync(page, 2);
        await page.UntilAsync($"{Output(2)}.includes('100 %') && {Output(2)}.includes('kept 42') && !{Output(2)}.includes('50 %')");

        // A figure, without a network.
        await RunAsync(page, 3);
        await page.UntilAsync("document.querySelectorAll('.fantrans-figure .plot-container .scatterlayer .point').length >= 8");
        await SeeAsync(page, "jupyter-notebook.png");

        // A restart forgets, and the cell runs again.
        await RestartAsync(page);
        await RunAsync(page, 2);
        await page.UntilAsync($"{Output(2)}.includes('CS0103')");
        await RunAsync(page, 0);
        await RunAsync(page, 2);
        await page.UntilAsync($"{Output(2)}.includes('kept 42')");
    }

    [Fact]
    public async Task TrainingIsInterruptedAndGoesOnAfterARestart()
    {
        using var jupyter = await JupyterPython.WithKernelAsync("notebook", "jupyter_client");
        await using var server = await NotebookServer.StartAsync(
            jupyter,
            Packages + """
            var smoke = QuickstartRecipe.Smoke;
            var run = new QuickstartRun(
                smoke with { LandmarkTraining = smoke.LandmarkTraining with { Epochs = 4 } }, "checkpoints", TorchSharp.torch.CPU);
            run.Render();
            """,
            """
            var landmarks = ProgressDisplay.Run(progress => run.PretrainFan(progress));
            $"{landmarks.Curve("nme").Length} epochs are trained"
            """,
            "$\"kept: {run.Fold}\"");
        await using var page = await server.OpenAsync();

        await RunAsync(page, 0);
        await RunAsync(page, 1);
        await page.UntilAsync($"{Output(1)}.includes('1/4: loss')");
        await page.EvaluateAsync("Jupyter.notebook.kernel.interrupt()");
        await page.UntilAsync($"{Output(1)}.includes('Interrupted: the cell was interrupted')");
        Assert.False((bool)(await page.EvaluateAsync($"{Output(1)}.includes('epochs are trained')"))!);
        await RunAsync(page, 2);
        await page.UntilAsync($"{Output(2)}.includes('kept: fold')");
        await SeeAsync(page, "jupyter-interrupted.png");

        // A new process, which goes on from the last epoch that was finished.
        await RestartAsync(page);
        await RunAsync(page, 0);
        await RunAsync(page, 1);
        await page.UntilAsync($"{Output(1)}.includes('4 epochs are trained')");
        Assert.False((bool)(await page.EvaluateAsync($"{Output(1)}.includes('1/4: loss')"))!);
        await SeeAsync(page, "jupyter-trained.png");
    }

    private static string Output(int cell) => $"Jupyter.notebook.get_cell({cell}).output_area.element.text()";

    private static Task<JsonNode?> RunAsync(BrowserPage page, int cell) => page.EvaluateAsync($"Jupyter.notebook.execute_cells([{cell}])");

    private static async Task RestartAsync(BrowserPage page)
    {
        await page.EvaluateAsync("new Promise(done => Jupyter.notebook.kernel.restart(done))");
        await page.UntilAsync("Jupyter.notebook.kernel.is_connected()");
    }

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
