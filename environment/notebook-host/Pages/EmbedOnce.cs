using System.Text.RegularExpressions;

namespace NotebookHost.Pages;

/// <summary>
/// Keeps the first of each <c>&lt;script data-embed-once="key"&gt;…&lt;/script&gt;</c> and drops the repeats. A figure
/// can thus bring its whole drawing library along, to stand alone, and ten figures on a page still carry it once.
/// </summary>
internal sealed partial class EmbedOnce
{
    private readonly HashSet<string> seen = new(StringComparer.Ordinal);

    public string Filter(string html) =>
        html.Contains("data-embed-once", StringComparison.Ordinal)
            ? Script().Replace(html, script => seen.Add(script.Groups["key"].Value) ? script.Value : "")
            : html;

    [GeneratedRegex("""<script\b[^>]*?\bdata-embed-once="(?<key>[^"]*)"[^>]*>(?<code>.*?)</script\s*>""",
        RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    internal static partial Regex Script();
}
