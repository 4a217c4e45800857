using System.Text;
using System.Text.Json.Nodes;

namespace NotebookHost.Notebooks;

/// <summary>
/// Writes JSON as Jupyter does, so that a notebook which went through several programs differs only where its content does:
/// indented, text outside of ASCII as it is, a newline at the end. The order of keys is kept.
/// </summary>
internal static class NotebookJson
{
    public static string Write(JsonNode root, int indent)
    {
        var text = new StringBuilder();
        Write(text, root, indent, 0);
        return text.Append('\n').ToString();
    }

    /// <summary>The indentation of a file: the spaces before its first key, Jupyter's single one if it has none.</summary>
    public static int IndentOf(string json)
    {
        var line = json.IndexOf('\n');
        if (line < 0) return 1;
        var spaces = json.AsSpan(line + 1).IndexOfAnyExcept(' ');
        return spaces > 0 ? spaces : 1;
    }

    private static void Write(StringBuilder text, JsonNode? node, int indent, int depth)
    {
        switch (node)
        {
            case null:
                text.Append("null");
                break;
            case JsonObject { Count: 0 }:
                text.Append("{}");
                break;
            case JsonArray { Count: 0 }:
                text.Append("[]");
                break;
            case JsonObject members:
                text.Append('{');
                WriteItems(text, members, indent, depth, member =>
                {
                    WriteString(text, member.Key);
                    text.Append(": ");
                    Write(text, member.Value, indent, depth + 1);
                });
                text.Append('}');
                break;
            case JsonArray items:
                text.Append('[');
                WriteItems(text, items, indent, depth, item => Write(text, item, indent, depth + 1));
                text.Append(']');
                break;
            case JsonValue value when value.TryGetValue<string>(out var s):
                WriteString(text, s);
                break;
            default:
                text.Append(node.ToJsonString());
                break;
        }
    }

    private static void WriteItems<T>(StringBuilder text, IEnumerable<T> items, int indent, int depth, Action<T> write)
    {
        var isFirst = true;
        foreach (var item in items)
        {
            text.Append(isFirst ? "\n" : ",\n").Append(' ', indent * (depth + 1));
            write(item);
            isFirst = false;
        }
        text.Append('\n').Append(' ', indent * depth);
    }

    private static void WriteString(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (var c in value)
        {
            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                '\b' => text.Append("\\b"),
                '\f' => text.Append("\\f"),
                < ' ' => text.Append($"\\u{(int)c:x4}"),
                _ => text.Append(c),
            };
        }
        text.Append('"');
    }
}
