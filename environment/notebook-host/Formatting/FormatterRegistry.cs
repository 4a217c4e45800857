using System.Collections;
using System.Reflection;
using NotebookHost.Core;

namespace NotebookHost.Formatting;

/// <summary>
/// How types show themselves: by functions that a cell registers, and by the convention-based
/// <c>TypeFormatterSourceAttribute</c>, which needs no reference to a notebook host. The attribute is known by its name alone;
/// so are the members of the source that it names and of that source's formatters.
/// </summary>
/// <remarks>
/// One member is this host's own: a formatter may have a <c>string PageHead</c>, HTML that a page with such values holds
/// once, in its head. A figure can thus leave its drawing library out of its own HTML. Other hosts do not look at it.
/// </remarks>
internal static class FormatterRegistry
{
    private const string AttributeName = "TypeFormatterSourceAttribute";

    private const string PageHeadName = "PageHead";

    /// <summary>What a formatter wants in the head of a page.</summary>
    public static string PageHead(object formatter) => Get(formatter, PageHeadName) as string ?? "";

    /// <summary>Writes a value, or returns false to leave it to the next formatter.</summary>
    internal delegate bool Write(object value, TextWriter writer);

    private sealed record Entry(Type Type, string MimeType, Write Write, int Order, object? Formatter);

    private static readonly Lock Gate = new();
    private static readonly List<Entry> Entries = [];
    private static readonly Dictionary<Type, string[]> Preferred = [];
    private static readonly HashSet<Type> Examined = [];

    /// <summary>Registers a function for a type and what derives from it; the last one registered counts.</summary>
    public static void Add(Type type, string mimeType, Action<object, TextWriter> write) => Add(type, mimeType, (value, writer) =>
    {
        write(value, writer);
        return true;
    });

    /// <summary>The MIME types that a type has formatters for, the preferred ones first; empty if it has none.</summary>
    public static IReadOnlyList<string> MimeTypes(Type type)
    {
        lock (Gate)
        {
            Examine(type);
            for (var t = type; t is not null; t = t.BaseType)
                if (Preferred.TryGetValue(t, out var preferred)) return preferred;
            return [.. Entries.Where(e => e.Type.IsAssignableFrom(type)).Select(e => e.MimeType).Distinct()
                .OrderBy(m => m == "text/html" ? 0 : 1).ThenBy(m => m, StringComparer.Ordinal)];
        }
    }

    /// <summary>The value as its own formatters write it, or null if none of this MIME type does.</summary>
    public static string? Format(object value, string mimeType)
    {
        var type = value.GetType();
        List<Entry> candidates;
        lock (Gate)
        {
            Examine(type);
            candidates = [.. Entries.Where(e => e.MimeType == mimeType && e.Type.IsAssignableFrom(type))];
        }
        // The nearest type first; of one type, what was registered last.
        candidates.Sort((a, b) => a.Type == b.Type ? b.Order.CompareTo(a.Order) : a.Type.IsAssignableFrom(b.Type) ? 1 : -1);
        foreach (var candidate in candidates)
        {
            using var writer = new StringWriter(System.Globalization.CultureInfo.InvariantCulture);
            if (!candidate.Write(value, writer)) continue;
            if (candidate.Formatter is { } formatter && KernelSession.Current is { } session) session.Output.NeedsPageHead(formatter);
            return writer.ToString();
        }
        return null;
    }

    private static void Add(Type type, string mimeType, Write write, object? formatter = null)
    {
        lock (Gate) Entries.Add(new(type, mimeType, write, Entries.Count, formatter));
    }

    // Called with the gate held.
    private static void Examine(Type type)
    {
        if (!Examined.Add(type)) return;
        foreach (var attribute in type.GetCustomAttributes(inherit: true).Where(a => a.GetType().Name == AttributeName))
        {
            if (Get(attribute, "FormatterSourceType") is not Type sourceType) continue;
            var source = Activator.CreateInstance(sourceType)!;
            if (sourceType.GetMethod("CreateTypeFormatters", Type.EmptyTypes)?.Invoke(source, null) is not IEnumerable formatters)
            {
                throw new InvalidOperationException(
                    $"{sourceType.FullName}, the formatter source of {type.FullName}, has no public CreateTypeFormatters() that returns formatters");
            }
            foreach (var formatter in formatters) AddByConvention(type, formatter);
            if (Get(attribute, "PreferredMimeTypes") is string[] { Length: > 0 } preferred)
                Preferred[type] = preferred;
        }
    }

    private static void AddByConvention(Type type, object formatter)
    {
        var formatterType = formatter.GetType();
        if (Get(formatter, "MimeType") is not string mimeType
            || formatterType.GetMethod("Format", [typeof(object), typeof(TextWriter)]) is not { } format || format.ReturnType != typeof(bool))
        {
            throw new InvalidOperationException(
                $"{formatterType.FullName}, a formatter of {type.FullName}, needs a public string MimeType and a public bool Format(object, TextWriter)");
        }
        Add(Get(formatter, "Type") as Type ?? type, mimeType, format.CreateDelegate<Write>(formatter),
            formatterType.GetProperty(PageHeadName) is null ? null : formatter);
    }

    private static object? Get(object from, string property) =>
        from.GetType().GetProperty(property, BindingFlags.Public | BindingFlags.Instance)?.GetValue(from);
}
