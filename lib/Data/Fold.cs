namespace FanTrans.Data;

/// <summary>
/// One division of a dataset's frames by subject: to train on, to choose by, and to report on. No subject is in
/// two of them; a fold that would mix them cannot be made.
/// </summary>
public sealed class Fold
{
    /// <summary>Divides frames by their subjects.</summary>
    /// <param name="number">The fold's number, from 1.</param>
    /// <param name="subjectOfFrame">The subject of each frame of the dataset.</param>
    /// <param name="train">Subjects to train on, at least one.</param>
    /// <param name="validation">Subjects to choose an epoch or a threshold by; may be none.</param>
    /// <param name="test">Subjects to report on; may be none.</param>
    /// <exception cref="ArgumentException">A subject is in two parts, or has no frame; or no one trains.</exception>
    public Fold(
        int number,
        IReadOnlyList<string> subjectOfFrame,
        IEnumerable<string> train,
        IEnumerable<string> validation,
        IEnumerable<string> test
    )
    {
        ArgumentNullException.ThrowIfNull(subjectOfFrame);
        Number = number;
        TrainSubjects = [.. train.Order(StringComparer.Ordinal)];
        ValidationSubjects = [.. validation.Order(StringComparer.Ordinal)];
        TestSubjects = [.. test.Order(StringComparer.Ordinal)];
        if (TrainSubjects.Count == 0)
            throw new ArgumentException($"fold {number}: no subject is left to train on.", nameof(train));

        var partOf = new Dictionary<string, int>(StringComparer.Ordinal);
        IReadOnlyList<string>[] parts = [TrainSubjects, ValidationSubjects, TestSubjects];
        string[] names = ["train", "validation", "test"];
        for (var part = 0; part < parts.Length; part++)
        {
            foreach (var subject in parts[part])
            {
                if (!partOf.TryAdd(subject, part))
                    throw new ArgumentException(
                        $"fold {number}: subject {subject} is in {names[partOf[subject]]} and in {names[part]}."
                    );
            }
        }
        List<int>[] frames =
        [
            [],
            [],
            [],
        ];
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < subjectOfFrame.Count; i++)
        {
            seen.Add(subjectOfFrame[i]);
            if (partOf.TryGetValue(subjectOfFrame[i], out var part))
                frames[part].Add(i);
        }
        if (
            partOf.Keys.Where(s => !seen.Contains(s)).Order(StringComparer.Ordinal).ToArray() is { Length: > 0 } missing
        )
            throw new ArgumentException($"fold {number}: the data has no frame of {string.Join(", ", missing)}.");
        (Train, Validation, Test) = (frames[0], frames[1], frames[2]);
        this.subjectOfFrame = subjectOfFrame;
    }

    private readonly IReadOnlyList<string> subjectOfFrame;

    /// <summary>The fold's number, from 1.</summary>
    public int Number { get; }

    /// <summary>Frames to train on, as ascending indices into the dataset.</summary>
    public IReadOnlyList<int> Train { get; }

    /// <summary>Frames to choose an epoch or a threshold by, as ascending indices into the dataset.</summary>
    public IReadOnlyList<int> Validation { get; }

    /// <summary>Frames to report on, as ascending indices into the dataset.</summary>
    public IReadOnlyList<int> Test { get; }

    /// <summary>Subjects of <see cref="Train"/>, sorted.</summary>
    public IReadOnlyList<string> TrainSubjects { get; }

    /// <summary>Subjects of <see cref="Validation"/>, sorted.</summary>
    public IReadOnlyList<string> ValidationSubjects { get; }

    /// <summary>Subjects of <see cref="Test"/>, sorted.</summary>
    public IReadOnlyList<string> TestSubjects { get; }

    /// <summary>
    /// The same fold with a validation part cut from its training subjects, so that nothing is chosen by looking
    /// at the test subjects.
    /// </summary>
    /// <param name="share">Share of the training subjects to move, above 0 and below 1;
    /// at least one moves and one stays.</param>
    /// <param name="seed">Which ones.</param>
    /// <exception cref="ArgumentException">The fold trains on fewer than two subjects.</exception>
    public Fold WithValidation(double share, int seed)
    {
        if (share is not (> 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(share), share, "expected a share above 0 and below 1.");
        string[] subjects = [.. TrainSubjects.Concat(ValidationSubjects).Order(StringComparer.Ordinal)];
        if (subjects.Length < 2)
            throw new ArgumentException(
                $"fold {Number}: a validation part needs two training subjects, found {subjects.Length}."
            );
        new SeededRandom(seed, Number).Shuffle<string>(subjects);
        var moved = Math.Clamp((int)Math.Round(share * subjects.Length), 1, subjects.Length - 1);
        return new Fold(Number, subjectOfFrame, subjects.Skip(moved), subjects.Take(moved), TestSubjects);
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"fold {Number}: {Train.Count} frames of {TrainSubjects.Count} subjects to train, "
        + $"{Validation.Count} of {ValidationSubjects.Count} to validate, {Test.Count} of {TestSubjects.Count} to test";
}
