using System.Diagnostics;
using System.Globalization;
using System.Runtime.Intrinsics.X86;

namespace FanTrans.Benchmarks.Models;

/// <summary>A process that answers each line with a number.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private readonly Process _process;

    public WorkerProcess(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        // Both sides alike: threads that spin while they wait slow each other down on a machine of few cores.
        start.Environment["OMP_WAIT_POLICY"] = "PASSIVE";
        // And an OpenBLAS that does not know the processor gives up its vector units: the stand-in of TorchSharp names them.
        if (Avx512F.IsSupported && Avx512BW.IsSupported && Avx512DQ.IsSupported)
            start.Environment["OPENBLAS_CORETYPE"] = "SkylakeX";
        else if (Avx2.IsSupported && Fma.IsSupported)
            start.Environment["OPENBLAS_CORETYPE"] = "Haswell";
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
    }

    /// <summary>The answer to a line.</summary>
    /// <exception cref="InvalidOperationException">The process ended instead.</exception>
    public double Ask(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
        var answer = _process.StandardOutput.ReadLine()
            ?? throw new InvalidOperationException($"{_process.StartInfo.FileName} ended without an answer to '{line}'.");
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
