using System.Collections.Concurrent;
using Microsoft.DotNet.Interactive.Formatting;

namespace NotebookHost.Core;

/// <summary>
/// One running of one cell, and how far somebody has gone in asking it to end. It is known to everything that the cell
/// starts, tasks and threads included.
/// </summary>
internal sealed class CellRun : IDisposable
{
    private static readonly AsyncLocal<CellRun?> Running = new();

    private readonly CancellationTokenSource _interruption;
    private readonly TaskCompletionSource _interrupted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _insisted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<int, bool> _toldThreads = new();
    private int _interrupts;
    private volatile bool _isAbandoned;
    private volatile bool _isInCode;

    /// <param name="session">The session that runs it.</param>
    /// <param name="cell">The cell.</param>
    /// <param name="result">Takes the value of the last expression.</param>
    /// <param name="cancellation">Ends it from outside.</param>
    public CellRun(KernelSession session, CellSource cell, Action<IReadOnlyList<FormattedValue>> result, CancellationToken cancellation)
    {
        (Session, Cell, Result) = (session, cell, result);
        _interruption = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
    }

    /// <summary>The run that the calling code belongs to; null outside of cells.</summary>
    public static CellRun? Current
    {
        get => Running.Value;
        set => Running.Value = value;
    }

    public KernelSession Session { get; }

    public CellSource Cell { get; }

    public Action<IReadOnlyList<FormattedValue>> Result { get; }

    /// <summary>For code that can stop by itself: cancelled by the first interrupt.</summary>
    public CancellationToken Interruption => _interruption.Token;

    /// <summary>Whether the cell's own code runs, and not what the host does for it.</summary>
    public bool IsInCode
    {
        get => _isInCode;
        set => _isInCode = value;
    }

    public bool IsInterrupted => _interrupts > 0;

    /// <summary>Ends at the first interrupt.</summary>
    public Task WhenInterrupted => _interrupted.Task;

    /// <summary>Ends at the second interrupt.</summary>
    public Task WhenInsisted => _insisted.Task;

    /// <summary>Why the run ended, where its thread's end says less.</summary>
    public CellError? Stopped { get; set; }

    /// <summary>Asks the cell to stop; asking again makes it urgent.</summary>
    public void Interrupt()
    {
        if (Interlocked.Increment(ref _interrupts) > 1)
        {
            _insisted.TrySetResult();
            return;
        }
        LoopTurn.Begin();
        _interrupted.TrySetResult();
        // What is registered with the token is the cell's code, and need not return.
        _ = Task.Run(_interruption.Cancel);
    }

    /// <summary>Nobody waits for the cell any more, though it may run on.</summary>
    public void Abandon() => _isAbandoned = true;

    /// <summary>
    /// A place where an interrupted cell stops: whatever it prints or shows, and each turn of its loops. Each of its threads hears of it once, so that
    /// what it does to clean up may print; after it has been abandoned, every time.
    /// </summary>
    /// <exception cref="OperationCanceledException">The cell is interrupted.</exception>
    public void StopHere()
    {
        if (_isAbandoned || IsInterrupted && _toldThreads.TryAdd(Environment.CurrentManagedThreadId, true))
            throw new OperationCanceledException("the cell was interrupted", Interruption);
    }

    public void Dispose()
    {
        // What the cell has left running may still ask for the tokens: they are not disposed of.
        _interrupted.TrySetResult();
        _insisted.TrySetResult();
        // The loops of one that was left behind go on asking.
        if (IsInterrupted && !_isAbandoned) LoopTurn.End();
    }
}
