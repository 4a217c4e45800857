using System.Text.Json.Nodes;
using NotebookHost.Cells;

namespace NotebookHost.Notebooks;

/// <summary>One cell of a notebook, over its JSON.</summary>
internal sealed class NotebookCell(JsonObject json)
{
    public JsonObject Json { get; } = json;

    /// <summary><c>code</c>, <c>markdown</c> or <c>raw</c>.</summary>
    public string Kind => Json["cell_type"]!.GetValue<string>();

    public string? Id => Json["id"]?.GetValue<string>();

    public string Source => Text(Json["source"]);

    public IReadOnlyList<string> Tags =>
        Json["metadata"]?["tags"] is JsonArray tags ? [.. tags.Select(t => t!.GetValue<string>())] : [];

    public int? ExecutionCount
    {
        get => Json["execution_count"]?.GetValue<int>();
        set => Json["execution_count"] = value;
    }

    /// <summary>The outputs of a code cell.</summary>
    public JsonArray Outputs
    {
        get
        {
            if (Json["outputs"] is JsonArray outputs) return outputs;
            outputs = [];
            Json["outputs"] = outputs;
            return outputs;
        }
    }

    /// <summary>The kernel that a code cell is for: C#, where the cell names none.</summary>
    public string Language
    {
        get
        {
            var name = Json["metadata"]?["polyglot_notebook"]?["kernelName"]?.GetValue<string>()
                ?? Json["metadata"]?["dotnet_interactive"]?["language"]?.GetValue<string>() ?? Languages.CSharp;
            return Languages.Find(name) ?? name;
        }
    }

    /// <summary>A new code cell.</summary>
    public static NotebookCell Code(string id, IReadOnlyList<string> tags) => new(new()
    {
        ["cell_type"] = "code",
        ["execution_count"] = null,
        ["id"] = id,
        ["metadata"] = new JsonObject { ["tags"] = new JsonArray([.. tags.Select(t => (JsonNode)t)]) },
        ["outputs"] = new JsonArray(),
        ["source"] = new JsonArray(),
    });

    public void SetSource(string source) => Json["source"] = Lines(source);

    /// <summary>Removes what running has left.</summary>
    /// <returns>Whether there was anything.</returns>
    public bool Clear()
    {
        var isClear = Outputs.Count == 0 && Json["execution_count"] is null && Json["metadata"]?["execution"] is null;
        Outputs.Clear();
        Json["execution_count"] = null;
        (Json["metadata"] as JsonObject)?.Remove("execution");
        return !isClear;
    }

    /// <summary>Text that a notebook holds as one string or as a list of lines.</summary>
    public static string Text(JsonNode? node) =>
        node is JsonArray lines
            ? string.Concat(lines.Select(l => l!.GetValue<string>()))
            : node?.GetValue<string>() ?? "";

    /// <summary>Text as the list of lines that Jupyter writes.</summary>
    public static JsonArray Lines(string text)
    {
        var lines = new JsonArray();
        for (var start = 0; start < text.Length;)
        {
            var end = text.IndexOf('\n', start);
            end = end < 0 ? text.Length : end + 1;
            lines.Add(text[start..end]);
            start = end;
        }
        return lines;
    }
}
