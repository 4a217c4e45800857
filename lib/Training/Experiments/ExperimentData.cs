using FanTrans.Data;

namespace FanTrans.Training.Experiments;

/// <summary>An experiment's frames and their division: of a dataset by its name,
/// or of any that a program has.</summary>
/// <param name="Source">The frames.</param>
/// <param name="Folds">Every fold, each with a validation part cut from its training subjects.</param>
public sealed record ExperimentData(AuDataset Source, IReadOnlyList<Fold> Folds)
{
    /// <summary>Opens what <see cref="ExperimentOptions.Data"/> names.</summary>
    /// <param name="options">Data, protocol and validation share are used.</param>
    /// <exception cref="ArgumentException">An option is out of its range, or no dataset is named.</exception>
    /// <inheritdoc cref="Datasets.Open" path="/exception"/>
    public static ExperimentData Open(ExperimentOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        if (options.Data.Length == 0)
            throw new ArgumentException(
                "Data is empty: expected a dataset's folder or registered name, or a dataset that the program passes."
            );
        var (source, folds) = Datasets.Open(options.Data, options.Protocol);
        return Of(source, folds, options.ValidationShare);
    }

    /// <summary>Takes any dataset, for experiments whose options leave
    /// <see cref="ExperimentOptions.Data"/> empty.</summary>
    /// <param name="source">The frames.</param>
    /// <param name="folds">Such as <see cref="Data.Folds.Random"/> gives;
    /// null is three folds by subject at random.</param>
    /// <param name="validationShare">Share of the training subjects that each fold validates on, where it has no
    /// validation part yet.</param>
    public static ExperimentData Of(AuDataset source, IReadOnlyList<Fold>? folds = null, double validationShare = 0.15)
    {
        ArgumentNullException.ThrowIfNull(source);
        folds ??= Data.Folds.Random(source.SubjectOfFrame());
        // Seed 0: every run of a sweep chooses by the same subjects.
        return new ExperimentData(
            source,
            [.. folds.Select(f => f.Validation.Count > 0 ? f : f.WithValidation(validationShare, 0))]
        );
    }

    /// <summary>A fold by its number.</summary>
    /// <param name="number">From 1.</param>
    /// <exception cref="ArgumentException">There is no such fold.</exception>
    public Fold Fold(int number) =>
        number >= 1 && number <= Folds.Count
            ? Folds[number - 1]
            : throw new ArgumentException($"Fold is {number}, expected 1 to {Folds.Count}.");

    /// <summary>What tells the fold of a dataset without a name from all others: names, labels,
    /// some images, and the division.</summary>
    internal string IdentityOf(int fold)
    {
        var (all, division) = (new AuLoader(Source, new AuLoaderOptions { ImageSize = 32, BatchSize = 1 }), Fold(fold));
        return $"frames {DataFingerprint.Frames(all)}, images {DataFingerprint.Pictures(all)}, fold "
            + Fingerprints.Of([
                string.Join(' ', division.TrainSubjects),
                string.Join(' ', division.ValidationSubjects),
                string.Join(' ', division.TestSubjects),
            ])[..16];
    }
}
