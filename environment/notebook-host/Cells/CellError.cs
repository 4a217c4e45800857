namespace NotebookHost.Cells;

/// <summary>Why a cell failed, in the terms of the person who wrote the cell.</summary>
/// <param name="Name">What kind of error: an exception's type, or a name of this host's own.</param>
/// <param name="Message">The message, without place.</param>
/// <param name="Cell">The number of the cell that failed.</param>
/// <param name="Line">The line in the cell, from 1; null where none can be named.</param>
/// <param name="Column">The column, from 1; null for run-time errors.</param>
/// <param name="Traceback">The whole report, one line an element.</param>
internal sealed record CellError(string Name, string Message, int Cell, int? Line, int? Column, IReadOnlyList<string> Traceback)
{
    /// <summary>The name of the error that a run which somebody stopped ends with.</summary>
    public const string Interrupted = "Interrupted";

    /// <summary>An error that is found in a line of a cell: a magic command, a package.</summary>
    public static CellError At(CellSource cell, int line, string name, string message) =>
        new(name, message, cell.Number, line, null, [$"{name}: {message}", .. Place(cell.Path, line, null, cell.LineText(line))]);

    /// <summary>An error of the whole cell.</summary>
    public static CellError OfCell(CellSource cell, string name, string message) =>
        new(name, message, cell.Number, null, null, [$"{name}: {message}"]);

    /// <summary>This error of an imported cell, told as one of the cell whose line imports it.</summary>
    public CellError ImportedBy(CellSource cell, int line) =>
        this with
        {
            Cell = cell.Number,
            Line = line,
            Column = null,
            Traceback = [.. Traceback, $"  imported by {cell.Path}, line {line}"],
        };

    /// <summary>The lines that show a place in a cell: where it is, its text, and a caret below the column.</summary>
    public static IEnumerable<string> Place(string cell, int line, int? column, string? text)
    {
        yield return column is null ? $"  at {cell}, line {line}" : $"  at {cell}, line {line}, column {column}";
        if (string.IsNullOrWhiteSpace(text))
            yield break;
        yield return $"  {line, 4} | {text}";
        if (column is { } c)
            yield return $"       | {new string([.. text.Take(c - 1).Select(x => x == '\t' ? '\t' : ' ')])}^";
    }
}

/// <summary>An error of the notebook's author that the host has put into words already.</summary>
internal sealed class CellException(CellError error) : Exception(error.Message)
{
    public CellError Error { get; } = error;
}
