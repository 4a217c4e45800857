using System.Globalization;
using System.Net;
using System.Text;
using FanTrans.Data;

namespace FanTrans.Evaluation;

/// <summary>
/// A table of results as data, and as text for a terminal, a page or a paper. The first column is aligned left, all
/// others right.
/// </summary>
/// <param name="Columns">The columns' names.</param>
/// <param name="Rows">As many cells each as there are columns.</param>
/// <param name="Notes">What a reader must know, a sentence each.</param>
[TypeFormatterSource(typeof(ResultTableFormatting))]
public sealed record ResultTable(
    IReadOnlyList<string> Columns,
    IReadOnlyList<IReadOnlyList<string>> Rows,
    IReadOnlyList<string> Notes
)
{
    private IEnumerable<IReadOnlyList<string>> Lines => Rows.Prepend(Columns);

    /// <summary>Returns aligned columns for a terminal, then the notes.</summary>
    public override string ToString()
    {
        int[] widths = [.. Columns.Select((_, c) => Lines.Max(line => line[c].Length))];
        var text = new StringBuilder();
        foreach (var line in Lines)
        {
            text.AppendJoin("  ", line.Select((cell, c) => c == 0 ? cell.PadRight(widths[c]) : cell.PadLeft(widths[c])))
                .Append('\n');
            if (ReferenceEquals(line, Columns))
                text.Append('-', widths.Sum() + (2 * (widths.Length - 1))).Append('\n');
        }
        return text.AppendJoin("", Notes.Select(note => $"{note}\n")).ToString();
    }

    /// <summary>Returns the table in Markdown, then the notes.</summary>
    public string Markdown()
    {
        string Row(IEnumerable<string> cells) =>
            $"| {string.Join(" | ", cells.Select(c => c.Replace("|", "\\|")))} |\n";
        var rule = $"|---|{string.Concat(Columns.Skip(1).Select(_ => "---:|"))}\n";
        return Row(Columns) + rule + string.Concat(Rows.Select(Row)) + string.Concat(Notes.Select(n => $"\n{n}\n"));
    }

    /// <summary>Returns the table in HTML, for a notebook's <c>HTML(…)</c>, then the notes.</summary>
    public string Html()
    {
        string Cells(IEnumerable<string> cells, string tag) =>
            string.Concat(
                cells.Select(
                    (cell, c) =>
                        $"<{tag} style=\"text-align:{(c == 0 ? "left" : "right")};padding:0.25em 0.45em\">"
                        + $"{WebUtility.HtmlEncode(cell)}</{tag}>"
                )
            );
        return $"<table><thead><tr>{Cells(Columns, "th")}</tr></thead><tbody>"
            + string.Concat(Rows.Select(row => $"<tr>{Cells(row, "td")}</tr>"))
            + "</tbody></table>"
            + string.Concat(Notes.Select(note => $"<p>{WebUtility.HtmlEncode(note)}</p>"));
    }

    /// <summary>Returns the table as CSV (RFC 4180 with line feeds), without the notes.</summary>
    public string Csv() => string.Concat(Lines.Select(line => TextTable.ToLine(line) + "\n"));

    /// <summary>Returns a booktabs table for LaTeX, the notes as comments above it.</summary>
    public string Latex()
    {
        static string Row(IEnumerable<string> cells) => string.Join(" & ", cells.Select(Cell)) + " \\\\\n";
        static string Cell(string cell) =>
            string.Concat(
                cell.Select(c =>
                    c switch
                    {
                        '&' or '%' or '_' or '#' or '$' or '{' or '}' => $"\\{c}",
                        '±' => "$\\pm$",
                        _ => $"{c}",
                    }
                )
            );
        return "% Needs \\usepackage{booktabs}.\n"
            + string.Concat(Notes.Select(n => $"% {n}\n"))
            + $"\\begin{{tabular}}{{l{new string('r', Columns.Count - 1)}}}\n\\toprule\n{Row(Columns)}\\midrule\n"
            + string.Concat(Rows.Select(Row))
            + "\\bottomrule\n\\end{tabular}\n";
    }

    /// <summary>A share in percent, "-" where it is not defined.</summary>
    internal static string Percent(double value) =>
        double.IsNaN(value) ? "-" : (100 * value).ToString("0.0", CultureInfo.InvariantCulture);

    /// <summary>A difference of shares in points, with its sign.</summary>
    internal static string Points(double value) =>
        double.IsNaN(value) ? "-" : (100 * value).ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture);

    /// <summary>An estimate with its interval.</summary>
    internal static string WithEnds(Interval interval, Func<double, string> write) =>
        double.IsNaN(interval.Low)
            ? write(interval.Estimate)
            : $"{write(interval.Estimate)} ({write(interval.Low)} to {write(interval.High)})";

    /// <summary>A p-value, "-" where nothing was tested.</summary>
    internal static string P(double value) =>
        double.IsNaN(value) ? "-"
        : value < 0.0005 ? "<0.001"
        : value.ToString("0.000", CultureInfo.InvariantCulture);

    /// <summary>A p-value within a sentence.</summary>
    internal static string PIs(double value) => value < 0.0005 ? "p < 0.001" : $"p = {P(value)}";

    /// <summary>A number with six digits, empty where it is not defined.</summary>
    internal static string Number(double value) =>
        double.IsFinite(value) ? value.ToString("0.######", CultureInfo.InvariantCulture) : "";
}

/// <summary>
/// Tells a notebook how to show a table. Notebooks know this attribute by its name and members, so the library refers
/// to none of their packages.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class TypeFormatterSourceAttribute(Type formatterSourceType) : Attribute
{
    public Type FormatterSourceType { get; } = formatterSourceType;

    public string[] PreferredMimeTypes { get; } = ["text/html"];
}

/// <summary>What the attribute names; made by the notebook.</summary>
internal sealed class ResultTableFormatting
{
    public string MimeType => "text/html";

    public IEnumerable<object> CreateTypeFormatters() => [this];

    public bool Format(object instance, TextWriter writer)
    {
        writer.Write((instance as ResultTable)?.Html());
        return instance is ResultTable;
    }
}
