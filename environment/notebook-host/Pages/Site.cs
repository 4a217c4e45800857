using System.Text;
using NotebookHost.Notebooks;
using NotebookHost.Running;

namespace NotebookHost.Pages;

/// <summary>
/// A folder that a browser opens without a network: an index, a page and the executed file of each notebook, and the
/// scripts that the pages share.
/// </summary>
internal sealed class Site
{
    private readonly string folder;
    private readonly string introduction;
    private readonly SharedScripts scripts;
    private readonly List<SiteEntry> entries;

    /// <param name="folder">The site's folder; made if it is not there.</param>
    /// <param name="notebooks">The notebooks in order.</param>
    /// <param name="introduction">Markdown with the site's title and what stands above the notebooks.</param>
    /// <exception cref="HostException">A file is no notebook, or two have one name.</exception>
    public Site(string folder, IReadOnlyList<string> notebooks, string introduction)
    {
        entries = [.. notebooks.Select(SiteEntry.Of)];
        if (entries.GroupBy(e => e.Name).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new HostException($"{string.Join(", ", twice.Select(e => e.Path))}: the pages would have "
                + "the same name");
        if (entries.Find(e => e.Name == "index") is { } index)
            throw new HostException($"{index.Path}: its page would have the name of the site's index");
        Directory.CreateDirectory(folder);
        (this.folder, this.introduction, scripts) = (folder, introduction, new(folder));
    }

    public IReadOnlyList<SiteEntry> Entries => entries;

    public string IndexPath => In("index.html");

    /// <summary>What to run for an entry; files of an earlier run are removed.</summary>
    public RunRequest Begin(SiteEntry entry, IReadOnlyList<string> set)
    {
        foreach (var file in (string[])[entry.Page, entry.CoverPage, entry.Executed]) File.Delete(In(file));
        return new(entry.Path) { Set = set, OutNotebook = In(entry.Executed), OutHtml = In(entry.Page) };
    }

    /// <summary>Takes in what a run has left, and finishes the notebook's page.</summary>
    /// <returns>The entry with its result.</returns>
    public SiteEntry End(SiteEntry entry, ProcessEnd end)
    {
        // A notebook that could not even start has left neither file; the page then shows the notebook as it is.
        if (!File.Exists(In(entry.Executed))) Notebook.Load(entry.Path).Save(In(entry.Executed));
        var notebook = Notebook.Load(In(entry.Executed));
        var done = entry.After(notebook, end);
        if (!File.Exists(In(entry.Page)))
        {
            var directory = Path.GetDirectoryName(Path.GetFullPath(entry.Path))!;
            HtmlPage.Save(notebook, In(entry.Page), directory, new Dictionary<NotebookCell, TimeSpan>(), [scripts.Elements]);
        }
        var number = entries.IndexOf(entry);
        entries[number] = done;
        var html = scripts.MoveOut(File.ReadAllText(In(entry.Page)));
        Write(entry.Page, WithNavigation(html, number));
        if (done.Cover is not null)
        {
            Write(entry.CoverPage, $"""
                <!DOCTYPE html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <title>{HtmlText.Encode(entry.Title)}</title>
                <style>
                {HtmlPage.Resource("page.css")}
                body {"{ overflow: hidden; }"}
                </style>
                {scripts.Elements}</head>
                <body>
                {scripts.MoveOut(done.Cover)}
                </body>
                </html>

                """);
        }
        return done;
    }

    /// <summary>Writes the index as things stand.</summary>
    public void SaveIndex() => Write("index.html", SiteIndex.Write(entries, introduction));

    /// <summary>Links to the index and to the neighbours, above and below the page.</summary>
    private string WithNavigation(string html, int number)
    {
        var links = new StringBuilder("<nav><a href=\"index.html\">All notebooks</a>");
        if (number > 0) links.Append(Link(entries[number - 1], "previous", "← "));
        if (number < entries.Count - 1) links.Append(Link(entries[number + 1], "next", "", " →"));
        links.Append("</nav>\n");
        var failure =
            entries[number] is { Status: SiteStatus.Failed } failed
            && !html.Contains("<p class=\"failure\">", StringComparison.Ordinal)
                ? $"<pre class=\"error\">{HtmlText.Encode(failed.Error)}</pre>\n"
                : "";
        var (start, end) = (
            html.IndexOf("<main>", StringComparison.Ordinal) + "<main>".Length,
            html.LastIndexOf("</main>", StringComparison.Ordinal)
        );
        return $"{html[..start]}\n{links}{failure}{html[start..end]}{links}{html[end..]}";
    }

    private static string Link(SiteEntry entry, string relation, string before, string after = "") =>
        $"<a rel=\"{relation}\" "
            + $"href=\"{SiteIndex.Address(entry.Page)}\">{before}{HtmlText.Encode(entry.Title)}{after}</a>";

    private string In(string file) => Path.Combine(folder, file);

    private void Write(string file, string html) => File.WriteAllText(In(file), html, new UTF8Encoding(false));
}
