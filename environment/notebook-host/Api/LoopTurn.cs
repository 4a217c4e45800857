using System.ComponentModel;
using NotebookHost.Core;

namespace NotebookHost;

/// <summary>What the loops of cells ask at each turn. The host writes the calls; people do not.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class LoopTurn
{
    private static volatile int _stopping;

    /// <summary>Whether some cell is to stop; read at every turn, so it is a field's worth of work.</summary>
    public static bool IsStopping => _stopping > 0;

    /// <summary>Stops the calling code if it belongs to such a cell.</summary>
    /// <exception cref="OperationCanceledException">It does.</exception>
    public static void Stop() => CellRun.Current?.StopHere();

    internal static void Begin() => Interlocked.Increment(ref _stopping);

    internal static void End() => Interlocked.Decrement(ref _stopping);
}
