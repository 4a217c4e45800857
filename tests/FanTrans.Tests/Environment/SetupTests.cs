using System.Diagnostics;

namespace FanTrans.Tests.Environment;

/// <summary>The errors of environment/setup.sh: each names what is wrong and what to try.</summary>
public sealed class SetupTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("fantrans-setup-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void AMachineWithoutTheSdkIsToldWhereToGetIt()
    {
        var (status, error) = Setup(("PATH", PathOf("bash", "dirname", "mkdir", "printf")));
        Assert.Equal(1, status);
        Assert.Contains("the .NET SDK is not installed", error);
        Assert.Contains("try: install .NET SDK 10", error);
    }

    [Fact]
    public void AnUnknownDeviceIsNamed()
    {
        var (status, error) = Setup(("TorchDevice", "tpu"));
        Assert.Equal(1, status);
        Assert.Contains("TorchDevice is 'tpu'; expected 'cpu' or 'cuda'", error);
    }

    [Fact]
    public void AnUnknownArgumentIsRefused()
    {
        var (status, error) = Setup([], "--everything");
        Assert.Equal(2, status);
        Assert.Contains("unknown argument '--everything'", error);
    }

    // A folder with links to just these commands, to stand for a machine that has no others.
    private string PathOf(params string[] commands)
    {
        foreach (var command in commands)
        {
            var found = "/usr/bin:/bin"
                .Split(':')
                .Select(folder => Path.Combine(folder, command))
                .FirstOrDefault(File.Exists);
            if (found is not null)
            {
                File.CreateSymbolicLink(Path.Combine(this.folder.FullName, command), found);
            }
        }
        return this.folder.FullName;
    }

    private static (int Status, string Error) Setup(params (string Name, string Value)[] variables) =>
        Setup(variables, null);

    private static (int Status, string Error) Setup((string Name, string Value)[] variables, string? argument)
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("the set-up script is not needed on Windows");
        }
        var start = new ProcessStartInfo("/bin/bash")
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            WorkingDirectory = Repository.Root,
        };
        start.ArgumentList.Add("environment/setup.sh");
        if (argument is not null)
        {
            start.ArgumentList.Add(argument);
        }
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        _ = output.Result;
        return (process.ExitCode, error);
    }
}
