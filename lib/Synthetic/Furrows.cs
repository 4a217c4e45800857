using static FanTrans.Synthetic.FixedMath;

namespace FanTrans.Synthetic;

/// <summary>The folds and furrows that action units draw in the skin, and that age leaves there.</summary>
internal enum Furrow
{
    ForeheadMiddle,
    ForeheadSides,
    Glabella,
    CrowsFeet,
    UnderEye,
    LowerLid,
    NoseRoot,
    WingFold,
    Nasolabial,
    Dimple,
    MouthCornerDown,
    ChinPits,
    ChinCrease,
    LipLines,
    LipPress,
}

/// <summary>
/// Each <see cref="Furrow"/> as a relief over the skin texture, in millimetres at full strength, made once for all
/// faces; a face adds them up by the strength of its action units and of its age.
/// </summary>
internal sealed class Furrows
{
    private static readonly Lazy<Furrows> Fine = new(() => new Furrows(HeadGrid.Fine));
    private static readonly Lazy<Furrows> Coarse = new(() => new Furrows(HeadGrid.Coarse));

    private readonly HeadGrid grid;
    private readonly Patch[] patches;
    private readonly float[] side;

    private Furrows(HeadGrid grid)
    {
        this.grid = grid;
        side = new float[grid.TextureColumns];
        var middle = (grid.TextureRows / 3) * grid.TextureColumns;
        for (var c = 0; c < grid.TextureColumns; c++)
            side[c] = (2 * Smooth(-5, 5, grid.TextureX[middle + c])) - 1;
        patches = [.. Enum.GetValues<Furrow>().Select(f => new Patch(grid, f))];
    }

    public static Furrows For(HeadGrid grid) => grid.Divisor == 1 ? Fine.Value : Coarse.Value;

    /// <summary>How strongly each furrow shows on the picture's left and right half.</summary>
    public static void Strengths(Person person, FaceMotion au, Span<(float Left, float Right)> result)
    {
        var age = person.Age;
        var k = person.Furrows;
        Set(result, Furrow.ForeheadMiddle, 0.30f * age, k, (au.Sides(1), 1), (au.Sides(2), 0.25f));
        Set(result, Furrow.ForeheadSides, 0.28f * age, k, (au.Sides(2), 1), (au.Sides(1), 0.1f));
        Set(result, Furrow.Glabella, 0.22f * age, k, (au.Sides(4), 1), (au.Sides(9), 0.35f));
        Set(result, Furrow.CrowsFeet, 0.35f * age, k, (au.Sides(6), 1), (au.Sides(12), 0.15f), (au.Sides(7), 0.1f));
        Set(result, Furrow.UnderEye, 0.3f * age, k, (au.Sides(6), 1), (au.Sides(7), 0.3f), (au.Sides(9), 0.25f));
        Set(result, Furrow.LowerLid, 0.25f * age, k, (au.Sides(7), 1), (au.Sides(6), 0.35f));
        Set(result, Furrow.NoseRoot, 0.1f * age, k, (au.Sides(9), 1));
        Set(result, Furrow.WingFold, 0.35f * age, k, (au.Sides(9), 0.9f), (au.Sides(10), 1), (au.Sides(12), 0.5f));
        // The cheek's fold deepens where raised cheek and pulled corner meet.
        Set(
            result,
            Furrow.Nasolabial,
            0.4f * age,
            k,
            (au.Sides(12), 0.75f),
            (Both(au, 6, 12), 0.6f),
            (au.Sides(10), 0.55f),
            (au.Sides(6), 0.2f),
            (au.Sides(9), 0.25f)
        );
        Set(result, Furrow.Dimple, 0.05f * age, k, (au.Sides(14), 1), (au.Sides(12), 0.12f));
        Set(result, Furrow.MouthCornerDown, 0.28f * age, k, (au.Sides(15), 1));
        Set(result, Furrow.ChinPits, 0, k, (au.Sides(17), 1), (au.Sides(15), 0.15f));
        Set(result, Furrow.ChinCrease, 0.2f * age, k, (au.Sides(17), 1), (au.Sides(15), 0.2f));
        Set(result, Furrow.LipLines, 0.2f * age, k, (au.Sides(23), 1));
        Set(result, Furrow.LipPress, 0, k, (au.Sides(24), 1), (au.Sides(23), 0.25f));
    }

