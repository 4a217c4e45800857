using System.Globalization;
using System.Text.RegularExpressions;

namespace NotebookHost.Formatting;

/// <summary>One-piece values as text, the same under every culture.</summary>
internal static partial class ScalarText
{
    public const string Null = "<null>";

    public static string Of(object? value) => value switch
    {
        null => Null,
        string text => text,
        DateTime time => time.ToString("u", CultureInfo.InvariantCulture),
        DateTimeOffset time => time.ToString("u", CultureInfo.InvariantCulture),
        Type type => OfType(type),
        Delegate function => OfType(function.GetType()),
        Task task => $"{OfType(task.GetType())} ({task.Status}; await it to see its value)",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    /// <summary>A number short enough for a table: six digits.</summary>
    public static string Short(object? value) => value switch
    {
        double d when double.IsFinite(d) && Math.Abs(d) < 1e6 => d.ToString("G6", CultureInfo.InvariantCulture),
        float f when float.IsFinite(f) && Math.Abs(f) < 1e6 => f.ToString("G6", CultureInfo.InvariantCulture),
        Half h => h.ToString("G6", CultureInfo.InvariantCulture),
        decimal m when Math.Abs(m) < 1_000_000 => m.ToString("G6", CultureInfo.InvariantCulture),
        _ => Of(value),
    };

    /// <summary>A type's name as C# writes it, without namespaces: <c>List&lt;String&gt;</c>.</summary>
    public static string OfType(Type type)
    {
        if (type.Name.Contains("AnonymousType", StringComparison.Ordinal)) return "(anonymous)";
        if (type.IsArray) return $"{OfType(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";
        if (!type.IsGenericType) return type.Name;
        return $"{Arity().Replace(type.Name, "")}<{string.Join(", ", type.GetGenericArguments().Select(OfType))}>";
    }

    [GeneratedRegex(@"`\d+")]
    private static partial Regex Arity();
}
