using System.Text.RegularExpressions;

namespace NotebookHost.Pages;

/// <summary>Finds what a page would load over the network: scripts,
/// style sheets and pictures. Links do not count.</summary>
internal static partial class ExternalResources
{
    public static IReadOnlyList<string> In(string html) =>
        [.. Loading().Matches(html).Select(m => m.Groups["url"].Value).Distinct()];

    [GeneratedRegex(
        """<(script|img|link|iframe|video|audio|source)\b[^>]*?\s(src|href)\s*=\s*["']?(?<url>(https?:)?//[^"'\s>]+)""",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Loading();
}
