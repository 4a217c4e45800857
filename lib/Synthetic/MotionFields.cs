using static FanTrans.Synthetic.FixedMath;
using static FanTrans.Synthetic.HeadShape;

namespace FanTrans.Synthetic;

/// <summary>
/// The displacement of every vertex by every <see cref="Motion"/> at full strength, in millimetres. Directions and
/// regions follow the muscles as the FACS manual describes their effect; sizes are chosen by this kit.
/// </summary>
internal sealed class MotionFields
{
    private static readonly Lazy<MotionFields> FineFields = new(() => new MotionFields(HeadGrid.Fine));
    private static readonly Lazy<MotionFields> CoarseFields = new(() => new MotionFields(HeadGrid.Coarse));

    private readonly Field[] fields;
    private readonly HeadGrid grid;
    private readonly float[] side;

    private MotionFields(HeadGrid grid)
    {
        this.grid = grid;
        side = new float[grid.Columns];
        for (var c = 0; c < grid.Columns; c++)
            side[c] = (2 * Smooth(-5, 5, grid.ColumnAngle[c])) - 1;
        fields = [.. Enum.GetValues<Motion>().Select(motion => new Field(grid, motion))];
    }

    public static MotionFields For(HeadGrid grid) => grid.Divisor == 1 ? FineFields.Value : CoarseFields.Value;

    /// <summary>Adds motions to vertices.</summary>
    /// <param name="strengths">Two a motion, for the picture's left half
    /// and its right half; 1 is full strength.</param>
    /// <param name="x">Vertices, changed.</param>
    /// <param name="y">Vertices, changed.</param>
    /// <param name="z">Vertices, changed.</param>
    public void Apply(ReadOnlySpan<(float Left, float Right)> strengths, float[] x, float[] y, float[] z)
    {
        var columns = grid.Columns;
        Span<float> weight = stackalloc float[columns];
        for (var m = 0; m < fields.Length; m++)
        {
            var (left, right) = strengths[m];
            if (left == 0 && right == 0)
                continue;
            var (mean, half) = ((left + right) / 2, (right - left) / 2);
            for (var c = 0; c < columns; c++)
                weight[c] = mean + (half * side[c]);
            var field = fields[m];
            for (var row = field.FirstRow; row < field.EndRow; row++)
            {
                var from = (row - field.FirstRow) * columns;
                var to = row * columns;
                AddScaled(x.AsSpan(to, columns), field.X.AsSpan(from, columns), weight);
                AddScaled(y.AsSpan(to, columns), field.Y.AsSpan(from, columns), weight);
                AddScaled(z.AsSpan(to, columns), field.Z.AsSpan(from, columns), weight);
            }
        }
    }

    private static void AddScaled(Span<float> target, ReadOnlySpan<float> values, ReadOnlySpan<float> weight)
    {
        var width = System.Numerics.Vector<float>.Count;
        var i = 0;
        for (; i <= target.Length - width; i += width)
        {
            var sum =
                new System.Numerics.Vector<float>(target[i..])
                + (new System.Numerics.Vector<float>(values[i..]) * new System.Numerics.Vector<float>(weight[i..]));
            sum.CopyTo(target[i..]);
        }
        for (; i < target.Length; i++)
            target[i] += values[i] * weight[i];
    }

    /// <summary>A hill with different reach upwards and downwards.</summary>
    private static float Hill2(float x, float y, float cx, float cy, float rx, float up, float down) =>
        Hill(x, y, cx, cy, rx, y < cy ? up : down);

