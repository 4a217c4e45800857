using FanTrans.Data;
using FanTrans.Evaluation;
using FanTrans.Models;

namespace FanTrans.Training.Experiments;

/// <summary>What <see cref="EvidenceControl"/> does. All of it is chosen by this kit.</summary>
public sealed record EvidenceOptions
{
    /// <summary>Share of the evidence that is hidden, 0 to below 1: each unit of each frame by itself.</summary>
    public double Hidden { get; init; } = 0.5;

    /// <summary>Standard deviation of the evidence around 1 for a unit that is present and -1 for one that is not.</summary>
    public double Noise { get; init; } = 0.5;

    /// <summary>Transformer and classifier; what concerns the FAN is not used, and the action units are those of the data.</summary>
    public FanTransOptions Model { get; init; } = FanTransOptions.Small with { Classifier = "independent" };

    /// <summary>Weight λ_s of the attention drop's sparsity.</summary>
    public double SparsityWeight { get; init; } = 0.01;

    /// <summary>Frames in a batch.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>How it is trained; its seed is taken from <see cref="Seed"/>.</summary>
    public TrainingOptions Training { get; init; } = ExperimentOptions.Small.Training with { Epochs = 5 };

    /// <summary>Seed of the weights, the evidence and the order of frames.</summary>
    public int Seed { get; init; } = 1;
}

/// <summary>What <see cref="EvidenceControl"/> found on test subjects.</summary>
/// <param name="Phi">φ of the training labels: the dependency that is there to be learned.</param>
/// <param name="Learned">Keep probabilities and attention.</param>
/// <param name="LossSeen">Mean cross-entropy in nats where a unit's own evidence is seen.</param>
/// <param name="LossHidden">The same where it is hidden: only the other units can tell.</param>
/// <param name="LossOfRates">The same of an answer that knows how often each unit occurs, and nothing of the frame.</param>
public sealed record EvidenceResult(double[,] Phi, LearnedCorrelations Learned, double LossSeen, double LossHidden, double LossOfRates);

/// <summary>
/// A control of what the attention drop can learn at all. In FAN-Trans every token is made of the whole face and may know of
/// other action units without any attention. Here each token knows nothing but noisy evidence of its own unit, half of the
/// time not even that, and each unit is read from its own token: attention is the only way from one unit to another. If the
/// learned matrices follow the labels here and not in the full model, then it is the tokens that leave attention nothing to do.
/// </summary>
public static class EvidenceControl
{
    /// <summary>Trains on the fold's training subjects and tests on its test subjects.</summary>
    /// <param name="options">What to do.</param>
    /// <param name="source">Its labels alone are used.</param>
    /// <param name="fold">Subjects to train on and to test on.</param>
    /// <param name="folder">Where checkpoints go, so that a stopped run goes on and a finished one is only read; null keeps none.</param>
    /// <param name="progress">Told of every batch and epoch.</param>
    /// <param name="cancellation">Stops after the current batch.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static EvidenceResult Run(
        EvidenceOptions options, AuDataset source, Fold fold, string? folder = null, IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(fold);
        new OptionsCheck(nameof(EvidenceOptions))
            .Require(options.Hidden is >= 0 and < 1, $"Hidden is {options.Hidden}, expected 0 to below 1")
            .AtLeast(nameof(options.Noise), options.Noise, 0)
            .AtLeast(nameof(options.BatchSize), options.BatchSize, 1)
            .Throw();
        var test = new EvidenceBatches(source, fold.Test, options, train: false);
        using var task = new EvidenceTask(options, source.ActionUnits);
        // The last epoch counts, so that the test subjects choose nothing.
        using var trainer = new Trainer(task, options.Training with { Seed = options.Seed, KeepBest = false });
        trainer.Fit(new EvidenceBatches(source, fold.Train, options, train: true), null, folder, progress, cancellation);

        var losses = trainer.Evaluate(test, cancellation);
        sbyte[][] train = [.. fold.Train.Select(source.LabelsAt)];
        var rates = Labels.Rates(train, source.ActionUnits.Count);
        return new EvidenceResult(
            LabelCorrelation.Phi(train), task.Learned(test, cancellation), losses["loss_seen"], losses["loss_hidden"],
            fold.Test.Average(i => source.LabelsAt(i).Zip(rates).Where(l => l.First != Labels.Unknown).Average(l => -Math.Log(l.First == 1 ? l.Second : 1 - l.Second))));
    }
}
