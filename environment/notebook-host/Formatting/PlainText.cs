using System.Collections;
using System.Runtime.CompilerServices;
using System.Text;

namespace NotebookHost.Formatting;

/// <summary>Any value as text: scalars as they are, lists in brackets, all else as an aligned table.</summary>
internal static class PlainText
{
    public static string Of(object? value, int? limit = null)
    {
        if (value is null) return ScalarText.Null;
        if (value is WholeTable whole) return Of(whole.Rows, int.MaxValue);
        if (FormatterRegistry.Format(value, "text/plain") is { } own) return own;
        if (FormatterRegistry.MimeTypes(value.GetType()).Count > 0) return Name(value);
        var shape = Shapes.Of(value);
        return IsOneLine(value, shape) ? Line(value, FormatLimits.Depth) : Aligned(Table.Of(value, shape, limit ?? FormatLimits.Items));
    }

    /// <summary>Any value on one line; beyond the depth only its type.</summary>
    public static string Line(object? value, int depth)
    {
        if (value is null) return ScalarText.Null;
        if (FormatterRegistry.MimeTypes(value.GetType()).Count > 0) return Name(value);
        var shape = Shapes.Of(value);
        if (shape is Shape.Scalar or Shape.Opaque) return ScalarText.Of(value);
        if (depth <= 0) return ScalarText.OfType(value.GetType());
        switch (shape)
        {
            case Shape.Tuple:
                return $"({string.Join(", ", Table.Items((ITuple)value).Select(item => Line(item, depth - 1)))})";
            case Shape.Sequence:
                var (items, more) = Table.Take((IEnumerable)value, FormatLimits.Items);
                if (items.Count == 0) return "[ ]";
                return $"[ {Join(items.Select(item => Line(item, depth - 1)), more)} ]";
            case Shape.Dictionary:
                var pairs = Table.Of(value, shape, FormatLimits.Items);
                return $"{{ {Join(pairs.Rows.Select(row => string.Join(": ", row.Select(cell => Line(cell, depth - 1)))), pairs.More)} }}";
            case Shape.Object:
                var members = Shapes.Members(value.GetType()).Select(m => $"{m.Name} = {Line(m.Get(value), depth - 1)}");
                return $"{ScalarText.OfType(value.GetType())} {{ {Join(members, null)} }}";
            default:
                return ScalarText.OfType(value.GetType());
        }
    }

    /// <summary>Whether a value needs no table: scalars, and lists and tuples of scalars.</summary>
    public static bool IsOneLine(object value, Shape shape) => shape switch
    {
        Shape.Scalar or Shape.Opaque => true,
        Shape.Tuple => Table.Items((ITuple)value).All(IsScalar),
        Shape.Sequence => Table.Take((IEnumerable)value, FormatLimits.Items).Items.All(IsScalar),
        _ => false,
    };

    // For what shows itself in another form, such as a figure.
    private static string Name(object value) =>
        Shapes.SaysHowItLooks(value.GetType()) ? value.ToString() ?? "" : ScalarText.OfType(value.GetType());

    private static string Join(IEnumerable<string> items, string? more) =>
        string.Join(", ", more is null ? items : items.Append($"… {more}"));

    private static bool IsScalar(object? value) =>
        value is null || FormatterRegistry.MimeTypes(value.GetType()).Count == 0 && Shapes.Of(value) is Shape.Scalar;

    private static string CellText(object? cell)
    {
        if (ReferenceEquals(cell, Table.Missing)) return "";
        return Shapes.IsNumber(cell) ? ScalarText.Short(cell) : Line(cell, FormatLimits.Depth - 1).ReplaceLineEndings(" ");
    }

    private static string Aligned(Table table)
    {
        List<List<string>> lines = [];
        if (table.Headers.Count > 0) lines.Add([.. table.Headers]);
        foreach (var row in table.Rows) lines.Add([.. row.Select(CellText)]);
        if (lines.Count == 0 || table.Rows.Count == 0) return "(empty)";

        var widths = Enumerable.Range(0, lines[0].Count).Select(c => lines.Max(line => line[c].Length)).ToList();
        var right = Enumerable.Range(0, lines[0].Count).Select(c => table.Rows.All(row => Shapes.IsNumber(row[c]) || row[c] is null)).ToList();
        var text = new StringBuilder();
        foreach (var line in lines)
        {
            if (text.Length > 0) text.Append('\n');
            text.Append(string.Join("  ", line.Select((cell, c) => right[c] ? cell.PadLeft(widths[c]) : cell.PadRight(widths[c]))).TrimEnd());
        }
        if (table.More is not null) text.Append('\n').Append(table.More);
        return text.ToString();
    }
}
