namespace FanTrans.Tests.Host;

/// <summary>Cells on the real kernel: languages, magic commands, imports and what cells show.</summary>
[Collection(HostCollection.Name)]
public class CellTests
{
    [Fact]
    public async Task CellsShareDeclarationsAndMayReplaceThem()
    {
        using var notebook = new TestNotebook()
            .Code("using System.IO;\nvar x = 1;\nint Twice(int a) => 2 * a;\nrecord Point(int X, int Y);")
            .Code("x++;\nvar p = new Point(x, 5);\nawait Task.FromResult(Twice(p.X) + p.Y)")
            .Code("var x = \"now text\"; List<int> l = [2, 1];")
            .Code("$\"{x} {Path.GetFileName(\"a/b\")} {l.Order().First()}\"")
            .Code("Console.Out.Flush();");
        var run = (await notebook.RunAsync()).Succeeded();
        Assert.Equal("9", run.Data(1));
        Assert.Equal("now text b 1", run.Data(3));
        Assert.Equal(
            ("execute_result", 4),
            (
                run.LastOutput(3)["output_type"]!.GetValue<string>(),
                run.LastOutput(3)["execution_count"]!.GetValue<int>()
            )
        );
        Assert.Empty(run.Outputs(4));
    }

    [Fact]
    public async Task ThePlatformsLanguagesAndMagicCommandsRun()
    {
        using var notebook = new TestNotebook()
            .In("html", "<b>from HTML</b>")
            .In("javascript", "window.a = 1;")
            .In("value", "#!value --name given\n42 gifts")
            .Code("#!share --from value given\n#!set --name again --value @value:given\n#!csharp\n$\"{given} {again}\"")
            .Code("#!markdown\n# A *title*\n#!html\n<i>x</i>\n#!c#\n1 + 1")
            .Code("#!time\n2 + 1")
            .Code("#!who");
        var run = (await notebook.RunAsync()).Succeeded();
        Assert.Equal("<b>from HTML</b>", run.Data(0, "text/html"));
        Assert.Contains("<script type=\"text/javascript\">window.a = 1;</script>", run.Data(1, "text/html"));
        Assert.Equal("42 gifts 42 gifts", run.Data(3));
        Assert.Equal(
            ["text/markdown", "text/html", "text/html"],
            run.Outputs(4).Select(o => o!["data"]!.AsObject().First().Key)
        );
        Assert.Equal("2", run.Data(4));
        Assert.Matches(@"Wall time: [\d.]+ ms", run.Data(5));
        Assert.Contains("again", run.Data(6, "text/html"));
        Assert.Contains("<h1 id=\"a-title\">A <em>title</em></h1>", run.Page);
    }

    [Fact]
    public async Task ADibFileRuns()
    {
        using var notebook = new TestNotebook().File(
            "made.dib",
            "#!meta\n\n{\"kernelInfo\":{\"defaultKernelName\":\"csharp\",\"items\":[{\"name\":\"csharp\"}]}}\n\n#!markdown\n\n# From a dib\n\n#!csharp\n\nvar a = 6;\n\n#!html\n\n<b>x</b>\n\n#!csharp\n\na * 7\n"
        );
        var (exitCode, output, errors) = await HostProgram.RunAsync(
            "run",
            Path.Combine(notebook.Folder, "made.dib"),
            "--out-html",
            notebook.PagePath
        );
        Assert.Equal((0, ""), (exitCode, errors));
        Assert.Contains("cell 3/3", output);
        Assert.Contains("\n42\n", output.ReplaceLineEndings("\n"));
        var page = File.ReadAllText(notebook.PagePath);
        Assert.Contains("<title>From a dib</title>", page);
        Assert.Contains("<b>x</b>", page);
    }

    [Fact]
    public async Task AnImportedFileRunsCellByCellWhereTheImportStands()
    {
        using var helpers = new TestNotebook()
            .Markdown("# Helpers")
            .Code("var seen = order;")
            .In("html", "<u>u</u>")
            .Code("int Twice(int a) => 2 * a;\nTwice(4)")
            .Save();
        using var notebook = new TestNotebook()
            .File("first.csx", "#!import second.csx\nvar sum = Thrice(2);")
            .File("second.csx", "int Thrice(int a) => 3 * a;")
            .Code(
                $"var order = 1;\n#!import \"{helpers.NotebookPath}\"\norder = 2;\n$\"{{seen}} {{order}} {{Twice(3)}}\""
            )
            .Code("#!import first.csx\nsum");
        var run = (await notebook.RunAsync()).Succeeded();
        Assert.Equal(
            ["# Helpers", "<u>u</u>", "8"],
            run.Outputs(0).Take(3).Select(o => Executed.Text(o!["data"]!.AsObject().Last().Value!))
        );
        Assert.Equal("1 2 6", run.Data(0));
        Assert.Equal("6", run.Data(1));
    }

