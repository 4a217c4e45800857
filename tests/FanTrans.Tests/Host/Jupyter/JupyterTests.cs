using System.Text.Json.Nodes;
using FanTrans.Tests.Notebooks;

namespace FanTrans.Tests.Host.Jupyter;

/// <summary>The real tool as Jupyter starts it, through nbclient.</summary>
public class JupyterTests(InstalledKernel kernel, SeriesRuns runs)
{
    public static TheoryData<string> Notebooks => [.. SeriesRuns.Names];

    /// <summary>From the first cell to the last, and then again in another order:
    /// nobody runs a notebook in order only.</summary>
    [Theory]
    [MemberData(nameof(Notebooks))]
    public async Task EveryNotebookRuns(string name)
    {
        await kernel.RequireAsync("nbclient");
        var first = await runs.OfAsync(name);
        Assert.True(first.ExitCode == 0, first.Text);
        // The kernel starts in the notebook's folder, as when a person opens it.
        var executed = await ExecuteAsync(
            SmokeSize.Of(name, first.Output).ToJsonString(),
            SeriesRuns.Notebooks,
            "again"
        );
        Assert.All(Code(executed), cell => Assert.NotNull(cell["execution_count"]));
        Assert.DoesNotContain(Outputs(executed), output => output["output_type"]!.GetValue<string>() == "error");
        // As many figures as on the runner's page.
        var figures = File.ReadAllText(first.Page).Split("class=\"fantrans-figure").Length - 1;
        Assert.Equal(
            figures,
            executed
                .ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping })
                .Split("class=\\\"fantrans-figure")
                .Length - 1
        );
    }

    [Fact]
    public async Task NothingThatIsPrintedIsLostAndNoAddressOfTheMachineIsStored()
    {
        await kernel.RequireAsync("nbclient");
        string[] cells =
        [
            "1 + 1",
            "for (var i = 0; i < 20_000; i++) Console.WriteLine(i);",
            "$\"hook: {Environment.GetEnvironmentVariable(\"DOTNET_STARTUP_HOOKS\")}\"",
            "HTML(\"<b>kept</b>\")",
        ];
        var executed = await ExecuteAsync(Made(cells).ToJsonString(), kernel.NewFolder());

        var lines = Outputs(executed)
            .Where(o => o["name"]?.GetValue<string>() == "stdout")
            .SelectMany(o => Text(o["text"]!).Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(Enumerable.Range(0, 20_000).Select(i => $"{i}"), lines);
        var text = executed.ToJsonString();
        Assert.DoesNotMatch(@"\d+\.\d+\.\d+\.\d+:\d+|localhost|https?://|createDotnetInteractiveClient", text);
        Assert.Contains("kept", text);
        Assert.Equal(
            "hook: ",
            Text(Outputs(executed).Single(o => o["execution_count"]?.GetValue<int>() == 3)["data"]!["text/plain"]!)
        );
    }

    internal static JsonNode Made(params string[] cells) =>
        new JsonObject
        {
            ["cells"] = new JsonArray([
                .. cells.Select(
                    (source, i) =>
                        (JsonNode)
                            new JsonObject
                            {
                                ["cell_type"] = "code",
                                ["execution_count"] = null,
                                ["id"] = $"c{i}",
                                ["metadata"] = new JsonObject(),
                                ["outputs"] = new JsonArray(),
                                ["source"] = source,
                            }
                ),
            ]),
            ["metadata"] = new JsonObject
            {
                ["kernelspec"] = new JsonObject
                {
                    ["display_name"] = ".NET (C#)",
                    ["language"] = "C#",
                    ["name"] = ".net-csharp",
                },
            },
            ["nbformat"] = 4,
            ["nbformat_minor"] = 5,
        };

    private async Task<JsonNode> ExecuteAsync(string notebook, string folder, params string[] more)
    {
        var script = Path.Combine(Repository.Root, "tests", "FanTrans.Tests", "Host", "Jupyter", "run_notebook.py");
        var executed = Path.Combine(kernel.NewFolder(), "executed.ipynb");
        var (exitCode, text) = await kernel.RunAsync([script, executed, .. more], folder, notebook);
        Assert.True(exitCode == 0, text);
        return JsonNode.Parse(File.ReadAllText(executed))!;
    }

    private static IEnumerable<JsonNode> Code(JsonNode notebook) =>
        notebook["cells"]!.AsArray().Where(c => c!["cell_type"]!.GetValue<string>() == "code")!;

    private static IEnumerable<JsonNode> Outputs(JsonNode notebook) =>
        Code(notebook).SelectMany(c => c["outputs"]!.AsArray())!;

    private static string Text(JsonNode text) => Executed.Text(text);
}