    private static (float X, float Y, float Z) Displacement(Motion motion, float fx, float fy, float fz, int band)
    {
        var ax = Math.Abs(fx);
        var side = Math.Clamp(fx / 3, -1, 1);
        var corner = ax / MouthCorner;
        var inMouth = Math.Max(0, 1 - (corner * corner));
        var opening = MathF.Sqrt(inMouth) * MathF.Sqrt(MathF.Sqrt(inMouth));
        switch (motion)
        {
            case Motion.Au1:
                return (
                    -side * 0.8f * Hill2(ax, fy, 12, -22, 20, 30, 15),
                    -9.5f * Hill2(ax, fy, 10, -22, 23, 46, 19),
                    0.8f * Hill2(ax, fy, 10, -24, 20, 20, 14)
                );
            case Motion.Au2:
                return (0, -9 * Hill2(ax, fy, 43, -24, 25, 46, 20), 0.6f * Hill2(ax, fy, 43, -26, 20, 20, 14));
            case Motion.Au4:
                return (
                    -side * 4.6f * Hill2(ax, fy, 14, -21, 19, 30, 15),
                    (6.5f * Hill2(ax, fy, 17, -21, 31, 34, 17))
                        + (1.2f * Hill(ax, fy, 26, -4, 20, 12) * (band < 0 ? 1 : 0)),
                    (2.2f * Hill(ax, fy, 10, -17, 10, 11)) - (1.2f * Hill(fx, fy, 0, -5, 9, 9))
                );
            case Motion.Au6:
                return (
                    -side * 2.6f * Hill(ax, fy, 55, 4, 17, 24),
                    (-5.5f * Hill2(ax, fy, 38, 26, 28, 22, 30)) + (1.8f * Hill(ax, fy, 49, -17, 22, 12)),
                    (3 * Hill2(ax, fy, 38, 20, 24, 12, 20)) + (1.2f * Hill(ax, fy, 33, 8, 18, 6))
                );
            case Motion.Au7:
                return (
                    0,
                    -0.5f * Hill(ax, fy, 31, 8, 18, 9) * (band == 0 ? 1 : 0),
                    1.1f * Hill(ax, fy, 31, 5, 17, 6) * (band == 0 ? 1 : 0)
                );
            case Motion.Au9:
                return (
                    (-side * 2 * Hill2(ax, fy, 13, -20, 18, 24, 14)) + (side * 1.5f * Hill(ax, fy, 15, 40, 10, 10)),
                    (-5 * Hill(ax, fy, 14, 38, 14, 17))
                        - (4.2f * Hill2(ax, fy, 11, 58, 19, 16, 8) * (band < 1 ? 1 : 0))
                        + (3.5f * Hill2(ax, fy, 13, -20, 22, 26, 15))
                        - (3 * Hill(ax, fy, 27, 26, 18, 18)),
                    (1.8f * Hill(ax, fy, 9, 12, 9, 15)) + (1.5f * Hill(ax, fy, 24, 22, 12, 14))
                );
            case Motion.Au10:
            {
                if (band > 0)
                    return default;
                var lip = Hill2(ax, fy, 12, 63, 19, 26, 40);
                return (
                    side * 1.2f * Hill(ax, fy, 15, 40, 10, 10),
                    (-6.2f * lip) - (2.4f * Hill(ax, fy, 15, 39, 12, 14)) - (2 * Hill(ax, fy, 27, 36, 16, 20)),
                    (1.2f * lip) + (1.6f * Hill(ax, fy, 29, 36, 13, 16))
                );
            }
            case Motion.Au10Lower:
                return band > 0 ? (0, -6.2f * Hill2(ax, fy, 12, 63, 19, 26, 14), 0) : default;
            case Motion.Au12:
            {
                var pull = CornerPull(ax, fy, 2, 26, 30, 26);
                var thin = Thin(fy, band, corner, 1.1f);
                return (
                    side * 9.5f * pull,
                    (-8.5f * pull)
                        - (3.6f * Hill(ax, fy, 37, 38, 24, 24))
                        + thin.Y
                        - (1.2f * Hill(fx, fy, 0, 80, 30, 24)),
                    (-5 * Hill2(ax, fy, 27, 66, 22, 18, 18))
                        + (3 * Hill(ax, fy, 38, 32, 20, 20))
                        + thin.Z
                        - (1.2f * Hill(fx, fy, 0, 66, 26, 16))
                );
            }
            case Motion.Au14:
            {
                var thin = Thin(fy, band, corner, 1.2f);
                return (
                    side * 3.2f * Hill(ax, fy, 25, 66, 15, 13),
                    thin.Y - (1.2f * Hill(ax, fy, 27, 67, 14, 12)),
                    (-4.2f * Hill(ax, fy, 28, 66, 9, 11)) + (2.6f * Hill(ax, fy, 38, 66, 10, 16)) + thin.Z
                );
            }
            case Motion.Au15:
                return (
                    side * 1.8f * Hill(ax, fy, 27, 69, 16, 18),
                    (7.5f * CornerPull(ax, fy, 3, 18, 18, 24))
                        + (1.2f * Hill(fx, fy, 0, 76, 22, 10) * (band > 0 ? 1 : 0)),
                    (-1.2f * Hill(ax, fy, 28, 70, 9, 9)) + (2 * Hill(ax, fy, 33, 81, 10, 9))
                );
            case Motion.Au17:
                return band > 0
                    ? (
                        0,
                        (-5 * Hill2(fx, fy, 0, 97, 32, 22, 26)) - (5 * Hill2(fx, fy, 0, 70, 25, 40, 22)),
                        (3 * Hill(fx, fy, 0, 76, 21, 10)) - (1.8f * Hill(fx, fy, 0, 103, 18, 12))
                    )
                    : default;
            case Motion.Au17Upper:
                return band < 1
                    ? (0, -5 * Hill2(fx, fy, 0, 70, 25, 19, 22), 1.6f * Hill(fx, fy, 0, 63, 20, 9))
                    : default;
            case Motion.Au23:
            {
                var thin = Thin(fy, band, corner, 2);
                return (
                    -side * 5 * Hill(ax, fy, 24, 66, 18, 14),
                    thin.Y,
                    (thin.Z * 0.4f) + (0.8f * Hill(fx, fy, 0, 66, 22, 12))
                );
            }
            case Motion.Au24:
            {
                var thin = Thin(fy, band, corner, 3.7f);
                return (
                    -side * 1.8f * Hill(ax, fy, 24, 66, 16, 12),
                    thin.Y,
                    thin.Z + (1.6f * Hill(fx, fy, 0, 53.5f, 24, 6)) + (1.8f * Hill(fx, fy, 0, 80, 22, 6))
                );
            }
            case Motion.LipsPart:
                return band switch
                {
                    0 => (0, -2.4f * opening * Smooth(48, 64, fy), -0.3f * inMouth * Smooth(56, 66, fy)),
                    1 => (0, 6 * opening * Smooth(98, 74, fy), -0.8f * inMouth * Smooth(80, 66, fy)),
                    _ => default,
                };
            case Motion.Jaw:
            {
                var deep = Math.Clamp(fz / 86, 0, 1.05f);
                var chin = Smooth(66, 97, fy) * Smooth(168, 122, fy) * deep * (band > 0 ? 1 : 0);
                var cheek = Hill2(ax, fy, 42, 86, 34, 50, 60) * (1 - (band > 0 ? Smooth(66, 97, fy) : 0));
                return (
                    -side * 1.6f * Hill(ax, fy, 27, 66, 16, 16),
                    (18 * chin) + (4 * cheek * deep) + (3.5f * Hill(ax, fy, 27, 68, 17, 18)),
                    -6 * chin
                );
            }
            case Motion.JawLip:
            {
                if (band < 1)
                    return default;
                var open = MathF.Sqrt(inMouth) * (1 - Smooth(66, 97, fy));
                return (0, 16.5f * open, -4.5f * open);
            }
            case Motion.Pucker:
                return (
                    -side * 8 * Hill(ax, fy, 25, 66, 20, 20) * Math.Min(1, ax / 12),
                    0,
                    4 * Hill(fx, fy, 0, 66, 26, 18)
                );
            case Motion.Stretch:
                return (
                    side * 7 * CornerPull(ax, fy, 2, 22, 20, 26),
                    2 * CornerPull(ax, fy, 3, 18, 14, 20),
                    -3 * Hill2(ax, fy, 27, 66, 20, 16, 16)
                );
            case Motion.UpperLid:
            {
                if (band >= 0 || fy < -15)
                    return default;
                var arch = LidArch(ax, -1.5f);
                return (
                    0,
                    -arch * Math.Max(0, 1 + (fy / 15)),
                    -0.26f * arch * Hill((fy + 5.5f) / 5.5f * ((fy + 5.5f) / 5.5f))
                );
            }
            case Motion.LowerLid:
            {
                if (band != 0 || fy > 13)
                    return default;
                return (0, LidArch(ax, 2) * Smooth(13, -2, fy), 0);
            }
            default:
                throw new ArgumentOutOfRangeException(nameof(motion), motion, "no such motion.");
        }
    }

