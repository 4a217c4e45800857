namespace FanTrans.Synthetic;

/// <summary>
/// The bare head without features: a loft through 18 rows around the vertical axis, each given by its height and
/// radius at 11 angles. Millimetres; x to the picture's right, y down from the line of the eyes, z to the viewer;
/// the axis passes between the ears. Sizes follow common anthropometric means, chosen by this kit.
/// </summary>
internal static class HeadNet
{
    /// <summary>Rows with a name: the seams of the eyes and of the mouth, the jaw's edge,
    /// the last row of the neck.</summary>
    public const int EyeRow = 7,
        MouthRow = 10,
        JawRow = 13,
        LastRow = 17;

    /// <summary>Largest angle of the loft in degrees, to both sides of the face's middle.</summary>
    public const float MaxAngle = 135;

    private static readonly float[] Angles = [0, 10, 20, 30, 40, 50, 60, 75, 90, 110, 135];

    private static readonly float[][] Heights =
    [
        Level(-116),
        Level(-113),
        Level(-104.5f),
        Level(-90),
        Level(-70),
        Level(-46),
        Level(-20),
        Level(0),
        Level(22),
        [46, 46, 46, 46, 46, 45.5f, 45, 43, 39, 38, 38],
        [66, 66, 66, 65.5f, 64.5f, 63, 61, 55, 46, 44, 44],
        [84, 84, 84, 82.5f, 80, 77, 73.5f, 66, 55, 52, 52],
        [102, 101.5f, 99, 95.5f, 91.5f, 87.5f, 83, 75, 63, 58, 58],
        [114, 113, 110, 106, 101, 96, 91, 82, 70, 64, 64],
        [116, 116, 114.5f, 112, 108, 103.5f, 99, 91, 81, 74, 72],
        [127, 127, 126, 124, 121, 117, 113, 106, 98, 94, 94],
        Level(165),
        Level(215),
    ];

    private static readonly float[][] Radii =
    [
        Level(0.5f),
        [25, 25, 24, 24, 23, 23, 23, 23, 23, 25, 27],
        [50, 50, 49, 48, 47, 46, 45, 45, 45, 48, 53],
        [72, 72, 71, 70, 68, 66, 65, 65, 66, 69, 75],
        [87, 87, 86, 83, 80, 77.5f, 76, 75.5f, 76, 79, 86],
        [94, 94, 92.5f, 89, 85, 81, 78.5f, 77, 77, 80, 88],
        [93, 93, 92, 89, 84, 79.5f, 77, 75.5f, 75.5f, 78, 85],
        [84, 84, 84, 83, 81, 79, 77, 75, 74.5f, 76, 80],
        [88, 88, 88, 87, 85, 82, 78.5f, 75.5f, 74, 74, 76],
        [95, 94, 90, 85.5f, 81.5f, 77.5f, 74.5f, 72, 70.5f, 70, 71],
        [97, 94.5f, 88, 81.5f, 76.5f, 72.5f, 70, 68, 66, 66, 69],
        [91, 89, 83, 76.5f, 71.5f, 68, 66.5f, 65.5f, 64, 64, 68],
        [93, 89, 79.5f, 71.5f, 67.5f, 65.5f, 64.5f, 64, 62, 62, 67],
        [84, 80, 70.5f, 64.5f, 62, 61.5f, 61.5f, 61.5f, 60, 61, 66],
        [62, 59, 54, 50, 48.5f, 48.5f, 49.5f, 52, 54, 58, 66],
        [43, 43, 43, 43, 43.5f, 44, 44.5f, 46, 49, 56, 65],
        [46, 46, 46, 46, 46, 46.5f, 47, 49, 51, 58, 66],
        [54, 54.5f, 55.5f, 57, 59, 61, 63, 65, 67, 70, 72],
    ];

    /// <summary>A point of the loft.</summary>
    /// <param name="row">0 (crown) to <see cref="LastRow"/>, fractions between rows.</param>
    /// <param name="degrees">Angle from the face's middle, signed.</param>
    public static (float X, float Y, float Z) At(float row, float degrees)
    {
        var y = Evaluate(Heights, row, degrees);
        var radius = Evaluate(Radii, row, degrees);
        var angle = degrees * (MathF.PI / 180);
        return (radius * FixedMath.Sin(angle), y, radius * FixedMath.Cos(angle));
    }

    /// <summary>The radius of the loft at a height, at the sides and above only:
    /// below the ears it follows the neck.</summary>
    public static float RadiusAtHeight(float y, float degrees)
    {
        float low = 0,
            high = LastRow;
        for (var step = 0; step < 18; step++)
        {
            var middle = (low + high) / 2;
            if (Evaluate(Heights, middle, degrees) < y)
                low = middle;
            else
                high = middle;
        }
        return Evaluate(Radii, low, degrees);
    }

    private static float[] Level(float value) => [.. Enumerable.Repeat(value, Angles.Length)];

    private static float Evaluate(float[][] net, float row, float degrees)
    {
        var angle = Math.Min(Math.Abs(degrees), MaxAngle);
        var k = 0;
        while (k < Angles.Length - 2 && angle > Angles[k + 1])
            k++;
        var r = Math.Clamp((int)row, 0, LastRow - 1);
        var t = row - r;
        Span<float> across = stackalloc float[4];
        for (var i = 0; i < 4; i++)
            across[i] = AlongRow(net[Math.Clamp(r - 1 + i, 0, LastRow)], k, angle);
        // The rows' spacing is uneven in millimetres but even in the parameter, so plain Catmull-Rom serves.
        var (m0, m1) = ((across[2] - across[0]) / 2, (across[3] - across[1]) / 2);
        return Hermite(across[1], across[2], m0, m1, t);
    }

    private static float AlongRow(float[] values, int k, float angle)
    {
        float Slope(int i)
        {
            // Even about the middle; one-sided at the back.
            if (i == 0)
                return 0;
            return i == Angles.Length - 1
                ? (values[i] - values[i - 1]) / (Angles[i] - Angles[i - 1])
                : (values[i + 1] - values[i - 1]) / (Angles[i + 1] - Angles[i - 1]);
        }
        var width = Angles[k + 1] - Angles[k];
        return Hermite(values[k], values[k + 1], Slope(k) * width, Slope(k + 1) * width, (angle - Angles[k]) / width);
    }

    private static float Hermite(float a, float b, float slopeA, float slopeB, float t)
    {
        var (t2, t3) = (t * t, t * t * t);
        return (a * ((2 * t3) - (3 * t2) + 1))
            + (slopeA * (t3 - (2 * t2) + t))
            + (b * ((3 * t2) - (2 * t3)))
            + (slopeB * (t3 - t2));
    }
}
