using System.Diagnostics;

namespace FanTrans.Benchmarks;

/// <summary>From the command to the end of a script that only shows its help, once it is built.</summary>
internal sealed class StartUpBenchmark : IBenchmark
{
    private const int Rounds = 5;

    public string Name => "start-up";

    public IEnumerable<Measurement> Run(Setting setting)
    {
        var scripts = Directory.GetFiles(Path.Combine(Folders.Root, "notebooks", "scripts"), "*.cs");
        foreach (var script in scripts.Order(StringComparer.Ordinal))
        {
            var seconds = Timing.Seconds(() => ShowHelp(script), Math.Min(Rounds, setting.Rounds));
            yield return new Measurement($"start-up, {Path.GetFileName(script)}", seconds, null, "s");
        }
    }

    private static void ShowHelp(string script)
    {
        var start = new ProcessStartInfo("dotnet", ["run", "--file", script, "--", "--help"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Folders.Root,
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start.");
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException(
                $"{script} --help gave exit code {process.ExitCode}: {output}{errors.Result}"
            );
    }
}
