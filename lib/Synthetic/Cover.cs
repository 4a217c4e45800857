using System.Numerics;

namespace FanTrans.Synthetic;

/// <summary>A sheet bent around the upper or the lower face that hides all of it, like a mask or a blindfold.</summary>
internal sealed class Cover
{
    /// <summary>Vertices of every cover.</summary>
    public const int Vertices = Columns * Rows;

    private const int Columns = 17,
        Rows = 7;
    private static readonly Vector3[] UpperPoints = Points(-62, 44),
        LowerPoints = Points(16, 132);

    private readonly Vector3[] points;

    private Cover(Vector3[] points, Vector3 colour) => (this.points, Colour) = (points, colour);

    /// <summary>Linear colour.</summary>
    public Vector3 Colour { get; }

    /// <summary>Over forehead, brows, eyes and cheeks.</summary>
    public static Cover Upper(Vector3 colour) => new(UpperPoints, colour);

    /// <summary>Over nose, mouth and chin.</summary>
    public static Cover Lower(Vector3 colour) => new(LowerPoints, colour);

    public void Place(Surface surface, HeadMesh mesh, Camera camera)
    {
        for (var i = 0; i < Vertices; i++)
        {
            var p = mesh.ToCamera(points[i]);
            (surface.X[i], surface.Y[i], surface.Z[i]) = (p.X, p.Y, p.Z);
            (surface.U[i], surface.V[i], surface.Light[i]) = (points[i].X, points[i].Y, 1);
        }
        surface.GridNormals(0, Rows, Columns);
        surface.Project(camera);
        surface.Pack();
    }

    public static void Draw(SampleBuffer samples, Surface surface) =>
        samples.Grid(surface, 0, Rows, Columns, Material.Cover, true);

    private static Vector3[] Points(float top, float bottom)
    {
        var points = new Vector3[Vertices];
        for (var r = 0; r < Rows; r++)
        {
            for (var c = 0; c < Columns; c++)
            {
                var degrees = ((2f * c / (Columns - 1)) - 1) * 80;
                var (sin, cos) = (FixedMath.Sin(degrees * (MathF.PI / 180)), FixedMath.Cos(degrees * (MathF.PI / 180)));
                points[(r * Columns) + c] = new Vector3(
                    88 * sin,
                    FixedMath.Lerp(top, bottom, r / (float)(Rows - 1)),
                    10 + (114 * cos)
                );
            }
        }
        return points;
    }
}
