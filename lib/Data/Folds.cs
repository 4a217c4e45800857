namespace FanTrans.Data;

/// <summary>Subject-exclusive cross-validation: every subject is tested once, by a model that never saw them.</summary>
public static class Folds
{
    /// <summary>The parts that the published protocols use.</summary>
    public const int Published = 3;

    /// <summary>Cross-validation over given parts of subjects:
    /// fold k tests on part k and trains on the others.</summary>
    /// <param name="subjectOfFrame">The subject of each frame of the dataset.</param>
    /// <param name="parts">Two or more disjoint parts, which cover every subject of the data.</param>
    /// <exception cref="ArgumentException">
    /// Fewer than two parts, an empty part, a subject in two parts or without a frame, or frames of a subject in no
    /// part.
    /// </exception>
    public static IReadOnlyList<Fold> FromParts(
        IReadOnlyList<string> subjectOfFrame,
        IReadOnlyList<IReadOnlyList<string>> parts
    )
    {
        ArgumentNullException.ThrowIfNull(subjectOfFrame);
        ArgumentNullException.ThrowIfNull(parts);
        if (parts.Count < 2)
            throw new ArgumentException(
                $"cross-validation needs at least 2 parts, found {parts.Count}.",
                nameof(parts)
            );
        var empty = parts.ToList().FindIndex(p => p.Count == 0);
        if (empty >= 0)
            throw new ArgumentException($"part {empty + 1} has no subject.", nameof(parts));
        var covered = parts.SelectMany(p => p).ToHashSet(StringComparer.Ordinal);
        if (
            subjectOfFrame.Where(s => !covered.Contains(s)).Distinct().Order(StringComparer.Ordinal).ToArray() is
            { Length: > 0 } left
        )
            throw new ArgumentException($"no part has the subjects {string.Join(", ", left)}.", nameof(parts));
        return
        [
            .. parts.Select(
                (test, k) =>
                    new Fold(k + 1, subjectOfFrame, parts.Where((_, other) => other != k).SelectMany(p => p), [], test)
            ),
        ];
    }

    /// <summary>Cross-validation over parts drawn at random, their subject counts equal within one.</summary>
    /// <param name="subjectOfFrame">The subject of each frame of the dataset.</param>
    /// <param name="parts">How many parts, at least 2.</param>
    /// <param name="seed">Which subjects go together.</param>
    /// <exception cref="ArgumentException">There are fewer subjects than parts.</exception>
    public static IReadOnlyList<Fold> Random(IReadOnlyList<string> subjectOfFrame, int parts = Published, int seed = 0)
    {
        ArgumentNullException.ThrowIfNull(subjectOfFrame);
        ArgumentOutOfRangeException.ThrowIfLessThan(parts, 2);
        string[] subjects = [.. subjectOfFrame.Distinct().Order(StringComparer.Ordinal)];
        if (subjects.Length < parts)
            throw new ArgumentException(
                $"{parts} folds need at least {parts} subjects, found {subjects.Length}.",
                nameof(parts)
            );
        new SeededRandom(seed, parts).Shuffle<string>(subjects);
        return FromParts(
            subjectOfFrame,
            [.. Enumerable.Range(0, parts).Select(k => subjects.Where((_, i) => i % parts == k).ToArray())]
        );
    }
}
