namespace NotebookHost.Conversion;

/// <summary>
/// The lines of an app that has been a notebook. A cell begins at a line <c>// %%</c>. In it a line stands as the
/// notebook has it, unless it begins with one of the marks.
/// </summary>
internal static class AppLines
{
    /// <summary>Begins a cell.</summary>
    public const string Cell = "// %%";

    /// <summary>Before a line of the notebook that the app does not run in this place.</summary>
    public const string Notebook = "//:";

    /// <summary>Before a line that only the app has.</summary>
    public const string App = "/*:*/";

    /// <summary>The line before lines that only the app has.</summary>
    public const string AppBegin = "/*<*/";

    /// <summary>The line after them.</summary>
    public const string AppEnd = "/*>*/";

    public static bool IsMarked(string line) =>
        StartsCell(line) || Starts(line, Notebook) || IsAppsAlone(line) || Starts(line, AppEnd);

    public static bool IsAppsAlone(string line) => Starts(line, App) || Starts(line, AppBegin);

    public static bool StartsCell(string line) => line == Cell || Starts(line, Cell + " ");

    public static bool Starts(string line, string mark) => line.StartsWith(mark, StringComparison.Ordinal);

    /// <summary>A line of the notebook as a comment.</summary>
    public static string Keep(string line) => line.Length == 0 ? Notebook : $"{Notebook} {line}";

    /// <summary>The line that was kept as a comment; one that somebody wrote by hand may lack the space.</summary>
    public static string Kept(string line) => After(line, Notebook);

    /// <summary>A line of the app alone.</summary>
    public static string Own(string line) => $"{App} {line}";

    /// <summary>A line of text as a comment.</summary>
    public static string Comment(string line) =>
        line.Length == 0 ? "//" : StartsCell($"// {line}") ? Keep(line) : $"// {line}";

    /// <summary>The text of a comment, or null where there is none.</summary>
    public static string? Commented(string line) =>
        Starts(line, Notebook) ? Kept(line) : Starts(line, "//") ? After(line, "//") : null;

    private static string After(string line, string mark)
    {
        var rest = line[mark.Length..];
        return rest.StartsWith(' ') ? rest[1..] : rest;
    }
}
