namespace FanTrans.Synthetic;

/// <summary>The action units that the renderer shows, of all that FACS knows.</summary>
public static class RenderedUnits
{
    /// <summary>FACS numbers, ascending.</summary>
    public static IReadOnlyList<int> All { get; } = [1, 2, 4, 6, 7, 9, 10, 12, 14, 15, 17, 23, 24, 25, 26];

    /// <summary>A unit's place in <see cref="All"/>.</summary>
    /// <param name="actionUnit">Its FACS number.</param>
    /// <exception cref="ArgumentException">The renderer does not show it.</exception>
    public static int Slot(int actionUnit)
    {
        for (var k = 0; k < All.Count; k++)
        {
            if (All[k] == actionUnit)
                return k;
        }
        throw new ArgumentException(
            $"AU {actionUnit} is not rendered; expected one of {string.Join(", ", All)}.",
            nameof(actionUnit)
        );
    }
}
