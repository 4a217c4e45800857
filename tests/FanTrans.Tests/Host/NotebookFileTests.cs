using System.Text.Json.Nodes;
using NotebookHost;
using NotebookHost.Notebooks;

namespace FanTrans.Tests.Host;

[Collection(HostCollection.Name)]
public class NotebookFileTests
{
    [Fact]
    public async Task TheExecutedNotebookIsOfFormat45AndKeepsWhatIsNotOurs()
    {
        using var notebook = new TestNotebook().Markdown("# t").Code("Console.WriteLine(\"é 🙂 <x>\");\n1");
        var run = (await notebook.RunAsync()).Succeeded();
        Assert.Equal(
            (4, 5),
            (run.Notebook["nbformat"]!.GetValue<int>(), run.Notebook["nbformat_minor"]!.GetValue<int>())
        );
        Assert.Equal("kept", run.Notebook["metadata"]!["own"]!.GetValue<string>());
        Assert.Equal("kept", run.Cells[1]!["metadata"]!["custom"]!.GetValue<string>());
        Assert.Equal(run.Cells.Count, run.Cells.Select(c => c!["id"]!.GetValue<string>()).Distinct().Count());
        foreach (var output in run.Outputs(1).Select(o => o!.AsObject()))
        {
            var fields = output.Select(f => f.Key).ToList();
            Assert.Equal(
                output["output_type"]!.GetValue<string>() switch
                {
                    "stream" => ["name", "output_type", "text"],
                    "execute_result" => ["data", "execution_count", "metadata", "output_type"],
                    _ => [],
                },
                fields
            );
        }
        var text = File.ReadAllText(notebook.ExecutedPath);
        Assert.EndsWith("}\n", text);
        Assert.Contains("é 🙂 <x>", text);
        Assert.StartsWith("{\n \"cells\": [\n  {\n", text);
    }

    [Fact]
    public async Task TwoRunsWriteTheSameBytes()
    {
        using var notebook = new TestNotebook()
            .Code("display(new { A = 1 });\nnew Random(1).Next()")
            .Code("display(\"x\").Update(\"y\");");
        await notebook.RunAsync();
        var first = File.ReadAllText(notebook.ExecutedPath);
        await notebook.RunAsync();
        Assert.Equal(first, File.ReadAllText(notebook.ExecutedPath));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task StrippingTakesOutputsAndLeavesTheRest(int indent)
    {
        using var notebook = new TestNotebook().Markdown("# ü").Code("1", "parameters").Save();
        var root = JsonNode.Parse(File.ReadAllText(notebook.NotebookPath))!;
        File.WriteAllText(notebook.NotebookPath, NotebookJson.Write(root, indent));
        var (exitCode, _, errors) = await HostProgram.RunAsync("strip", "--check", notebook.NotebookPath);
        Assert.Equal(1, exitCode);
        Assert.Contains("has outputs", errors);
        Assert.Equal(NotebookJson.Write(root, indent), File.ReadAllText(notebook.NotebookPath));

        Assert.Equal(0, (await HostProgram.RunAsync("strip", notebook.NotebookPath)).ExitCode);
        var cell = root["cells"]![1]!;
        cell["outputs"] = new JsonArray();
        cell["execution_count"] = null;
        Assert.Equal(NotebookJson.Write(root, indent), File.ReadAllText(notebook.NotebookPath));
        Assert.Equal(0, (await HostProgram.RunAsync("strip", "--check", notebook.NotebookPath)).ExitCode);
    }

    [Theory]
    [InlineData("not json", "not JSON")]
    [InlineData("[]", "expected a JSON object")]
    [InlineData("{\"nbformat\": 3}", "nbformat: expected 4, found 3")]
    [InlineData("{\"nbformat\": 4, \"cells\": [1]}", "cells: expected a list of cells")]
    public void OtherFilesAreRefused(string json, string message) =>
        Assert.Contains(message, Assert.Throws<HostException>(() => Notebook.Parse(json, "x.ipynb")).Message);
}
