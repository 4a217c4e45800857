using System.Numerics;

namespace FanTrans.Synthetic;

/// <summary>Vertices on their way to the screen: in camera space, projected, with normals and surface coordinates.</summary>
internal sealed class Surface(int capacity)
{
    public int Capacity { get; } = capacity;

    public float[] X { get; } = new float[capacity];

    public float[] Y { get; } = new float[capacity];

    public float[] Z { get; } = new float[capacity];

    public float[] NormalX { get; } = new float[capacity];

    public float[] NormalY { get; } = new float[capacity];

    public float[] NormalZ { get; } = new float[capacity];

    public float[] U { get; } = new float[capacity];

    public float[] V { get; } = new float[capacity];

    /// <summary>How much of the main light arrives, 0 to 1.</summary>
    public float[] Light { get; } = new float[capacity];

    public float[] ScreenX { get; } = new float[capacity];

    public float[] ScreenY { get; } = new float[capacity];

    public void Set(int i, Vector3 position, Vector3 normal, float u, float v)
    {
        (X[i], Y[i], Z[i]) = (position.X, position.Y, position.Z);
        (NormalX[i], NormalY[i], NormalZ[i]) = (normal.X, normal.Y, normal.Z);
        (U[i], V[i]) = (u, v);
    }

    /// <summary>Normals of a grid part from its neighbours' positions, so that they follow every deformation.</summary>
    public void GridNormals(int firstVertex, int rows, int columns)
    {
        for (var r = 0; r < rows; r++)
        {
            var up = firstVertex + (Math.Max(r - 1, 0) * columns);
            var down = firstVertex + (Math.Min(r + 1, rows - 1) * columns);
            var here = firstVertex + (r * columns);
            for (var c = 0; c < columns; c++)
            {
                var (left, right) = (here + Math.Max(c - 1, 0), here + Math.Min(c + 1, columns - 1));
                var (ux, uy, uz) = (X[right] - X[left], Y[right] - Y[left], Z[right] - Z[left]);
                var (vx, vy, vz) = (X[down + c] - X[up + c], Y[down + c] - Y[up + c], Z[down + c] - Z[up + c]);
                var nx = (uy * vz) - (uz * vy);
                var ny = (uz * vx) - (ux * vz);
                var nz = (ux * vy) - (uy * vx);
                var scale = 1 / MathF.Sqrt((nx * nx) + (ny * ny) + (nz * nz) + 1e-12f);
                (NormalX[here + c], NormalY[here + c], NormalZ[here + c]) = (nx * scale, ny * scale, nz * scale);
            }
        }
    }

    public void Project(Camera camera, int first, int count)
    {
        for (var i = first; i < first + count; i++)
        {
            var scale = camera.Focal / (camera.Distance - Z[i]);
            ScreenX[i] = camera.CentreX + (X[i] * scale);
            ScreenY[i] = camera.CentreY + (Y[i] * scale);
        }
    }
}

/// <summary>A pinhole on the positive z axis that looks back at the origin.</summary>
/// <param name="Distance">From the origin, millimetres.</param>
/// <param name="Focal">Samples a millimetre at unit distance, times that distance.</param>
/// <param name="CentreX">Where the axis meets the picture, in samples.</param>
/// <param name="CentreY">Where the axis meets the picture, in samples.</param>
internal readonly record struct Camera(float Distance, float Focal, float CentreX, float CentreY);
