namespace FanTrans.Data;

/// <summary>Cross-validation as a published system numbers its folds:
/// fold k tests on its k-th part and trains on the others.</summary>
public sealed class Protocol
{
    private readonly IReadOnlyList<string> partNames;

    internal Protocol(string name, IReadOnlyList<string> partNames, IReadOnlyList<IReadOnlyList<string>> parts) =>
        (Name, this.partNames, Parts) = (name, partNames, parts);

    /// <summary>The system, for example "me-graphau".</summary>
    public string Name { get; }

    /// <summary>The subjects that each fold tests on, from fold 1.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Parts { get; }

    /// <summary>The name of the part that a fold tests on, for example "P3".</summary>
    /// <param name="fold">From 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such fold.</exception>
    public string TestPart(int fold) => partNames[Index(fold)];

    /// <summary>The subjects that a fold tests on.</summary>
    /// <param name="fold">From 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such fold.</exception>
    public IReadOnlyList<string> TestSubjects(int fold) => Parts[Index(fold)];

    /// <summary>The subjects that a fold trains on, sorted.</summary>
    /// <param name="fold">From 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such fold.</exception>
    public IReadOnlyList<string> TrainSubjects(int fold)
    {
        var test = Index(fold);
        return [.. Parts.Where((_, k) => k != test).SelectMany(p => p).Order(StringComparer.Ordinal)];
    }

    /// <summary>The folds over the frames of a whole dataset.</summary>
    /// <param name="subjectOfFrame">The subject of each frame.</param>
    /// <exception cref="ArgumentException">A subject of the protocol has no frame,
    /// or a frame's subject is in no part.</exception>
    public IReadOnlyList<Fold> Folds(IReadOnlyList<string> subjectOfFrame) =>
        Data.Folds.FromParts(subjectOfFrame, Parts);

    /// <summary>The folds over the frames of a source: a prepared set.</summary>
    /// <param name="source">Its subjects are the protocol's.</param>
    /// <exception cref="ArgumentException">A subject of the protocol has no frame,
    /// or a frame's subject is in no part.</exception>
    public IReadOnlyList<Fold> Folds(AuDataset source) => Folds(source.SubjectOfFrame());

    /// <summary>
    /// The folds over a partial copy of a dataset: as <see cref="Folds(AuDataset)"/>, with the subjects left out
    /// that have no frame. Results on it are not comparable with published ones.
    /// </summary>
    /// <param name="source">The frames at hand.</param>
    /// <exception cref="ArgumentException">A part has no subject left, or a frame's subject is in no part.</exception>
    public IReadOnlyList<Fold> PartialFolds(AuDataset source)
    {
        var subjects = source.SubjectOfFrame();
        var present = subjects.ToHashSet(StringComparer.Ordinal);
        return Data.Folds.FromParts(subjects, [.. Parts.Select(p => p.Where(present.Contains).ToArray())]);
    }

    /// <summary>The protocol's subjects of whom a source has no frame, sorted.</summary>
    internal IReadOnlyList<string> Missing(AuDataset source) =>
        [.. Parts.SelectMany(p => p).Except(source.SubjectOfFrame()).Order(StringComparer.Ordinal)];

    /// <summary>One fold over the frames of a source: a prepared set.</summary>
    /// <param name="source">Its subjects are the protocol's.</param>
    /// <param name="number">The fold as the system numbers it, from 1.</param>
    /// <param name="partial">Whether subjects may be missing, as <see cref="PartialFolds"/> allows.</param>
    /// <exception cref="ArgumentException">A subject of the protocol has no frame,
    /// or a frame's subject is in no part.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such fold.</exception>
    public Fold Fold(AuDataset source, int number, bool partial = false)
    {
        var index = Index(number);
        return (partial ? PartialFolds(source) : Folds(source))[index];
    }

    private int Index(int fold) =>
        fold >= 1 && fold <= Parts.Count
            ? fold - 1
            : throw new ArgumentOutOfRangeException(nameof(fold), fold, $"{Name} has folds 1 to {Parts.Count}.");
}
