using System.Numerics;
using static FanTrans.Synthetic.FixedMath;

namespace FanTrans.Synthetic;

/// <summary>
/// Hair as a shell over the skull: from the crown down to the hairline in front and to its cut at the sides, where
/// long hair hangs free. Strands and the ragged cut are drawn when the shell is shaded.
/// </summary>
internal sealed class HairShell
{
    private readonly float[] x,
        y,
        z,
        u,
        v;
    private readonly int columns,
        rows;
    private readonly float[] end = new float[361],
        safe = new float[361];
    private readonly uint seed;
    private readonly float curl;
    private readonly bool isLong;

    public HairShell(HeadGrid grid, FaceShape shape, Person person)
    {
        columns = (72 / grid.Divisor) + 1;
        rows = (40 / grid.Divisor) + 1;
        var count = columns * rows;
        (x, this.y, z) = (new float[count], new float[count], new float[count]);
        (u, v) = (new float[count], new float[count]);
        var style = person.Hair;
        (seed, curl, isLong) = (person.Seed, style.Curl, style.SideEnd > 40);
        for (var d = 0; d < this.end.Length; d++)
            this.end[d] = EndAt(style, d - 180);
        // Above this height no strand ends, whatever the noise.
        for (var d = 0; d < this.end.Length; d++)
            safe[d] = this.end[Math.Max(0, d - 6)..Math.Min(361, d + 7)].Min() - 14;
        for (var c = 0; c < columns; c++)
        {
            var degrees = (((2f * c) / (columns - 1)) - 1) * 178;
            var radians = degrees * (MathF.PI / 180);
            var (sin, cos) = (Sin(radians), Cos(radians));
            var end = EndAt(style, degrees) + 5;
            for (var row = 0; row < rows; row++)
            {
                // Rows lie denser towards the end, where the outline is seen.
                var t = row / (float)(rows - 1);
                var y = Lerp(-115.5f, end, Sin(t * (MathF.PI / 2)) * 0.55f + (0.45f * t));
                var skull = SkullRadius(degrees, Math.Min(y, 20));
                var thick = style.Thickness * Smooth(end + 2, end - 26, y);
                if (Math.Abs(degrees) > 60 && style.SideEnd > 40)
                    thick = style.Thickness * Smooth(end + 2, end - 10, y);
                thick *= 1 + (0.25f * style.Parting * sin);
                thick *= 1 + (0.22f * Noise.Fractal(degrees / 24, y / 30, 2, person.Seed + 81));
                thick += 1.1f;
                if (y > 20)
                {
                    // Hanging: straight down, a little inwards.
                    thick += 3 - (0.03f * (y - 20));
                }
                var radius = skull + thick;
                var lift = y < -60 ? style.Thickness * Smooth(-60, -112, y) * 0.8f : 0;
                var at = (row * columns) + c;
                x[at] = radius * sin * (1 + (0.035f * shape.Width));
                this.y[at] = y - lift;
                z[at] = (radius * cos) - (5 * shape.ForeheadSlope * Smooth(-25, -95, y) * (cos > 0 ? cos : 0));
                (u[at], v[at]) = (degrees, y);
            }
        }
    }

    /// <summary>Vertices of every head's hair on a grid.</summary>
    public static int Vertices(HeadGrid grid) => ((72 / grid.Divisor) + 1) * ((40 / grid.Divisor) + 1);

    /// <summary>Where hair begins over the bare head, as a height y, at a place of the skull.</summary>
    internal static float HairlineAt(HairStyle style, float x, float z, bool roots)
    {
        // Angle without an arc tangent: from the ratio, good to a degree.
        var (ax, az) = (Math.Abs(x), Math.Abs(z));
        var ratio = Math.Min(ax, az) / Math.Max(1e-3f, Math.Max(ax, az));
        var degrees = ratio * (58.1f - (13.1f * ratio * ratio));
        if (ax > az)
            degrees = 90 - degrees;
        if (z < 0)
            degrees = 180 - degrees;
        return roots ? Hairline(style, degrees) : EndAt(style, degrees);
    }