    /// <summary>Adds furrows to a relief.</summary>
    public void Add(ReadOnlySpan<(float Left, float Right)> strengths, float[] relief)
    {
        var columns = grid.TextureColumns;
        for (var f = 0; f < patches.Length; f++)
        {
            var (left, right) = strengths[f];
            if (left == 0 && right == 0)
                continue;
            var patch = patches[f];
            var (mean, half) = ((left + right) / 2, (right - left) / 2);
            for (var row = 0; row < patch.Rows; row++)
            {
                var to = ((patch.Row + row) * columns) + patch.Column;
                var from = row * patch.Columns;
                for (var c = 0; c < patch.Columns; c++)
                    relief[to + c] += patch.Height[from + c] * (mean + (half * side[patch.Column + c]));
            }
        }
    }

    private static (float, float) Both(FaceMotion au, int a, int b)
    {
        var (x, y) = (au.Sides(a), au.Sides(b));
        return (Math.Min(x.Left, y.Left), Math.Min(x.Right, y.Right));
    }

    private static void Set(
        Span<(float, float)> result,
        Furrow f,
        float always,
        float depth,
        params ReadOnlySpan<((float Left, float Right) Strength, float Share)> sources
    )
    {
        var (left, right) = (always, always);
        foreach (var (strength, share) in sources)
        {
            left += share * strength.Left;
            right += share * strength.Right;
        }
        result[(int)f] = (Math.Min(left, 1.35f) * depth, Math.Min(right, 1.35f) * depth);
    }

