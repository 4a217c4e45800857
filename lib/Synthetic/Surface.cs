using System.Numerics;
using System.Runtime.Intrinsics;

namespace FanTrans.Synthetic;

/// <summary>Vertices on their way to the screen: in camera space, projected,
/// with normals and surface coordinates.</summary>
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

    /// <summary>What a triangle interpolates, one a vertex: see <see cref="SampleBuffer.Attributes"/>.</summary>
    public Vector256<float>[] Packed { get; } = new Vector256<float>[capacity];

    public void Set(int i, Vector3 position, Vector3 normal, float u, float v)
    {
        (X[i], Y[i], Z[i]) = (position.X, position.Y, position.Z);
        (NormalX[i], NormalY[i], NormalZ[i]) = (normal.X, normal.Y, normal.Z);
        (U[i], V[i]) = (u, v);
    }

    /// <summary>Normals of a grid part from its neighbours' positions, so that they follow every deformation.</summary>
    public void GridNormals(int firstVertex, int rows, int columns)
    {
        var width = Vector<float>.Count;
        for (var r = 0; r < rows; r++)
        {
            var up = firstVertex + (Math.Max(r - 1, 0) * columns);
            var down = firstVertex + (Math.Min(r + 1, rows - 1) * columns);
            var here = firstVertex + (r * columns);
            Normal(here, here, here + 1, up, down);
            var c = 1;
            for (; c <= columns - 1 - width; c += width)
            {
                var (left, right) = (here + c - 1, here + c + 1);
                var ux = new Vector<float>(X, right) - new Vector<float>(X, left);
                var uy = new Vector<float>(Y, right) - new Vector<float>(Y, left);
                var uz = new Vector<float>(Z, right) - new Vector<float>(Z, left);
                var vx = new Vector<float>(X, down + c) - new Vector<float>(X, up + c);
                var vy = new Vector<float>(Y, down + c) - new Vector<float>(Y, up + c);
                var vz = new Vector<float>(Z, down + c) - new Vector<float>(Z, up + c);
                var nx = (uy * vz) - (uz * vy);
                var ny = (uz * vx) - (ux * vz);
                var nz = (ux * vy) - (uy * vx);
                var scale =
                    Vector<float>.One
                    / Vector.SquareRoot((nx * nx) + (ny * ny) + (nz * nz) + new Vector<float>(1e-12f));
                (nx * scale).CopyTo(NormalX, here + c);
                (ny * scale).CopyTo(NormalY, here + c);
                (nz * scale).CopyTo(NormalZ, here + c);
            }
            for (; c < columns; c++)
                Normal(here + c, here + c - 1, here + Math.Min(c + 1, columns - 1), up + c, down + c);
        }
    }

    /// <summary>Onto the screen; positions and normals must be final, light need not be.</summary>
    public void Project(Camera camera)
    {
        for (var i = 0; i < Capacity; i++)
        {
            var scale = camera.Focal / (camera.Distance - Z[i]);
            ScreenX[i] = camera.CentreX + (X[i] * scale);
            ScreenY[i] = camera.CentreY + (Y[i] * scale);
        }
    }

    /// <summary>Gathers what triangles interpolate, once everything is final.</summary>
    public void Pack()
    {
        for (var i = 0; i < Capacity; i++)
            Packed[i] = Vector256.Create(Z[i], U[i], V[i], NormalX[i], NormalY[i], NormalZ[i], Light[i], 0);
    }

    private void Normal(int at, int left, int right, int up, int down)
    {
        var (ux, uy, uz) = (X[right] - X[left], Y[right] - Y[left], Z[right] - Z[left]);
        var (vx, vy, vz) = (X[down] - X[up], Y[down] - Y[up], Z[down] - Z[up]);
        var nx = (uy * vz) - (uz * vy);
        var ny = (uz * vx) - (ux * vz);
        var nz = (ux * vy) - (uy * vx);
        var scale = 1 / MathF.Sqrt((nx * nx) + (ny * ny) + (nz * nz) + 1e-12f);
        (NormalX[at], NormalY[at], NormalZ[at]) = (nx * scale, ny * scale, nz * scale);
    }
}

/// <summary>A pinhole on the positive z axis that looks back at the origin.</summary>
/// <param name="Distance">From the origin, millimetres.</param>
/// <param name="Focal">Samples a millimetre at unit distance, times that distance.</param>
/// <param name="CentreX">Where the axis meets the picture, in samples.</param>
/// <param name="CentreY">Where the axis meets the picture, in samples.</param>
internal readonly record struct Camera(float Distance, float Focal, float CentreX, float CentreY);
