using FanTrans.Models;

namespace FanTrans.Training;

/// <summary>How a model is trained. Travels inside the checkpoint.</summary>
public sealed record TrainingOptions
{
    /// <summary>Epochs of the whole run, at least 1.</summary>
    public required int Epochs { get; init; }

    /// <summary>AdamW's learning rate before the schedule.</summary>
    public required double LearningRate { get; init; }

    /// <summary>AdamW's β1.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>AdamW's β2.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>AdamW's decoupled weight decay.</summary>
    public double WeightDecay { get; init; }

    /// <summary>The learning rate's course.</summary>
    public required LearningRateSchedule Schedule { get; init; }

    /// <summary>Largest L2 norm of all gradients together; longer ones are scaled down. 0 is no limit.</summary>
    public double ClipNorm { get; init; }

    /// <summary>Batches whose gradients are averaged into one step, at least 1: a larger batch in the memory of a small one.</summary>
    public int AccumulateBatches { get; init; } = 1;

    /// <summary>
    /// Decay of the exponential moving average of the weights, for example 0.999; 0 for none. With it the average is
    /// validated, kept as the best epoch and left in the module at the end.
    /// </summary>
    public double AverageDecay { get; init; }

    /// <summary>Ends the run after so many epochs without a better validation; 0 never does.</summary>
    public int Patience { get; init; }

    /// <summary>Seed of every random number that training draws; the loader has its own.</summary>
    public int Seed { get; init; }

    /// <summary>
    /// Whether the run ends with the weights of its best validation epoch rather than the last one's. The validation
    /// part must be cut from the training subjects.
    /// </summary>
    public bool KeepBest { get; init; } = true;

    /// <summary>PAPER (from the authors' AU-Net): AdamW 1e-4, no weight decay, 12 epochs, times 0.3 every 4.</summary>
    public static TrainingOptions Paper { get; } = new()
    {
        Epochs = 12,
        LearningRate = 1e-4,
        Schedule = LearningRateSchedule.Paper,
    };

    /// <summary>Checks every field.</summary>
    /// <returns>The record itself.</returns>
    /// <exception cref="ArgumentException">A field is out of range; the message lists every such field.</exception>
    public TrainingOptions Validate()
    {
        new OptionsCheck(nameof(TrainingOptions))
            .AtLeast(nameof(Epochs), Epochs, 1)
            .Require(LearningRate > 0 && double.IsFinite(LearningRate), $"LearningRate is {LearningRate}, expected above 0")
            .Require(Beta1 is >= 0 and < 1, $"Beta1 is {Beta1}, expected 0 to below 1")
            .Require(Beta2 is >= 0 and < 1, $"Beta2 is {Beta2}, expected 0 to below 1")
            .Require(WeightDecay >= 0 && double.IsFinite(WeightDecay), $"WeightDecay is {WeightDecay}, expected at least 0")
            .AtLeast(nameof(AccumulateBatches), AccumulateBatches, 1)
            .Require(AverageDecay is >= 0 and < 1, $"AverageDecay is {AverageDecay}, expected 0 to below 1")
            .AtLeast(nameof(Patience), Patience, 0)
            .Require(ClipNorm >= 0 && double.IsFinite(ClipNorm), $"ClipNorm is {ClipNorm}, expected at least 0")
            .Throw();
        Schedule.Validate();
        return this;
    }
}
