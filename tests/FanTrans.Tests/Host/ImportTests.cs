namespace FanTrans.Tests.Host;

/// <summary><c>#!import</c> and <c>#load</c>.</summary>
public class ImportTests
{
    [Fact]
    public async Task AnImportedNotebookRunsCellByCellWhereTheImportStands()
    {
        using var helpers = new TestNotebook().Markdown("# Helpers").Code("using System.IO;\nvar seen = order;").Code("int Twice(int a) => 2 * a;\nTwice(4)").Save();
        using var notebook = new TestNotebook()
            .Code($"var order = 1;\n#!import \"{helpers.NotebookPath}\"\norder = 2;\n(seen, order, Twice(3), Path.GetFileName(\"a/b\"))")
            .Code("Twice(10)");
        var run = (await notebook.RunAsync()).Succeeded();
        Assert.Equal("# Helpers", run.Outputs(0)[0]!["data"]!["text/markdown"]![0]!.GetValue<string>());
        Assert.Equal("8", Executed.Text(run.Outputs(0)[1]!["data"]!["text/plain"]!));
        Assert.Equal("(1, 2, 6, b)", run.Data(0));
        Assert.Equal("20", run.Data(1));
    }

    [Fact]
    public async Task ImportsAreRelativeToTheNotebookAndMayImport()
    {
        using var notebook = new TestNotebook()
            .File("first.csx", "#!import second.csx\nvar sum = Thrice(2);").File("second.csx", "int Thrice(int a) => 3 * a;")
            .Code("#!import first.csx\nsum");
        Assert.Equal("6", (await notebook.RunAsync()).Succeeded().Data(0));
    }

    [Fact]
    public async Task AnErrorOfAnImportNamesTheCellAndTheImport()
    {
        using var helpers = new TestNotebook().Code("1").Code("var zero = 0;\n1 / zero").Save();
        using var notebook = new TestNotebook().Code($"var a = 1;\n#!import {helpers.NotebookPath}").Code("2");
        var error = (await notebook.RunAsync()).Error!;
        Assert.Equal(("System.DivideByZeroException", 1, 2), (error.Name, error.Cell, error.Line!.Value));
        Assert.Contains("  at cell 2 of test.ipynb, line 2", error.Traceback);
        Assert.Equal("  imported by cell 1, line 2", error.Traceback[^1]);
    }

    [Fact]
    public async Task ACompileErrorOfAnImportShowsItsLine()
    {
        using var notebook = new TestNotebook().File("bad.csx", "\nint x = Unknown;").Code("#!import bad.csx");
        var error = (await notebook.RunAsync()).Error!;
        Assert.Contains("  at cell 1 of bad.csx, line 2, column 9", error.Traceback);
        Assert.Contains("     2 | int x = Unknown;", error.Traceback);
    }

    [Theory]
    [InlineData("#!import", "needs a file")]
    [InlineData("#!import missing.ipynb", "there is no missing.ipynb")]
    [InlineData("#!import data.txt", "expected a file .ipynb, .cs or .csx")]
    [InlineData("#!import circle.csx", "circle.csx imports itself")]
    [InlineData("#!import broken.ipynb", "not JSON")]
    public async Task WrongImportsSaySo(string code, string message)
    {
        using var notebook = new TestNotebook().File("data.txt", "x").File("circle.csx", "#!import circle.csx").File("broken.ipynb", "{").Code(code);
        var error = (await notebook.RunAsync()).Error!;
        Assert.Equal(("ImportError", 1), (error.Name, error.Line!.Value));
        Assert.Contains(message, error.Message);
    }

    [Fact]
    public async Task LoadsMayNest()
    {
        using var notebook = new TestNotebook().File("inner.csx", "int Inner() => 5;").Code("#load \"parts/outer.csx\"\nOuter()");
        Directory.CreateDirectory(Path.Combine(notebook.Folder, "parts"));
        notebook.File("parts/outer.csx", "#load \"../inner.csx\"\nint Outer() => Inner() + 1;");
        Assert.Equal("6", (await notebook.RunAsync()).Succeeded().Data(0));
    }
}