    /// <summary>A pull at the mouth's corner that bends the lips in between like a power of
    /// the distance from the middle.</summary>
    private static float CornerPull(float ax, float fy, int power, float outwards, float up, float down)
    {
        const float CornerX = 27;
        if (ax >= CornerX)
            return Hill2(ax, fy, CornerX, 67, outwards, up, down);
        var along = 1f;
        for (var k = 0; k < power; k++)
            along *= ax / CornerX;
        return along * Hill2(CornerX, fy, CornerX, 67, outwards, up, down);
    }

    /// <summary>Both edges of the lips' red move towards the seam, and the rolls flatten.</summary>
    private static (float Y, float Z) Thin(float fy, int band, float corner, float millimetres)
    {
        var taper = Math.Max(0, 1 - (corner * corner * corner * corner));
        return band switch
        {
            0 => (
                millimetres * Hill((fy - 58.5f) / 9.5f * ((fy - 58.5f) / 9.5f)) * taper * Smooth(66, 62, fy),
                -0.75f * millimetres * Hill((fy - 61.5f) / 6.5f * ((fy - 61.5f) / 6.5f)) * taper
            ),
            1 => (
                -millimetres * 1.15f * Hill((fy - 75) / 10 * ((fy - 75) / 10)) * taper * Smooth(66, 70, fy),
                -0.85f * millimetres * Hill((fy - 71) / 7 * ((fy - 71) / 7)) * taper
            ),
            _ => default,
        };
    }

