using System.Text.Json;

namespace FanTrans.Tests.Host.Jupyter;

/// <summary><c>notebook-host install</c> and <c>uninstall</c>, and wrong connection files.</summary>
public sealed class InstallTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fantrans-kernels-");

    public void Dispose() => _folder.Delete(recursive: true);

    private string Entry => Path.Combine(_folder.FullName, ".net-csharp", "kernel.json");

    [Fact]
    public async Task InstallWritesTheEntryAndUninstallTakesItBack()
    {
        await InstallAsync();
        using (var entry = JsonDocument.Parse(File.ReadAllText(Entry)))
        {
            var arguments = entry.RootElement.GetProperty("argv").EnumerateArray().Select(a => a.GetString()!).ToList();
            Assert.EndsWith("notebook-host.dll", arguments[1]);
            Assert.Equal(["kernel", "--connection-file", "{connection_file}"], arguments[2..]);
            Assert.Equal((".NET (C#)", "C#", "message"), (Value("display_name"), Value("language"), Value("interrupt_mode")));
            string? Value(string name) => entry.RootElement.GetProperty(name).GetString();
        }
        await InstallAsync();
        Assert.Equal(0, (await RunAsync("uninstall")).ExitCode);
        Assert.False(Directory.Exists(Path.GetDirectoryName(Entry)));
        Assert.Contains("no such kernel", (await RunAsync("uninstall")).Errors);
    }

    [Fact]
    public async Task AnotherProgramsKernelIsLeftAlone()
    {
        await InstallAsync();
        File.WriteAllText(Entry, """{"argv": ["dotnet", "interactive", "jupyter", "{connection_file}"], "display_name": ".NET (C#)"}""");
        var (exitCode, _, errors) = await RunAsync("install");
        Assert.Equal(2, exitCode);
        Assert.Contains("is another program's kernel", errors);
        Assert.Contains("--name fantrans-csharp", errors);
        Assert.Contains("left alone", (await RunAsync("uninstall")).Errors);
        Assert.Equal(0, (await RunAsync("install", "--name", "fantrans-csharp")).ExitCode);
        Assert.Contains("interactive", File.ReadAllText(Entry));
        Assert.Equal(0, (await RunAsync("install", "--force")).ExitCode);
        Assert.Contains("notebook-host", File.ReadAllText(Entry));
    }

    [Theory]
    [InlineData("{", "not JSON")]
    [InlineData("[]", "ip: expected a text")]
    [InlineData("""{"ip":"127.0.0.1","transport":"tcp","key":"k","shell_port":"x"}""", "shell_port: expected a port")]
    [InlineData("""{"ip":"0.0.0.0","transport":"tcp","key":"k","shell_port":1,"control_port":1,"iopub_port":1,"stdin_port":1,"hb_port":1}""", "can be reached by other machines")]
    [InlineData("""{"ip":"127.0.0.1","transport":"udp","key":"k","shell_port":1,"control_port":1,"iopub_port":1,"stdin_port":1,"hb_port":1}""", "expected tcp or ipc")]
    [InlineData("""{"ip":"127.0.0.1","transport":"tcp","key":"k","signature_scheme":"hmac-md5","shell_port":1,"control_port":1,"iopub_port":1,"stdin_port":1,"hb_port":1}""", "expected hmac-sha256")]
    public async Task WrongConnectionFilesAreRefused(string json, string message)
    {
        var file = Path.Combine(_folder.FullName, "connection.json");
        File.WriteAllText(file, json);
        var (exitCode, _, errors) = await HostProgram.RunAsync("kernel", "--connection-file", file);
        Assert.Equal(2, exitCode);
        Assert.Contains(message, errors);
    }

    private async Task InstallAsync()
    {
        var (exitCode, _, errors) = await RunAsync("install");
        if (errors.Contains("libzmq")) Assert.Skip(errors.Trim());
        Assert.Equal((0, ""), (exitCode, errors));
    }

    private Task<(int ExitCode, string Output, string Errors)> RunAsync(string command, params string[] more) =>
        HostProgram.RunAsync([command, "--kernels-dir", _folder.FullName, .. more]);
}
