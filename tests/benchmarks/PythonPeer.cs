using System.ComponentModel;
using System.Diagnostics;

namespace FanTrans.Benchmarks;

/// <summary>The Python that peers run on: FANTRANS_PYTHON, else the system's own, else the one on the path.</summary>
internal static class PythonPeer
{
    /// <summary>A Python that can import these modules; null, with the reason told, where there is none.</summary>
    /// <param name="modules">For example "torch, cv2".</param>
    /// <param name="setting">Told the reason.</param>
    /// <param name="title">Of the measurement that goes without its peer.</param>
    public static string? Find(string modules, Setting setting, string title)
    {
        string[] candidates = Environment.GetEnvironmentVariable("FANTRANS_PYTHON") is { Length: > 0 } named
            ? [named]
            : ["/usr/bin/python3", "python3"];
        var found = Array.Find(candidates, python => Imports(python, modules));
        if (found is null)
            setting.Skip($"{title}: no Python here imports {modules}, so there is no peer; FANTRANS_PYTHON names one.");
        return found;
    }

    private static bool Imports(string python, string modules)
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(python, ["-c", $"import {modules}"]) { RedirectStandardError = true }
            )!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false; // no such program
        }
    }
}
