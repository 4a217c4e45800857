using System.Text.Json.Nodes;
using NotebookHost.Cells;
using NotebookHost.Running;

namespace FanTrans.Tests.Host;

/// <summary>A notebook in a folder of its own, made cell by cell and run inside the test's process.</summary>
internal sealed class TestNotebook : IDisposable
{
    private readonly JsonArray cells = [];
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("fantrans-notebook-");

    public string Folder => folder.FullName;

    public string NotebookPath => Path.Combine(Folder, "test.ipynb");

    public string ExecutedPath => Path.Combine(Folder, "out", "executed.ipynb");

    public string PagePath => Path.Combine(Folder, "out", "page.html");

    public TestNotebook Code(string source, params string[] tags)
    {
        var metadata = new JsonObject { ["custom"] = "kept" };
        if (tags.Length > 0)
            metadata["tags"] = new JsonArray([.. tags.Select(t => (JsonNode)t)]);
        cells.Add(
            new JsonObject
            {
                ["cell_type"] = "code",
                ["execution_count"] = 99,
                ["metadata"] = metadata,
                ["outputs"] = new JsonArray(
                    new JsonObject
                    {
                        ["output_type"] = "stream",
                        ["name"] = "stdout",
                        ["text"] = "old",
                    }
                ),
                ["source"] = source,
            }
        );
        return this;
    }

    /// <summary>A cell for another of the platform's kernels.</summary>
    public TestNotebook In(string language, string source)
    {
        Code(source);
        cells[^1]!["metadata"]!["polyglot_notebook"] = new JsonObject { ["kernelName"] = language };
        return this;
    }

    public TestNotebook Markdown(string source)
    {
        cells.Add(
            new JsonObject
            {
                ["cell_type"] = "markdown",
                ["metadata"] = new JsonObject(),
                ["source"] = source,
            }
        );
        return this;
    }

    public TestNotebook File(string name, string text)
    {
        System.IO.File.WriteAllText(Path.Combine(Folder, name), text);
        return this;
    }

    public TestNotebook Save()
    {
        var root = new JsonObject
        {
            ["cells"] = cells.DeepClone(),
            ["metadata"] = new JsonObject
            {
                ["kernelspec"] = new JsonObject { ["language"] = "C#", ["name"] = ".net-csharp" },
                ["own"] = "kept",
            },
            ["nbformat"] = 4,
            ["nbformat_minor"] = 2,
        };
        System.IO.File.WriteAllText(
            NotebookPath,
            root.ToJsonString(new() { WriteIndented = true, IndentSize = 1 }) + "\n"
        );
        return this;
    }

    public async Task<Executed> RunAsync(params string[] set)
    {
        Save();
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var error = await new HeadlessRunner(new(output, errors, quiet: false)).RunAsync(
            new(NotebookPath)
            {
                Set = set,
                OutNotebook = ExecutedPath,
                OutHtml = PagePath,
                Timeout = TimeSpan.FromMinutes(2),
            },
            TestContext.Current.CancellationToken
        );
        return new(
            error,
            JsonNode.Parse(System.IO.File.ReadAllText(ExecutedPath))!,
            System.IO.File.ReadAllText(PagePath),
            output.ToString()
        );
    }

    /// <summary>Runs it as people do, in a process of its own.</summary>
    public async Task<(int ExitCode, string Output, string Errors)> RunProgramAsync(params string[] more)
    {
        Save();
        var (exitCode, output, errors) = await HostProgram.RunAsync([
            "run",
            NotebookPath,
            "--out-notebook",
            ExecutedPath,
            "--out-html",
            PagePath,
            .. more,
        ]);
        return (exitCode, output.ReplaceLineEndings("\n"), errors.ReplaceLineEndings("\n"));
    }

    public void Dispose() => folder.Delete(recursive: true);
}

/// <summary>What a run has left.</summary>
internal sealed record Executed(CellError? Error, JsonNode Notebook, string Page, string Terminal)
{
    public JsonArray Cells => Notebook["cells"]!.AsArray();

    /// <summary>The outputs of a cell, counting all cells from 0.</summary>
    public JsonArray Outputs(int cell) => Cells[cell]!["outputs"]!.AsArray();

    public JsonObject LastOutput(int cell) => Outputs(cell)[^1]!.AsObject();

    /// <summary>A MIME type's text in the last output of a cell.</summary>
    public string Data(int cell, string mimeType = "text/plain") => Text(LastOutput(cell)["data"]![mimeType]!);

    public static string Text(JsonNode lines) =>
        lines is JsonArray array ? string.Concat(array.Select(l => l!.GetValue<string>())) : lines.GetValue<string>();

    public Executed Succeeded()
    {
        Assert.True(Error is null, Error is null ? "" : string.Join('\n', Error.Traceback));
        return this;
    }
}
