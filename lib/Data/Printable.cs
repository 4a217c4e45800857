using System.Globalization;
using System.Text;

namespace FanTrans.Data;

/// <summary>Text of a file made safe to show.</summary>
internal static class Printable
{
    /// <summary>The text with its control characters escaped, cut where it is long.</summary>
    public static string Of(string text, int longest = 80)
    {
        var shown = new StringBuilder();
        foreach (var c in text.AsSpan(0, Math.Min(text.Length, longest)))
        {
            if (char.IsControl(c) || char.IsSurrogate(c))
                shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                shown.Append(c);
        }
        return text.Length > longest ? $"{shown}…" : shown.ToString();
    }
}
