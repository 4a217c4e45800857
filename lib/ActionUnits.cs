namespace FanTrans;

/// <summary>One facial action unit (AU) of the Facial Action Coding System.</summary>
/// <param name="Number">The FACS number, for example 12.</param>
/// <param name="Name">The FACS name, for example "lip corner puller".</param>
public sealed record ActionUnit(int Number, string Name)
{
    /// <summary>The short form for axes and column names, for example "AU12".</summary>
    public string Code => $"AU{Number}";

    /// <inheritdoc/>
    public override string ToString() => $"{Code} {Name}";
}

/// <summary>The action units that the kit knows, and the sets that the datasets annotate.</summary>
public static class ActionUnits
{
    private static readonly ActionUnit[] Known =
    [
        new(1, "inner brow raiser"),
        new(2, "outer brow raiser"),
        new(4, "brow lowerer"),
        new(6, "cheek raiser"),
        new(7, "lid tightener"),
        new(9, "nose wrinkler"),
        new(10, "upper lip raiser"),
        new(12, "lip corner puller"),
        new(14, "dimpler"),
        new(15, "lip corner depressor"),
        new(17, "chin raiser"),
        new(23, "lip tightener"),
        new(24, "lip pressor"),
        new(25, "lips part"),
        new(26, "jaw drop"),
    ];

    /// <summary>Every action unit of BP4D and DISFA together, by number: 15 of them.</summary>
    public static IReadOnlyList<int> All { get; } = [.. Known.Select(au => au.Number)];

    /// <summary>The 12 action units of BP4D, in the order of every published table.</summary>
    public static IReadOnlyList<int> Bp4d { get; } = [1, 2, 4, 6, 7, 10, 12, 14, 15, 17, 23, 24];

    /// <summary>The 8 action units of DISFA, in the order of every published table.</summary>
    public static IReadOnlyList<int> Disfa { get; } = [1, 2, 4, 6, 9, 12, 25, 26];

    /// <summary>The action unit of a FACS number.</summary>
    /// <exception cref="ArgumentException">The kit does not know the number.</exception>
    public static ActionUnit Get(int number) =>
        Array.Find(Known, au => au.Number == number)
        ?? throw new ArgumentException($"AU {number} is not known; known are {string.Join(", ", All)}.", nameof(number));
}
