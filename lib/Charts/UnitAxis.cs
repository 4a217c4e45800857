namespace FanTrans.Charts;

/// <summary>Action units as the labels of an axis, in the order given.</summary>
internal static class UnitAxis
{
    public static string[] Codes(IReadOnlyList<int> units) => [.. units.Select(unit => ActionUnits.Get(unit).Code)];

    public static string[] Names(IReadOnlyList<int> units) =>
        [.. units.Select(unit => ActionUnits.Get(unit).ToString())];

    /// <exception cref="ArgumentException">There is no action unit, or one twice.</exception>
    public static void Check(IReadOnlyList<int> units)
    {
        ArgumentNullException.ThrowIfNull(units);
        if (units.Count == 0)
            throw new ArgumentException("units: expected at least one action unit, found none.", nameof(units));
        if (units.Distinct().Count() != units.Count)
            throw new ArgumentException(
                $"units: expected each action unit once, found {string.Join(", ", units)}.",
                nameof(units)
            );
    }

    /// <exception cref="ArgumentException">There is another number of values than of action units.</exception>
    public static void CheckCount(string what, int found, IReadOnlyList<int> units)
    {
        if (found != units.Count)
            throw new ArgumentException($"{what}: expected {units.Count} values, one per action unit, found {found}.");
    }
}
