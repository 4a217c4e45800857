using System.Text.RegularExpressions;

namespace NotebookHost.Pages;

/// <summary>Terminal text as HTML: without the sequences that give colours and move the cursor.</summary>
internal static partial class AnsiText
{
    public static string ToHtml(string text) => HtmlText.Encode(Sequence().Replace(text, ""));

    [GeneratedRegex("\u001b\\[[0-9;?]*[A-Za-z]")]
    private static partial Regex Sequence();
}
