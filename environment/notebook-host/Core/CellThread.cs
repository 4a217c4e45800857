using System.Collections.Concurrent;

namespace NotebookHost.Core;

/// <summary>
/// The one thread that all cells start on. Native libraries keep settings for each thread (PyTorch's gradient mode,
/// TorchSharp's dispose scopes), which thus last from cell to cell. There is no synchronization context, as in a console
/// program: a cell that blocks on a task does not lock itself out.
/// </summary>
internal sealed class CellThread : IDisposable
{
    private const int StackSize = 16 * 1024 * 1024;
    private readonly BlockingCollection<Action> _work = [];

    public CellThread()
    {
        var thread = new Thread(() =>
        {
            foreach (var work in _work.GetConsumingEnumerable()) work();
        }, StackSize)
        { IsBackground = true, Name = "cells" };
        thread.Start();
    }

    /// <summary>Starts a task on the thread; what follows its first true wait goes on elsewhere.</summary>
    public Task Start(Func<Task> start)
    {
        var started = new TaskCompletionSource<Task>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() => started.SetResult(start()));
        return started.Task.Unwrap();
    }

    public void Dispose() => _work.CompleteAdding();
}