    /// <summary>The opening across the eye: 0 at the corners, 1 at its highest point.</summary>
    private static float LidArch(float ax, float peak)
    {
        var middle = ((EyeInner + EyeOuter) / 2) + peak;
        var q = ax < middle ? (middle - ax) / (middle - EyeInner) : (ax - middle) / (EyeOuter - middle);
        var p = Math.Max(0, 1 - (q * q));
        return MathF.Sqrt(p) * MathF.Sqrt(MathF.Sqrt(p));
    }

    private sealed class Field
    {
        public Field(HeadGrid grid, Motion motion)
        {
            var (first, end) = (grid.Rows, 0);
            var all = new (float X, float Y, float Z)[grid.Count];
            for (var row = 0; row < grid.Rows; row++)
            {
                for (var c = 0; c < grid.Columns; c++)
                {
                    var at = (row * grid.Columns) + c;
                    if (grid.Z[at] < 0 && motion != Motion.Jaw)
                        continue;
                    all[at] = Displacement(motion, grid.X[at], grid.Y[at], grid.Z[at], grid.Band(row));
                    if (all[at] != default)
                        (first, end) = (Math.Min(first, row), Math.Max(end, row + 1));
                }
            }
            (FirstRow, EndRow) = (Math.Min(first, end), end);
            var span = all[(FirstRow * grid.Columns)..(EndRow * grid.Columns)];
            (X, Y, Z) = ([.. span.Select(d => d.X)], [.. span.Select(d => d.Y)], [.. span.Select(d => d.Z)]);
        }

        public int FirstRow { get; }

        public int EndRow { get; }

        public float[] X { get; }

        public float[] Y { get; }

        public float[] Z { get; }
    }
}
