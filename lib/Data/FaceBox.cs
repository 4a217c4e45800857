namespace FanTrans.Data;

/// <summary>A rectangle around a face in continuous pixels:
/// a tight box of the landmarks or of a face detector.</summary>
/// <param name="X0">Left edge.</param>
/// <param name="Y0">Upper edge.</param>
/// <param name="X1">Right edge, above <paramref name="X0"/>.</param>
/// <param name="Y1">Lower edge, above <paramref name="Y0"/>.</param>
public readonly record struct FaceBox(float X0, float Y0, float X1, float Y1)
{
    /// <summary>X1 - X0.</summary>
    public float Width => X1 - X0;

    /// <summary>Y1 - Y0.</summary>
    public float Height => Y1 - Y0;

    /// <summary>The tight box of the landmarks that are known.</summary>
    /// <param name="landmarks">Pairs (x, y); a NaN pair is not known.</param>
    /// <exception cref="ArgumentException">Fewer than two are known, or they are all in one place.</exception>
    public static FaceBox Around(ReadOnlySpan<float> landmarks)
    {
        float x0 = float.PositiveInfinity,
            y0 = x0,
            x1 = float.NegativeInfinity,
            y1 = x1;
        for (var k = 0; k + 1 < landmarks.Length; k += 2)
        {
            if (float.IsNaN(landmarks[k]) || float.IsNaN(landmarks[k + 1]))
                continue;
            (x0, x1) = (Math.Min(x0, landmarks[k]), Math.Max(x1, landmarks[k]));
            (y0, y1) = (Math.Min(y0, landmarks[k + 1]), Math.Max(y1, landmarks[k + 1]));
        }
        return x1 > x0 && y1 > y0
            ? new FaceBox(x0, y0, x1, y1)
            : throw new ArgumentException("the known landmarks span no box.", nameof(landmarks));
    }
}