    [Theory]
    [InlineData("#!import", "needs a file")]
    [InlineData("#!import missing.ipynb", "there is no missing.ipynb")]
    [InlineData("#!import data.txt", "expected a file .ipynb, .dib, .cs or .csx")]
    [InlineData("#!import circle.csx", "circle.csx imports itself")]
    [InlineData("#!import broken.ipynb", "not JSON")]
    public async Task WrongImportsSaySo(string code, string message)
    {
        using var notebook = new TestNotebook()
            .File("data.txt", "x")
            .File("circle.csx", "#!import circle.csx")
            .File("broken.ipynb", "{")
            .Code(code);
        var error = (await notebook.RunAsync()).Error!;
        Assert.Equal(("ImportError", 1), (error.Name, error.Line!.Value));
        Assert.Contains(message, error.Message);
    }

    [Fact]
    public async Task StreamsMergeAsInJupyterAndEachIsEchoed()
    {
        using var notebook = new TestNotebook().Code(
            """
            Console.Write("a");
            Console.WriteLine("b");
            Console.Error.Write("warning");
            await Task.Run(() => Console.Write("task "));
            var thread = new System.Threading.Thread(() => Console.WriteLine("thread"));
            thread.Start();
            thread.Join();
            """
        );
        var run = (await notebook.RunAsync()).Succeeded();
        Assert.Equal(
            ["stdout:ab\n", "stderr:warning", "stdout:task thread\n"],
            run.Outputs(0).Select(o => $"{o!["name"]}:{Executed.Text(o["text"]!)}")
        );
        Assert.Contains("ab\ntask thread\n", run.Terminal.ReplaceLineEndings("\n"));
    }

    [Theory]
    [InlineData("step 1\rstep 2\rstep 3\n", "step 3\n")]
    [InlineData("a long line\rshort\n", "shortg line\n")]
    [InlineData("windows\r\nline\r\n", "windows\nline\n")]
    [InlineData("x\n50 %\r60 %", "x\n60 %")]
    public void RewrittenLinesCollapse(string written, string left)
    {
        var text = new NotebookHost.Notebooks.StreamText();
        foreach (var c in written)
            text.Append($"{c}");
        Assert.Equal(left, text.ToString());
    }

    /// <summary>What display() returns has another id than what it shows, in the kernel itself.</summary>
    [Fact]
    public async Task UpdatesOfADisplayAreOneOutput()
    {
        using var notebook = new TestNotebook()
            .Code("var d = display(\"one\");\nd.Update(\"two\");")
            .Code("display(\"other\");\nd.Update(\"three\");\nd")
            .Code("display(new { A = 1 }, \"application/json\");");
        var run = (await notebook.RunAsync()).Succeeded();
        Assert.Equal(["one", "three"], run.Outputs(0).Select(o => Executed.Text(o!["data"]!["text/plain"]!)));
        Assert.Equal(["other"], run.Outputs(1).Select(o => Executed.Text(o!["data"]!["text/plain"]!)));
        Assert.Equal(1, run.LastOutput(2)["data"]!["application/json"]!["A"]!.GetValue<int>());
    }

    [Fact]
    public async Task HtmlHasATextBesideIt()
    {
        using var notebook = new TestNotebook()
            .Code("new[] { new { A = 1, B = \"x\" } }")
            .Code(
                """
                class TypeFormatterSourceAttribute(Type type) : Attribute { public Type FormatterSourceType => type; public string[] PreferredMimeTypes => ["text/html"]; }
                class Source { public IEnumerable<object> CreateTypeFormatters() => [new Formatter()]; }
                class Formatter { public string MimeType => "text/html"; public bool Format(object value, System.IO.TextWriter writer) { writer.Write("<p>figure</p>"); return true; } }
                [TypeFormatterSource(typeof(Source))] class Figure { public override string ToString() => "figure: x"; }
                new Figure()
                """
            )
            .Code("new[] { new { A = 1, B = \"x\" } }.DisplayTable()");
        var run = (await notebook.RunAsync()).Succeeded();
        Assert.StartsWith("<table>", run.Data(0, "text/html"));
        Assert.Contains("A: 1", run.Data(0));
        Assert.Equal(("<p>figure</p>", "figure: x"), (run.Data(1, "text/html"), run.Data(1)));
        Assert.Contains("figure: x\n", run.Terminal);
        Assert.Contains("A,B\n1,x\n", run.Terminal);
    }
}
