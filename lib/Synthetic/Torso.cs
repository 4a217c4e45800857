using System.Numerics;
using static FanTrans.Synthetic.FixedMath;

namespace FanTrans.Synthetic;

/// <summary>Shoulders and clothes below the neck.</summary>
internal sealed class Torso
{
    /// <summary>Vertices of every torso.</summary>
    public const int Vertices = Columns * Rows;

    private const int Columns = 33,
        Rows = 14;
    private readonly Vector3[] points = new Vector3[Vertices];
    private readonly float[] u = new float[Vertices],
        v = new float[Vertices];

    public Torso(Person person)
    {
        var broad = 1 + (0.07f * person.Shape.NeckWidth) + (0.05f * person.Shape.Width);
        var open = person.Collar switch
        {
            0 => 12f,
            1 => 34,
            2 => 62,
            _ => 20,
        };
        for (var r = 0; r < Rows; r++)
        {
            for (var c = 0; c < Columns; c++)
            {
                var degrees = (((2f * c) / (Columns - 1)) - 1) * 130;
                var (sin, cos) = (Sin(degrees * (MathF.PI / 180)), Cos(degrees * (MathF.PI / 180)));
                var t = r / (float)(Rows - 1);
                // The collar dips in front; from there the cloth runs over the shoulders and down.
                var dip = open * Hill(degrees / 75 * (degrees / 75));
                var start = 134 + dip;
                var y = Lerp(start, 330, t * t * 0.6f + (0.4f * t));
                var slope = Smooth(0, 0.55f, t);
                var width = Lerp(63, 205 * broad, slope) * (1 + (0.05f * t));
                var depth = Lerp(58, 105, slope);
                if (r == 0)
                    (width, depth) = (width - 4, depth - 4);
                var drop = 52 * slope * Math.Abs(sin) * Math.Abs(sin);
                var fold = 3.5f * Noise.Fractal(degrees / 16, y / 40, 2, person.Seed + 91) * Smooth(0, 0.2f, t);
                points[(r * Columns) + c] = new Vector3(
                    (width + fold) * sin,
                    y + drop * 0.4f,
                    ((depth + fold) * cos) - 22
                );
                (u[(r * Columns) + c], v[(r * Columns) + c]) = (degrees, y - start);
            }
        }
    }

    public void Place(Surface surface, HeadMesh mesh, Camera camera)
    {
        for (var i = 0; i < points.Length; i++)
        {
            var p = mesh.BodyTurn.Apply(points[i]);
            (surface.X[i], surface.Y[i], surface.Z[i]) = (p.X, p.Y, p.Z);
        }
        surface.GridNormals(0, Rows, Columns);
        u.CopyTo(surface.U, 0);
        v.CopyTo(surface.V, 0);
        surface.Project(camera);
    }

    public static void AddTo(ShadowMap shadow, Surface surface) => shadow.Add(surface, 0, Rows, Columns, 1);

    public static void Draw(SampleBuffer samples, Surface surface) =>
        samples.Grid(surface, 0, Rows, Columns, Material.Cloth, true);
}
