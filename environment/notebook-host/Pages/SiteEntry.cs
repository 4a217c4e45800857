using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NotebookHost.Notebooks;
using NotebookHost.Running;

namespace NotebookHost.Pages;

/// <summary>How far a notebook of a site is.</summary>
internal enum SiteStatus
{
    Waiting,
    Done,
    Failed,
}

/// <summary>One notebook of a site: what its index says of it.</summary>
/// <param name="Path">The notebook's file.</param>
/// <param name="Name">Its name, which its page has too.</param>
/// <param name="Title">Its first heading.</param>
/// <param name="Summary">Its first paragraph as HTML.</param>
internal sealed partial record SiteEntry(string Path, string Name, string Title, string Summary)
{
    /// <summary>The tag of the code cell whose last figure stands for the notebook; without one,
    /// it is the first figure.</summary>
    public const string CoverTag = "cover";

    public SiteStatus Status { get; init; }

    /// <summary>Its parameters and the values of this run.</summary>
    public IReadOnlyList<(string Name, string Value)> Parameters { get; init; } = [];

    /// <summary>Why it failed.</summary>
    public string Error { get; init; } = "";

    /// <summary>The output that stands for it, as HTML; null where none is a figure.</summary>
    public string? Cover { get; init; }

    public DateTimeOffset Started { get; init; }

    public TimeSpan Duration { get; init; }

    public string Page => $"{Name}.html";

    public string CoverPage => $"{Name}.cover.html";

    public string Executed => $"{Name}.ipynb";

    /// <exception cref="HostException">There is no such file, or it is no notebook.</exception>
    public static SiteEntry Of(string path)
    {
        var name = System.IO.Path.GetFileNameWithoutExtension(path);
        var prose = Notebook.Load(path).Cells.Where(c => c.Kind == "markdown").Select(c => c.Source).ToList();
        var title = prose.Select(MarkdownText.FirstHeading).FirstOrDefault(h => h is not null) ?? name;
        var summary =
            prose.Select(p => Paragraph().Match(MarkdownText.ToHtml(p))).FirstOrDefault(p => p.Success)?.Value ?? "";
        return new(path, name, title, summary);
    }

    /// <summary>The same after its run.</summary>
    /// <param name="notebook">The executed notebook, as far as it came.</param>
    /// <param name="end">How its process ended.</param>
    public SiteEntry After(Notebook notebook, ProcessEnd end) => this with
    {
        Status = end.ExitCode == 0 ? SiteStatus.Done : SiteStatus.Failed,
        Parameters = ParameterList.Of(notebook),
        Error = end.ExitCode == 0 ? "" : ErrorOf(notebook) ?? $"The process ended with exit code {end.ExitCode}.\n{end.LastErrors}".TrimEnd(),
        Cover = CoverOf(notebook),
        Started = end.Started,
        Duration = end.Duration,
    };

    private static string? ErrorOf(Notebook notebook) => notebook.CodeCells
        .SelectMany(c => c.Outputs.Select(o => (Cell: c, Output: o!.AsObject())))
        .Where(o => o.Output["output_type"]?.GetValue<string>() == "error")
        .Select(o => $"Cell {o.Cell.ExecutionCount}: {o.Output["ename"]}: {o.Output["evalue"]}")
        .FirstOrDefault();

    private static string? CoverOf(Notebook notebook)
    {
        var tagged = notebook.CodeCells.FirstOrDefault(c => c.Tags.Contains(CoverTag));
        var figures = (tagged is null ? notebook.CodeCells : [tagged]).SelectMany(c => c.Outputs)
            .Where(o => o?["data"] is JsonObject)
            .Select(o => OutputHtml.Of(o!.AsObject(), new EmbedOnce()))
            .Where(html => Figure().IsMatch(html));
        return tagged is null ? figures.FirstOrDefault() : figures.LastOrDefault();
    }

    [GeneratedRegex("<p>.*?</p>", RegexOptions.Singleline)]
    private static partial Regex Paragraph();

    [GeneratedRegex(@"<(script|svg|img|canvas)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Figure();
}
