using System.Collections;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Html;

namespace NotebookHost.Formatting;

/// <summary>Any value as HTML: tables for what has rows or properties, everything else encoded.</summary>
internal static class HtmlText
{
    public static string Of(object? value)
    {
        using var writer = new StringWriter(System.Globalization.CultureInfo.InvariantCulture);
        if (value is WholeTable whole) WriteTable(writer, Table.Of(whole.Rows, Shape.Sequence, int.MaxValue), FormatLimits.Depth);
        else Write(writer, value, FormatLimits.Depth, isNested: false);
        return writer.ToString();
    }

    public static string Encode(string? text) => (text ?? "")
        .Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal).Replace("\"", "&quot;", StringComparison.Ordinal);

    private static void Write(TextWriter writer, object? value, int depth, bool isNested)
    {
        if (value is IHtmlContent content)
        {
            content.WriteTo(writer, HtmlEncoder.Default);
            return;
        }
        if (value is not null && FormatterRegistry.Format(value, "text/html") is { } own)
        {
            writer.Write(own);
            return;
        }

        var shape = value is null ? Shape.Scalar : Shapes.Of(value);
        if (depth <= 0 || PlainText.IsOneLine(value ?? "", shape))
        {
            var text = PlainText.Line(value, depth);
            if (!isNested || text.Contains('\n')) writer.Write($"<pre>{Encode(text)}</pre>");
            else if (Shapes.IsNumber(value)) writer.Write($"<span{Title(value)}>{Encode(ScalarText.Short(value))}</span>");
            else writer.Write($"<span>{Encode(text)}</span>");
            return;
        }

        var table = Table.Of(value!, shape, FormatLimits.Items);
        if (!isNested)
        {
            WriteTable(writer, table, depth);
            return;
        }
        writer.Write($"<details><summary>{Encode(Summary(value!, shape))}</summary>");
        WriteTable(writer, table, depth);
        writer.Write("</details>");
    }

    private static void WriteTable(TextWriter writer, Table table, int depth)
    {
        if (table.Rows.Count == 0)
        {
            writer.Write("<i>(empty)</i>");
            return;
        }
        writer.Write("<table>");
        if (table.Headers.Count > 0)
        {
            writer.Write("<thead><tr>");
            for (var c = 0; c < table.Headers.Count; c++)
                writer.Write($"<th{(c > 0 && IsNumeric(table, c) ? Right : "")}>{Encode(table.Headers[c])}</th>");
            writer.Write("</tr></thead>");
        }
        writer.Write("<tbody>");
        foreach (var row in table.Rows)
        {
            writer.Write($"<tr><th>{Encode(PlainText.Line(row[0], 1))}</th>");
            for (var c = 1; c < row.Count; c++)
            {
                writer.Write($"<td{(table.Headers.Count > 0 && Shapes.IsNumber(row[c]) ? Right : "")}>");
                if (!ReferenceEquals(row[c], Table.Missing)) Write(writer, row[c], depth - 1, isNested: true);
                writer.Write("</td>");
            }
            writer.Write("</tr>");
        }
        writer.Write("</tbody></table>");
        if (table.More is not null) writer.Write($"<i>{Encode(table.More)}</i>");
    }

    // Inline: notebooks are read by other programs too, which do not have this host's style sheet.
    private const string Right = " style=\"text-align: right\"";

    private static bool IsNumeric(Table table, int column) =>
        table.Rows.All(row => row[column] is null || ReferenceEquals(row[column], Table.Missing) || Shapes.IsNumber(row[column]));

    private static string Title(object? value) =>
        Shapes.IsNumber(value) && ScalarText.Of(value) is var full && full != ScalarText.Short(value) ? $" title=\"{Encode(full)}\"" : "";

    private static string Summary(object value, Shape shape)
    {
        var type = ScalarText.OfType(value.GetType());
        return shape is Shape.Sequence or Shape.Dictionary && value is ICollection { Count: var count } ? $"{type} ({count})" : type;
    }
}
