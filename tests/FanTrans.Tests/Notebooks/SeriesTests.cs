using System.Text.Json;
using FanTrans.Tests.Charts;
using FanTrans.Tests.Host;

namespace FanTrans.Tests.Notebooks;

/// <summary>Every notebook of the series as it lies in git, and each run fresh at its smoke size.</summary>
public class SeriesTests(SeriesRuns runs)
{
    public static TheoryData<string> Names => [.. SeriesRuns.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task HasNoOutputsInGit(string name)
    {
        var (exitCode, _, errors) = await HostProgram.RunAsync(
            "strip",
            "--check",
            Path.Combine(SeriesRuns.Notebooks, name)
        );
        Assert.Equal((0, ""), (exitCode, errors));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void OpensInEveryHost(string name)
    {
        using var notebook = JsonDocument.Parse(File.ReadAllText(Path.Combine(SeriesRuns.Notebooks, name)));
        var root = notebook.RootElement;
        Assert.Equal(4, root.GetProperty("nbformat").GetInt32());
        Assert.Equal(
            ".net-csharp",
            root.GetProperty("metadata").GetProperty("kernelspec").GetProperty("name").GetString()
        );
        var code = root.GetProperty("cells")
            .EnumerateArray()
            .Where(cell => cell.GetProperty("cell_type").GetString() == "code")
            .ToList();
        Assert.All(
            code,
            cell =>
            {
                var metadata = cell.GetProperty("metadata");
                Assert.Equal("csharp", metadata.GetProperty("polyglot_notebook").GetProperty("kernelName").GetString());
                Assert.Equal("csharp", metadata.GetProperty("dotnet_interactive").GetProperty("language").GetString());
            }
        );
        Assert.Contains("#r \"nuget: FanTrans.Lib, 0.1.0-*\"", Source(code[0]));
        Assert.DoesNotContain("TorchSharp-", Source(code[0]));
        Assert.Contains(
            "parameters",
            code[1].GetProperty("metadata").GetProperty("tags").EnumerateArray().Select(tag => tag.GetString())
        );
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task RunsFromStartToEndAndDrawsEveryFigure(string name)
    {
        var run = await runs.OfAsync(name);
        Assert.True(run.ExitCode == 0, run.Text);

        var elements = Chromium.RenderedElements(File.ReadAllText(run.Page));
        var figures = elements.Split("class=\"fantrans-figure").Length - 1;
        Assert.Equal(figures, elements.Split("class=\"plot-container").Length - 1);
        Assert.True(figures >= 1, $"the page shows {figures} figures");
        if (name.StartsWith("00-", StringComparison.Ordinal))
            HasMetrics(Path.Combine(run.Output, "metrics.json"));
    }

    private static void HasMetrics(string path)
    {
        using var metrics = JsonDocument.Parse(File.ReadAllText(path));
        Assert.InRange(metrics.RootElement.GetProperty("MacroF1").GetDouble(), 0, 1);
        Assert.Equal(12, metrics.RootElement.GetProperty("Units").GetArrayLength());
        Assert.Equal(18, metrics.RootElement.GetProperty("TestFrames").GetInt32());
    }

    private static string Source(JsonElement cell) =>
        string.Concat(cell.GetProperty("source").EnumerateArray().Select(line => line.GetString()));
}
