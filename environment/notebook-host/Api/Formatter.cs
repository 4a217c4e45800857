using NotebookHost.Formatting;

namespace Microsoft.DotNet.Interactive.Formatting;

/// <summary>The part of .NET Interactive's formatter settings that cells use.</summary>
public static class Formatter
{
    /// <summary>How many items of a sequence are shown.</summary>
    public static int ListExpansionLimit
    {
        get => FormatLimits.Items;
        set => FormatLimits.Items = value >= 0 ? value : throw new ArgumentException($"{nameof(ListExpansionLimit)} must be at least 0.");
    }

    /// <summary>How deep values inside values are shown.</summary>
    public static int RecursionLimit
    {
        get => FormatLimits.Depth;
        set => FormatLimits.Depth = value >= 0 ? value : throw new ArgumentException($"{nameof(RecursionLimit)} must be at least 0.");
    }

    /// <summary>Shows a type, and what derives from it, by a function.</summary>
    public static void Register<T>(Func<T, string> formatter, string mimeType = "text/plain") =>
        FormatterRegistry.Add(typeof(T), mimeType, (value, writer) => writer.Write(formatter((T)value)));

    /// <summary>Shows a type, and what derives from it, by an action that writes.</summary>
    public static void Register<T>(Action<T, TextWriter> formatter, string mimeType = "text/plain") =>
        FormatterRegistry.Add(typeof(T), mimeType, (value, writer) => formatter((T)value, writer));

    /// <summary>The text that showing the value in this MIME type gives.</summary>
    public static string ToDisplayString(this object? obj, string mimeType = "text/plain") =>
        ValueFormatter.Format(obj, [mimeType])[0].Value;
}
