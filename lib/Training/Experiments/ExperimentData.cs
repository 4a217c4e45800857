using FanTrans.Data;
using FanTrans.Synthetic;

namespace FanTrans.Training.Experiments;

/// <summary>An experiment's frames and their division.</summary>
/// <param name="Source">The frames.</param>
/// <param name="Folds">Every fold, each with a validation part cut from its training subjects.</param>
public sealed record ExperimentData(AuDataset Source, IReadOnlyList<Fold> Folds)
{
    /// <summary>Opens the prepared set, or draws the rendered faces.</summary>
    /// <param name="options">Data, faces, protocol and validation share are used.</param>
    /// <exception cref="ArgumentException">An option is out of its range, or the protocol is not the dataset's.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">The folder holds no finished prepared set.</exception>
    public static ExperimentData Open(ExperimentOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        AuDataset source;
        IReadOnlyList<Fold> folds;
        if (options.Data == "synthfaces")
        {
            var faces = new SynthFaces(options.Faces);
            folds = Data.Folds.FromParts([.. Enumerable.Range(0, faces.Count).Select(i => faces.Key(i).Subject)], faces.Parts);
            // Rendering costs more than memory.
            source = new CachedDataset(faces);
        }
        else
        {
            var set = PreparedSet.Open(options.Data);
            folds = DatasetManifest.Load(set.Header.Dataset).Protocol(options.Protocol).PartialFolds(set);
            source = set;
        }
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
