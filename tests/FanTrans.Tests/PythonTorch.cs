using System.ComponentModel;
using System.Diagnostics;

namespace FanTrans.Tests;

/// <summary>
/// A Python that imports torch, for comparisons with PyTorch itself. FANTRANS_PYTHON names one; otherwise
/// the first that works of python3 and python on the path and /usr/bin/python3. Tests skip where none does.
/// </summary>
internal static class PythonTorch
{
    private const string Variable = "FANTRANS_PYTHON";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
    private static readonly Lazy<string?> Found = new(Find);

    /// <summary>The interpreter; skips the calling test where there is none.</summary>
    public static string Require()
    {
        if (Found.Value is null)
            Assert.Skip($"No Python here imports torch; set {Variable} to one that does.");
        return Found.Value;
    }

    /// <summary>Runs Python with these arguments and returns what it printed; fails the test if it fails.</summary>
    public static string Run(params string[] arguments)
    {
        var (exit, output, error) = Start(Require(), arguments);
        Assert.True(exit == 0, $"python {string.Join(' ', arguments)} gave exit code {exit}:\n{output}\n{error}");
        return output;
    }

    private static string? Find()
    {
        if (System.Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
            return ImportsTorch(named)
                ? named
                : throw new InvalidOperationException($"{Variable} is {named}, which does not import torch.");
        string[] candidates = ["python3", "python", "/usr/bin/python3"];
        return candidates.FirstOrDefault(ImportsTorch);
    }

    private static bool ImportsTorch(string python)
    {
        try
        {
            return Start(python, ["-c", "import torch, numpy"]).Exit == 0;
        }
        catch (Win32Exception)
        {
            return false; // no such program
        }
    }

    private static (int Exit, string Output, string Error) Start(string python, string[] arguments)
    {
        var start = new ProcessStartInfo(python, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Repository.Root,
        };
        PeerEnvironment.Set(start);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Limit))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException(
                $"{python} {string.Join(' ', arguments)} took more than {Limit.TotalMinutes} minutes."
            );
        }
        return (process.ExitCode, output.Result, error.Result);
    }
}
