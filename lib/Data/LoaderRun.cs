namespace FanTrans.Data;

/// <summary>Threads that make numbered batches, at most some ahead of the consumer, which takes them in order.</summary>
internal sealed class LoaderRun : IDisposable
{
    private readonly Func<int, CancellationToken, AuBatch> _make;
    private readonly CancellationTokenSource _stop;
    private readonly CancellationToken _cancellation;
    private readonly SemaphoreSlim _room;
    private readonly Dictionary<int, Result> _done = [];
    private readonly Thread[] _workers;
    private readonly int _batches;
    private int _next;

    public LoaderRun(
        int batches, int workers, int prefetch, Func<int, CancellationToken, AuBatch> make, CancellationToken cancellation)
    {
        (_batches, _make, _cancellation) = (batches, make, cancellation);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _room = new SemaphoreSlim(prefetch);
        _workers = new Thread[Math.Min(workers, batches)];
        for (var i = 0; i < _workers.Length; i++)
        {
            _workers[i] = new Thread(Work) { IsBackground = true, Name = $"AuLoader {i + 1}" };
            _workers[i].Start();
        }
    }

    private readonly record struct Result(AuBatch? Batch, Exception? Error);

    /// <summary>Waits for a batch. Its maker's exception appears here, with the earlier batches already taken.</summary>
    public AuBatch Take(int number)
    {
        Result result;
        using (_cancellation.Register(Wake))
        {
            lock (_done)
            {
                while (!_done.Remove(number, out result))
                {
                    _cancellation.ThrowIfCancellationRequested();
                    Monitor.Wait(_done);
                }
            }
        }
        _room.Release();
        if (result.Error is OperationCanceledException)
            _cancellation.ThrowIfCancellationRequested();
        if (result.Error is not null)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(result.Error);
        return result.Batch!;
    }

    public void Dispose()
    {
        _stop.Cancel();
        foreach (var worker in _workers)
            worker.Join();
        _stop.Dispose();
        _room.Dispose();
    }

    private void Wake()
    {
        lock (_done)
            Monitor.PulseAll(_done);
    }

    private void Work()
    {
        while (true)
        {
            int number;
            try
            {
                // Room first, number after: the lowest batch without a result always has a thread at work on it.
                _room.Wait(_stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            if ((number = Interlocked.Increment(ref _next) - 1) >= _batches)
                return;
            Result result;
            try
            {
                result = new Result(_make(number, _stop.Token), null);
            }
            catch (Exception error)
            {
                result = new Result(null, error);
            }
            lock (_done)
            {
                _done.Add(number, result);
                Monitor.PulseAll(_done);
            }
        }
    }
}
