using System.Diagnostics;
using System.Text.Json.Nodes;
using CsCheck;
using FanTrans.Tests.Notebooks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using NotebookHost;
using NotebookHost.Conversion;
using NotebookHost.Notebooks;

namespace FanTrans.Tests.Host;

/// <summary><c>notebook-host convert</c>: notebooks as apps of one file, and back.</summary>
public sealed class ConvertTests(SeriesRuns runs) : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("fantrans-convert-");

    public static TheoryData<string> Series => [.. SeriesRuns.Names];

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(Series))]
    public void ANotebookOfTheSeriesIsAnAppThatCompilesAndComesBackToTheByte(string name)
    {
        var json = File.ReadAllText(Path.Combine(SeriesRuns.Notebooks, name));
        var app = AppWriter.Write(Notebook.Parse(json, name), SeriesRuns.Notebooks, "app");
        Assert.Equal("", Errors(app));
        Assert.Equal(json, AppReader.Read(app, Path.Combine(SeriesRuns.Notebooks, "app.cs")).ToJson());
    }

    [Fact]
    public async Task TheAppRuns()
    {
        const string name = "00-quickstart.ipynb";
        // The app resumes from what the notebook has trained.
        var first = await runs.OfAsync(name);
        Assert.True(first.ExitCode == 0, first.Text);
        var app = Path.Combine(folder.FullName, Path.ChangeExtension(name, ".cs"));
        var (code, _, wrong) = await HostProgram.RunAsync(
            "convert",
            Path.Combine(SeriesRuns.Notebooks, name),
            "--out",
            app
        );
        Assert.Equal((0, ""), (code, wrong));
        File.WriteAllText(
            Path.Combine(folder.FullName, "nuget.config"),
            $"<configuration><packageSources><add key=\"kit\" value=\"{Path.Combine(Repository.Root, "environment", "feed")}\" /></packageSources></configuration>"
        );
        File.Copy(Path.Combine(SeriesRuns.Notebooks, "astronaut.jpg"), Path.Combine(folder.FullName, "astronaut.jpg"));

        var (exitCode, text) = await RunAsync(app, [.. SmokeSize.Arguments(name), $"output={first.Output}"]);
        Assert.True(exitCode == 0, text);
        var page = File.ReadAllText(Path.ChangeExtension(app, ".html"));
        var figures = File.ReadAllText(first.Page).Split("class=\"fantrans-figure").Length;
        Assert.Equal(figures, page.Split("class=\"fantrans-figure").Length);
        Assert.Contains("Figures and tables: ", text);
    }

    [Fact]
    public async Task AnAppDoesWhatTheCellsDo()
    {
        File.WriteAllText(
            Path.Combine(folder.FullName, "helpers.csx"),
            "using System.Globalization;\nint Twice(int number) => 2 * number;\nclass Box { public int Size = 3; }"
        );
        string[] code =
        [
            "var count = 1; // how many\nvar name = \"a\";\nconst int Fixed = 5;",
            "#!import helpers.csx\nusing System.IO; var folder = Path.GetFileName(\"x/y\"); Twice(count)",
            "class Point { public int X = 4; }\nnew Point().X + new Box().Size",
            "Console.WriteLine(\"printed \" + CultureInfo.InvariantCulture.Name + name)",
            "var text = \"\"\"\n  // not %%\n  display(\n  \"\"\";\ntext.Length",
            "await Task.Yield();\nvar shown = display(\"first\");\nshown.Update(\"second\"); HTML(\"<b>bold</b>\")",
            "$\"{folder} {Fixed}\"\n// a comment at the end",
        ];
        var notebook = Made([.. code.Select((text, i) => ("code", text, i == 0))]);
        var app = Path.Combine(folder.FullName, "made.cs");
        File.WriteAllText(app, AppWriter.Write(notebook, folder.FullName, "made"));
        Assert.Equal(Sources(notebook), Sources(AppReader.Read(File.ReadAllText(app), app)));

        var (exitCode, output) = await RunAsync(app, "count=21", "name=b");
        Assert.True(exitCode == 0, output);
        Assert.Equal(
            ["42", "7", "printed b", "18", "first", "second", "y 5"],
            output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[..7]
        );
        Assert.Contains("<b>bold</b>", File.ReadAllText(Path.ChangeExtension(app, ".html")));

        (exitCode, output) = await RunAsync(app, "size=1");
        Assert.NotEqual(0, exitCode);
        Assert.Contains("size: no such parameter", output);
    }

    [Fact]
    public void MadeUpNotebooksComeBackWhole()
    {
        var markdown = Gen.OneOf(
            "",
            " ",
            "# Title",
            "%% not a cell",
            ": colon",
            "//: slashes",
            "a \"b\" \\c é 🙂",
            "/*:*/ x",
            "```",
            "\ttab"
        );
        // N is replaced by a number, so that no name comes twice.
        var code = Gen.OneOf(
            "",
            "  ",
            "var aN = 1;",
            "#r \"nuget: PackageN, 1.2.*\"",
            "using System.IO;",
            "using System.Text.Json; var bN = 2;",
            "class CN\n{\n    // %% inside\n    int F;\n}",
            "int FN(int x) => x;",
            "// %% looks like a cell",
            "//: looks kept",
            "/*:*/ var dN = 3;",
            "/*<*/ var eN = 4; /*>*/",
            "for (var i = 0; i < 2; i++)\n    Console.Write(i);",
            "record RN(int A); enum EN { X }",
            "var gN = \"\"\"\n  two\n    lines\n  \"\"\";",
            "#if DEBUG\nvar no = ;\n#endif",
            "/* a\n   b */ var hN = 5;",
            "// é 🙂"
        );
        var last = Gen.OneOf(
            "",
            "1 + 1",
            "Math.Abs(-1)",
            "  new[]\n  {\n    1,\n  } // end",
            "; 6 * 7",
            "\"x\".Length\n\n",
            "Console.WriteLine(\n    1)"
        );
        var cell = Gen.OneOf(
            markdown.Array[0, 6].Select(lines => ("markdown", string.Join('\n', lines), false)),
            markdown.Array[0, 3].Select(lines => ("raw", string.Join('\n', lines), false)),
            Gen.Select(code.Array[0, 6], last, Gen.Bool)
                .Select((lines, end, tagged) => ("code", string.Join('\n', [.. UsingsFirst(lines), end]), tagged))
        );
        cell.Array[0, 6]
            .Sample(
                cells =>
                {
                    var number = 0;
                    var notebook = Made([
                        .. cells.Select(c =>
                            (c.Item1, string.Concat(c.Item2.Select(x => x == 'N' ? $"{number++}" : $"{x}")), c.Item3)
                        ),
                    ]);
                    var app = AppWriter.Write(notebook, folder.FullName, "made");
                    Assert.Equal(notebook.ToJson(), AppReader.Read(app, "made.cs").ToJson());
                    Assert.Equal(notebook.ToJson(), AppReader.Read(app.Replace("\n", "\r\n"), "made.cs").ToJson());
                },
                iter: 300,
                threads: 1
            );
    }

    [Theory]
    [InlineData("var a = 1;", "var a = 2;", "cell 1 and cell 2 both declare 'a'")]
    [InlineData("int F() => 1;", "int F(int x) => x;", "cell 1 and cell 2 both declare 'F'")]
    [InlineData("foreach (var item in new[] { 1 }) { }", "var item = 2;", "cell 2 and cell 1 both declare 'item'")]
    [InlineData("int.TryParse(\"1\", out var n);", "var n = 2;", "cell 1 and cell 2 both declare 'n'")]
    [InlineData("1", "class A { }\nclass A { }", "cell 2 declares 'A' twice")]
    [InlineData("1", "var args = 1;", "every app and cell 2 both declare 'args'")]
    [InlineData("1", "var x = 1;\nreturn x;", "cell 2, line 2: 'return' ends a cell")]
    [InlineData(
        "1",
        "\npublic static int F() => 1;",
        "cell 2, line 2: an app's variables and functions cannot be 'public'"
    )]
    [InlineData("1", "int P { get; }", "cell 2, line 1: an app has no properties")]
    [InlineData("1", "#r \"a.dll\"", "cell 2, line 1: an app has no '#r \"a.dll\"'")]
    [InlineData("1", "var x = ;", "cell 2, line 1: error CS")]
    [InlineData("1", "#!import none.csx", "there is no none.csx")]
    [InlineData(
        "#r \"nuget: A, 1.0.0\"",
        "#r \"nuget: A, 2.0.0\"",
        "cell 2, line 1: A 2.0.0 cannot be added beside A 1.0.0 of cell 1"
    )]
    [InlineData(
        "1",
        "var x = \"\"\"\n// %% cell\n\"\"\";",
        "cell 2, line 2: an app cannot have this line inside of a text"
    )]
    public void WhatAnAppCannotBeNamesTheCells(string first, string second, string message)
    {
        var error = Assert.Throws<HostException>(() =>
            AppWriter.Write(Made([("code", first, false), ("code", second, false)]), folder.FullName, "made")
        );
        Assert.Contains(message, error.Message);
    }

    [Theory]
    [InlineData("using System.IO;\n", "using System.IO;\nusing System.Net;\n", "'using System.Net;' is of no cell")]
    [InlineData("using System.IO;\n", "", "a cell has 'using System.IO;'")]
    [InlineData("class A { }\n", "class A { int More; }\n", "'class A { int More; }' is of no cell")]
    [InlineData("// %% [notebook]", "// [notebook]", "expected '// %% [notebook]'")]
    [InlineData("// %% [end]\n", "", "from '// %% [notebook]' to '// %% [end]'")]
    [InlineData("// text", "text", "expected a comment, since this is a markdown cell; found 'text'")]
    [InlineData("// %% [markdown]", "// %% markdown", "expected '// %% [kind] {…}'")]
    public void WhatANotebookCannotKeepIsSaidAndNotLost(string from, string to, string message)
    {
        var app = AppWriter.Write(
            Made([("markdown", "text", false), ("code", "using System.IO;\nclass A { }\n1", false)]),
            folder.FullName,
            "made"
        );
        // The last of them is the one outside of the cell where there are two.
        var place = from.StartsWith("class", StringComparison.Ordinal)
            ? app.LastIndexOf(from, StringComparison.Ordinal)
            : app.IndexOf(from, StringComparison.Ordinal);
        var changed = app[..place] + to + app[(place + from.Length)..];
        Assert.Contains(message, Assert.Throws<HostException>(() => AppReader.Read(changed, "made.cs")).Message);
    }

    [Fact]
    public void EditsOfAnAppReachTheNotebook()
    {
        var app = AppWriter
            .Write(Made([("markdown", "text", false), ("code", "var a = 1;\na", true)]), folder.FullName, "made")
            .Replace("var a = 1;", "var a = 2;\nvar b = 3;")
            .Replace("// text", "// other text\n//\n// more");
        Assert.Equal(["other text\n\nmore", "var a = 2;\nvar b = 3;\na"], Sources(AppReader.Read(app, "made.cs")));
    }

    [Fact]
    public async Task AFileThatIsThereIsReplacedOnlyByForce()
    {
        var notebook = Path.Combine(folder.FullName, "made.ipynb");
        Made([("code", "1", false)]).Save(notebook);
        Assert.Equal(0, (await HostProgram.RunAsync("convert", notebook)).ExitCode);
        var (exitCode, _, errors) = await HostProgram.RunAsync("convert", Path.ChangeExtension(notebook, ".cs"));
        Assert.Equal(2, exitCode);
        Assert.Contains("--force replaces it", errors);
        var before = File.ReadAllText(notebook);
        Assert.Equal(
            0,
            (await HostProgram.RunAsync("convert", Path.ChangeExtension(notebook, ".cs"), "--force")).ExitCode
        );
        Assert.Equal(before, File.ReadAllText(notebook));
    }

    private static Notebook Made((string Kind, string Source, bool Tagged)[] cells)
    {
        var tags = 0;
        var root = new JsonObject
        {
            ["cells"] = new JsonArray([
                .. cells.Select(
                    (cell, i) =>
                        (JsonNode)
                            CellHeader.ToCell(
                                cell.Kind,
                                cell.Kind == "code" && cell.Tagged && tags++ == 0
                                        ? new() { ["id"] = $"c{i}", ["tags"] = new JsonArray("parameters") }
                                    : i % 2 == 0 ? new() { ["id"] = $"c{i}" }
                                    : new()
                                    {
                                        ["id"] = $"c{i}",
                                        ["metadata"] = new JsonObject { ["own"] = "é" },
                                    },
                                NotebookCell.Lines(cell.Source)
                            )
                ),
            ]),
            ["metadata"] = new JsonObject { ["own"] = "kept" },
            ["nbformat"] = 4,
            ["nbformat_minor"] = 5,
        };
        return Notebook.Parse(root.ToJsonString(), "made.ipynb");
    }

    // As C# wants them; and a using may not follow the statement that stands beside another one.
    private static IEnumerable<string> UsingsFirst(string[] lines) =>
        [
            .. lines.Where(line => line == "using System.IO;"),
            .. lines.Where(line => line.StartsWith("using System.Text", StringComparison.Ordinal)).Take(1),
            .. lines.Where(line => !line.StartsWith("using", StringComparison.Ordinal)),
        ];

    private static IEnumerable<string> Sources(Notebook notebook) => notebook.Cells.Select(cell => cell.Source);

    private static string Errors(string app)
    {
        var tree = CSharpSyntaxTree.ParseText(
            app,
            new CSharpParseOptions(LanguageVersion.Latest).WithFeatures([new("FileBasedProgram", "true")]),
            cancellationToken: TestContext.Current.CancellationToken
        );
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            // An app has neither the host nor the kernel's packages.
            .Where(path =>
                Path.GetFileName(path) is var file and not ("notebook-host.dll" or "FanTrans.Tests.dll")
                && !file.StartsWith("Microsoft.DotNet.Interactive", StringComparison.Ordinal)
            )
            .Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create(
            "app",
            [tree],
            references,
            new(OutputKind.ConsoleApplication, allowUnsafe: true)
        );
        return string.Join(
            '\n',
            compilation
                .GetDiagnostics(TestContext.Current.CancellationToken)
                .Where(d => d.Severity == DiagnosticSeverity.Error)
        );
    }

    private async Task<(int ExitCode, string Text)> RunAsync(string app, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo("dotnet", ["run", "--file", app, "--", .. arguments])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = folder.FullName,
            }
        )!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output + await errors);
    }
}
