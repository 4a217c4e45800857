using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace NotebookHost.Pages;

/// <summary>The first page of a site: a row per notebook.</summary>
internal static class SiteIndex
{
    /// <param name="entries">The notebooks in order.</param>
    /// <param name="introduction">Markdown above them, with the site's title as its first heading.</param>
    public static string Write(IReadOnlyList<SiteEntry> entries, string introduction)
    {
        var page = new StringBuilder();
        page.Append($"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{HtmlText.Encode(MarkdownText.FirstHeading(introduction))}</title>
            <style>
            {HtmlPage.Resource("page.css")}
            {HtmlPage.Resource("site.css")}
            </style>
            </head>
            <body>
            <main>
            {MarkdownText.ToHtml(introduction)}
            <p class="facts">{HtmlText.Encode(Facts(entries))}</p>

            """);
        foreach (var entry in entries) WriteRow(page, entry);
        return page.Append("</main>\n</body>\n</html>\n").ToString();
    }

    private static string Facts(IReadOnlyList<SiteEntry> entries)
    {
        var failed = entries.Count(e => e.Status == SiteStatus.Failed);
        var waiting = entries.Count(e => e.Status == SiteStatus.Waiting);
        string[] parts =
        [
            $"{entries.Count} notebooks",
            .. failed > 0 ? [$"{failed} failed"] : Array.Empty<string>(),
            .. waiting > 0 ? [$"{waiting} not run"] : Array.Empty<string>(),
            $"{HtmlPage.Duration(TimeSpan.FromTicks(entries.Sum(e => e.Duration.Ticks)))} in all",
            $"{Environment.ProcessorCount} processor cores",
            RuntimeInformation.OSDescription,
            RuntimeInformation.FrameworkDescription,
        ];
        return string.Join(" · ", parts);
    }

    private static void WriteRow(StringBuilder page, SiteEntry entry)
    {
        var hasRun = entry.Status != SiteStatus.Waiting;
        var title = HtmlText.Encode(entry.Title);
        page.Append($"<section class=\"entry {entry.Status.ToString().ToLowerInvariant()}\" "
            + $"id=\"{HtmlText.Encode(entry.Name)}\">\n");
        page.Append("<div class=\"cover\">");
        // A page of its own: a figure's script and ids then meet no other's. The link above it takes the clicks.
        if (entry.Cover is not null)
            page.Append($"<iframe src=\"{Address(entry.CoverPage)}\" title=\"{title}\" loading=\"lazy\" "
                + "tabindex=\"-1\" scrolling=\"no\"></iframe>");
        if (hasRun) page.Append($"<a href=\"{Address(entry.Page)}\" tabindex=\"-1\" aria-hidden=\"true\"></a>");
        page.Append("</div>\n<div>\n");
        page.Append(hasRun ? $"<h2><a href=\"{Address(entry.Page)}\">{title}</a></h2>\n" : $"<h2>{title}</h2>\n");
        page.Append($"{entry.Summary}\n<p class=\"facts\"><span class=\"status\">{Status(entry)}</span>");
        if (hasRun)
        {
            page.Append(CultureInfo.InvariantCulture, $" · {entry.Started:yyyy-MM-dd HH:mm zzz} · "
                + $"{HtmlPage.Duration(entry.Duration)}");
            page.Append($" · <a href=\"{Address(entry.Executed)}\">executed notebook</a>");
        }
        page.Append("</p>\n");
        if (entry.Parameters.Count > 0)
        {
            var values = entry.Parameters.Select(p => $"<code>{HtmlText.Encode($"{p.Name} = {p.Value}")}</code>");
            page.Append($"<p class=\"facts\">{string.Join(" ", values)}</p>\n");
        }
        if (entry.Error.Length > 0) page.Append($"<pre class=\"error\">{HtmlText.Encode(entry.Error)}</pre>\n");
        page.Append("</div>\n</section>\n");
    }

    private static string Status(SiteEntry entry) => entry.Status switch
    {
        SiteStatus.Done => "done",
        SiteStatus.Failed => "failed",
        _ => "not run",
    };

    internal static string Address(string file) => HtmlText.Encode(Uri.EscapeDataString(file));
}
