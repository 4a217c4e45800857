using System.Text.RegularExpressions;

namespace NotebookHost.Pages;

/// <summary>
/// Formulas in TeX, as notebooks write them, to MathML, which browsers draw without a script. It knows what papers on
/// learning use: letters, sums, fractions, roots, accents, alphabets and brackets. A command that it does
/// not know is shown as it was written.
/// </summary>
internal sealed partial class TexMath
{
    private readonly string tex;
    private readonly bool isBlock;
    private int at;

    private TexMath(string tex, bool isBlock) => (this.tex, this.isBlock) = (tex, isBlock);

    /// <param name="tex">The formula without its dollar signs.</param>
    /// <param name="isBlock">Whether it stands by itself, not in a line of text.</param>
    public static string ToMathMl(string tex, bool isBlock)
    {
        var reader = new TexMath(tex.Trim(), isBlock);
        var body = reader.Row(end: null);
        var source = $"<annotation encoding=\"application/x-tex\">{HtmlText.Encode(tex.Trim())}</annotation>";
        return $"<math display=\"{(isBlock ? "block" : "inline")}\"><semantics>{body}{source}</semantics></math>";
    }

    // Reads until the end: "}", "]", "\right" or the text's own.
    private string Row(Func<bool>? end)
    {
        List<string> parts = [];
        SkipSpace();
        while (at < tex.Length && end?.Invoke() != true)
        {
            var start = at;
            parts.Add(WithScripts());
            // What nobody has read, such as a lone brace, must not stop the reader.
            if (at == start) parts.Add(Operator($"{tex[at++]}"));
            SkipSpace();
        }
        return parts is [var only] ? only : $"<mrow>{string.Concat(parts)}</mrow>";
    }

    private string WithScripts()
    {
        var (nucleus, hasLimits) = Atom();
        string? below = null, above = null;
        SkipSpace();
        while (at < tex.Length && tex[at] is '_' or '^' or '\'')
        {
            var mark = tex[at++];
            if (mark == '\'') above = above is null ? Operator("′") : $"<mrow>{above}{Operator("′")}</mrow>";
            else if (mark == '_') below = Argument();
            else above = above is null ? Argument() : $"<mrow>{above}{Argument()}</mrow>";
            SkipSpace();
        }
        var (under, over, both) =
            hasLimits && isBlock ? ("munder", "mover", "munderover") : ("msub", "msup", "msubsup");
        return (below, above) switch
        {
            (null, null) => nucleus,
            (not null, null) => $"<{under}>{nucleus}{below}</{under}>",
            (null, not null) => $"<{over}>{nucleus}{above}</{over}>",
            _ => $"<{both}>{nucleus}{below}{above}</{both}>",
        };
    }

    private (string MathMl, bool HasLimits) Atom()
    {
        if (at >= tex.Length) return ("<mrow></mrow>", false);
        var c = tex[at];
        switch (c)
        {
            case '\\':
                return Command();
            case '{':
                at++;
                var group = Row(() => tex[at] == '}');
                Skip('}');
                return (group, false);
            case '_' or '^' or '}' or '&':
                return ("<mrow></mrow>", false);
            case '~':
                at++;
                return ("<mspace width=\"0.333em\"></mspace>", false);
        }
        if (char.IsAsciiDigit(c))
        {
            var start = at;
            while (IsDigit(at) || at < tex.Length && tex[at] == '.' && IsDigit(at + 1)) at++;
            return ($"<mn>{tex[start..at]}</mn>", false);
        }
        at++;
        if (char.IsLetter(c)) return ($"<mi>{c}</mi>", false);
        return (Operator(c switch { '-' => "−", '*' => "∗", _ => $"{c}" }, isFence: c is '(' or ')' or '[' or ']' or '|'), false);
    }