    private static float Height(Furrow f, float x, float y)
    {
        var ax = Math.Abs(x);
        switch (f)
        {
            case Furrow.ForeheadMiddle:
            case Furrow.ForeheadSides:
            {
                var mask = f == Furrow.ForeheadMiddle ? Smooth(30, 12, ax) : Smooth(14, 28, ax) * Smooth(62, 46, ax);
                if (mask == 0 || y is < -72 or > -27)
                    return 0;
                var h = 0f;
                for (var line = 0; line < 4; line++)
                {
                    var middle =
                        -33
                        - (9.5f * line)
                        - (f == Furrow.ForeheadSides ? 3.5f * (1 - (Math.Abs(ax - 38) / 20)) : 1.5f * (1 - (ax / 25)))
                        + (1.6f * Noise.Value(x / 14, line * 7.7f, 901));
                    h +=
                        (
                            line == 0 ? 0.8f
                            : line == 3 ? 0.55f
                            : 1
                        ) * Groove(y - middle, 1.7f);
                }
                return 1.05f * mask * h;
            }
            case Furrow.Glabella:
            {
                if (ax > 18 || y is < -36 or > -2)
                    return 0;
                var span = Smooth(-36, -26, y) * Smooth(-6, -12, y);
                var main = Groove(ax - (5.2f - (0.06f * (y + 20))), 1.8f);
                var second = 0.4f * Groove(ax - (11 - (0.12f * (y + 20))), 1.6f) * Smooth(-30, -22, y);
                var nasion = 0.7f * Groove(y + 4.5f, 1.7f) * Smooth(8, 3, ax);
                return (1.35f * span * (main + second))
                    + (nasion * 0.8f)
                    + (1.1f * Hill(ax, y, 9.5f, -18, 5, 10))
                    + (0.5f * Hill(x, y, 0, -18, 3.5f, 12));
            }
            case Furrow.CrowsFeet:
            {
                var (dx, dy) = (ax - 46, y - 0.5f);
                if (dx is < 1 or > 24 || Math.Abs(dy) > 20)
                    return 0;
                var reach = Smooth(2, 6, dx) * Smooth(23, 13, dx);
                ReadOnlySpan<float> slopes = [-0.75f, -0.28f, 0.14f, 0.58f, 1.05f];
                var h = 0f;
                foreach (var slope in slopes)
                    h += Groove((dy - (slope * dx) + (0.012f * dx * dx)) / MathF.Sqrt(1 + (slope * slope)), 1.35f);
                return 0.95f * reach * h;
            }
            case Furrow.UnderEye:
            {
                if (ax is < 14 or > 54 || y is < 5 or > 24)
                    return 0;
                var mask = Smooth(14, 24, ax) * Smooth(54, 44, ax);
                var bow = (ax - 33) * (ax - 33) / 90;
                return mask
                    * (
                        (0.9f * Groove(y - (11.5f - bow), 1.5f))
                        + (0.55f * Groove(y - (8.2f - bow), 1.1f))
                        + (0.9f * Groove(y - (17 - (1.4f * bow)), 2.4f))
                        + (0.45f * Hill((y - (7 - bow)) / 3 * ((y - (7 - bow)) / 3)))
                    );
            }
            case Furrow.LowerLid:
            {
                if (ax is < 15 or > 48 || y is < 0.5f or > 12)
                    return 0;
                var mask = Smooth(15, 22, ax) * Smooth(48, 42, ax);
                var bow = (ax - 31) * (ax - 31) / 110;
                return mask
                    * (
                        (1.0f * Groove(y - (7.2f - bow), 1.5f))
                        + (0.8f * Hill((y - (3.8f - bow)) / 2.6f * ((y - (3.8f - bow)) / 2.6f)))
                    );
            }
            case Furrow.NoseRoot:
            {
                var root =
                    (Groove(y + 1, 1.6f) + Groove(y + 5.5f, 1.6f) + (0.8f * Groove(y - 3.5f, 1.5f)))
                    * Smooth(11, 5, ax);
                // Slanting wrinkles on the nose's sides.
                var side = 0f;
                if (ax is > 2 and < 18 && y is > 2 and < 28)
                {
                    var along = y - (0.85f * (ax - 8));
                    side =
                        (Groove(along - 8, 1.3f) + Groove(along - 12.5f, 1.3f) + Groove(along - 17, 1.3f))
                        * Smooth(2, 5, ax)
                        * Smooth(18, 12, ax);
                }
                return (1.15f * root) + (1.15f * side);
            }
            case Furrow.WingFold:
            {
                if (ax is < 12 or > 34 || y is < 24 or > 62)
                    return 0;
                var d = HeadShape.FoldDistance(ax, Math.Max(y, 30)) + 0.3f;
                return 1.55f
                    * (Groove(d, 2.7f) + (0.55f * Hill((d - 7) / 7 * ((d - 7) / 7))))
                    * Smooth(25, 33, y)
                    * Smooth(60, 46, y);
            }
            case Furrow.Nasolabial:
            {
                if (ax is < 14 or > 60 || y is < 30 or > 88)
                    return 0;
                var d = HeadShape.FoldDistance(ax, y);
                return 1.75f
                    * (Groove(d - 1, 3.0f) + (0.55f * Hill((d - 10) / 9 * ((d - 10) / 9))))
                    * Smooth(33, 46, y)
                    * Smooth(78, 64, y);
            }
            case Furrow.Dimple:
            {
                if (ax is < 24 or > 44 || y is < 52 or > 84)
                    return 0;
                var d = ax - (31 + (0.014f * (y - 66) * (y - 66)));
                return (2.1f * Groove(d, 2.4f) * Smooth(54, 61, y) * Smooth(80, 71, y))
                    + (0.9f * Hill(ax, y, 36.5f, 66, 5, 9));
            }
            case Furrow.MouthCornerDown:
            {
                if (ax is < 20 or > 46 || y is < 62 or > 98)
                    return 0;
                var d = (ax - (28.5f + (0.22f * (y - 66)))) * 0.95f;
                return (1.7f * Groove(d, 2.0f) * Smooth(65, 70, y) * Smooth(96, 84, y))
                    + (0.8f * Hill(ax, y, 25, 80, 6, 7));
            }
            case Furrow.ChinPits:
            {
                var mask = Hill(x, y, 0, 100, 26, 18);
                return mask <= 0
                    ? 0
                    : Math.Min(1, 1.5f * mask)
                        * (
                            (0.75f * Noise.Value(x / 2.6f, y / 2.6f, 907))
                            + (0.35f * Noise.Value(x / 1.4f, y / 1.4f, 908))
                        );
            }
            case Furrow.ChinCrease:
                return (1.7f * Groove(y - (85 + (0.012f * x * x)), 2.3f) * Smooth(24, 14, ax))
                    + (1.0f * Hill(x, y, 0, 98, 18, 9));
            case Furrow.LipLines:
            {
                if (ax > 27 || y is < 50 or > 84)
                    return 0;
                var mask = Smooth(27, 20, ax) * Smooth(50, 56, y) * Smooth(84, 77, y);
                return mask * ((0.8f * Noise.Value((x + (0.03f * x * (y - 66))) / 1.5f, y / 12, 911)) - 0.1f);
            }
            case Furrow.LipPress:
            {
                if (ax > 36 || y is < 48 or > 90)
                    return 0;
                var above = Groove(y - (55.5f + (0.004f * x * x)), 1.8f) * Smooth(24, 16, ax);
                var below = Groove(y - (79.5f - (0.004f * x * x)), 1.9f) * Smooth(24, 16, ax);
                var corner = Groove(ax - 28.5f, 1.7f) * Smooth(57, 63, y) * Smooth(77, 70, y);
                return (1.2f * above) + (1.2f * below) + (1.5f * corner) + (0.7f * Hill(ax, y, 31, 66, 5, 9));
            }
            default:
                throw new ArgumentOutOfRangeException(nameof(f), f, "no such furrow.");
        }
    }

