using System.Diagnostics;

namespace NotebookHost.Running;

/// <summary>What a notebook's process has left behind, beside its files.</summary>
/// <param name="ExitCode">0 where every cell ran.</param>
/// <param name="LastErrors">The last lines of its error stream.</param>
/// <param name="Started">When it began.</param>
/// <param name="Duration">How long it took.</param>
internal sealed record ProcessEnd(int ExitCode, string LastErrors, DateTimeOffset Started, TimeSpan Duration);

/// <summary>
/// Runs a notebook in a process of its own, so that one that takes its process down, or all memory, leaves the next ones
/// alone.
/// </summary>
internal static class NotebookProcess
{
    private const int KeptLines = 20;

    /// <summary>Runs <c>notebook-host run</c>; what it prints goes to this terminal.</summary>
    public static async Task<ProcessEnd> RunAsync(RunRequest request, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(DotnetPath.Value) { RedirectStandardError = true };
        string[] arguments =
        [
            typeof(NotebookProcess).Assembly.Location, "run", request.Path, .. request.Set.SelectMany(s => (string[])["--set", s]),
            "--out-notebook", request.OutNotebook!, "--out-html", request.OutHtml!,
        ];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);

        var began = DateTimeOffset.Now;
        var watch = Stopwatch.StartNew();
        var lines = new Queue<string>();
        using var process = new Process { StartInfo = start };
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is null) return;
            Console.Error.WriteLine(line.Data);
            lines.Enqueue(line.Data);
            if (lines.Count > KeptLines) lines.Dequeue();
        };
        process.Start();
        process.BeginErrorReadLine();
        try
        {
            await process.WaitForExitAsync(cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
        return new(process.ExitCode, string.Join('\n', lines), began, watch.Elapsed);
    }
}