    private (string MathMl, bool HasLimits) Command()
    {
        var name = CommandName();
        if (TexSymbols.Letters.TryGetValue(name, out var letter)) return ($"<mi>{letter}</mi>", false);
        if (TexSymbols.Operators.TryGetValue(name, out var sign)) return (Operator(sign), false);
        if (TexSymbols.Large.TryGetValue(name, out var large)) return (Operator(large), true);
        if (TexSymbols.Integrals.TryGetValue(name, out var integral)) return (Operator(integral), false);
        if (TexSymbols.Functions.Contains(name)) return (Function(name), TexSymbols.WithLimits.Contains(name));
        if (TexSymbols.Fences.TryGetValue(name, out var fence)) return (Operator(fence, isFence: true), false);
        if (TexSymbols.Spaces.TryGetValue(name, out var width)) return ($"<mspace width=\"{width}\"></mspace>", false);
        if (TexSymbols.Accents.TryGetValue(name, out var accent))
        {
            var isWide = name.StartsWith("wide", StringComparison.Ordinal) || name == "overline";
            return ($"<mover accent=\"true\">{Argument()}<mo stretchy=\"{(isWide ? "true" : "false")}\">{accent}</mo></mover>", false);
        }
        if (TexSymbols.Alphabets.TryGetValue(name, out var alphabet)) return (Alphabet(alphabet), false);
        switch (name)
        {
            case "frac" or "dfrac" or "tfrac":
                return ($"<mfrac>{Argument()}{Argument()}</mfrac>", false);
            case "sqrt":
                return (Root(), false);
            case "text" or "textrm" or "textit" or "textbf" or "mbox" or "textsf" or "texttt":
                return ($"<mtext>{HtmlText.Encode(Braced()).Replace(' ', '\u00a0')}</mtext>", false);
            case "operatorname":
                var hasStar = at < tex.Length && tex[at] == '*';
                if (hasStar) at++;
                return ($"<mi mathvariant=\"normal\">{HtmlText.Encode(Braced())}</mi>", hasStar);
            case "left":
                return (Fenced(), false);
            case "big" or "Big" or "bigg" or "Bigg" or "bigl" or "bigr" or "Bigl" or "Bigr" or "biggl" or "biggr" or "middle":
                return (Operator(Fence(), isFence: true), false);
            case "displaystyle" or "textstyle" or "limits" or "nolimits" or "nonumber":
                return ("", false);
            case "%" or "$" or "#" or "&" or "_":
                return ($"<mtext>{HtmlText.Encode(name)}</mtext>", false);
            default:
                return ($"<mtext>\\{HtmlText.Encode(name)}</mtext>", false);
        }
    }

    // Set off from its argument, but not from a bracket.
    private string Function(string name)
    {
        SkipSpace();
        var isBeforeBracket = at < tex.Length && tex[at] is '(' or '[';
        var text = name switch { "argmax" => "arg max", "argmin" => "arg min", _ => name };
        return $"<mo form=\"prefix\" lspace=\"0.167em\" rspace=\"{(isBeforeBracket ? "0em" : "0.167em")}\">{text}</mo>";
    }

