using FanTrans.Data;

namespace FanTrans.Training.Experiments;

/// <summary>An experiment's frames and their division.</summary>
/// <param name="Source">The frames.</param>
/// <param name="Folds">Every fold, each with a validation part cut from its training subjects.</param>
public sealed record ExperimentData(AuDataset Source, IReadOnlyList<Fold> Folds)
{
    /// <summary>Opens what <see cref="ExperimentOptions.Data"/> names.</summary>
    /// <param name="options">Data, protocol and validation share are used.</param>
    /// <inheritdoc cref="Datasets.Open" path="/exception"/>
    public static ExperimentData Open(ExperimentOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var (source, folds) = Datasets.Open(options.Data, options.Protocol);
        // Seed 0: every run of a sweep chooses by the same subjects.
        return new ExperimentData(source, [.. folds.Select(f => f.WithValidation(options.ValidationShare, 0))]);
    }

    /// <summary>A fold by its number.</summary>
    /// <param name="number">From 1.</param>
    /// <exception cref="ArgumentException">There is no such fold.</exception>
    public Fold Fold(int number) => number >= 1 && number <= Folds.Count
        ? Folds[number - 1]
        : throw new ArgumentException($"Fold is {number}, expected 1 to {Folds.Count}.");
}
