using System.Text.Json.Nodes;
using FanTrans.Tests.Notebooks;

namespace FanTrans.Tests.Host.Jupyter;

/// <summary>Polyglot Notebooks in VS Code, without the editor.</summary>
public class StdioTests(InstalledKernel kernel, SeriesRuns runs)
{
    private const string Notebook = "02-model.ipynb";

    [Fact]
    public async Task ANotebookRunsAndStopEndsACellAtItsTokenAndKeepsVariables()
    {
        await kernel.RequireAsync();
        var first = await runs.OfAsync(Notebook);
        Assert.True(first.ExitCode == 0, first.Text);
        await using var tool = await StdioKernel.StartAsync(kernel, SeriesRuns.Notebooks);
        List<JsonNode> all = [];
        foreach (
            var cell in SmokeSize.Of(Notebook, first.Output)["cells"]!
                .AsArray()
                .Where(c => c!["cell_type"]!.GetValue<string>() == "code")
        )
        {
            var events = await tool.RunAsync(Executed.Text(cell!["source"]!));
            Assert.True(StdioKernel.Type(events[^1]) == "CommandSucceeded", events[^1].ToJsonString());
            all.AddRange(events);
        }
        var figures = File.ReadAllText(first.Page).Split("class=\"fantrans-figure").Length - 1;
        Assert.Equal(figures, StdioKernel.Shown(all, "text/html").Split("class=\"fantrans-figure").Length - 1);

        await tool.RunAsync("var steps = 0;");
        var endless = await tool.SubmitAsync(
            """
            var token = Microsoft.DotNet.Interactive.KernelInvocationContext.Current.CancellationToken;
            while (true) { token.ThrowIfCancellationRequested(); if (++steps == 1) Console.WriteLine("a step"); System.Threading.Thread.Sleep(10); }
            """
        );
        await tool.UntilAsync(e => StdioKernel.Shown([e]).Contains("a step", StringComparison.Ordinal));
        await tool.CancelAsync();
        Assert.Equal("CommandFailed", StdioKernel.Type((await tool.EndAsync(endless))[^1]));
        var after = await tool.RunAsync("var at = steps; await Task.Delay(500); $\"{at > 0} {at == steps}\"");
        Assert.Contains("True True", StdioKernel.Shown(after));
    }
}
