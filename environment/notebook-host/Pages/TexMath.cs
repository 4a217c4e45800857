using NotebookHost.Formatting;

namespace NotebookHost.Pages;

/// <summary>Formulas in TeX, as notebooks write them, to MathML.</summary>
internal static class TexMath
{
    public static string ToMathMl(string tex, bool isBlock) =>
        $"<math display=\"{(isBlock ? "block" : "inline")}\"><mtext>{HtmlText.Encode(tex.Trim())}</mtext></math>";
}
