using System.Diagnostics;
using System.Runtime.InteropServices;

namespace FanTrans.Tests.Host;

/// <summary>The notebook host as a process of its own.</summary>
internal static partial class HostProgram
{
    // Where it is built, with its own versions of packages; beside the tests lie theirs.
    private static readonly string Program = Directory
        .GetFiles(
            Path.Combine(Repository.Root, "environment", "notebook-host", "bin"),
            "notebook-host.dll",
            SearchOption.AllDirectories
        )
        .Where(path => File.Exists(Path.ChangeExtension(path, ".runtimeconfig.json")))
        .MaxBy(File.GetLastWriteTimeUtc)!;

    public static Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments) =>
        RunAsync(null, 0, arguments);

    /// <summary>Runs it and sends it a signal once it has printed a line.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(
        string? line,
        int signal,
        params string[] arguments
    )
    {
        // Whoever started the tests in the background may have had interrupts ignored, and programs inherit that.
        string[] command = OperatingSystem.IsLinux()
            ? ["env", "--default-signal", "dotnet", Program]
            : ["dotnet", Program];
        using var process = Process.Start(
            new ProcessStartInfo(command[0], [.. command[1..], .. arguments])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var cancellation = TestContext.Current.CancellationToken;
        var errors = process.StandardError.ReadToEndAsync(cancellation);
        var output = "";
        while (line is not null && await process.StandardOutput.ReadLineAsync(cancellation) is { } text)
        {
            output += text + "\n";
            if (text != line)
                continue;
            Assert.Equal(0, Kill(process.Id, signal));
            break;
        }
        output += await process.StandardOutput.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        return (process.ExitCode, output, await errors);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
