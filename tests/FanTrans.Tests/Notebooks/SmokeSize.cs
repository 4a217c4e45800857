using System.Text.Json;
using System.Text.Json.Nodes;

namespace FanTrans.Tests.Notebooks;

/// <summary>A notebook of the series with parameters given as papermill does it: in a cell after the tagged one.</summary>
internal static class SmokeSize
{
    public static JsonNode Of(string name, string output)
    {
        var notebook = JsonNode.Parse(File.ReadAllText(Path.Combine(SeriesRuns.Notebooks, name)))!;
        var cells = notebook["cells"]!.AsArray();
        var parameters = cells.First(cell => cell!["metadata"]?["tags"]?.AsArray().Any(tag => tag!.GetValue<string>() == "parameters") == true)!;
        cells.Insert(cells.IndexOf(parameters) + 1, new JsonObject
        {
            ["cell_type"] = "code",
            ["execution_count"] = null,
            ["id"] = "given",
            ["metadata"] = new JsonObject(),
            ["outputs"] = new JsonArray(),
            ["source"] = $"smoke = true;\noutput = {JsonSerializer.Serialize(output)};",
        });
        return notebook;
    }
}
