using System.Globalization;
using System.Text;
using NotebookHost.Notebooks;

namespace NotebookHost.Pages;

/// <summary>Writes an executed notebook as one HTML file that holds all it shows.</summary>
internal static class HtmlPage
{
    /// <param name="notebook">The notebook, with its outputs.</param>
    /// <param name="path">The file to write; its folder is made.</param>
    /// <param name="directory">The notebook's folder: pictures that it names are found from there.</param>
    /// <param name="durations">How long cells took, where known.</param>
    /// <param name="heads">HTML that goes into the page's head.</param>
    /// <returns>What the page would still load from elsewhere: addresses in HTML that cells made.</returns>
    public static IReadOnlyList<string> Save(
        Notebook notebook, string path, string directory,
        IReadOnlyDictionary<NotebookCell, TimeSpan> durations, IReadOnlyList<string> heads)
    {
        var html = Write(notebook, Path.GetFileNameWithoutExtension(path), directory, durations, heads);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        File.WriteAllText(path, html, new UTF8Encoding(false));
        return ExternalResources.In(html);
    }

    private static string Write(
        Notebook notebook, string name, string directory,
        IReadOnlyDictionary<NotebookCell, TimeSpan> durations, IReadOnlyList<string> heads)
    {
        var once = new EmbedOnce();
        var headings = notebook.Cells.Where(c => c.Kind == "markdown").Select(c => MarkdownText.FirstHeading(c.Source));
        var title = headings.FirstOrDefault(h => h is not null) ?? name;
        var page = new StringBuilder();
        page.Append($"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{HtmlText.Encode(title)}</title>
            <style>
            {Resource("page.css")}
            </style>
            {once.Filter(string.Concat(heads))}
            </head>
            <body>
            <main>
            <button id="fold" type="button" hidden>Hide code</button>

            """);
        if (notebook.CodeCells.FirstOrDefault(c => c.Outputs.Any(o => o?["output_type"]?.GetValue<string>() == "error")) is { } failed)
        {
            var number = failed.ExecutionCount;
            page.Append($"<p class=\"failure\">The run stopped at <a href=\"#cell-{number}\">cell {number}</a>, which "
                + "failed.</p>\n");
        }
        foreach (var cell in notebook.Cells)
        {
            switch (cell.Kind)
            {
                case "markdown":
                    var prose = Images.Inline(MarkdownText.ToHtml(cell.Source), directory, cell.Json["attachments"]);
                    page.Append($"<section class=\"markdown\">\n{prose}</section>\n");
                    break;
                case "code":
                    WriteCode(page, cell, once, directory, durations.TryGetValue(cell, out var time) ? time : null);
                    break;
            }
        }
        return page.Append($"</main>\n<script>\n{Resource("page.js")}</script>\n</body>\n</html>\n").ToString();
    }

    private static void WriteCode(StringBuilder page, NotebookCell cell, EmbedOnce once, string directory, TimeSpan? time)
    {
        var count = cell.ExecutionCount;
        var firstLine = cell.Source.Split('\n').FirstOrDefault(l => l.Trim().Length > 0) ?? "";
        page.Append(count is null ? "<section class=\"code\">\n" : $"<section class=\"code\" id=\"cell-{count}\">\n");
        page.Append($"<details open><summary><span class=\"count\">[{(count is null ? " " : $"{count}")}]</span>");
        page.Append($"<span class=\"first\">{HtmlText.Encode(firstLine)}</span>");
        // Times that nobody waits for are noise.
        if (time is { TotalSeconds: >= 0.5 } t) page.Append($"<span class=\"time\">{Duration(t)}</span>");
        page.Append($"</summary><pre class=\"source\"><code>{CSharpHighlighter.ToHtml(cell.Source.TrimEnd())}</code></pre></details>\n");
        if (cell.Outputs.Count > 0)
        {
            page.Append("<div class=\"outputs\">\n");
            foreach (var output in cell.Outputs)
                page.Append($"<div class=\"output\">{Images.Inline(OutputHtml.Of(output!.AsObject(), once), directory, null)}</div>\n");
            page.Append("</div>\n");
        }
        page.Append("</section>\n");
    }

    internal static string Duration(TimeSpan time) => time.TotalMinutes >= 1
        ? $"{(int)time.TotalMinutes} min {time.Seconds} s"
        : $"{time.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s";

    internal static string Resource(string name)
    {
        using var stream = typeof(HtmlPage).Assembly.GetManifestResourceStream($"NotebookHost.{name}")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
