using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace NotebookHost.Notebooks;

/// <summary>
/// Writes JSON as Jupyter does, so that a notebook which went through several programs differs only where its content
/// does: indented, text outside of ASCII as it is, a newline at the end. The order of keys is kept.
/// </summary>
internal static class NotebookJson
{
    /// <summary>Reads JSON to its end: System.Text.Json finds a text
    /// that is no Unicode only when it is looked at.</summary>
    /// <exception cref="JsonException">It is no JSON, or an object has a name twice.</exception>
    public static JsonNode? Read(string json)
    {
        try
        {
            var root = JsonNode.Parse(json, documentOptions: new() { AllowDuplicateProperties = false });
            Decode(root);
            return root;
        }
        catch (InvalidOperationException e)
        {
            throw new JsonException(e.Message, e);
        }
    }

    private static void Decode(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                foreach (var member in members) Decode(member.Value);
                break;
            case JsonArray items:
                foreach (var item in items) Decode(item);
                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                value.GetValue<string>();
                break;
        }
    }

    public static string Write(JsonNode root, int indent) =>
        root.ToJsonString(new() { WriteIndented = true, IndentSize = indent, NewLine = "\n", Encoder = new JupyterEncoder() }) + "\n";

    /// <summary>The indentation of a file: the spaces before its first key,
    /// Jupyter's single one if it has none.</summary>
    public static int IndentOf(string json)
    {
        var line = json.IndexOf('\n');
        if (line < 0) return 1;
        var spaces = json.AsSpan(line + 1).IndexOfAnyExcept(' ');
        return spaces > 0 ? spaces : 1;
    }

    /// <summary>Escapes what JSON demands and nothing else: .NET's own encoders escape emoji, too.</summary>
    private sealed unsafe class JupyterEncoder : JavaScriptEncoder
    {
        public override int MaxOutputCharactersPerInputCharacter => 6;

        public override bool WillEncode(int unicodeScalar) => unicodeScalar is < ' ' or '"' or '\\';

        public override int FindFirstCharacterToEncode(char* text, int textLength)
        {
            for (var i = 0; i < textLength; i++)
                if (WillEncode(text[i])) return i;
            return -1;
        }

        public override bool TryEncodeUnicodeScalar(int unicodeScalar, char* buffer, int bufferLength, out int numberOfCharactersWritten)
        {
            var text = unicodeScalar switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\b' => "\\b",
                '\f' => "\\f",
                _ when WillEncode(unicodeScalar) => $"\\u{unicodeScalar:x4}",
                _ => char.ConvertFromUtf32(unicodeScalar),
            };
            numberOfCharactersWritten = text.Length;
            return text.AsSpan().TryCopyTo(new(buffer, bufferLength));
        }
    }
}
