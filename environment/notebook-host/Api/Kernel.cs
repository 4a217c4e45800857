using Microsoft.AspNetCore.Html;
using Microsoft.DotNet.Interactive.Formatting;

namespace Microsoft.DotNet.Interactive;

/// <summary>
/// What every cell may call by its bare name. Names and signatures are those of .NET Interactive's
/// <c>Microsoft.DotNet.Interactive.Kernel</c>, so that a cell runs unchanged on both hosts.
/// </summary>
public static class Kernel
{
    /// <summary>Shows a value below the cell, by its preferred MIME types or by those given.</summary>
    public static DisplayedValue display(object? value, params string[] mimeTypes) => value.Display(mimeTypes);

    /// <summary>Marks a text as HTML, so that showing it renders it.</summary>
    public static IHtmlContent HTML(string content) => new HtmlString(content);

    /// <summary>Runs a script in the page, where the cell's output stands.</summary>
    public static void Javascript(string scriptContent) =>
        $"<script type=\"text/javascript\">{scriptContent}</script>".DisplayAs("text/html");

    /// <summary>Adds style rules to the page.</summary>
    public static void CSS(string content) => $"<style>{content}</style>".DisplayAs("text/html");
}
