// Where each action unit shows, as landmarks of the iBUG annotation (68 points from 0: jaw 0-16, brows 17-21 and 22-26,
// nose bridge 27-30 and base 31-35, eyes 36-41 and 42-47, outer lips 48-59, inner lips 60-67). Known: which muscles
// FACS gives each unit (Ekman and Friesen 1978). Chosen by this kit: the landmarks next to where they move the skin, so
// that units at the same place (6 and 7, 12 and 14, 23 and 24) start with different maps; training starts from there.
namespace FanTrans.Models;

/// <summary>The landmarks at which action units show.</summary>
internal static class AuAnatomy
{
    private const int Ibug = 68;

    /// <summary>What a landmark that does not belong to a unit starts with; learning may raise it.</summary>
    private const float Elsewhere = 0.01f;

    private static readonly int[] Lids = [37, 38, 40, 41, 43, 44, 46, 47];
    private static readonly int[] UpperLids = [37, 38, 43, 44];
    private static readonly int[] Lips = [50, 51, 52, 56, 57, 58, 61, 62, 63, 65, 66, 67];
    private static readonly int[] NoseBase = [31, 32, 33, 34, 35];

    /// <summary>By unit, landmarks of weight 1 and of weight ½.</summary>
    internal static readonly IReadOnlyDictionary<int, (int[] Whole, int[] Half)> Table = new Dictionary<
        int,
        (int[] Whole, int[] Half)
    >
    {
        [1] = ([20, 21, 22, 23], []), // inner ends of the brows
        [2] = ([17, 18, 25, 26], [19, 24]), // outer ends
        [4] = ([27, 28, 21, 22], [39, 42, 29]), // between the brows
        [5] = (UpperLids, []),
        [6] = ([36, 45, 41, 46, 1, 15], [2, 14, 31, 35, 40, 47]), // eyes' outer corners, cheeks
        [7] = ([.. Lids, 39, 42], []), // lids all around
        [8] = ([51, 57, 62, 66], []),
        [9] = ([28, 29, 30, 31, 35], [27, 39, 42]), // sides and root of the nose
        [10] = ([.. NoseBase, 50, 52], [49, 53]), // nose's wings to upper lip
        [11] = ([31, 35, 49, 53], []),
        [12] = ([48, 54, 49, 53], [2, 14, 31, 35]), // corners and above them
        [13] = ([48, 54, 49, 53, 2, 14], []),
        [14] = ([48, 54, 60, 64, 3, 4, 12, 13], []), // corners and beside them
        [15] = ([48, 54, 55, 59, 5, 11], []), // corners and below them
        [16] = ([56, 57, 58], [8, 65, 66, 67]),
        [17] = ([8, 57], [7, 9, 56, 58]), // chin
        [18] = ([51, 57, 62, 66], [48, 54]),
        [20] = ([48, 54, 55, 59, 4, 12], []),
        [22] = (Lips, []),
        [23] = ([49, 50, 52, 53, 55, 56, 58, 59, 60, 64], [48, 54]), // lips towards the corners
        [24] = ([51, 57, 33], [8, 62, 66]), // lips' middle, above and below
        [25] = ([61, 62, 63, 65, 66, 67], []), // between the lips
        [26] = ([5, 6, 7, 8, 9, 10, 11], [66]), // jaw
        [27] = ([51, 57, 62, 66, 5, 6, 7, 8, 9, 10, 11], []),
        [28] = (Lips, []),
        [38] = (NoseBase, []),
        [39] = (NoseBase, []),
        [41] = (UpperLids, []),
        [42] = (Lids, []),
        [43] = (Lids, []),
        [44] = (Lids, []),
        [45] = (Lids, []),
        [46] = (Lids, []),
    };

    /// <summary>For each unit and landmark the weight that its map starts with: (N, L), above 0. A unit that is not in
    /// the table starts with all landmarks alike, and so does every unit where the landmarks are not the 68.</summary>
    public static float[,] Weights(IReadOnlyList<int> units, int landmarks)
    {
        var weights = new float[units.Count, landmarks];
        for (var n = 0; n < units.Count; n++)
        {
            var known = landmarks == Ibug & Table.TryGetValue(units[n], out var own);
            for (var l = 0; l < landmarks; l++)
            {
                weights[n, l] =
                    !known ? 1f / landmarks
                    : own.Whole.Contains(l) ? 1
                    : own.Half.Contains(l) ? 0.5f
                    : Elsewhere;
            }
        }
        return weights;
    }
}
