namespace NotebookHost.Core;

/// <summary>A cell's code and the number that people know it by: its execution count.</summary>
internal sealed record CellSource(int Number, string Code)
{
    private const string Prefix = "cell ";

    /// <summary>The file name that the compiler and stack traces know the cell by.</summary>
    public string Path => Prefix + Number;

    /// <summary>The number of the cell that a stack trace's file name stands for, or null for another file.</summary>
    public static int? NumberOf(string? path)
    {
        // The compiler makes the path absolute.
        var name = System.IO.Path.GetFileName(path);
        return name?.StartsWith(Prefix, StringComparison.Ordinal) == true && int.TryParse(name.AsSpan(Prefix.Length), out var number)
            ? number
            : null;
    }

    /// <summary>The text of a line, from 1, without the white space after it; null beyond the end.</summary>
    public string? LineText(int line)
    {
        var lines = Code.Split('\n');
        return line >= 1 && line <= lines.Length ? lines[line - 1].TrimEnd() : null;
    }
}
