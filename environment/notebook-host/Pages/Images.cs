using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NotebookHost.Notebooks;

namespace NotebookHost.Pages;

/// <summary>Puts pictures that are files, or attachments of a cell, into the page itself.</summary>
internal static partial class Images
{
    public static string Inline(string html, string directory, JsonNode? attachments) =>
        html.Contains("<img", StringComparison.OrdinalIgnoreCase)
            ? Source().Replace(html, m => DataUri(m.Groups["src"].Value, directory, attachments) is { } data ? m.Groups["before"].Value + data : m.Value)
            : html;

    private static string? DataUri(string source, string directory, JsonNode? attachments)
    {
        if (source.StartsWith("attachment:", StringComparison.Ordinal))
        {
            return
                attachments?[Uri.UnescapeDataString(source["attachment:".Length..])]
                    is JsonObject { Count: > 0 } picture
                ? $"data:{picture.First().Key};base64,{NotebookCell.Text(picture.First().Value)}"
                : null;
        }
        if (source.Contains(':') || source.StartsWith("//", StringComparison.Ordinal)) return null;
        var path = Path.Combine(directory, Uri.UnescapeDataString(source));
        return MimeType(path) is { } type && File.Exists(path)
            ? $"data:{type};base64,{Convert.ToBase64String(File.ReadAllBytes(path))}"
            : null;
    }

    private static string? MimeType(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".png" => "image/png",
        ".jpg" or ".jpeg" => "image/jpeg",
        ".gif" => "image/gif",
        ".svg" => "image/svg+xml",
        ".webp" => "image/webp",
        _ => null,
    };

    [GeneratedRegex("""(?<before><img\b[^>]*?\ssrc=")(?<src>[^"]+)(?=")""", RegexOptions.IgnoreCase)]
    private static partial Regex Source();
}
