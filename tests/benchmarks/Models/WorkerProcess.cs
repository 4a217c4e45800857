using System.Diagnostics;
using System.Globalization;
using FanTrans.Tests;

namespace FanTrans.Benchmarks.Models;

/// <summary>A process that answers each line with a number.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private readonly Process _process;

    public WorkerProcess(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        // Both sides alike.
        PeerEnvironment.Set(start);
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
    }

    /// <summary>The answer to a line.</summary>
    /// <exception cref="InvalidOperationException">The process ended instead.</exception>
    public double Ask(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
        var answer =
            _process.StandardOutput.ReadLine()
            ?? throw new InvalidOperationException(
                $"{_process.StartInfo.FileName} ended without an answer to '{line}'."
            );
        return double.Parse(answer, CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(10)))
            _process.Kill();
        _process.Dispose();
    }
}
