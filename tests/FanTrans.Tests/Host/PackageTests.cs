using System.Runtime.InteropServices;
using NotebookHost.Core;
using NotebookHost.Packages;

namespace FanTrans.Tests.Host;

public class PackageTests
{
    private static TestNotebook NotebookWithFeed()
    {
        var notebook = new TestNotebook();
        TestPackage.MakeFeed(notebook.Folder);
        return notebook;
    }

    [Fact]
    public async Task PackagesOfACellComeTogetherWithWhatTheyNeed()
    {
        using var notebook = NotebookWithFeed();
        TestPackage.Pack(notebook.Folder, "Ground", "1.0.0", "public static class Floor { public static string Name => \"ground \" + typeof(Floor).Assembly.GetName().Version; }");
        TestPackage.Pack(notebook.Folder, "House", "2.1.0", "public static class Door { public static string Open() => \"on \" + Ground.Floor.Name; }", ("Ground", "1.0.0"));
        TestPackage.Pack(notebook.Folder, "Shed", "0.1.0", "public static class Tool { public static int Count => 3; }");
        notebook
            .Code("var before = 1;\n#r \"nuget: House, 2.1.0\"\n#r \"nuget:Shed\"\nHouse.Door.Open() + Shed.Tool.Count + before")
            .Code("#r \"nuget: House, 2.*\"\nGround.Floor.Name.Length")
            .Code("#r \"nuget: Ground, 1.0\"")
            .Code("#r \"nuget: House, 2.0.0\"");
        var run = await notebook.RunAsync();
        Assert.Equal("on ground 0.0.0.031", run.Data(0));
        Assert.Equal("Installed Packages\nHouse, 2.1.0\nShed, 0.1.0", Executed.Text(run.Outputs(0)[0]!["data"]!["text/plain"]!));
        Assert.Single(run.Outputs(1));
        Assert.Equal((4, "PackageError"), (run.Error!.Cell, run.Error.Name));
        Assert.Contains("House 2.0.0 cannot be added, since House 2.1.0 is loaded already", run.Error.Message);
    }

    [Fact]
    public async Task FloatingVersionsTakeTheNewestAtEachRun()
    {
        using var notebook = NotebookWithFeed();
        notebook.Code("#r \"nuget: Fresh, 0.1.0-*\"\nFresh.Build.Number");
        TestPackage.Pack(notebook.Folder, "Fresh", "0.1.0-dev.9", "public static class Build { public static int Number => 9; }");
        Assert.Equal("9", (await notebook.RunAsync()).Succeeded().Data(0));
        TestPackage.Pack(notebook.Folder, "Fresh", "0.1.0-dev.10", "public static class Build { public static int Number => 10; }");
        Assert.Equal("10", (await notebook.RunAsync()).Succeeded().Data(0));
    }

    [Fact]
    public async Task NativeLibrariesOfPackagesLoad()
    {
        using var notebook = NotebookWithFeed();
        // Any native library will do: one that .NET itself has, under a name of our own.
        var folder = RuntimeEnvironment.GetRuntimeDirectory();
        var native = new[] { "libSystem.Native.so", "libSystem.Native.dylib" }.Select(n => Path.Combine(folder, n)).FirstOrDefault(File.Exists);
        if (native is null) Assert.Skip("needs a system whose .NET has libSystem.Native");
        var system = OperatingSystem.IsMacOS() ? "osx" : "linux";
        var runtimeId = $"{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
        TestPackage.Pack(notebook.Folder, "Nut", "1.0.0", """
            public static class Shell { [DllImport("hostprobe", EntryPoint = "SystemNative_GetPid")] public static extern int Pid(); }
            """, null, ($"runtimes/{runtimeId}/native/libhostprobe{Path.GetExtension(native)}", native));
        notebook.Code("#r \"nuget: Nut, 1.0.0\"\nNut.Shell.Pid()");
        Assert.Equal($"{System.Environment.ProcessId}", (await notebook.RunAsync()).Succeeded().Data(0));
    }

    [Fact]
    public async Task APackageMayBringAnotherVersionOfWhatTheHostUses()
    {
        using var notebook = NotebookWithFeed();
        TestPackage.Pack(notebook.Folder, "Markdig", "0.0.1", "public static class Mine { public static string Name => \"mine\"; }");
        notebook.Code("#r \"nuget: Markdig, 0.0.1\"\nMarkdig.Mine.Name");
        Assert.Equal("mine", (await notebook.RunAsync()).Succeeded().Data(0));
    }

    [Fact]
    public async Task AMissingPackageIsNamedWithItsLine()
    {
        using var notebook = NotebookWithFeed();
        notebook.Code("1").Code("var a = 1;\n#r \"nuget: Not.There, 9.9.9\"\na");
        var error = (await notebook.RunAsync()).Error!;
        Assert.Equal((2, 2), (error.Cell, error.Line!.Value));
        Assert.Contains("NU1101", error.Message);
        Assert.Contains("Not.There", error.Message);
    }

    [Fact]
    public async Task SourcesOfTheCellAreSearchedToo()
    {
        using var notebook = NotebookWithFeed();
        TestPackage.Pack(notebook.Folder, "Guest", "1.0.0", "public static class Room { public static int Number => 5; }");
        Directory.Move(Path.Combine(notebook.Folder, "feed"), Path.Combine(notebook.Folder, "other"));
        Directory.CreateDirectory(Path.Combine(notebook.Folder, "feed"));
        notebook.Code("#i \"nuget: other\"\n#r \"nuget: Guest, 1.0.0\"\nGuest.Room.Number");
        Assert.Equal("5", (await notebook.RunAsync()).Succeeded().Data(0));
    }

    [Theory]
    [InlineData("A", "*", true, "1.2.3")]
    [InlineData("A, 1.0", "1.0", false, "1.0.0")]
    [InlineData("A , 1.2.* ", "1.2.*", true, "1.2.7")]
    [InlineData("A,0.105.1-*", "0.105.1-*", true, "0.105.1-host.5")]
    [InlineData("A,0.105.1-*", "0.105.1-*", true, "0.105.1")]
    [InlineData("A, [1.0, 2.0)", "[1.0, 2.0)", false, null)]
    public void RequestsAreRead(string text, string range, bool isFloating, string? accepts)
    {
        var request = PackageRequest.Parse(text, new CellSource(1, ""), 1);
        Assert.Equal(("A", range, isFloating), (request.Id, request.VersionRange, request.IsFloating));
        if (accepts is not null) Assert.True(request.Accepts(accepts));
        Assert.Equal(request.VersionRange == "*", request.Accepts("7.7.7"));
        Assert.Equal(request.VersionRange == "*", request.Accepts("1.20.0"));
    }
}
