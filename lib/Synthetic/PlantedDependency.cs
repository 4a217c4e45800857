namespace FanTrans.Synthetic;

/// <summary>
/// A dependency planted to validate a method: in some frames nothing of the chosen action units can be seen, so that
/// only the others, with which they occur, can tell them. There their part of the face is covered and does not move;
/// the labels stay, and <see cref="SynthFaces.IsHidden"/> keeps the truth.
/// </summary>
public sealed record PlantedDependency
{
    private static readonly int[] UpperFace = [1, 2, 4, 6, 7],
        LowerFace = [10, 12, 14, 15, 17, 23, 24, 25, 26];

    /// <summary>Labelled action units to hide: all of the upper face (1, 2, 4, 6, 7) or all
    /// of the lower (10 to 26).</summary>
    public required IReadOnlyList<int> ActionUnits { get; init; }

    /// <summary>Share of the frames that hide them, 0 to 1.</summary>
    public double Fraction { get; init; } = 0.5;

    /// <summary>Whether they are of the upper face.</summary>
    internal bool IsUpper => ActionUnits.All(UpperFace.Contains);

    internal void Validate(IReadOnlyList<int> labelled)
    {
        if (!(Fraction is >= 0 and <= 1))
            throw new ArgumentException($"PlantedDependency.Fraction: expected 0 to 1, found {Fraction}.");
        if (ActionUnits.Count == 0 || !(IsUpper || ActionUnits.All(LowerFace.Contains)))
            throw new ArgumentException(
                $"PlantedDependency.ActionUnits: expected some of {string.Join(", ", UpperFace)} "
                    + $"or some of {string.Join(", ", LowerFace)}, "
                    + $"found {string.Join(", ", ActionUnits)}."
            );
        if (ActionUnits.Except(labelled).ToArray() is { Length: > 0 } strangers)
            throw new ArgumentException(
                $"PlantedDependency.ActionUnits: the profile does not label AU {string.Join(", ", strangers)}."
            );
    }
}
