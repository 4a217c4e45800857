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
    private readonly Lock _gate = new();
    private readonly Thread _thread;
    private bool _isBusy;

    public CellThread()
    {
        _thread = new Thread(Run, StackSize) { IsBackground = true, Name = "cells" };
        _thread.Start();
    }

    /// <summary>Whether a cell is on the thread, and does not await something elsewhere.</summary>
    public bool IsBusy
    {
        get
        {
            lock (_gate) return _isBusy;
        }
    }

    /// <summary>Starts a task on the thread, in the caller's execution context; what follows its first true wait goes on elsewhere.</summary>
    public Task Start(Func<Task> start)
    {
        var started = new TaskCompletionSource<Task>(TaskCreationOptions.RunContinuationsAsynchronously);
        var context = ExecutionContext.Capture()!;
        _work.Add(() => ExecutionContext.Run(context, _ => started.SetResult(start()), null));
        return started.Task.Unwrap();
    }

    /// <summary>Ends a wait that the thread is in, such as a sleep, a lock or a task's result.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            if (_isBusy && _thread.ThreadState.HasFlag(ThreadState.WaitSleepJoin)) _thread.Interrupt();
        }
    }

    public void Dispose() => _work.CompleteAdding();

    private void Run()
    {
        while (true)
        {
            try
            {
                foreach (var work in _work.GetConsumingEnumerable())
                {
                    lock (_gate) _isBusy = true;
                    work();
                    lock (_gate) _isBusy = false;
                }
                return;
            }
            catch (ThreadInterruptedException)
            {
                // A wake-up that came when the cell had just ended.
                _isBusy = false;
            }
        }
    }
}
