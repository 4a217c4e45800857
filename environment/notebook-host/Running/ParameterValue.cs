using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace NotebookHost.Running;

/// <summary>Turns the text of a parameter, as the command line has it, into C# of the parameter's type.</summary>
internal static class ParameterValue
{
    /// <exception cref="HostException">The text is no value of the type.</exception>
    public static string ToCode(string name, string text, ITypeSymbol type)
    {
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable)
            return text == "null" ? "null" : ToCode(name, text, nullable.TypeArguments[0]);
        return OfType(text, type) ?? throw new HostException(
            $"--set {name}: expected {type.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat)}, found '{text}'");
    }

    private static string? OfType(string text, ITypeSymbol type) => type.SpecialType switch
    {
        SpecialType.System_String => OfString(text),
        SpecialType.System_Char => OfChar(text),
        SpecialType.System_Boolean => bool.TryParse(text, out var flag) ? (flag ? "true" : "false") : null,
        SpecialType.System_SByte => Integer<sbyte>(text),
        SpecialType.System_Byte => Integer<byte>(text),
        SpecialType.System_Int16 => Integer<short>(text),
        SpecialType.System_UInt16 => Integer<ushort>(text),
        SpecialType.System_Int32 => Integer<int>(text),
        SpecialType.System_UInt32 => Integer<uint>(text),
        SpecialType.System_Int64 => Integer<long>(text),
        SpecialType.System_UInt64 => Integer<ulong>(text),
        SpecialType.System_Single => Real(text, "f", "float"),
        SpecialType.System_Double => Real(text, "d", "double"),
        SpecialType.System_Decimal => Decimal(text),
        _ when type.TypeKind == TypeKind.Enum => OfEnum(text, (INamedTypeSymbol)type),
        _ => OfExpression(text),
    };

    // "abc" in quotes is C#, anything else is the text itself; null is null.
    private static string OfString(string text)
    {
        if (text == "null") return "null";
        var isQuoted = text.StartsWith('"') || text.StartsWith("@\"", StringComparison.Ordinal);
        var value = isQuoted && Literal(text)?.Token.Value is string unquoted ? unquoted : text;
        return SymbolDisplay.FormatLiteral(value, quote: true);
    }

    private static string? OfChar(string text) =>
        text.Length == 1 ? SymbolDisplay.FormatLiteral(text[0], quote: true)
        : Literal(text)?.Token.Value is char value ? SymbolDisplay.FormatLiteral(value, quote: true) : null;

    private static string? Integer<T>(string text) where T : System.Numerics.INumber<T> =>
        Number(text) is { } number && T.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? value.ToString(null, CultureInfo.InvariantCulture) : null;

    private static string? Decimal(string text) =>
        Number(text) is { } number && decimal.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? value.ToString(CultureInfo.InvariantCulture) + "m" : null;

    private static string? Real(string text, string suffix, string type)
    {
        if (text is "NaN") return $"{type}.NaN";
        if (text is "Infinity" or "-Infinity") return $"{type}.{(text[0] == '-' ? "Negative" : "Positive")}Infinity";
        if (Number(text) is not { } number) return null;
        if (!double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)) return null;
        if (!double.IsFinite(type == "float" ? (float)value : value)) return null;
        return (type == "float" ? $"{(float)value:R}" : $"{value:R}") + suffix;
    }

    /// <summary>A C# number, such as 1_000, 0xFF, -1e-3f, as plain digits.</summary>
    private static string? Number(string text)
    {
        var sign = text.StartsWith('-') ? "-" : "";
        return Literal(text[sign.Length..])?.Token.Value is IFormattable number and not char
            ? sign + number.ToString(number is float or double ? "R" : null, CultureInfo.InvariantCulture) : null;
    }

    private static LiteralExpressionSyntax? Literal(string text) =>
        SyntaxFactory.ParseExpression(text) is LiteralExpressionSyntax { ContainsDiagnostics: false } literal
        && literal.Span.Length == text.Length ? literal : null;

    private static string? OfEnum(string text, INamedTypeSymbol type)
    {
        var member = text[(text.LastIndexOf('.') + 1)..];
        return type.GetMembers(member).OfType<IFieldSymbol>().Any()
            ? $"{type.ToDisplayString(SymbolDisplayFormat.CSharpErrorMessageFormat)}.{member}" : null;
    }

    // Arrays, records and all else: C# as it stands, such as [1, 2].
    private static string? OfExpression(string text) =>
        SyntaxFactory.ParseExpression(text) is { ContainsDiagnostics: false } expression
        && expression.FullSpan.Length == text.Length ? text : null;
}
