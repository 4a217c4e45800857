namespace FanTrans.Tests.Host;

[Collection(HostCollection.Name)]
public class ErrorTests
{
    [Fact]
    public async Task CompileErrorsGiveCellLineColumnAndTheLine()
    {
        using var notebook = new TestNotebook()
            .Code("1")
            .Code("// first line\n#!time\nvar a = 1;\n  var b = Unknown + a;")
            .Code("2");
        var run = await notebook.RunAsync();
        var error = run.Error!;
        Assert.Equal((2, 4, 11), (error.Cell, error.Line!.Value, error.Column!.Value));
        Assert.Contains("CS0103", error.Message);
        Assert.Contains("  at cell 2, line 4, column 11", error.Traceback);
        Assert.Contains("     4 |   var b = Unknown + a;", error.Traceback);
        Assert.Contains("       |           ^", error.Traceback);
    }

    [Theory]
    [InlineData("one += await Divide(one, 0);", "Divide()")]
    [InlineData("one += Divide(one, 0).Result;", "Divide()")]
    [InlineData("one += new[] { 0 }.Select(x => 1 / x).Sum();", "lambda(Int32 x)")]
    public async Task ExceptionsGiveTheLineOfTheCellWithoutTheHost(string code, string call)
    {
        using var notebook = new TestNotebook()
            .Code("async Task<int> Divide(int a, int b)\n{\n    await Task.Yield();\n    return a / b;\n}")
            .Code($"var one = 1;\n\n{code}");
        var error = (await notebook.RunAsync()).Error!;
        Assert.Equal(("System.DivideByZeroException", 2, 3), (error.Name, error.Cell, error.Line!.Value));
        Assert.Contains(
            call == "Divide()" ? "  at Divide() in cell 1, line 4" : $"  at {call} in cell 2, line 3",
            error.Traceback
        );
        Assert.Contains($"     3 | {code}", error.Traceback);
        Assert.Equal(
            "  at cell 2, line 3",
            error.Traceback.Last(line => line.StartsWith("  at", StringComparison.Ordinal))
        );
        Assert.DoesNotContain(
            error.Traceback,
            l => l.Contains("Microsoft.") || l.Contains("Submission") || l.Contains("TaskAwaiter")
        );
    }

    [Fact]
    public async Task InnerExceptionsAreShown()
    {
        using var notebook = new TestNotebook().Code(
            "try { throw new ArgumentException(\"inside\"); }\ncatch (Exception e) { throw new "
                + "InvalidOperationException(\"outside\", e); }"
        );
        var error = (await notebook.RunAsync()).Error!;
        Assert.Equal(("System.InvalidOperationException: outside", 2), (error.Traceback[0], error.Line!.Value));
        Assert.Contains("caused by System.ArgumentException: inside", error.Traceback);
    }

    [Fact]
    public async Task AnErrorOfAnImportNamesItsPlaceAndTheImport()
    {
        using var notebook = new TestNotebook()
            .File("bad.csx", "\nint x = Unknown;")
            .Code("var a = 1;\n#!import bad.csx\na");
        var error = (await notebook.RunAsync()).Error!;
        Assert.Equal((1, 2), (error.Cell, error.Line!.Value));
        Assert.Contains("  at cell 1 of bad.csx, line 2, column 9", error.Traceback);
        Assert.Contains("     2 | int x = Unknown;", error.Traceback);
        Assert.Equal("  imported by cell 1, line 2", error.Traceback[^1]);
    }

    [Fact]
    public async Task UnknownMagicCommandsGiveTheirLine()
    {
        using var notebook = new TestNotebook().Code("var a = 1;\n\n#!nosuch thing\na");
        var error = (await notebook.RunAsync()).Error!;
        Assert.Equal(("MagicCommandError", 3), (error.Name, error.Line!.Value));
        Assert.Contains("'#!nosuch'", error.Message);
    }

    [Fact]
    public async Task TheRunStopsAndKeepsWhatItHas()
    {
        using var notebook = new TestNotebook()
            .Code("Console.WriteLine(\"before\");\nthrow new Exception(\"<b>no</b>\");")
            .Code("2");
        var run = await notebook.RunAsync();
        Assert.Equal(1, run.Error!.Cell);
        Assert.Equal(["stream", "error"], run.Outputs(0).Select(o => o!["output_type"]!.GetValue<string>()));
        Assert.Equal("<b>no</b>", run.LastOutput(0)["evalue"]!.GetValue<string>());
        Assert.Empty(run.Outputs(1));
        Assert.Null(run.Cells[1]!["execution_count"]);
        Assert.Contains("before", run.Page);
        Assert.Contains("&lt;b&gt;no&lt;/b&gt;", run.Page);
        Assert.Contains("The run stopped at <a href=\"#cell-1\">cell 1</a>", run.Page);
    }
}
