namespace NotebookHost.Core;

/// <summary>How long an interrupted cell is waited for.</summary>
internal sealed record InterruptPatience
{
    /// <summary>Before a wait that the cell's thread is in, such as a sleep, is ended.</summary>
    public TimeSpan Wait { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Before the person is told that the cell has not stopped yet.</summary>
    public TimeSpan Notice { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>After a second interrupt, before the cell is left behind.</summary>
    public TimeSpan Leave { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Between two looks at what the thread does.</summary>
    public TimeSpan Look { get; init; } = TimeSpan.FromMilliseconds(50);
}
