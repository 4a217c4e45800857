using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace FanTrans.Tests.Host.Jupyter;

/// <summary>The real Jupyter Notebook page, in a browser.</summary>
public class NotebookPageTests
{
    private const string Token = "for-this-test-alone";

    [Fact]
    public async Task ACellIsEditedAndRunInterruptedAndRunAgainAndAFigureIsDrawn()
    {
        using var jupyter = await JupyterPython.WithKernelAsync("notebook", "jupyter_client");
        WriteNotebook(Path.Combine(jupyter.Folder, "test.ipynb"));
        // The kit's packages are found from the notebook's folder.
        File.WriteAllText(Path.Combine(jupyter.Folder, "nuget.config"),
            $"<configuration><packageSources><add key=\"kit\" value=\"{Path.Combine(Repository.Root, "environment", "feed")}\" /></packageSources></configuration>");
        var port = FreePort();
        using var server = jupyter.Start(
            "-m", "notebook", "--no-browser", "--ip=127.0.0.1", $"--port={port}", "--port-retries=0", "--allow-root", $"--NotebookApp.token={Token}");
        server.BeginOutputReadLine();
        server.BeginErrorReadLine();
        try
        {
            await ListensAsync(port);
            await using var page = await BrowserPage.OpenAsync($"http://127.0.0.1:{port}/notebooks/test.ipynb?token={Token}");
            await page.UntilAsync("Jupyter.notebook.kernel.is_connected() && Jupyter.notebook.kernel.info_reply.implementation === 'notebook-host'");

            // A cell, edited by the keyboard and run.
            await page.EvaluateAsync("Jupyter.notebook.select(0); Jupyter.notebook.edit_mode(); var e = Jupyter.notebook.get_cell(0).code_mirror; e.focus(); e.execCommand('selectAll');");
            await page.TypeAsync("var answer = 6 * 7;\nConsole.WriteLine(\"typed\");\nanswer");
            await page.PressShiftEnterAsync();
            await page.UntilAsync($"{Output(0)}.includes('typed') && {Output(0)}.includes('42')");

            // A loop without end, interrupted by the page's own menu; the kernel keeps its variables.
            await RunAsync(page, 1);
            await page.UntilAsync($"{Output(1)}.includes('training')");
            await page.EvaluateAsync("Jupyter.notebook.kernel.interrupt()");
            await page.UntilAsync($"{Output(1)}.includes('Interrupted: the cell was interrupted')");
            await RunAsync(page, 2);
            await page.UntilAsync($"{Output(2)}.includes('100 %') && {Output(2)}.includes('kept 42') && !{Output(2)}.includes('50 %')");

            // A figure, without a network.
            await RunAsync(page, 3);
            await page.UntilAsync("document.querySelectorAll('.fantrans-figure .plot-container .scatterlayer .point').length >= 8");
            await page.EvaluateAsync("Jupyter.notebook.scroll_to_bottom()");
            await Task.Delay(1000, TestContext.Current.CancellationToken);
            var picture = await page.ScreenshotAsync();
            Assert.True(picture.Length > 20_000, $"a picture of {picture.Length} bytes");
            if (System.Environment.GetEnvironmentVariable("FANTRANS_SCREENSHOTS") is { Length: > 0 } folder)
                await File.WriteAllBytesAsync(Path.Combine(folder, "jupyter-notebook.png"), picture, TestContext.Current.CancellationToken);

            // A restart forgets, and the cell runs again.
            await page.EvaluateAsync("new Promise(done => Jupyter.notebook.kernel.restart(done))");
            await page.UntilAsync("Jupyter.notebook.kernel.is_connected()");
            await RunAsync(page, 2);
            await page.UntilAsync($"{Output(2)}.includes('CS0103')");
            await RunAsync(page, 0);
            await RunAsync(page, 2);
            await page.UntilAsync($"{Output(2)}.includes('kept 42')");
        }
        finally
        {
            // The kernels end with it.
            server.Kill(entireProcessTree: true);
            await server.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    private static string Output(int cell) => $"Jupyter.notebook.get_cell({cell}).output_area.element.text()";

    private static Task<JsonNode?> RunAsync(BrowserPage page, int cell) => page.EvaluateAsync($"Jupyter.notebook.execute_cells([{cell}])");

    private static void WriteNotebook(string path)
    {
        string[] cells =
        [
            "to be replaced",
            "Console.WriteLine(\"training\");\nwhile (true) System.Threading.Thread.Sleep(1);",
            "var bar = display(\"0 %\");\nbar.Update(\"50 %\");\nbar.Update(\"100 %\");\n$\"kept {answer}\"",
            """
            #r "nuget: FanTrans.Lib, 0.1.0-*"
            #r "nuget: TorchSharp-cpu, 0.105.1-*"
            #r "nuget: Plotly.NET.Interactive, 5.0.0-*"
            using FanTrans.Charts;
            Figures.LearningCurves([new EpochSeries("a", [0.1, 0.3, 0.4, 0.45]), new EpochSeries("b", [0.2, 0.25, 0.3, 0.32])], "macro F1", title: "Drawn in Jupyter")
            """,
        ];
        var notebook = new JsonObject
        {
            ["cells"] = new JsonArray([.. cells.Select(source => (JsonNode)new JsonObject
            {
                ["cell_type"] = "code", ["execution_count"] = null, ["metadata"] = new JsonObject(), ["outputs"] = new JsonArray(), ["source"] = source,
            })]),
            ["metadata"] = new JsonObject
            {
                ["kernelspec"] = new JsonObject { ["display_name"] = ".NET (C#)", ["language"] = "C#", ["name"] = ".net-csharp" },
            },
            ["nbformat"] = 4,
            ["nbformat_minor"] = 2,
        };
        File.WriteAllText(path, notebook.ToJsonString());
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task ListensAsync(int port)
    {
        for (var i = 0; i < 300; i++)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(200, TestContext.Current.CancellationToken);
            }
        }
        Assert.Fail("Jupyter does not listen");
    }
}
