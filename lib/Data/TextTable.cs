using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using CsvHelper;
using CsvHelper.Configuration;

namespace FanTrans.Data;

/// <summary>
/// A table of values in a text file, as people and programs really write them: the kit's one tolerant reader for
/// labels, predictions and datasets. Commas, semicolons or tabs; quotes; a byte order mark; blank lines; an empty cell
/// at the end of a line; a decimal comma where the comma separates nothing; <c>1.0</c> for 1; <c>AU01</c>, <c>AU1</c>
/// and <c>1</c> for the same action unit. Errors name file, line and column.
/// </summary>
internal sealed partial class TextTable
{
    private const int LongestCell = 1 << 20;
    private const long LargestFile = 1 << 29;
    private const NumberStyles NumberForm =
        NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
    private static readonly char[] Separators = [',', ';', '\t'];

    private readonly List<(int Line, string[] Cells)> rows = [];
    private readonly bool decimalComma;

    private TextTable(string name, StreamReader reader, char separator, bool hasHeader)
    {
        Name = name;
        decimalComma = separator != ',';
        var form = new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = separator.ToString(),
            TrimOptions = TrimOptions.Trim,
            IgnoreBlankLines = false,
            BadDataFound = null,
            MaxFieldSize = LongestCell,
        };
        using var parser = new CsvParser(reader, form);
        // Where a row begins: a quote that is not closed takes all lines to the end.
        var line = 1;
        try
        {
            for (; parser.Read(); line = parser.RawRow + 1)
            {
                var cells = parser.Record!;
                var length = Array.FindLastIndex(cells, cell => cell.Length > 0) + 1;
                if (Columns.Length == 0 && hasHeader)
                    Columns = cells[..length];
                else if (length > 0)
                    rows.Add((line, cells.Length > Columns.Length ? cells[..Math.Max(length, Columns.Length)] : cells));
            }
        }
        catch (CsvHelperException error)
        {
            throw new InvalidDataException(
                $"{name}, line {line}: expected cells of at most {LongestCell} characters.",
                error
            );
        }
    }

    /// <summary>The file, for messages.</summary>
    public string Name { get; }

    /// <summary>The names in the first line; none where the table has no header.</summary>
    public string[] Columns { get; } = [];

    /// <summary>Rows that are not blank, the header left out.</summary>
    public int Count => rows.Count;

    /// <summary>Reads a table.</summary>
    /// <param name="path">The file.</param>
    /// <param name="hasHeader">Whether its first line names the columns.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">A column has no end, or two have the same name.</exception>
    public static TextTable Read(string path, bool hasHeader = true)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"{path}: no such table.", path);
        if (new FileInfo(path).Length is > LargestFile and var bytes)
            throw new InvalidDataException($"{path}: expected a table of at most {LargestFile} bytes, found {bytes}.");
        var first = File.ReadLines(path).FirstOrDefault(line => !line.AsSpan().Trim().IsEmpty) ?? "";
        using var reader = new StreamReader(path);
        return new TextTable(path, reader, Separators.MaxBy(separator => first.AsSpan().Count(separator)), hasHeader);
    }

    /// <summary>The line of a row in the file, from 1; of several the first.</summary>
    public int Line(int row) => rows[row].Line;

    /// <summary>What is wrong with the number of a row's cells, or null.</summary>
    /// <param name="row">The row.</param>
    /// <param name="cells">How many there should be; null for as many as the header has.</param>
    public string? Misfit(int row, int? cells = null)
    {
        var found = rows[row].Cells;
        if (found.Length == (cells ?? Columns.Length))
            return null;
        var quote = Array.Exists(found, cell => cell.Contains('\n'))
            ? ", one of several lines (its quote may lack an end)"
            : "";
        return $"{Name}, line {Line(row)}: expected {cells ?? Columns.Length} values, found {found.Length}{quote}";
    }

    /// <summary>Refuses a table with a row that has too few or too many cells.</summary>
    /// <exception cref="InvalidDataException">It has one, or no row at all.</exception>
    public void RequireRows()
    {
        if (Count == 0)
            throw new InvalidDataException($"{Name}: expected a header and rows, found {Shown(Columns)}.");
        for (var row = 0; row < Count; row++)
        {
            if (Misfit(row) is { } problem)
                throw new InvalidDataException($"{problem}.");
        }
    }

    /// <summary>The column with one of the names, of one in this case before one in any; -1 where there is none.
    /// OpenFace's tables have x_0, in pixels, and X_0, in millimetres.</summary>
    /// <exception cref="InvalidDataException">There are two.</exception>
    public int Find(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            var found = Indices(column => column == name);
            if (found.Length == 0)
                found = Indices(column => column.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (found.Length > 1)
                throw Twice(name);
            if (found.Length == 1)
                return found[0];
        }
        return -1;
    }

    /// <summary>The column with one of the names, in any case.</summary>
    /// <exception cref="InvalidDataException">There is none, or there are two.</exception>
    public int Require(params ReadOnlySpan<string> names) =>
        Find(names) is >= 0 and var found
            ? found
            : throw new InvalidDataException(
                $"{Name}, line 1: expected a column {string.Join(" or ", names!)}, found {Shown(Columns)}."
            );

    /// <summary>
    /// The columns of action units by FACS number, in the order of the table. With the suffix "_p" these are AU01_p or
    /// 1_p …, without one AU01, AU1 or 1 …
    /// </summary>
    /// <param name="suffix">What follows the number.</param>
    /// <param name="from">Columns before this one are of other things.</param>
    /// <exception cref="InvalidDataException">An action unit has two columns.</exception>
    public OrderedDictionary<int, int> ActionUnits(string suffix = "", int from = 0)
    {
        var units = new OrderedDictionary<int, int>();
        for (var column = from; column < Columns.Length; column++)
        {
            var match = UnitName().Match(Columns[column]);
            if (!match.Success || !match.Groups["suffix"].ValueSpan.Equals(suffix, StringComparison.OrdinalIgnoreCase))
                continue;
            var unit = int.Parse(match.Groups["unit"].ValueSpan, CultureInfo.InvariantCulture);
            if (!units.TryAdd(unit, column))
                throw Twice($"AU{unit}{suffix}");
        }
        return units;
    }

    /// <summary>Columns that look like action units, such as "AU 4", of other units than those that are read.</summary>
    /// <param name="read">The units that are read; another column of them, such as AU01_c, is no oversight.</param>
    public string[] LikeActionUnits(ICollection<int> read) =>
        Array.FindAll(
            Columns,
            column =>
                LikeUnitName().Match(column) is { Success: true } match
                && !(int.TryParse(match.Groups["unit"].ValueSpan, out var unit) && read.Contains(unit))
        );

    /// <summary>A cell; empty where the line has fewer.</summary>
    public string Text(int row, int column) => column < rows[row].Cells.Length ? rows[row].Cells[column] : "";

    /// <summary>A number, or null for an empty cell.</summary>
    /// <param name="row">The row.</param>
    /// <param name="column">The column.</param>
    /// <param name="expected">What stands there, for the error.</param>
    /// <param name="least">The least value allowed.</param>
    /// <param name="greatest">The greatest value allowed.</param>
    /// <exception cref="InvalidDataException">It is no number, or outside the range.</exception>
    public double? Number(int row, int column, string expected, double least, double greatest)
    {
        var text = Text(row, column);
        if (IsEmpty(text))
            return null;
        return ParseNumber(text) is { } value && value >= least && value <= greatest
            ? value
            : throw Wrong(row, column, expected);
    }

    /// <summary>A whole number, also as 3.0.</summary>
    /// <exception cref="InvalidDataException">The cell is empty, no whole number, or outside the range.</exception>
    public int Whole(int row, int column, string expected, int least = 0, int greatest = int.MaxValue) =>
        Number(row, column, expected, least, greatest) is { } value && value == Math.Floor(value)
            ? (int)value
            : throw Wrong(row, column, expected);

    /// <summary>Whether a cell says that there is no value: nothing, or what pandas and R write for it.</summary>
    public static bool IsEmpty(string text) =>
        text.Length == 0
        || text.Equals("nan", StringComparison.OrdinalIgnoreCase)
        || text.Equals("na", StringComparison.OrdinalIgnoreCase);

    /// <summary>The number that a cell holds, or null.</summary>
    public double? ParseNumber(string text) =>
        double.TryParse(WithPoint(text), NumberForm, CultureInfo.InvariantCulture, out var value)
        && double.IsFinite(value)
            ? value
            : null;

    /// <summary>As <see cref="Number"/>, in single precision with no bit lost.</summary>
    public float? Single(int row, int column, string expected, double least, double greatest) =>
        Number(row, column, expected, least, greatest) is null
            ? null
            : float.Parse(WithPoint(Text(row, column)), NumberForm, CultureInfo.InvariantCulture);

    /// <summary>A cell by file, line and column.</summary>
    public string Place(int row, int column) =>
        $"{Name}, line {Line(row)}, column {(column < Columns.Length ? Columns[column] : $"{column + 1}")}";

    /// <summary>The error for a cell; the caller throws it.</summary>
    public InvalidDataException Wrong(int row, int column, string expected) =>
        new($"{Place(row, column)}: expected {expected}, found '{Printable.Of(Text(row, column))}'.");

    /// <summary>Refuses rows that are about the same thing.</summary>
    /// <param name="name">What a row is about.</param>
    /// <exception cref="InvalidDataException">Two rows are.</exception>
    public void RequireDistinct(Func<int, string> name)
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var row = 0; row < Count; row++)
        {
            if (!seen.TryAdd(name(row), row))
            {
                var first = Line(seen[name(row)]);
                throw new InvalidDataException(
                    $"{Name}, line {Line(row)}: {Printable.Of(name(row))} is there already, in line {first}."
                );
            }
        }
    }

    /// <summary>Joins cells to a line that any reader of CSV takes apart again.</summary>
    public static string ToLine(IEnumerable<string> cells) =>
        string.Join(
            ',',
            cells.Select(cell =>
                cell.AsSpan().ContainsAny(",\"\r\n")
                    ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
                    : cell
            )
        );

    private string WithPoint(string text) =>
        decimalComma && !text.Contains('.') && text.AsSpan().Count(',') == 1 ? text.Replace(',', '.') : text;

    private int[] Indices(Func<string, bool> matches) =>
        [.. Enumerable.Range(0, Columns.Length).Where(column => matches(Columns[column]))];

    private InvalidDataException Twice(string column) => new($"{Name}, line 1: two columns are {column}.");

    private static string Shown(string[] columns) =>
        columns.Length == 0 ? "nothing" : Printable.Of(string.Join(", ", columns.Take(20)), 400);

    [GeneratedRegex(
        "^(AU)?_?0*(?<unit>[1-9][0-9]?)(?<suffix>_[a-z]+)?$",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase
    )]
    private static partial Regex UnitName();

    [GeneratedRegex(@"^AU[\W_]*(?<unit>[0-9]+)", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex LikeUnitName();
}

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
