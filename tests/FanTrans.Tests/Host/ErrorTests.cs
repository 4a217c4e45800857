namespace FanTrans.Tests.Host;

public class ErrorTests
{
    [Fact]
    public async Task CompileErrorsGiveCellLineColumnAndTheLine()
    {
        using var notebook = new TestNotebook().Code("1").Code("// first line\nvar a = 1;\n  var b = Unknown + a;").Code("2");
        var run = await notebook.RunAsync();
        var error = run.Error!;
        Assert.Equal((2, 3, 11), (error.Cell, error.Line!.Value, error.Column!.Value));
        Assert.Equal("  var b = Unknown + a;", error.SourceLine);
        Assert.Contains("CS0103", error.Message);
        Assert.Contains("  at cell 2, line 3, column 11", error.Traceback);
        Assert.Contains("       |           ^", error.Traceback);
    }

    [Fact]
    public async Task LinesCountThoseOfDirectives()
    {
        using var notebook = new TestNotebook().Code("#!csharp\n\nUnknown");
        Assert.Equal(3, (await notebook.RunAsync()).Error!.Line);
    }

    [Fact]
    public async Task ExceptionsGiveTheLineOfTheCellWithoutTheHost()
    {
        using var notebook = new TestNotebook()
            .Code("async Task<int> Divide(int a, int b)\n{\n    await Task.Yield();\n    return a / b;\n}")
            .Code("var one = 1;\n\none += await Divide(one, 0);");
        var error = (await notebook.RunAsync()).Error!;
        Assert.Equal("System.DivideByZeroException", error.Name);
        Assert.Equal((2, 3, "one += await Divide(one, 0);"), (error.Cell, error.Line!.Value, error.SourceLine!));
        Assert.Contains(error.Traceback, l => l == "  at Divide() in cell 1, line 4" || l == "  at Divide(Int32 a, Int32 b) in cell 1, line 4");
        Assert.DoesNotContain(error.Traceback, l => l.Contains("NotebookHost") || l.Contains("Submission") || l.Contains("TaskAwaiter"));
    }

    [Fact]
    public async Task InnerExceptionsAreShown()
    {
        using var notebook = new TestNotebook().Code(
            "try { throw new ArgumentException(\"inside\"); }\ncatch (Exception e) { throw new InvalidOperationException(\"outside\", e); }");
        var error = (await notebook.RunAsync()).Error!;
        Assert.Equal("System.InvalidOperationException: outside", error.Traceback[0]);
        Assert.Contains("caused by System.ArgumentException: inside", error.Traceback);
    }

    [Fact]
    public async Task TheRunStopsAndKeepsWhatItHas()
    {
        using var notebook = new TestNotebook().Code("Console.WriteLine(\"before\");\nthrow new Exception(\"<b>no</b>\");").Code("2");
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
