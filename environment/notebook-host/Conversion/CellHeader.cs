using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NotebookHost.Notebooks;

namespace NotebookHost.Conversion;

/// <summary>
/// The line that begins a cell of an app: its kind, and as JSON what else the notebook says of it. What every C# cell
/// of the kit's notebooks says is left out.
/// </summary>
internal static partial class CellHeader
{
    /// <summary>The kind of the first part of an app: the notebook itself.</summary>
    public const string Notebook = "notebook";

    /// <summary>The kind of the last part of an app.</summary>
    public const string End = "end";

    private const string Metadata = "metadata";
    private const string Tags = "tags";

    private static readonly JsonObject CodeMetadata = Parse(
        """{"dotnet_interactive":{"language":"csharp"},"polyglot_notebook":{"kernelName":"csharp"}}""");

    private static readonly JsonObject NotebookRoot = Parse(
        """
        {"metadata":{"kernelspec":{"display_name":".NET (C#)","language":"C#","name":".net-csharp"},
        "language_info":{"file_extension":".cs","mimetype":"text/x-csharp","name":"C#","pygments_lexer":"csharp"},
        "polyglot_notebook":{"kernelInfo":{"defaultKernelName":"csharp","items":[{"aliases":[],"name":"csharp"}]}}},
        "nbformat":4,"nbformat_minor":5}
        """);

    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The line of the notebook itself.</summary>
    public static string OfNotebook(JsonObject root)
    {
        var rest = Without(root, "cells");
        return Line(Notebook, JsonNode.DeepEquals(rest, NotebookRoot) ? [] : rest);
    }

    /// <summary>The line of a cell. Outputs and execution counts are no part of it.</summary>
    public static string OfCell(JsonObject cell)
    {
        var kind = cell["cell_type"]!.GetValue<string>();
        var rest = Without(cell, "cell_type", "source", "outputs", "execution_count");
        if (rest[Metadata] is JsonObject metadata && JsonNode.DeepEquals(Without(metadata, Tags), Usual(kind)))
        {
            rest.Remove(Metadata);
            if (metadata[Tags] is { } tags) rest[Tags] = tags.DeepClone();
        }
        return Line(kind, rest);
    }

    /// <summary>Reads a line: the kind and what was said.</summary>
    /// <exception cref="HostException">It is not such a line.</exception>
    public static (string Kind, JsonObject Said) Read(string line, string place)
    {
        var match = Form().Match(line);
        if (!match.Success) throw new HostException($"{place}: expected '{AppLines.Cell} [kind] {{…}}', "
            + $"found '{line}'");
        try
        {
            return (
                match.Groups["kind"] is { Success: true } kind ? kind.Value : "code",
                match.Groups["rest"] is { Success: true } rest ? Parse(rest.Value) : []
            );
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new HostException($"{place}: not JSON: {e.Message}");
        }
    }

    /// <summary>The notebook without cells.</summary>
    public static JsonObject ToNotebook(JsonObject rest) => rest.Count > 0 ? rest : Parse(NotebookRoot.ToJsonString());

    /// <summary>The cell as a notebook has it, keys in Jupyter's order.</summary>
    public static JsonObject ToCell(string kind, JsonObject rest, JsonArray source)
    {
        if (rest[Metadata] is null)
        {
            var metadata = Usual(kind);
            if (rest[Tags] is { } tags) metadata[Tags] = tags.DeepClone();
            rest.Remove(Tags);
            rest[Metadata] = metadata;
        }
        rest["cell_type"] = kind;
        rest["source"] = source;
        if (kind == "code")
        {
            rest["outputs"] = new JsonArray();
            rest["execution_count"] = null;
        }
        return new(
            rest.OrderBy(member => member.Key, StringComparer.Ordinal)
                .Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone()))
        );
    }

    private static JsonObject Usual(string kind) => kind == "code" ? Parse(CodeMetadata.ToJsonString()) : [];

    private static string Line(string kind, JsonObject rest) =>
        AppLines.Cell
        + (kind == "code" ? "" : $" [{kind}]")
        + (rest.Count > 0 ? $" {rest.ToJsonString(Readable)}" : "");

    private static JsonObject Without(JsonObject json, params string[] names)
    {
        var rest = json.DeepClone().AsObject();
        foreach (var name in names) rest.Remove(name);
        return rest;
    }

    private static JsonObject Parse(string json) => NotebookJson.Read(json)!.AsObject();

    [GeneratedRegex(@"^// %%( \[(?<kind>\w+)\])?( (?<rest>\{.*\}))?\s*$")]
    private static partial Regex Form();
}
