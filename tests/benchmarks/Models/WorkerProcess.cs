using System.Diagnostics;
using System.Globalization;
using FanTrans.Tests;

namespace FanTrans.Benchmarks.Models;

/// <summary>A process that answers each line with a number.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private readonly Process process;

    public WorkerProcess(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        // Both sides alike.
        PeerEnvironment.Set(start);
        process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
    }

    /// <summary>The answer to a line.</summary>
    /// <exception cref="InvalidOperationException">The process ended instead.</exception>
    public double Ask(string line)
    {
        process.StandardInput.WriteLine(line);
        process.StandardInput.Flush();
        var answer =
            process.StandardOutput.ReadLine()
            ?? throw new InvalidOperationException(
                $"{process.StartInfo.FileName} ended without an answer to '{line}'."
            );
        return double.Parse(answer, CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        process.StandardInput.Close();
        if (!process.WaitForExit(TimeSpan.FromSeconds(10)))
            process.Kill();
        process.Dispose();
    }
}
