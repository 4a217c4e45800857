using System.Diagnostics;
using System.Runtime.InteropServices;
using FanTrans.Interop;

namespace FanTrans.Tests.Interop;

/// <summary>TorchSharp's native library in every way in which a program begins, each in a fresh process.</summary>
public sealed partial class TorchLibraryTests : IDisposable
{
    private const string TorchFirst = """
        System.Console.WriteLine(TorchSharp.torch.ones(2, 3).sum().item<float>());
        System.Console.WriteLine(System.IO.File.ReadAllText("/proc/self/maps").Contains("memfd:libLibTorchSharp.so") ? "copy" : "packaged");
        """;

    private static readonly Lazy<DirectoryInfo> App = new(BuildApp);

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void AProjectThatReferencesThePackage() =>
        Assert.StartsWith("6\n", Succeeds(Start("dotnet", [AppFile], App.Value.FullName)));

    [Fact]
    public void AFileInTheRepository()
    {
        var inside = Directory.CreateDirectory(Path.Combine(Repository.Root, "out", "torch-first"));
        var file = Path.Combine(inside.FullName, "first.cs");
        File.WriteAllText(
            file,
            $"#:project {Path.Combine(Repository.Root, "FanTrans.Lib.csproj")}\n#:property PublishAot=false\n{TorchFirst}"
        );
        Assert.StartsWith("6\n", Succeeds(Start("dotnet", ["run", "--file", file], inside.FullName)));
        inside.Delete(recursive: true);
    }

    [Fact]
    public void AFileThatReferencesThePackage()
    {
        Repository.UseFeed(folder.Path);
        var file = Path.Combine(folder.Path, "first.cs");
        File.WriteAllText(file, $"#:package FanTrans.Lib@0.1.0-*\n#:property PublishAot=false\n{TorchFirst}");
        Assert.StartsWith("6\n", Succeeds(Start("dotnet", ["run", "--file", file], folder.Path)));
    }

