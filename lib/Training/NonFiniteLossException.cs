using FanTrans.Data;

namespace FanTrans.Training;

/// <summary>Training met a loss or a gradient that is not a finite number, and stopped before it reached the weights.</summary>
/// <param name="what">What is not finite and how, for example "the loss is NaN".</param>
/// <param name="epoch">The epoch, from 1.</param>
/// <param name="batch">The batch of the epoch, from 1.</param>
/// <param name="samples">The batch's frames.</param>
public sealed class NonFiniteLossException(string what, int epoch, int batch, IReadOnlyList<FaceKey> samples)
    : Exception($"{what} at epoch {epoch}, batch {batch}; its samples: {string.Join(", ", samples)}.")
{
    /// <summary>The epoch, from 1.</summary>
    public int Epoch { get; } = epoch;

    /// <summary>The batch of the epoch, from 1.</summary>
    public int Batch { get; } = batch;

    /// <summary>The batch's frames.</summary>
    public IReadOnlyList<FaceKey> Samples { get; } = samples;
}
