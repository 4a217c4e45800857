using System.Collections;
using System.Text.Json;
using Microsoft.AspNetCore.Html;
using Microsoft.DotNet.Interactive.Formatting;

namespace NotebookHost.Formatting;

/// <summary>Turns a value into what a front end can show: one text for each MIME type.</summary>
internal static class ValueFormatter
{
    private const string Html = "text/html";
    private const string Plain = "text/plain";

    /// <summary>Formats a value.</summary>
    /// <param name="value">Any value, null too.</param>
    /// <param name="mimeTypes">The MIME types; none for those that the value prefers.</param>
    public static IReadOnlyList<FormattedValue> Format(object? value, IReadOnlyList<string> mimeTypes)
    {
        if (mimeTypes.Count > 0) return [.. mimeTypes.Select(m => new FormattedValue(m, As(value, m)))];
        switch (value)
        {
            case null: return [new(Plain, ScalarText.Null)];
            case FormattedValue formatted: return [formatted];
            case IEnumerable<FormattedValue> formatted: return [.. formatted];
            case IHtmlContent: return [new(Html, HtmlText.Of(value))];
        }

        // A text for readers without HTML always comes along.
        var own = FormatterRegistry.MimeTypes(value.GetType());
        if (own.Count > 0) return [.. own.Append(Plain).Distinct().Select(m => new FormattedValue(m, As(value, m)))];
        value = Snapshot.Of(value);
        if (value is not WholeTable && PlainText.IsOneLine(value, Shapes.Of(value))) return [new(Plain, PlainText.Of(value))];
        return [new(Html, HtmlText.Of(value)), new(Plain, PlainText.Of(value))];
    }

    private static string As(object? value, string mimeType)
    {
        if (value is not null && FormatterRegistry.Format(value, mimeType) is { } own) return own;
        return mimeType switch
        {
            Plain => PlainText.Of(value),
            Html => HtmlText.Of(value),
            _ when value is byte[] bytes && mimeType.StartsWith("image/", StringComparison.Ordinal) => Convert.ToBase64String(bytes),
            _ when mimeType.EndsWith("json", StringComparison.Ordinal) && value is not string => JsonSerializer.Serialize(value),
            _ when value is string or IHtmlContent => value.ToString()!,
            _ => throw new ArgumentException($"no way to show {(value is null ? "null" : ScalarText.OfType(value.GetType()))} as {mimeType}"),
        };
    }

    /// <summary>
    /// The first items of a sequence that computes them as it goes: they are computed once, and not again for each form that
    /// is shown.
    /// </summary>
    private sealed class Snapshot(List<object?> items) : IEnumerable
    {
        public static object Of(object value) =>
            value is IEnumerable sequence and not ICollection && Shapes.Of(value) == Shape.Sequence
                && value.GetType().GetProperty(nameof(ICollection.Count)) is null
                ? new Snapshot([.. sequence.Cast<object?>().Take(FormatLimits.Items + 1)]) : value;

        public IEnumerator GetEnumerator() => items.GetEnumerator();
    }
}
