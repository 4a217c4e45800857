namespace FanTrans.Training;

/// <summary>Stops a run in the middle of an epoch, as an interrupt would: for seeing that it goes on where it was.</summary>
/// <param name="epoch">The epoch, from 1; the checkpoint is that of the one before it.</param>
/// <param name="inner">Hears of everything too; null for none.</param>
public sealed class StopInEpoch(int epoch, IProgress<TrainingProgress>? inner = null) : IProgress<TrainingProgress>, IDisposable
{
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Give this to the run, and this object as its progress.</summary>
    public CancellationToken Token => _stop.Token;

    /// <inheritdoc/>
    public void Report(TrainingProgress value)
    {
        ArgumentNullException.ThrowIfNull(value);
        inner?.Report(value);
        if (value.Epoch == epoch && 2 * value.Batch >= value.Batches)
            _stop.Cancel();
    }

    /// <inheritdoc/>
    public void Dispose() => _stop.Dispose();
}
