using NotebookHost.Cells;

namespace NotebookHost.Cli;

/// <summary>An error of a cell, for a terminal: the place first, as compilers do.</summary>
internal static class CellErrorText
{
    public static string Of(CellError error, string notebook)
    {
        var place = error.Line is null ? "" : $", line {error.Line}{(error.Column is { } column ? $", column {column}" : "")}";
        return $"{notebook}: cell {error.Cell}{place} failed\n{string.Join('\n', error.Traceback)}";
    }
}
