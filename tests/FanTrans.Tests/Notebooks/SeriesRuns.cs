using System.Collections.Concurrent;
using FanTrans.Tests.Host;
using FanTrans.Tests.Notebooks;

[assembly: AssemblyFixture(typeof(SeriesRuns))]

namespace FanTrans.Tests.Notebooks;

/// <summary>
/// Each notebook of the series run at its smoke size by the headless host, once for all tests. Other hosts run the same
/// notebook with the same <c>output</c>: they go on from its checkpoints, and nothing is trained twice.
/// </summary>
public sealed class SeriesRuns : IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<Task<SeriesRun>>> runs = new(StringComparer.Ordinal);
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("fantrans-series-");

    /// <summary>The folder of the notebooks.</summary>
    public static string Notebooks => Path.Combine(Repository.Root, "notebooks");

    /// <summary>The names of all notebooks of the series.</summary>
    public static IEnumerable<string> Names =>
        Directory.GetFiles(Notebooks, "*.ipynb").Select(path => Path.GetFileName(path)).Order();

    /// <summary>The run of a notebook, which is made at the first call.</summary>
    public Task<SeriesRun> OfAsync(string name) => runs.GetOrAdd(name, _ => new(() => RunAsync(name))).Value;

    public void Dispose() => folder.Delete(recursive: true);

    private async Task<SeriesRun> RunAsync(string name)
    {
        var output = folder.CreateSubdirectory(Path.GetFileNameWithoutExtension(name)).FullName;
        var page = Path.Combine(output, "page.html");
        var (exitCode, text, errors) = await HostProgram.RunAsync(
            "run",
            Path.Combine(Notebooks, name),
            "--parameters",
            Path.Combine(Notebooks, "smoke.json"),
            "--set",
            $"output={output}",
            "--out-html",
            page
        );
        return new(exitCode, $"{errors}\n{text}", output, page);
    }
}

/// <summary>What a run has left.</summary>
/// <param name="ExitCode">0 where all cells ran.</param>
/// <param name="Text">What it printed.</param>
/// <param name="Output">The notebook's <c>output</c>.</param>
/// <param name="Page">The HTML page.</param>
public sealed record SeriesRun(int ExitCode, string Text, string Output, string Page);
