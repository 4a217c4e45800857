namespace FanTrans.Data;

/// <summary>
/// The subsets of iBUG's 68 landmarks that datasets use: 51 (all without the jaw), 49 (those without the inner mouth
/// corners) and 66 (all 68 without them). Which index is which was checked against JAA-Net's table for DISFA.
/// </summary>
internal static class LandmarkSets
{
    private const int JawPoints = 17;
    private const int InnerCornerRight = 60,
        InnerCornerLeft = 64;

    // A frontal face: how much of its width lies between the ends of the brows, and how much of the height from the
    // brows to the chin lies above the lower lip. Chosen by this kit: the means over its rendered heads.
    private const float BrowShare = 0.79f,
        LipShare = 0.745f;

    /// <summary>Whether a number of points is one of the sets: 49, 51, 66 or 68.</summary>
    /// <param name="count">The number of points.</param>
    public static bool Knows(int count) => count is 49 or 51 or 66 or 68;

    /// <summary>Points of a subset in the places of iBUG's 68.</summary>
    /// <param name="points">Pairs (x, y) of 49, 51, 66 or 68 points.</param>
    /// <returns>136 values; NaN where the subset has no such point.</returns>
    /// <exception cref="ArgumentException">Another number of points.</exception>
    public static float[] To68(ReadOnlySpan<float> points)
    {
        var count = points.Length / 2;
        if (points.Length % 2 != 0 || !Knows(count))
            throw new ArgumentException(
                $"expected 49, 51, 66 or 68 points, found {points.Length / 2.0}.",
                nameof(points)
            );
        var all = new float[2 * Ibug68.Count];
        Array.Fill(all, float.NaN);
        var from = 0;
        for (var k = count is 49 or 51 ? JawPoints : 0; k < Ibug68.Count; k++)
        {
            if (count is 49 or 66 && k is InnerCornerRight or InnerCornerLeft)
                continue;
            all[2 * k] = points[2 * from];
            all[(2 * k) + 1] = points[(2 * from) + 1];
            from++;
        }
        return all;
    }

    /// <summary>
    /// The face box of landmarks: tight around all 68 or, where the jaw is not known, the tight box of the inner
    /// points widened to where the jaw of a frontal face would be.
    /// </summary>
    /// <param name="landmarks">136 values, NaN where not known.</param>
    /// <exception cref="ArgumentException">The known landmarks span no box.</exception>
    public static FaceBox Box(ReadOnlySpan<float> landmarks)
    {
        var tight = FaceBox.Around(landmarks);
        foreach (var jaw in landmarks[..(2 * JawPoints)])
        {
            if (!float.IsNaN(jaw))
                return tight;
        }
        var side = tight.Width * ((1 / BrowShare) - 1) / 2;
        return new FaceBox(tight.X0 - side, tight.Y0, tight.X1 + side, tight.Y0 + (tight.Height / LipShare));
    }
}

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
    // csharpier-ignore
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

/// <summary>Finds landmarks in pictures for which a dataset has none: a face alignment network.</summary>
public interface ILandmarkFinder
{
    /// <summary>Names the network and its weights; a prepared set keeps it, so that another one is noticed.</summary>
    string Name { get; }

    /// <summary>The landmarks of the face, called from several threads at once;
    /// the same answer for the same input.</summary>
    /// <param name="image">The whole picture.</param>
    /// <param name="near">The face's box in the nearest frame of the recording
    /// with landmarks; null where none has.</param>
    /// <returns>136 values in pixels of the picture, iBUG order, NaN where not found;
    /// null where there is no face.</returns>
    float[]? Find(RgbImage image, FaceBox? near);
}
