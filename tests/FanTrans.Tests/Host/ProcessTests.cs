namespace FanTrans.Tests.Host;

/// <summary>The program as people call it.</summary>
public class ProcessTests
{
    private const int Interrupt = 2;
    private const int Terminate = 15;

    [Fact]
    public async Task ARunSucceedsInTheNotebooksFolder()
    {
        using var notebook = new TestNotebook()
            .File("data.txt", "found")
            .File("more.csx", "int Thrice(int a) => 3 * a;")
            .Code("var seed = 1;", "parameters")
            .Code(
                "#load \"more.csx\"\nConsole.WriteLine(System.IO.File.ReadAllText(\"data.txt\") + Thrice(seed) + "
                    + "(Console.ReadLine() is null));"
            );
        var (exitCode, output, errors) = await notebook.RunProgramAsync("--set", "seed=5");
        Assert.Equal((0, ""), (exitCode, errors));
        Assert.Contains("cell 1/3", output);
        Assert.Contains("found15True\n", output);
        Assert.True(File.Exists(notebook.ExecutedPath) && File.Exists(notebook.PagePath));
    }

    [Fact]
    public async Task AFailureIsOneAndGoesToStandardError()
    {
        using var notebook = new TestNotebook()
            .Code("1")
            .Code("var x = 1;\nthrow new Exception(\"broken\");")
            .Code("2");
        var (exitCode, _, errors) = await notebook.RunProgramAsync("--quiet");
        Assert.Equal(1, exitCode);
        Assert.Equal(
            "test.ipynb: cell 2, line 2 failed\nSystem.Exception: broken\n  at cell 2, line 2\n     2 | throw new "
                + "Exception(\"broken\");\n",
            errors
        );
        Assert.Contains("broken", File.ReadAllText(notebook.ExecutedPath));
    }

    [Fact]
    public async Task ACellThatFollowsItsTokenTimesOut()
    {
        using var notebook = new TestNotebook()
            .Code("1")
            .Code(
                "Console.WriteLine(\"begun\");\nawait Task.Delay(-1, "
                    + "Microsoft.DotNet.Interactive.KernelInvocationContext.Current.CancellationToken);"
            );
        var (exitCode, _, errors) = await notebook.RunProgramAsync("--timeout", "20");
        Assert.Equal(1, exitCode);
        Assert.Contains("cell 2, line 2 failed\nCellTimeout: the cell has not ended within 20 s", errors);
        Assert.Contains("begun", File.ReadAllText(notebook.ExecutedPath));
    }

    [Theory]
    [InlineData(Interrupt)]
    [InlineData(Terminate)]
    public async Task ARunThatIsStoppedEndsAtItsCellsTokenAndWritesWhatItHas(int signal)
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("signals are Unix's");
        using var notebook = new TestNotebook()
            .Code(
                """
                var token = Microsoft.DotNet.Interactive.KernelInvocationContext.Current.CancellationToken;
                Console.WriteLine("a step");
                while (!token.IsCancellationRequested) System.Threading.Thread.Sleep(10);
                Console.WriteLine("the last step");
                token.ThrowIfCancellationRequested();
                """
            )
            .Code("2")
            .Save();
        var (exitCode, output, errors) = await HostProgram.RunAsync(
            "a step",
            signal,
            "run",
            notebook.NotebookPath,
            "--out-notebook",
            notebook.ExecutedPath,
            "--out-html",
            notebook.PagePath
        );
        Assert.Equal(130, exitCode);
        Assert.Contains(
            "test.ipynb: cell 1, line 5 failed\nInterrupted: the run was stopped",
            errors.ReplaceLineEndings("\n")
        );
        Assert.Contains("the last step", output);
        Assert.Contains("the last step\\n", File.ReadAllText(notebook.ExecutedPath));
        Assert.Contains("Interrupted: the run was stopped", File.ReadAllText(notebook.PagePath));
    }

    [Fact]
    public async Task ACellThatDoesNotStopIsLeft()
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("signals are Unix's");
        using var notebook = new TestNotebook().Code("Console.WriteLine(\"a step\");\nwhile (true) { }").Save();
        var (exitCode, _, errors) = await HostProgram.RunAsync(
            "a step",
            Interrupt,
            "run",
            notebook.NotebookPath,
            "--out-notebook",
            notebook.ExecutedPath
        );
        Assert.Equal(130, exitCode);
        Assert.Contains("the run was stopped; it goes on in the background", errors);
        Assert.Contains("a step", File.ReadAllText(notebook.ExecutedPath));
    }

    [Theory]
    [InlineData("Environment.Exit(0);", "a cell ended the process")]
    [InlineData("Environment.FailFast(\"native library aborted\");", "native library aborted")]
    public async Task ACellThatEndsTheProcessFailsAndLeavesTheEarlierOutputs(string code, string message)
    {
        using var notebook = new TestNotebook().Code("\"kept\"").Code(code);
        var (exitCode, _, errors) = await notebook.RunProgramAsync();
        Assert.NotEqual(0, exitCode);
        Assert.Contains(message, errors);
        Assert.Contains("kept", File.ReadAllText(notebook.ExecutedPath));
    }

    [Fact]
    public async Task PackagesComeFromTheNotebooksSourcesAndBringTheirExtensions()
    {
        using var notebook = new TestNotebook();
        TestPackage.MakeFeed(notebook.Folder);
        TestPackage.Pack(
            notebook.Folder,
            "Ground",
            "1.0.0",
            "public static class Floor { public static string Name => \"ground\"; }"
        );
        var script = Path.Combine(notebook.Folder, "extension.dib");
        File.WriteAllText(script, "#!csharp\nHouse.Door.Key = \"opened by the extension\";");
        TestPackage.Pack(
            notebook.Folder,
            "House",
            "2.1.0-dev.3",
            "public static class Door { public static string Key; public "
                + "static string Open() => Key + \" on \" + Ground.Floor.Name; }",
            ("Ground", "1.0.0"),
            ("interactive-extensions/dotnet/extension.dib", script)
        );
        notebook
            .Code("var before = 1;\n#r \"nuget: House, 2.1.0-*\"\nConsole.WriteLine(House.Door.Open());")
            .Code("var a = 1;\n#r \"nuget: Not.There, 9.9.9\"\na");
        var (exitCode, output, errors) = await notebook.RunProgramAsync();
        Assert.Contains("opened by the extension on ground\n", output);
        Assert.Equal(1, exitCode);
        Assert.Contains(
            "test.ipynb: cell 2, line 2 failed\nPackageError: NU1101: Unable to find package Not.There",
            errors
        );
    }

    [Fact]
    public async Task WrongCallsExitWithTwo()
    {
        using var notebook = new TestNotebook().Code("1").In("pwsh", "dir").Save();
        foreach (
            var (arguments, message) in new (string[], string)[]
            {
                (["run", notebook.NotebookPath, "--sed", "1"], "--sed"),
                (
                    ["run", notebook.NotebookPath],
                    "code cell 2 is for the kernel 'pwsh'; this host runs csharp, html, javascript, markdown, value"
                ),
                (["run", notebook.NotebookPath + "x"], "no such notebook"),
            }
        )
        {
            var (exitCode, _, errors) = await HostProgram.RunAsync(arguments);
            Assert.Equal(2, exitCode);
            Assert.Contains(message, errors);
        }
    }
}
