using System.Diagnostics;

[assembly: AssemblyFixture(typeof(FanTrans.Tests.Data.PrepareScript))]

namespace FanTrans.Tests.Data;

/// <summary>notebooks/scripts/prepare.cs, compiled once, when the first test asks for it.</summary>
public sealed class PrepareScript : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly Lazy<string> program;

    public PrepareScript() =>
        program = new Lazy<string>(() =>
        {
            // The library is built already; packing it again would change the feed under other tests.
            using var build = Process.Start(
                new ProcessStartInfo(
                    "dotnet",
                    [
                        "build",
                        Path.Combine(Repository.Root, "notebooks", "scripts", "prepare.cs"),
                        "-o",
                        folder.Path,
                        "-p:GeneratePackageOnBuild=false",
                    ]
                )
                {
                    RedirectStandardOutput = true,
                    WorkingDirectory = Repository.Root,
                }
            )!;
            var output = build.StandardOutput.ReadToEnd();
            build.WaitForExit();
            Assert.True(build.ExitCode == 0, output);
            return folder.At("prepare.dll");
        });

    public (int Exit, string Output, string Error) Run(params string[] arguments)
    {
        using var process = Start(arguments);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.GetAwaiter().GetResult());
    }

    public Process Start(string[] arguments) =>
        Process.Start(
            new ProcessStartInfo("dotnet", [program.Value, .. arguments])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;

    /// <summary>Starts the command and kills it, with no time to tidy up, once so many crops are there.</summary>
    public void Kill(string[] arguments, string set, int crops)
    {
        using var process = Start(arguments);
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        while (!process.HasExited && CountCrops(set) < crops)
            Thread.Sleep(2);
        process.Kill();
        process.WaitForExit();
    }

    private static int CountCrops(string set) =>
        Directory.Exists(Path.Combine(set, "crops"))
            ? Directory.EnumerateFiles(Path.Combine(set, "crops"), "*", SearchOption.AllDirectories).Count()
            : 0;

    public void Dispose() => folder.Dispose();
}
