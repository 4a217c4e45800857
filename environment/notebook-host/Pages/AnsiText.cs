using System.Text;
using System.Text.RegularExpressions;
using NotebookHost.Formatting;

namespace NotebookHost.Pages;

/// <summary>Terminal text as HTML: colours and weights become classes, other control sequences go.</summary>
internal static partial class AnsiText
{
    private static readonly string[] Colours = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];

    public static string ToHtml(string text)
    {
        if (!text.Contains('\u001b')) return HtmlText.Encode(text);
        var html = new StringBuilder();
        var (colour, isBold, isOpen, at) = ((string?)null, false, false, 0);
        foreach (Match sequence in Sequence().Matches(text))
        {
            html.Append(HtmlText.Encode(text[at..sequence.Index]));
            at = sequence.Index + sequence.Length;
            if (sequence.Groups["end"].Value != "m") continue;
            foreach (var code in sequence.Groups["codes"].Value.Split(';'))
            {
                (colour, isBold) = int.TryParse(code, out var n) ? n switch
                {
                    0 => (null, false),
                    1 => (colour, true),
                    22 => (colour, false),
                    39 => (null, isBold),
                    >= 30 and <= 37 => (Colours[n - 30], isBold),
                    >= 90 and <= 97 => (Colours[n - 90], isBold),
                    _ => (colour, isBold),
                } : (null, false);
            }
            if (isOpen) html.Append("</span>");
            isOpen = colour is not null || isBold;
            if (isOpen) html.Append($"<span class=\"{(isBold ? "ansi-bold " : "")}{(colour is null ? "" : $"ansi-{colour}")}\">");
        }
        html.Append(HtmlText.Encode(text[at..]));
        if (isOpen) html.Append("</span>");
        return html.ToString();
    }

    [GeneratedRegex("\u001b\\[(?<codes>[0-9;?]*)(?<end>[A-Za-z])")]
    private static partial Regex Sequence();
}
