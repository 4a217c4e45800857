namespace FanTrans.Tests.Host.Jupyter;

/// <summary><c>notebook-host install</c> and <c>uninstall</c>.</summary>
public sealed class InstallTests(InstalledKernel kernel)
{
    [Fact]
    public async Task TheEntryStartsTheToolOnThisMachineAloneAndWithoutTelemetry()
    {
        await kernel.RequireAsync();
        var arguments = kernel.Entry["argv"]!.AsArray().Select(a => a!.GetValue<string>()).ToList();
        Assert.True(Path.IsPathFullyQualified(arguments[1]) && File.Exists(arguments[1]), arguments[1]);
        Assert.Equal(["jupyter", "--http-local-only", "--http-port-range", "0-0", "{connection_file}"], arguments[2..]);
        Assert.Equal(
            (".NET (C#)", "C#"),
            (kernel.Entry["display_name"]!.GetValue<string>(), kernel.Entry["language"]!.GetValue<string>())
        );
        Assert.Equal("1", kernel.Entry["env"]!["DOTNET_INTERACTIVE_CLI_TELEMETRY_OPTOUT"]!.GetValue<string>());
        Assert.True(File.Exists(kernel.Entry["env"]!["DOTNET_STARTUP_HOOKS"]!.GetValue<string>()));
    }

    [Fact]
    public async Task InstallIsRepeatedAndTakenBackAndLeavesAnotherProgramsKernelAlone()
    {
        await kernel.RequireAsync();
        var folder = kernel.NewFolder();
        var entry = Path.Combine(folder, ".net-csharp", "kernel.json");
        Directory.CreateDirectory(Path.GetDirectoryName(entry)!);
        File.WriteAllText(
            entry,
            """{"argv": ["dotnet", "interactive", "jupyter", "{connection_file}"], "display_name": ".NET (C#)"}"""
        );

        Assert.Contains("is another program's kernel", await RunAsync(2, "install"));
        Assert.Contains("left alone", await RunAsync(2, "uninstall"));
        Assert.Equal("", await RunAsync(0, "install", "--force"));
        Assert.Contains("\"made_by\": \"notebook-host\"", File.ReadAllText(entry));
        Assert.Equal("", await RunAsync(0, "uninstall"));
        Assert.Empty(Directory.GetFileSystemEntries(folder));
        Assert.Contains("no such kernel", await RunAsync(2, "uninstall"));

        async Task<string> RunAsync(int expected, string command, params string[] more)
        {
            var (exitCode, _, errors) = await HostProgram.RunAsync([command, "--kernels-dir", folder, .. more]);
            Assert.Equal((expected, errors), (exitCode, errors));
            return errors;
        }
    }
}
