namespace NotebookHost.Formatting;

/// <summary>How much of a large value is shown.</summary>
internal static class FormatLimits
{
    /// <summary>Items of a sequence: rows of a table, or numbers in a list.</summary>
    public static int Items { get; set; } = 50;

    /// <summary>Levels of values inside values.</summary>
    public static int Depth { get; set; } = 3;
}

/// <summary>A sequence to show without a limit on its rows.</summary>
internal sealed record WholeTable(System.Collections.IEnumerable Rows);
