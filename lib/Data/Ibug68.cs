namespace FanTrans.Data;

/// <summary>
/// The 68 landmarks of the iBUG annotation (300-W), counted from 0: jaw 0-16 from the picture's left, brows 17-21
/// and 22-26, nose bridge 27-30 and base 31-35, eyes 36-41 and 42-47, outer lips 48-59, inner lips 60-67.
/// </summary>
public static class Ibug68
{
    /// <summary>68.</summary>
    public const int Count = 68;

    /// <summary>The parts of the face by name, each a run of landmarks.</summary>
    public static IReadOnlyList<(string Name, Range Landmarks)> Parts { get; } =
        [("contour", 0..17), ("brows", 17..27), ("nose", 27..36), ("eyes", 36..48), ("mouth", 48..68)];

    /// <summary>For each landmark, the one that takes its place when the picture is mirrored left to right.</summary>
    public static IReadOnlyList<int> Flipped { get; } =
    [
        16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0,
        26, 25, 24, 23, 22, 21, 20, 19, 18, 17,
        27, 28, 29, 30, 35, 34, 33, 32, 31,
        45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40,
        54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55,
        64, 63, 62, 61, 60, 67, 66, 65,
    ];
}
