namespace FanTrans.Data;

/// <summary>
/// The subsets of iBUG's 68 landmarks that datasets use: 51 (all without the jaw), 49 (those without the inner mouth
/// corners) and 66 (all 68 without them). Which index is which was checked against JAA-Net's table for DISFA.
/// </summary>
public static class LandmarkSets
{
    private const int JawPoints = 17;
    private const int InnerCornerRight = 60, InnerCornerLeft = 64;

    // A frontal face: how much of its width lies between the ends of the brows, and how much of the height from the
    // brows to the chin lies above the lower lip. Chosen by this kit: the means over its rendered heads.
    private const float BrowShare = 0.79f, LipShare = 0.745f;

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
            throw new ArgumentException($"expected 49, 51, 66 or 68 points, found {points.Length / 2.0}.", nameof(points));
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
