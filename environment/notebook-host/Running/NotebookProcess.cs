using System.Diagnostics;
using System.Runtime.InteropServices;

namespace NotebookHost.Running;

/// <summary>What a notebook's process has left behind, beside its files.</summary>
/// <param name="ExitCode">0 where every cell ran.</param>
/// <param name="LastErrors">The last lines of its error stream.</param>
/// <param name="Started">When it began.</param>
/// <param name="Duration">How long it took.</param>
internal sealed record ProcessEnd(int ExitCode, string LastErrors, DateTimeOffset Started, TimeSpan Duration);

/// <summary>
/// Runs a notebook in a process of its own, so that one that takes its process down, or all memory, leaves the next
/// ones alone.
/// </summary>
internal static partial class NotebookProcess
{
    private const int KeptLines = 20;

    private const int Terminate = 15;

    /// <summary>For a notebook that was stopped to write what it has.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

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
            // The runtime prints a hundred frames after the message, all of the kernel's own.
            if (line.Data.StartsWith("   at ", StringComparison.Ordinal)) return;
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
            // It writes its files when it is asked to end; Ctrl-C in a terminal has asked it already.
            if (!OperatingSystem.IsWindows()) _ = Kill(process.Id, Terminate);
            await Task.WhenAny(process.WaitForExitAsync(CancellationToken.None), Task.Delay(Patience, CancellationToken.None)).ConfigureAwait(false);
            if (!process.HasExited) process.Kill(entireProcessTree: true);
            throw;
        }
        return new(process.ExitCode, string.Join('\n', lines), began, watch.Elapsed);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
