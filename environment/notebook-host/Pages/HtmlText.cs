namespace NotebookHost.Pages;

/// <summary>Text as HTML, letters of every script as they are.</summary>
internal static class HtmlText
{
    public static string Encode(string? text) => (text ?? "")
        .Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal).Replace("\"", "&quot;", StringComparison.Ordinal);
}
