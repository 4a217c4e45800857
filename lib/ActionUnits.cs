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

/// <summary>The action units of FACS (Ekman, Friesen and Hager, 2002), and the sets that datasets annotate.</summary>
public static class ActionUnits
{
    private const int Greatest = 99;

    private static readonly SortedDictionary<int, string> Names = new()
    {
        [1] = "inner brow raiser",
        [2] = "outer brow raiser",
        [4] = "brow lowerer",
        [5] = "upper lid raiser",
        [6] = "cheek raiser",
        [7] = "lid tightener",
        [8] = "lips toward each other",
        [9] = "nose wrinkler",
        [10] = "upper lip raiser",
        [11] = "nasolabial deepener",
        [12] = "lip corner puller",
        [13] = "sharp lip puller",
        [14] = "dimpler",
        [15] = "lip corner depressor",
        [16] = "lower lip depressor",
        [17] = "chin raiser",
        [18] = "lip pucker",
        [19] = "tongue show",
        [20] = "lip stretcher",
        [21] = "neck tightener",
        [22] = "lip funneler",
        [23] = "lip tightener",
        [24] = "lip pressor",
        [25] = "lips part",
        [26] = "jaw drop",
        [27] = "mouth stretch",
        [28] = "lip suck",
        [29] = "jaw thrust",
        [30] = "jaw sideways",
        [31] = "jaw clencher",
        [32] = "lip bite",
        [33] = "cheek blow",
        [34] = "cheek puff",
        [35] = "cheek suck",
        [36] = "tongue bulge",
        [37] = "lip wipe",
        [38] = "nostril dilator",
        [39] = "nostril compressor",
        [40] = "sniff",
        [41] = "lid droop",
        [42] = "slit",
        [43] = "eyes closed",
        [44] = "squint",
        [45] = "blink",
        [46] = "wink",
        [51] = "head turn left",
        [52] = "head turn right",
        [53] = "head up",
        [54] = "head down",
        [55] = "head tilt left",
        [56] = "head tilt right",
        [57] = "head forward",
        [58] = "head back",
        [61] = "eyes turn left",
        [62] = "eyes turn right",
        [63] = "eyes up",
        [64] = "eyes down",
        [65] = "walleye",
        [66] = "cross-eye",
    };

    /// <summary>Every action unit that has a name, by number.</summary>
    public static IReadOnlyList<int> All { get; } = [.. Names.Keys];

    /// <summary>The 12 action units of BP4D, in the order of every published table.</summary>
    public static IReadOnlyList<int> Bp4d { get; } = [1, 2, 4, 6, 7, 10, 12, 14, 15, 17, 23, 24];

    /// <summary>The 8 action units of DISFA in published tables, in their order.</summary>
    public static IReadOnlyList<int> Disfa { get; } = [1, 2, 4, 6, 9, 12, 25, 26];

    /// <summary>All 12 action units that DISFA annotates, by number.</summary>
    public static IReadOnlyList<int> Disfa12 { get; } = [1, 2, 4, 5, 6, 9, 12, 15, 17, 20, 25, 26];

    /// <summary>Whether a number can be one of FACS: 1 to 99. The kit trains on any of them.</summary>
    /// <param name="number">The number.</param>
    public static bool IsValid(int number) => number is >= 1 and <= Greatest;

    /// <summary>Returns the action unit of a FACS number; one without a name of its own is "action unit 70".</summary>
    /// <param name="number">1 to 99.</param>
    /// <exception cref="ArgumentException">It is no FACS number.</exception>
    public static ActionUnit Get(int number) =>
        IsValid(number)
            ? new ActionUnit(number, Names.GetValueOrDefault(number, $"action unit {number}"))
            : throw new ArgumentException($"expected a FACS number, 1 to {Greatest}, found {number}.", nameof(number));

    /// <summary>Returns a named set, "Bp4d", "Disfa" or "Disfa12" in any case,
    /// or the numbers of a list "1,2,5".</summary>
    /// <param name="text">The name or the list.</param>
    /// <exception cref="ArgumentException">It is neither; the message says what is.</exception>
    public static IReadOnlyList<int> Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        switch (text.Trim().ToLowerInvariant())
        {
            case "bp4d":
                return Bp4d;
            case "disfa":
                return Disfa;
            case "disfa12":
                return Disfa12;
        }
        var units = Array.ConvertAll(
            text.Split(','),
            part =>
                int.TryParse(part, out var unit) && IsValid(unit)
                    ? unit
                    : throw new ArgumentException(
                        $"expected Bp4d, Disfa, Disfa12 or FACS numbers such as 1,2,5, found '{text}'.",
                        nameof(text)
                    )
        );
        return units.Distinct().Count() == units.Length
            ? units
            : throw new ArgumentException($"expected each action unit once, found '{text}'.", nameof(text));
    }
}
