namespace FanTrans.Training;

/// <summary>Where a run stands; sent after every batch, and with <see cref="Finished"/> after every epoch.</summary>
/// <param name="Task">The task's name.</param>
/// <param name="Epoch">The current epoch, from 1.</param>
/// <param name="Epochs">Epochs of the run.</param>
/// <param name="Batch">Batches done in this epoch.</param>
/// <param name="Batches">Batches of an epoch.</param>
/// <param name="Loss">Mean loss of this epoch so far.</param>
/// <param name="Elapsed">Time since this call of Fit began.</param>
/// <param name="Remaining">What is left at the pace so far; null before the first batch.</param>
/// <param name="Finished">The epoch's report once it is over, validation included.</param>
public sealed record TrainingProgress(
    string Task, int Epoch, int Epochs, int Batch, int Batches, double Loss, TimeSpan Elapsed, TimeSpan? Remaining,
    EpochReport? Finished = null)
{
    /// <summary>Optimizer steps of the run so far.</summary>
    public long Step { get; init; }

    /// <summary>Loss of this batch alone.</summary>
    public double BatchLoss { get; init; }

    /// <summary>The rate of the last step.</summary>
    public double LearningRate { get; init; }

    /// <summary>L2 norm of all gradients of the last step, before clipping.</summary>
    public double GradientNorm { get; init; }
}
