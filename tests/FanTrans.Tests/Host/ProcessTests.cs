namespace FanTrans.Tests.Host;

/// <summary>The program as people call it.</summary>
public class ProcessTests
{
    [Fact]
    public async Task ARunSucceedsInTheNotebooksFolder()
    {
        using var notebook = new TestNotebook().File("data.txt", "found").Code("var seed = 1;", "parameters")
            .Code("Console.WriteLine(System.IO.File.ReadAllText(\"data.txt\") + seed + (Console.ReadLine() is null));").Save();
        var (exitCode, output, errors) = await HostProgram.RunAsync("run", notebook.NotebookPath, "--set", "seed=5", "--out-notebook", notebook.ExecutedPath, "--out-html", notebook.PagePath);
        Assert.Equal((0, ""), (exitCode, errors));
        Assert.Contains("cell 1/3", output);
        Assert.Contains("found5True\n", output.ReplaceLineEndings("\n"));
        Assert.True(File.Exists(notebook.ExecutedPath) && File.Exists(notebook.PagePath));
    }

    [Fact]
    public async Task AFailureIsOneAndGoesToStandardError()
    {
        using var notebook = new TestNotebook().Code("1").Code("var x = 1;\nthrow new Exception(\"broken\");").Code("2").Save();
        var (exitCode, _, errors) = await HostProgram.RunAsync("run", notebook.NotebookPath, "--quiet", "--out-notebook", notebook.ExecutedPath);
        Assert.Equal(1, exitCode);
        Assert.Equal("test.ipynb: cell 2, line 2 failed\nSystem.Exception: broken\n  at cell 2, line 2\n     2 | throw new Exception(\"broken\");\n", errors.ReplaceLineEndings("\n"));
        Assert.Contains("broken", File.ReadAllText(notebook.ExecutedPath));
    }

    [Fact]
    public async Task ACellThatNeverEndsTimesOut()
    {
        using var notebook = new TestNotebook().Code("Console.WriteLine(\"begun\");\nwhile (true) { }").Save();
        var (exitCode, _, errors) = await HostProgram.RunAsync("run", notebook.NotebookPath, "--timeout", "1", "--out-notebook", notebook.ExecutedPath);
        Assert.Equal(1, exitCode);
        Assert.Contains("CellTimeout: the cell has not ended within 1 s", errors);
        Assert.Contains("begun", File.ReadAllText(notebook.ExecutedPath));
    }

    [Theory]
    [InlineData("Environment.Exit(0);", "a cell ended the process")]
    [InlineData("Environment.FailFast(\"native library aborted\");", "native library aborted")]
    public async Task ACellThatEndsTheProcessFailsAndLeavesTheEarlierOutputs(string code, string message)
    {
        using var notebook = new TestNotebook().Code("\"kept\"").Code(code).Save();
        var (exitCode, _, errors) = await HostProgram.RunAsync("run", notebook.NotebookPath, "--out-notebook", notebook.ExecutedPath);
        Assert.NotEqual(0, exitCode);
        Assert.Contains(message, errors);
        Assert.Contains("kept", File.ReadAllText(notebook.ExecutedPath));
    }

    [Fact]
    public async Task WrongCallsExitWithTwo()
    {
        using var notebook = new TestNotebook().Code("1").Save();
        foreach (var (arguments, message) in new (string[], string)[]
        {
            (["run", notebook.NotebookPath, "--sed", "1"], "--sed"),
            (["run", notebook.NotebookPath, "--set", "seed=1"], "no parameters"),
            (["run", notebook.NotebookPath + "x"], "no such notebook"),
        })
        {
            var (exitCode, _, errors) = await HostProgram.RunAsync(arguments);
            Assert.Equal(2, exitCode);
            Assert.Contains(message, errors);
        }
    }

    [Fact]
    public async Task StripChecksAndStrips()
    {
        using var notebook = new TestNotebook().Code("1").Save();
        var (exitCode, _, errors) = await HostProgram.RunAsync("strip", "--check", notebook.NotebookPath);
        Assert.Equal(1, exitCode);
        Assert.Contains("has outputs", errors);
        Assert.Equal(0, (await HostProgram.RunAsync("strip", notebook.NotebookPath)).ExitCode);
        Assert.Equal(0, (await HostProgram.RunAsync("strip", "--check", notebook.NotebookPath)).ExitCode);
    }
}