    /// <summary>A groove of depth 1 with soft shoulders, over the distance from its line.</summary>
    private static float Groove(float d, float halfWidth)
    {
        var q = Math.Abs(d) / halfWidth;
        return q > 3 ? 0 : (0.38f * Hill((q - 1.5f) / 1.4f * ((q - 1.5f) / 1.4f))) - Hill(q * q / 1.4f);
    }

    private sealed class Patch
    {
        public Patch(HeadGrid grid, Furrow f)
        {
            var (columns, rows) = (grid.TextureColumns, grid.TextureRows);
            var all = new float[rows * columns];
            var (x0, x1, y0, y1) = (columns, -1, rows, -1);
            for (var i = 0; i < all.Length; i++)
            {
                if (grid.TextureZ[i] < 8)
                    continue;
                all[i] = Furrows.Height(f, grid.TextureX[i], grid.TextureY[i]);
                if (all[i] == 0)
                    continue;
                var (c, r) = (i % columns, i / columns);
                (x0, x1, y0, y1) = (Math.Min(x0, c), Math.Max(x1, c), Math.Min(y0, r), Math.Max(y1, r));
            }
            (Column, Row, Columns, Rows) = (x0, y0, x1 - x0 + 1, y1 - y0 + 1);
            Height = new float[Columns * Rows];
            for (var r = 0; r < Rows; r++)
                all.AsSpan(((Row + r) * columns) + Column, Columns).CopyTo(Height.AsSpan(r * Columns));
        }

        public int Column { get; }

        public int Row { get; }

        public int Columns { get; }

        public int Rows { get; }

        public float[] Height { get; }
    }
}
