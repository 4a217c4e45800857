using System.Diagnostics;

namespace FanTrans.Tests.Training;

/// <summary>The scripts under notebooks/scripts, each compiled once for the tests that share it.</summary>
public sealed class Scripts : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly HashSet<string> built = [];

    /// <summary>A script's assembly, compiled on first use.</summary>
    public string Assembly(string name)
    {
        if (built.Add(name))
        {
            // The library is built already; packing it again would change the feed under other tests.
            var (exit, output, error) = Start(
                "dotnet",
                [
                    "build",
                    Path.Combine(Repository.Root, "notebooks", "scripts", $"{name}.cs"),
                    "-o",
                    folder.At(name),
                    "-p:GeneratePackageOnBuild=false",
                ]
            );
            Assert.True(exit == 0, output + error);
        }
        return folder.At($"{name}/{name}.dll");
    }

    public (int Exit, string Output, string Error) Run(string script, params string[] arguments) =>
        Start("dotnet", [Assembly(script), .. arguments]);

    public void Dispose() => folder.Dispose();

    private static (int Exit, string Output, string Error) Start(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Repository.Root,
        };
        start.Environment["OMP_WAIT_POLICY"] = "PASSIVE";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.GetAwaiter().GetResult());
    }
}
