using Microsoft.DotNet.Interactive.Formatting;
using NotebookHost.Formatting;

// In this namespace because .NET Interactive has them there: every cell sees them without a using.
namespace System;

/// <summary>Ways to show a value, as extensions.</summary>
public static class DisplayExtensions
{
    /// <summary>Shows a value below the cell, by its preferred MIME types or by those given.</summary>
    public static DisplayedValue Display(this object? value, params string[] mimeTypes) =>
        new(value, mimeTypes, ValueFormatter.Format(value, mimeTypes));

    /// <summary>Shows a text as what it is already: <c>"&lt;b&gt;x&lt;/b&gt;".DisplayAs("text/html")</c>.</summary>
    public static DisplayedValue DisplayAs(this string value, string mimeType) =>
        new(value, [mimeType], [new FormattedValue(mimeType, value)]);

    /// <summary>Shows a sequence as a table, all its rows.</summary>
    public static DisplayedValue DisplayTable<T>(this IEnumerable<T>? value, params string[] mimeTypes)
    {
        object? table = value is null ? null : new WholeTable(value);
        return new(value, mimeTypes, ValueFormatter.Format(table, mimeTypes));
    }
}
