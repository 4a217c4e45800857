using System.Text.Json;
using System.Text.RegularExpressions;

namespace FanTrans.Tests.Host.Jupyter;

/// <summary>The kernel, seen by the clients that people use.</summary>
public partial class KernelTests
{
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

    [Fact]
    public async Task NbconvertExecutesTheQuickstart()
    {
        using var jupyter = await JupyterPython.WithKernelAsync("nbconvert", "nbclient");
        var source = Path.Combine(Repository.Root, "notebooks", "00-quickstart.ipynb");
        var output = JsonSerializer.Serialize(Path.Combine(jupyter.Folder, "run"))[1..^1];
        var copy = Path.Combine(Repository.Root, "notebooks", $"quickstart-{System.Environment.ProcessId}.ipynb");
        // Beside the original: its nuget.config and its photograph are found from there.
        File.WriteAllText(copy, File.ReadAllText(source)
            .Replace("var smoke = false;", "var smoke = true;").Replace("var output = \\\"../out\\\"", $"var output = \\\"{output}\\\""));
        try
        {
            var (exitCode, text) = await jupyter.RunAsync(
                "-m", "nbconvert", "--to", "notebook", "--execute", "--ExecutePreprocessor.timeout=400",
                "--output-dir", jupyter.Folder, "--output", "executed.ipynb", copy);
            Assert.True(exitCode == 0, text);
        }
        finally
        {
            File.Delete(copy);
        }

        using var executed = JsonDocument.Parse(File.ReadAllText(Path.Combine(jupyter.Folder, "executed.ipynb")));
        var outputs = executed.RootElement.GetProperty("cells").EnumerateArray()
            .Where(cell => cell.GetProperty("cell_type").GetString() == "code")
            .SelectMany(cell => cell.GetProperty("outputs").EnumerateArray()).Select(o => o.GetRawText()).ToList();
        Assert.DoesNotContain(outputs, o => o.Contains("\"output_type\": \"error\""));
        Assert.True(outputs.Count(o => o.Contains("fantrans-figure")) >= 9, $"{outputs.Count} outputs");
        // The drawing library comes with the first figure and with no other.
        Assert.Single(outputs, o => o.Contains("data-embed-once"));
        Assert.True(File.Exists(Path.Combine(jupyter.Folder, "run", "metrics.json")));
    }

    [GeneratedRegex("ready .* ms\\)")]
    private static partial Regex Times();
}
