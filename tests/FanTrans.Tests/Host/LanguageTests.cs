namespace FanTrans.Tests.Host;

public class LanguageTests
{
    [Fact]
    public async Task CellsShareDeclarationsAndMayReplaceThem()
    {
        using var notebook = new TestNotebook()
            .Code("var x = 1;\nint Twice(int a) => 2 * a;\nrecord Point(int X, int Y);")
            .Code("x++;\nvar p = new Point(x, 5);\nTwice(p.X) + p.Y")
            .Code("var x = \"now text\"; int Twice(int a) => 20 * a;")
            .Code("$\"{x} {Twice(2)}\"");
        var run = (await notebook.RunAsync()).Succeeded();
        Assert.Equal("9", run.Data(1));
        Assert.Equal("now text 40", run.Data(3));
        Assert.Equal("execute_result", run.LastOutput(3)["output_type"]!.GetValue<string>());
        Assert.Equal(4, run.LastOutput(3)["execution_count"]!.GetValue<int>());
    }

    [Fact]
    public async Task DefaultUsingsAreThoseOfNetInteractive()
    {
        using var notebook = new TestNotebook()
            .Code("var s = new StringBuilder(); Hashtable h = new(); List<int> l = [2, 1]; await Task.Yield(); l.Order().First()")
            .Code("using System.IO;")
            .Code("Path.GetFileName(\"a/b\")");
        var run = (await notebook.RunAsync()).Succeeded();
        Assert.Equal("1", run.Data(0));
        Assert.Equal("b", run.Data(2));
    }

    [Theory]
    [InlineData("var x = 3;", null)]
    [InlineData("Console.Out.Flush()", null)]
    [InlineData("await Task.Delay(1)", null)]
    [InlineData("return 4;", "4")]
    [InlineData("await Task.FromResult(5)", "5")]
    [InlineData("(object)null", "<null>")]
    [InlineData("int F() { return 1; }", null)]
    [InlineData("// nothing", null)]
    public async Task TheLastExpressionIsTheValue(string code, string? expected)
    {
        using var notebook = new TestNotebook().Code(code);
        var run = (await notebook.RunAsync()).Succeeded();
        if (expected is null) Assert.Empty(run.Outputs(0));
        else Assert.Equal(expected, run.Data(0));
    }

    [Fact]
    public async Task CellsStartOnOneThreadAndKeepItsState()
    {
        using var notebook = new TestNotebook()
            .Code("class State { [ThreadStatic] public static int Value; }\nState.Value = 7;")
            .Code("await Task.Delay(1);")
            .Code("State.Value");
        Assert.Equal("7", (await notebook.RunAsync()).Succeeded().Data(2));
    }

    [Fact]
    public async Task LoadAndReferenceFindFilesBesideTheNotebook()
    {
        using var notebook = new TestNotebook()
            .File("more.csx", "int Thrice(int a) => 3 * a;")
            .Code("#load \"more.csx\"\nThrice(2)")
            .Code("#r \"probe.dll\"\nProbe.Answer.Value")
            .Code("Probe.Answer.Value + 1");
        TestPackage.Compile("Probe", "public static class Answer { public static int Value => 41; }", Path.Combine(notebook.Folder, "probe.dll"));
        var run = (await notebook.RunAsync()).Succeeded();
        Assert.Equal("6", run.Data(0));
        Assert.Equal("41", run.Data(1));
        Assert.Equal("42", run.Data(2));
    }

    [Fact]
    public async Task MagicCommandsAreNamed()
    {
        using var notebook = new TestNotebook().Code("#!csharp\n1 + 1").Code("var a = 1;\n#!time\na");
        var run = await notebook.RunAsync();
        Assert.Equal("2", run.Data(0));
        Assert.Equal(("UnknownMagicCommand", 2, 2), (run.Error!.Name, run.Error.Cell, run.Error.Line!.Value));
        Assert.Contains("#!time", run.Error.Message);
    }

    [Fact]
    public async Task DirectivesInsideTextAreText()
    {
        using var notebook = new TestNotebook().Code("var t = \"\"\"\n    #!time\n    #r \"nuget: Nothing, 1.0.0\"\n    \"\"\";\nt.Length");
        Assert.Equal("33", (await notebook.RunAsync()).Succeeded().Data(0));
    }
}
