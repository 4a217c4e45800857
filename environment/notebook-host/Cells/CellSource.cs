namespace NotebookHost.Cells;

/// <summary>A cell's code and the number that people know it by: its execution count.</summary>
/// <param name="Number">The number.</param>
/// <param name="Code">The code.</param>
/// <param name="Language">The kernel that the code is for, by its own name.</param>
/// <param name="File">The name of the file that the cell was imported from;
/// null for a cell of the notebook itself.</param>
internal sealed record CellSource(int Number, string Code, string Language = Languages.CSharp, string? File = null)
{
    private const string Prefix = "cell ";
    private const string Of = " of ";

    /// <summary>What people call the cell, and the file name that the compiler and stack traces know it by.</summary>
    public string Path => File is null ? Prefix + Number : Prefix + Number + Of + File.Replace('"', '\'');

    public string[] Lines => Code.Split('\n');

    /// <summary>The cell that a file name of a stack trace or a diagnostic stands for,
    /// or null for another file.</summary>
    public static string? NameOf(string? path)
    {
        // The compiler makes the path absolute.
        var name = System.IO.Path.GetFileName(path);
        if (name?.StartsWith(Prefix, StringComparison.Ordinal) != true) return null;
        var number = name[Prefix.Length..];
        if (number.IndexOf(Of, StringComparison.Ordinal) is > 0 and var end) number = number[..end];
        return int.TryParse(number, out _) ? name : null;
    }

    /// <summary>The text of a line, from 1, without the white space after it; null beyond the end.</summary>
    public string? LineText(int line) =>
        Lines is var lines && line >= 1 && line <= lines.Length ? lines[line - 1].TrimEnd() : null;
}
