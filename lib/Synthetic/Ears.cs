using System.Numerics;

namespace FanTrans.Synthetic;

/// <summary>Both ears, as small grids beside the head; they wear the skin of the cheek before them.</summary>
internal sealed class Ears
{
    /// <summary>Vertices of both ears.</summary>
    public const int Vertices = 2 * Columns * Rows;

    private const int Columns = 10,
        Rows = 13;
    private readonly Vector3[] points = new Vector3[Vertices];
    private readonly float[] u = new float[Vertices],
        v = new float[Vertices];

    public Ears(HeadGrid grid, FaceShape shape, uint seed)
    {
        var size = 1 + (0.08f * Noise.At(1, 1, seed));
        var outward = 15 + (5 * Noise.At(2, 1, seed));
        for (var side = 0; side < 2; side++)
        {
            var sign = (2 * side) - 1;
            for (var r = 0; r < Rows; r++)
            {
                for (var c = 0; c < Columns; c++)
                {
                    var q = ((2f * r) / (Rows - 1)) - 1;
                    var p = c / (float)(Columns - 1);
                    var outline =
                        MathF.Sqrt(MathF.Sqrt(Math.Max(0.01f, 1 - (q * q * q * q))))
                        * (q > 0 ? 1 - (0.38f * q) : 1 - (0.08f * q * q));
                    var (a, b) = ((p * 2) - 1, q);
                    var rho = Math.Max(MathF.Sqrt((a * a) + (b * b * b * b)), Math.Abs(a) * 0.98f);
                    var relief =
                        (3.2f * FixedMath.Hill((rho - 0.92f) / 0.26f * ((rho - 0.92f) / 0.26f)))
                        + (2.2f * FixedMath.Hill((rho - 0.52f) / 0.2f * ((rho - 0.52f) / 0.2f)) * (p > 0.4f ? 1 : 0.2f))
                        - (4.5f * FixedMath.Hill(a + 0.25f, b - 0.1f, 0, 0, 0.55f, 0.5f));
                    var x = 71.5f + (p * outward * outline) + relief;
                    var z = 7 - (p * 31 * outline * size) - (6 * q * q * (q < 0 ? -1 : 0)) - (4 * q);
                    var (cx, cy, cz) = HeadShape.Carry(shape, sign * x, 13 + (31 * q * size), z - 4);
                    points[(((side * Rows) + r) * Columns) + c] = new Vector3(cx, cy, cz);
                    // Mirrored columns keep both ears facing outwards.
                    var i = Index(side, r, c);
                    u[i] = (side == 0 ? 0.17f : 0.83f) * (grid.TextureColumns - 1);
                    v[i] = grid.TextureRow[grid.EyeSeam] + (30 / grid.Divisor);
                }
            }
        }
    }

    public void Place(Surface surface, HeadMesh mesh, Camera camera)
    {
        for (var side = 0; side < 2; side++)
        {
            for (var r = 0; r < Rows; r++)
            {
                for (var c = 0; c < Columns; c++)
                {
                    var p = mesh.ToCamera(points[(((side * Rows) + r) * Columns) + c]);
                    var i = Index(side, r, c);
                    (surface.X[i], surface.Y[i], surface.Z[i]) = (p.X, p.Y, p.Z);
                }
            }
            surface.GridNormals(side * Rows * Columns, Rows, Columns);
        }
        u.CopyTo(surface.U, 0);
        v.CopyTo(surface.V, 0);
        surface.Project(camera);
    }

    public static void Draw(SampleBuffer samples, Surface surface)
    {
        samples.Grid(surface, 0, Rows, Columns, Material.Skin, true);
        samples.Grid(surface, Rows * Columns, Rows, Columns, Material.Skin, true);
    }

    private static int Index(int side, int r, int c) =>
        (((side * Rows) + r) * Columns) + (side == 0 ? Columns - 1 - c : c);
}
