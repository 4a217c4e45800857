using System.Text.Json;
using System.Text.Json.Nodes;

namespace FanTrans.Tests.Notebooks;

/// <summary>A notebook of the series with parameters given as papermill does it:
/// in a cell after the tagged one.</summary>
internal static class SmokeSize
{
    public static JsonNode Of(string name, string output)
    {
        var notebook = JsonNode.Parse(File.ReadAllText(Path.Combine(SeriesRuns.Notebooks, name)))!;
        var cells = notebook["cells"]!.AsArray();
        var parameters = cells.First(cell =>
            cell!["metadata"]?["tags"]?.AsArray().Any(tag => tag!.GetValue<string>() == "parameters") == true
        )!;
        cells.Insert(
            cells.IndexOf(parameters) + 1,
            new JsonObject
            {
                ["cell_type"] = "code",
                ["execution_count"] = null,
                ["id"] = "given",
                ["metadata"] = new JsonObject(),
                ["outputs"] = new JsonArray(),
                ["source"] =
                    string.Concat(Values(name).Select(value => $"{value.Name} = {value.Code};\n"))
                    + $"output = {JsonSerializer.Serialize(output)};",
            }
        );
        return notebook;
    }

    /// <summary>The parameters that make a notebook small, as the command line takes them.</summary>
    public static IReadOnlyList<string> Arguments(string name) =>
        [.. Values(name).Select(value => $"{value.Name}={value.Text}")];

    // Texts need quotation marks in a cell, numbers and lists none.
    private static IEnumerable<(string Name, string Text, string Code)> Values(string name) =>
        from value in JsonNode.Parse(File.ReadAllText(Path.Combine(SeriesRuns.Notebooks, "smoke.json")))![
            Path.GetFileNameWithoutExtension(name)
        ]!.AsObject()
        let text = value.Value!.GetValue<string>()
        select (
            value.Key,
            text,
            char.IsAsciiLetter(text[0]) && text is not ("true" or "false") ? JsonSerializer.Serialize(text) : text
        );
}
