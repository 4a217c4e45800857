// What the cells of a notebook find in their host, for an app: values that are shown, and parameters.
static class NotebookApp
{
    private static readonly List<(string Html, bool IsPicture)> Shown = [];
    private static readonly Dictionary<string, string> Given = new();
    private static readonly List<string> Heads = [];
    private static readonly object Gate = new();
    private static string page = "";

    // Paths of a notebook start at its folder. What is shown goes to a page, too, in the folder that the app is started
    // in.
    public static void Begin(string name, string[] args)
    {
        foreach (var argument in args)
        {
            if (argument.Split('=', 2) is not [var parameter, var value])
                throw new ArgumentException($"{argument}: expected parameter=value");
            Given.Add(parameter, value);
        }
        page = System.IO.Path.GetFullPath(name + ".html");
        if (AppContext.GetData("EntryPointFileDirectoryPath") is string folder) Environment.CurrentDirectory = folder;
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            Save();
            if (Shown.Any(item => item.IsPicture)) Console.WriteLine($"Figures and tables: {page}");
        };
    }

    public static T Parameter<T>(string name, T value) => !Given.Remove(name, out var text)
        ? value
        : (T)System.ComponentModel.TypeDescriptor.GetConverter(typeof(T)).ConvertFromInvariantString(text);

    public static void EndOfParameters()
    {
        if (Given.Count > 0) throw new ArgumentException($"{string.Join(", ", Given.Keys)}: no such parameter");
    }

    public static void Show<T>(Func<T> value) => Microsoft.DotNet.Interactive.Kernel.display(value());

    public static void Show(Action run) => run();

    // Shows a value, in place of an earlier one or after all others, and says in which place it is.
    public static int Put(object value, string[] mimeTypes, int? place)
    {
        lock (Gate)
        {
            var html = Html(value, mimeTypes);
            if (html is null) Console.WriteLine(Text(value));
            var item = (html ?? $"<pre>{System.Net.WebUtility.HtmlEncode(Text(value))}</pre>", html is not null);
            if (place is int old) Shown[old] = item;
            else Shown.Add(item);
            if (html is not null) Save();
            return place ?? Shown.Count - 1;
        }
    }

    private static void Save()
    {
        if (Shown.Any(item => item.IsPicture))
            System.IO.File.WriteAllText(page, $"<!DOCTYPE html>\n<meta charset=\"utf-8\">\n{string.Concat(Heads)}\n{string.Join('\n', Shown.Select(item => $"<div>{item.Html}</div>"))}\n");
    }

    private static string Text(object value) => value switch
    {
        null => "null",
        string text => text,
        IEnumerable items => string.Join('\n', items.Cast<object>().Select(item => item?.ToString() ?? "null")),
        _ => value.ToString(),
    };

    // Types show themselves by .NET Interactive's convention: an attribute that names where formatters come from.
    private static string Html(object value, string[] mimeTypes)
    {
        if (value is Microsoft.AspNetCore.Html.HtmlString html)
            return html.Value;
        if (value is byte[] bytes && mimeTypes is [var image])
            return $"<img src=\"data:{image};base64,{Convert.ToBase64String(bytes)}\">";
        if (value is string text && mimeTypes is ["text/html"])
            return text;
        for (var type = value?.GetType(); type is not null; type = type.BaseType)
        {
            var attribute = type.GetCustomAttributes(false)
                .FirstOrDefault(a => a.GetType().Name == "TypeFormatterSourceAttribute");
            if (attribute is null)
                continue;
            dynamic Member(object owner, string name) => owner.GetType().GetProperty(name)?.GetValue(owner);
            var source = Activator.CreateInstance((Type)Member(attribute, "FormatterSourceType"));
            foreach (
                var formatter in (IEnumerable)source.GetType().GetMethod("CreateTypeFormatters").Invoke(source, null)
            )
            {
                using var writer = new System.IO.StringWriter();
                if ((string)Member(formatter, "MimeType") != "text/html" || !(bool)formatter.GetType().GetMethod("Format").Invoke(formatter, [value, writer])) continue;
                if (Member(formatter, "PageHead") is string head && !Heads.Contains(head)) Heads.Add(head);
                return writer.ToString();
            }
        }
        return null;
    }
}

namespace Microsoft.AspNetCore.Html
{
    class HtmlString(string value)
    {
        public string Value { get; } = value;

        public override string ToString() => Value;
    }
}

namespace Microsoft.DotNet.Interactive
{
    static class Kernel
    {
        public static Formatting.DisplayedValue display(object value, params string[] mimeTypes) =>
            new(value, mimeTypes);

        public static Microsoft.AspNetCore.Html.HtmlString HTML(string content) => new(content);
    }

    class KernelInvocationContext
    {
        private readonly System.Threading.CancellationTokenSource stop = new();

        private KernelInvocationContext() => Console.CancelKeyPress += (_, press) =>
        {
            // The first time it is a wish; the second time it ends the app.
            press.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        };

        public static KernelInvocationContext Current { get; } = new();

        public System.Threading.CancellationToken CancellationToken => stop.Token;
    }
}

namespace Microsoft.DotNet.Interactive.Formatting
{
    class DisplayedValue(object value, string[] mimeTypes)
    {
        private readonly int place = NotebookApp.Put(value, mimeTypes, null);

        public void Update(object updatedValue) => NotebookApp.Put(updatedValue, mimeTypes, place);
    }
}

namespace System
{
    static class DisplayExtensions
    {
        public static Microsoft.DotNet.Interactive.Formatting.DisplayedValue Display(
            this object value,
            params string[] mimeTypes
        ) => new(value, mimeTypes);

        public static Microsoft.DotNet.Interactive.Formatting.DisplayedValue DisplayAs(
            this string value,
            string mimeType
        ) => new(value, [mimeType]);

        public static Microsoft.DotNet.Interactive.Formatting.DisplayedValue DisplayTable<T>(
            this IEnumerable<T> value,
            params string[] mimeTypes
        ) => new(value, mimeTypes);
    }
}
