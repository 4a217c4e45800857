using System.Numerics;
using static FanTrans.Synthetic.FixedMath;

namespace FanTrans.Synthetic;

/// <summary>
/// Hair as a shell over the skull: from the crown down to the hairline in front and to its cut at the sides, where
/// long hair hangs free. Strands and the ragged cut are drawn when the shell is shaded.
/// </summary>
internal sealed class HairShell
{
    private readonly float[] _x, _y, _z;
    private readonly int _columns, _rows;
    private readonly float[] _end = new float[361];
    private readonly uint _seed;
    private readonly float _curl;

    public HairShell(HeadGrid grid, FaceForm form, Person person)
    {
        _columns = (72 / grid.Divisor) + 1;
        _rows = (40 / grid.Divisor) + 1;
        var count = _columns * _rows;
        (_x, _y, _z) = (new float[count], new float[count], new float[count]);
        Surface = new Surface(count);
        var style = person.Hair;
        (_seed, _curl) = (person.Seed, style.Curl);
        for (var d = 0; d < _end.Length; d++)
            _end[d] = EndAt(style, d - 180);
        for (var c = 0; c < _columns; c++)
        {
            var degrees = (((2f * c) / (_columns - 1)) - 1) * 178;
            var radians = degrees * (MathF.PI / 180);
            var (sin, cos) = (Sin(radians), Cos(radians));
            var end = EndAt(style, degrees) + 5;
            for (var row = 0; row < _rows; row++)
            {
                // Rows lie denser towards the end, where the outline is seen.
                var t = row / (float)(_rows - 1);
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
                var at = (row * _columns) + c;
                _x[at] = radius * sin * (1 + (0.035f * form.Shape.Width));
                _y[at] = y - lift;
                _z[at] = (radius * cos) - (5 * form.Shape.ForeheadSlope * Smooth(-25, -95, y) * (cos > 0 ? cos : 0));
                (Surface.U[at], Surface.V[at]) = (degrees, y);
            }
        }
    }

    public Surface Surface { get; }

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

    public void Place(HeadMesh mesh, Camera camera)
    {
        for (var i = 0; i < _x.Length; i++)
        {
            var p = mesh.HeadTurn.Apply(new Vector3(_x[i], _y[i], _z[i]));
            if (_y[i] > 60)
                p = Vec.Lerp(p, mesh.BodyTurn.Apply(new Vector3(_x[i], _y[i], _z[i])), Smooth(60, 160, _y[i]));
            (Surface.X[i], Surface.Y[i], Surface.Z[i]) = (p.X, p.Y, p.Z);
        }
        Surface.GridNormals(0, _rows, _columns);
        Surface.Project(camera, 0, _x.Length);
    }

    public void AddTo(ShadowMap shadow) => shadow.Add(Surface, 0, _rows, _columns, 2);

    public void Draw(SampleBuffer samples) => samples.Grid(Surface, 0, _rows, _columns, Material.Hair, true, new Strands(_end, _seed, _curl));

    private static float SkullRadius(float degrees, float y)
    {
        var angle = Math.Abs(degrees);
        var radius = HeadNet.RadiusAtHeight(y, Math.Min(angle, HeadNet.MaxAngle));
        return angle > HeadNet.MaxAngle ? radius + (0.16f * (angle - HeadNet.MaxAngle)) : radius;
    }

    /// <summary>The line where hair is rooted: over the forehead, down the temples to before the ear, behind it to the neck.</summary>
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
        return angle < 66 ? root : Lerp(Math.Min(root, side), angle > 100 ? Math.Max(side, 34) : side, Smooth(66, 82, angle));
    }

    /// <summary>Strands end raggedly at the cut.</summary>
    private readonly struct Strands(float[] end, uint seed, float curl) : ISurfaceTest
    {
        public bool Keep(float u, float v)
        {
            var limit = end[Math.Clamp((int)(u + 180.5f), 0, 360)];
            if (v < limit - 14)
                return true;
            var wave = curl * 5 * Noise.Value(u / 9, v / 11, seed + 84);
            var strand = Noise.Value((u + wave) / 1.5f, v / 14, seed + 82);
            return strand > (2.1f * Smooth(limit - 13, limit + 5, v)) - 1.05f;
        }
    }
}
