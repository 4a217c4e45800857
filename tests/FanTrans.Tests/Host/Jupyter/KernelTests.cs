using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FanTrans.Tests.Notebooks;

namespace FanTrans.Tests.Host.Jupyter;

/// <summary>The kernel, seen by the clients that people use.</summary>
public partial class KernelTests(SeriesRuns runs)
{
    public static TheoryData<string> Notebooks => [.. SeriesRuns.Names];

    private static string Script(string name) => Path.Combine(Repository.Root, "tests", "FanTrans.Tests", "Host", "Jupyter", name);

    [Fact]
    public async Task JupytersOwnSuitePasses()
    {
        using var jupyter = await JupyterPython.WithKernelAsync("jupyter_kernel_test");
        var (exitCode, text) = await jupyter.RunAsync(Script("kernel_suite.py"));
        Assert.True(exitCode == 0, text);
        // The pager is the one thing of the suite that this kernel does not have.
        Assert.Contains("OK (skipped=1)", text);
        Assert.Matches(@"test_pager .*skipped", text);
    }

    [Theory]
    [InlineData("Execution")]
    [InlineData("Interrupts")]
    [InlineData("Robustness")]
    [InlineData("Memory")]
    [InlineData("StartUp")]
    public async Task AClientIsServed(string group)
    {
        using var jupyter = await JupyterPython.WithKernelAsync("jupyter_client");
        var (exitCode, text) = await jupyter.RunAsync(Script("kernel_clients.py"), group);
        Assert.True(exitCode == 0, text);
        if (Times().Match(text) is { Success: true } times) TestContext.Current.SendDiagnosticMessage(times.Value);
    }

    /// <summary>nbconvert runs a notebook through nbclient, so this is both.</summary>
    [Theory]
    [MemberData(nameof(Notebooks))]
    public async Task NbconvertExecutesEveryNotebook(string name)
    {
        using var jupyter = await JupyterPython.WithKernelAsync("nbconvert", "nbclient");
        var first = await runs.OfAsync(name);
        Assert.True(first.ExitCode == 0, first.Text);
        var (exitCode, text) = await jupyter.RunAsync(
            [
                "-m", "nbconvert", "--stdin", "--to", "notebook", "--execute", "--ExecutePreprocessor.timeout=400",
                "--output-dir", jupyter.Folder, "--output", "executed.ipynb",
            ],
            // The kernel starts where nbconvert does: in the notebook's folder, as when a person opens it.
            SeriesRuns.Notebooks, AtSmokeSize(Path.Combine(SeriesRuns.Notebooks, name), first.Output));
        Assert.True(exitCode == 0, text);

        using var executed = JsonDocument.Parse(File.ReadAllText(Path.Combine(jupyter.Folder, "executed.ipynb")));
        var code = executed.RootElement.GetProperty("cells").EnumerateArray().Where(cell => cell.GetProperty("cell_type").GetString() == "code").ToList();
        Assert.All(code, cell => Assert.Equal(JsonValueKind.Number, cell.GetProperty("execution_count").ValueKind));
        var outputs = code.SelectMany(cell => cell.GetProperty("outputs").EnumerateArray()).Select(o => o.GetRawText()).ToList();
        Assert.DoesNotContain(outputs, o => o.Contains("\"output_type\": \"error\""));
        // As many figures as on the headless host's page.
        var figures = File.ReadAllText(first.Page).Split("class=\"fantrans-figure").Length - 1;
        Assert.Equal(figures, outputs.Sum(o => o.Split("class=\\\"fantrans-figure").Length - 1));
        // The drawing library comes with the first figure and with no other.
        Assert.Single(outputs, o => o.Contains("data-embed-once"));
    }

    /// <summary>Nobody runs the cells of a notebook from the first to the last only.</summary>
    [Theory]
    [MemberData(nameof(Notebooks))]
    public async Task CellsRunAgainInAnyOrder(string name)
    {
        using var jupyter = await JupyterPython.WithKernelAsync("nbclient");
        var first = await runs.OfAsync(name);
        Assert.True(first.ExitCode == 0, first.Text);
        var (exitCode, text) = await jupyter.RunAsync(
            [Script("notebook_reruns.py")], SeriesRuns.Notebooks, AtSmokeSize(Path.Combine(SeriesRuns.Notebooks, name), first.Output));
        Assert.True(exitCode == 0, text);
    }

    /// <summary>Parameters as papermill gives them: a cell after the tagged one.</summary>
    private static string AtSmokeSize(string path, string output)
    {
        var notebook = JsonNode.Parse(File.ReadAllText(path))!;
        var cells = notebook["cells"]!.AsArray();
        var parameters = cells.First(cell => cell!["metadata"]?["tags"]?.AsArray().Any(tag => tag!.GetValue<string>() == "parameters") == true)!;
        cells.Insert(cells.IndexOf(parameters) + 1, new JsonObject
        {
            ["cell_type"] = "code",
            ["execution_count"] = null,
            ["id"] = "given",
            ["metadata"] = new JsonObject(),
            ["outputs"] = new JsonArray(),
            ["source"] = $"smoke = true;\noutput = {JsonSerializer.Serialize(output)};",
        });
        return notebook.ToJsonString();
    }

    [GeneratedRegex("ready .* ms\\)")]
    private static partial Regex Times();
}
