namespace FanTrans.Charts;

/// <summary>Text from outside, such as a file name, on its way into a figure.</summary>
internal static class PlotlyText
{
    /// <summary>
    /// Plotly reads tags in its texts and browsers read them in pages; as entities both show them as they are.
    /// Line ends become blanks, since a label has one line.
    /// </summary>
    public static string Escape(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal)
            .Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace(">", "&gt;", StringComparison.Ordinal)
            .Replace("\"", "&#34;", StringComparison.Ordinal)
            .ReplaceLineEndings(" ");

    /// <summary>At most so many characters, the rest as an ellipsis; not escaped yet.</summary>
    public static string Shorten(string text, int most) =>
        text.Length <= most ? text : $"{text[..Math.Max(most - 1, 1)]}…";
}