    public void Place(Surface surface, HeadMesh mesh, Camera camera)
    {
        mesh.HeadTurn.Apply(x, y, z, surface.X, surface.Y, surface.Z, x.Length);
        for (var i = 0; i < x.Length; i++)
        {
            if (y[i] <= 60)
                continue;
            var p = new Vector3(surface.X[i], surface.Y[i], surface.Z[i]);
            p = Vec.Lerp(p, mesh.BodyTurn.Apply(new Vector3(x[i], y[i], z[i])), Smooth(60, 160, y[i]));
            (surface.X[i], surface.Y[i], surface.Z[i]) = (p.X, p.Y, p.Z);
        }
        u.CopyTo(surface.U, 0);
        v.CopyTo(surface.V, 0);
        surface.GridNormals(0, rows, columns);
        surface.Project(camera);
    }

    public void AddTo(ShadowMap shadow, Surface surface) => shadow.Add(surface, 0, rows, columns, 2);

    public void Draw(SampleBuffer samples, Surface surface) =>
        samples.Grid(surface, 0, rows, columns, Material.Hair, isLong, new Strands(end, safe, seed & 63, curl));

    private static float SkullRadius(float degrees, float y)
    {
        var angle = Math.Abs(degrees);
        var radius = HeadNet.RadiusAtHeight(y, Math.Min(angle, HeadNet.MaxAngle));
        return angle > HeadNet.MaxAngle ? radius + (0.16f * (angle - HeadNet.MaxAngle)) : radius;
    }

    /// <summary>The line where hair is rooted: over the forehead, down the temples to before the ear,
    /// behind it to the neck.</summary>
    private static float Hairline(HairStyle style, float degrees)
    {
        var angle = Math.Abs(degrees);
        var front = -68 - (style.Recession * Hill((angle - 30) / 26 * ((angle - 30) / 26)));
        if (angle < 38)
            return front;
        if (angle < 68)
            return Lerp(front, -18, Smooth(38, 68, angle));
        if (angle < 84)
            return Lerp(-18, 12, Smooth(68, 80, angle));
        return angle < 100 ? Lerp(12, 60, Smooth(92, 100, angle)) : 60;
    }

    private static float EndAt(HairStyle style, float degrees)
    {
        var angle = Math.Abs(degrees);
        var root = Hairline(style, degrees);
        if (style.FrontEnd > -60)
        {
            // A fringe falls over the forehead, longer on one side of the parting.
            var slant = style.FrontEnd + (8 * style.Parting * Math.Clamp(degrees / 40, -1, 1));
            root = Math.Max(root, Lerp(slant, root, Smooth(36, 62, angle)));
        }
        var side = Math.Min(style.SideEnd, 230);
        if (side > 40)
            return Lerp(root, side, Smooth(50, 74, angle));
        return angle < 66
            ? root
            : Lerp(Math.Min(root, side), angle > 100 ? Math.Max(side, 34) : side, Smooth(66, 82, angle));
    }

    /// <summary>Strands end raggedly at the cut.</summary>
    private readonly struct Strands(float[] end, float[] safe, float seed, float curl) : ISurfaceTest
    {
        public bool Keep(float u, float v)
        {
            var d = Math.Clamp((int)(u + 180.5f), 0, 360);
            if (v < safe[d])
                return true;
            var wave = curl * 5 * Noise.Quick(u / 9, (v / 11) + seed);
            d = Math.Clamp((int)(u + (2.2f * Noise.Quick(u / 3, (v / 22) + seed)) + (0.5f * wave) + 180.5f), 3, 357);
            var limit = end[d];
            // Where the outline runs along the strands it is a clean edge, where it cuts them it is ragged.
            if (Math.Abs(end[d + 3] - end[d - 3]) > 24)
                return v < limit;
            var strand = Noise.Quick((u + wave) / 1.3f, (v / 14) + seed);
            return strand > (2.1f * Smooth(limit - 13, limit + 5, v)) - 1.05f;
        }
    }
}