    private string Alphabet(string alphabet)
    {
        SkipSpace();
        // Several upright or bold letters are one word: BCE, KL.
        if (alphabet is "normal" or "bold" && at < tex.Length && tex[at] == '{' && tex.IndexOf('}', at) is > 0 and var end
            && tex[(at + 1)..end] is var word && word.All(c => char.IsLetterOrDigit(c) || c is ' ' or '-'))
        {
            at = end + 1;
            return alphabet == "bold" && word.Length == 1 ? $"<mi>{MathLetter(word[0], "bold")}</mi>"
                : $"<mi mathvariant=\"normal\"{(alphabet == "bold" ? " style=\"font-weight: bold\"" : "")}>{HtmlText.Encode(word)}</mi>";
        }
        var argument = Argument();
        return alphabet == "normal"
            ? argument.Replace("<mi>", "<mi mathvariant=\"normal\">", StringComparison.Ordinal)
            : Letter().Replace(argument, letter => $"<mi>{MathLetter(letter.Value[4], alphabet)}</mi>");
    }

    // Browsers draw Unicode's letters of the alphabets; of MathML's attribute they know only "normal".
    private static string MathLetter(char letter, string alphabet)
    {
        var (upper, lower, digit) = alphabet switch
        {
            "bold" => (0x1D400, 0x1D41A, 0x1D7CE),
            "bold-italic" => (0x1D468, 0x1D482, 0),
            "script" => (0x1D49C, 0x1D4B6, 0),
            "double-struck" => (0x1D538, 0x1D552, 0x1D7D8),
            _ => (0, 0, 0),
        };
        // Some letters of these alphabets were in Unicode before the rest, elsewhere.
        var exception = (alphabet, letter) switch
        {
            ("double-struck", 'C') => "ℂ", ("double-struck", 'H') => "ℍ", ("double-struck", 'N') => "ℕ", ("double-struck", 'P') => "ℙ",
            ("double-struck", 'Q') => "ℚ", ("double-struck", 'R') => "ℝ", ("double-struck", 'Z') => "ℤ",
            ("script", 'B') => "ℬ", ("script", 'E') => "ℰ", ("script", 'F') => "ℱ", ("script", 'H') => "ℋ", ("script", 'I') => "ℐ",
            ("script", 'L') => "ℒ", ("script", 'M') => "ℳ", ("script", 'R') => "ℛ", ("script", 'e') => "ℯ", ("script", 'g') => "ℊ", ("script", 'o') => "ℴ",
            _ => null,
        };
        if (exception is not null) return exception;
        if (alphabet.StartsWith("bold", StringComparison.Ordinal))
        {
            if (letter is >= 'α' and <= 'ω')
                return char.ConvertFromUtf32((alphabet == "bold" ? 0x1D6C2 : 0x1D736) + letter - 'α');
            if (letter is >= 'Α' and <= 'Ω')
                return char.ConvertFromUtf32((alphabet == "bold" ? 0x1D6A8 : 0x1D71C) + letter - 'Α');
        }
        return letter switch
        {
            >= 'A' and <= 'Z' when upper > 0 => char.ConvertFromUtf32(upper + letter - 'A'),
            >= 'a' and <= 'z' when lower > 0 => char.ConvertFromUtf32(lower + letter - 'a'),
            >= '0' and <= '9' when digit > 0 => char.ConvertFromUtf32(digit + letter - '0'),
            _ => $"{letter}",
        };
    }

    private string Root()
    {
        SkipSpace();
        if (at >= tex.Length || tex[at] != '[') return $"<msqrt>{Argument()}</msqrt>";
        at++;
        var degree = Row(() => tex[at] == ']');
        Skip(']');
        return $"<mroot>{Argument()}{degree}</mroot>";
    }

    private string Fenced()
    {
        var open = Fence();
        var body = Row(() => IsCommand("right"));
        var close = "";
        if (at < tex.Length)
        {
            CommandName();
            close = Fence();
        }
        return $"<mrow>{Stretched(open)}{body}{Stretched(close)}</mrow>";

        static string Stretched(string fence) =>
            fence is "" or "." ? "" : $"<mo fence=\"true\" stretchy=\"true\">{HtmlText.Encode(fence)}</mo>";
    }

    private string Fence()
    {
        SkipSpace();
        if (at >= tex.Length) return "";
        if (tex[at] != '\\') return $"{tex[at++]}";
        var name = CommandName();
        return TexSymbols.Fences.GetValueOrDefault(name) ?? TexSymbols.Operators.GetValueOrDefault(name) ?? name;
    }

    // One braced group, one command with its own arguments, or one character.
    private string Argument()
    {
        SkipSpace();
        if (at < tex.Length && char.IsAsciiDigit(tex[at])) return $"<mn>{tex[at++]}</mn>";
        return Atom().MathMl;
    }

    private string Braced()
    {
        SkipSpace();
        if (at >= tex.Length || tex[at] != '{') return at < tex.Length ? $"{tex[at++]}" : "";
        var (start, depth) = (++at, 1);
        while (at < tex.Length && depth > 0)
        {
            if (tex[at] == '{') depth++;
            if (tex[at] == '}') depth--;
            at++;
        }
        return tex[start..(depth == 0 ? at - 1 : at)];
    }

    // The name after the backslash: letters, or one other character.
    private string CommandName()
    {
        var start = ++at;
        if (at >= tex.Length) return "";
        if (!char.IsAsciiLetter(tex[at])) return $"{tex[at++]}";
        while (at < tex.Length && char.IsAsciiLetter(tex[at])) at++;
        return tex[start..at];
    }

    private bool IsCommand(string name) =>
        at < tex.Length && tex[at] == '\\' && string.CompareOrdinal(tex, at + 1, name, 0, name.Length) == 0
        && (at + 1 + name.Length >= tex.Length || !char.IsAsciiLetter(name[^1]) || !char.IsAsciiLetter(tex[at + 1 + name.Length]));

    [GeneratedRegex("<mi>.</mi>")]
    private static partial Regex Letter();

    private static string Operator(string sign, bool isFence = false) =>
        $"<mo{(isFence ? " stretchy=\"false\"" : "")}>{HtmlText.Encode(sign)}</mo>";

    private bool IsDigit(int at) => at < tex.Length && char.IsAsciiDigit(tex[at]);

    private void Skip(char c)
    {
        if (at < tex.Length && tex[at] == c) at++;
    }

    private void SkipSpace()
    {
        while (at < tex.Length && char.IsWhiteSpace(tex[at])) at++;
    }
}
