using System.Collections;
using System.Runtime.CompilerServices;

namespace NotebookHost.Formatting;

/// <summary>A value laid out in rows and columns, before it is HTML or text.</summary>
/// <param name="Headers">Names of the columns; empty for a table of names and values.</param>
/// <param name="Rows">The cells; each row begins with its label: an index, a key or a name.</param>
/// <param name="More">What is left out, or null.</param>
internal sealed record Table(IReadOnlyList<string> Headers, IReadOnlyList<IReadOnlyList<object?>> Rows, string? More)
{
    /// <summary>Stands where a row has nothing in a column; not the same as null.</summary>
    public static readonly object Missing = new();

    public static Table Of(object value, Shape shape, int limit) => shape switch
    {
        Shape.Matrix => OfMatrix((Array)value, limit),
        Shape.Dictionary => OfPairs((IEnumerable)value, limit),
        Shape.Sequence => OfSequence((IEnumerable)value, limit),
        Shape.Tuple => new([], [.. Items((ITuple)value).Select((item, i) => (IReadOnlyList<object?>)[$"Item{i + 1}", item])], null),
        _ => new([], [.. Shapes.Members(value.GetType()).Select(m => (IReadOnlyList<object?>)[m.Name, m.Get(value)])], null),
    };

    public static IEnumerable<object?> Items(ITuple tuple) => Enumerable.Range(0, tuple.Length).Select(i => tuple[i]);

    /// <summary>The first items of a sequence, and a text for those after them.</summary>
    public static (List<object?> Items, string? More) Take(IEnumerable sequence, int limit)
    {
        List<object?> items = [];
        foreach (var item in sequence)
        {
            if (items.Count == limit)
            {
                var count = sequence is ICollection collection ? collection.Count
                    : sequence.GetType().GetProperty("Count")?.GetValue(sequence) as int?;
                return (items, count is { } n ? $"({n - limit} more)" : "(more)");
            }
            items.Add(item);
        }
        return (items, null);
    }

    private static Table OfMatrix(Array matrix, int limit)
    {
        var (height, width) = (matrix.GetLength(0), matrix.GetLength(1));
        List<IReadOnlyList<object?>> rows = [];
        for (var y = 0; y < Math.Min(height, limit); y++)
            rows.Add([y, .. Enumerable.Range(0, Math.Min(width, limit)).Select(x => matrix.GetValue(y, x))]);
        var more = height > limit || width > limit ? $"({height} × {width} in all)" : null;
        return new(["", .. Enumerable.Range(0, Math.Min(width, limit)).Select(x => $"{x}")], rows, more);
    }

    private static Table OfPairs(IEnumerable pairs, int limit)
    {
        var (items, more) = Take(pairs is IDictionary dictionary ? Entries(dictionary) : pairs, limit);
        var count = (pairs as ICollection)?.Count;
        if (more is not null && count is { } n) more = $"({n - limit} more)";
        var keys = items.Select(item => item is DictionaryEntry entry ? entry.Key : Get(item!, "Key")).ToList();
        var values = items.Select(item => item is DictionaryEntry entry ? entry.Value : Get(item!, "Value")).ToList();
        return Columns("key", keys, values, more);
    }

    private static Table OfSequence(IEnumerable sequence, int limit)
    {
        var (items, more) = Take(sequence, limit);
        return Columns("", [.. Enumerable.Range(0, items.Count).Select(i => (object?)i)], items, more);
    }

    private static IEnumerable Entries(IDictionary dictionary)
    {
        foreach (DictionaryEntry entry in dictionary) yield return entry;
    }

    private static object? Get(object pair, string property) => pair.GetType().GetProperty(property)!.GetValue(pair);

    /// <summary>Gives each property of the values a column; values without properties share one named "value".</summary>
    private static Table Columns(string labelHeader, List<object?> labels, List<object?> values, string? more)
    {
        List<string> names = [];
        List<Dictionary<string, object?>> cells = [];
        foreach (var value in values)
        {
            Dictionary<string, object?> row = [];
            foreach (var (name, cell) in Split(value))
            {
                row.TryAdd(name, cell);
                if (!names.Contains(name)) names.Add(name);
            }
            cells.Add(row);
        }
        return new([labelHeader, .. names],
            [.. cells.Select((row, i) => (IReadOnlyList<object?>)[labels[i], .. names.Select(n => row.GetValueOrDefault(n, Missing))])],
            more);
    }

    private static IEnumerable<(string Name, object? Value)> Split(object? value)
    {
        if (value is null || FormatterRegistry.MimeTypes(value.GetType()).Count > 0) return [("value", value)];
        return Shapes.Of(value) switch
        {
            Shape.Object => Shapes.Members(value.GetType()).Select(m => (m.Name, m.Get(value))),
            Shape.Tuple => Items((ITuple)value).Select((item, i) => ($"Item{i + 1}", item)),
            Shape.Sequence when value is Array { Rank: 1, Length: > 0 } row && row.Length <= FormatLimits.Items =>
                row.Cast<object?>().Select((item, i) => ($"{i}", item)),
            _ => [("value", value)],
        };
    }
}