    [Fact]
    public void NoFolderNeedsToBeWritable()
    {
        var readOnly = Directory.CreateDirectory(Path.Combine(folder.Path, "read-only")).FullName;
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(readOnly, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var process = Start(
            "dotnet",
            [AppFile],
            App.Value.FullName,
            ("HOME", readOnly),
            ("XDG_CACHE_HOME", readOnly),
            ("TMPDIR", readOnly)
        );
        Assert.StartsWith("6\n", Succeeds(process));
        Assert.Empty(Directory.EnumerateFileSystemEntries(readOnly));
    }

    [Fact]
    public void ManyProcessesAtOnce()
    {
        var all = Enumerable.Range(0, 4).Select(_ => Start("dotnet", [AppFile], App.Value.FullName)).ToList();
        Assert.All(all, process => Assert.StartsWith("6\n", Succeeds(process)));
    }

    [Fact]
    public void NothingIsDoneWhereThePackagedFileLoads()
    {
        if (!Succeeds(Start("dotnet", [AppFile], App.Value.FullName)).Contains("copy"))
            Assert.Skip("the packaged library loads on this system: the other tests have shown it");
        var app = CopyOfApp();
        var library = Path.Combine(app, "libLibTorchSharp.so");
        File.WriteAllBytes(library, TorchLibrary.WithWeakVersion(ReplaceLink(library), library));
        Assert.Equal("6\npackaged\n", Succeeds(Start("dotnet", ["app.dll"], app)));
    }

    [Fact]
    public void WhatTheSystemLacksIsNamed()
    {
        var app = CopyOfApp();
        var library = Path.Combine(app, "libLibTorchSharp.so");
        var content = ReplaceLink(library);
        "GLIBCXX_9.9.99"u8.CopyTo(content.AsSpan(content.AsSpan().IndexOf("GLIBCXX_3.4.30"u8)));
        File.WriteAllBytes(library, content);
        // An empty package cache, so that TorchSharp has nothing to copy after that.
        var (exitCode, output, error) = Ends(Start("dotnet", ["app.dll"], app, ("NUGET_PACKAGES", folder.Path)));
        Assert.NotEqual(0, exitCode);
        Assert.Contains(
            $"{library} does not load on this system. It needs x86-64 Linux with glibc 2.34 and the C++ "
                + "library of GCC 12",
            error
        );
        Assert.Contains("version `GLIBCXX_9.9.99' not found", error);
        Assert.DoesNotContain("6\n", output);
    }

    [Fact]
    public void AnEntryThatIsNotThereOrTwiceIsRefused()
    {
        Assert.Contains(
            "found none",
            Assert.Throws<DllNotFoundException>(() => TorchLibrary.WithWeakVersion(new byte[100], "x.so")).Message
        );
        // The hash of GLIBCXX_3.4.32 as the linker writes it, and no flags.
        byte[] entry = [0x42, 0xf8, 0x97, 0x02, 0, 0];
        byte[] twice = [1, 2, 3, .. entry, 4, 5, .. entry];
        Assert.Contains(
            "found several",
            Assert.Throws<DllNotFoundException>(() => TorchLibrary.WithWeakVersion(twice, "x.so")).Message
        );
        Assert.Equal(2, TorchLibrary.WithWeakVersion([9, .. entry, 9], "x.so")[5]);
    }

    [Fact]
    public void ThreadsThatWaitSpinForAMomentOnly()
    {
        if (!OperatingSystem.IsLinux() || System.Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") is not null)
            Assert.Skip("the policy is the system's or the user's own");
        Assert.Equal("10000", Marshal.PtrToStringUTF8(GetEnvironment("GOMP_SPINCOUNT")));
    }

    [LibraryImport("libc", EntryPoint = "getenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint GetEnvironment(string name);

    private static string AppFile => Path.Combine(App.Value.FullName, "bin", "app.dll");

    private static DirectoryInfo BuildApp()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Skip("TorchSharp's own search is used on other systems");
        var app = Directory.CreateTempSubdirectory("fantrans-app-");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => app.Delete(recursive: true);
        Repository.UseFeed(app.FullName);
        File.WriteAllText(Path.Combine(app.FullName, "Program.cs"), TorchFirst);
        File.WriteAllText(
            Path.Combine(app.FullName, "app.csproj"),
            """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <UseCurrentRuntimeIdentifier>true</UseCurrentRuntimeIdentifier>
                <OutputPath>bin</OutputPath>
                <AppendTargetFrameworkToOutputPath>false</AppendTargetFrameworkToOutputPath>
                <AppendRuntimeIdentifierToOutputPath>false</AppendRuntimeIdentifierToOutputPath>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="FanTrans.Lib" Version="0.1.0-*" />
              </ItemGroup>
            </Project>
            """
        );
        Succeeds(Start("dotnet", ["build", "-v:q", "-nologo"], app.FullName));
        return app;
    }

    /// <summary>The built program with links to its files, so that one of them can be replaced.</summary>
    private string CopyOfApp()
    {
        var target = Directory.CreateDirectory(Path.Combine(folder.Path, "app")).FullName;
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(AppFile)!))
            File.CreateSymbolicLink(Path.Combine(target, Path.GetFileName(file)), file);
        // The program finds the rest from the folder that its own file is in.
        foreach (var name in (string[])["app.dll", "app.deps.json", "app.runtimeconfig.json"])
            File.WriteAllBytes(Path.Combine(target, name), ReplaceLink(Path.Combine(target, name)));
        return target;
    }

    private static byte[] ReplaceLink(string link)
    {
        var content = File.ReadAllBytes(link);
        File.Delete(link);
        return content;
    }

    private static Process Start(
        string program,
        string[] arguments,
        string folder,
        params (string Name, string Value)[] variables
    )
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    private static string Succeeds(Process process)
    {
        var (exitCode, output, error) = Ends(process);
        Assert.True(exitCode == 0, $"{output}\n{error}");
        return output;
    }

    private static (int ExitCode, string Output, string Error) Ends(Process process)
    {
        using (process)
        {
            var error = Task.Run(process.StandardError.ReadToEnd);
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output, error.Result);
        }
    }
}
