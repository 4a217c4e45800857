using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FanTrans.Synthetic;

/// <summary>What a sample of the picture shows.</summary>
internal enum Material : byte
{
    None,
    Skin,
    Lining,
    Mouth,
    Teeth,
    Gums,
    Tongue,
    Eye,
    Hair,
    Cloth,
    Frame,
    Hand,
    Cover,
}

/// <summary>
/// The nearest surface at each sample of a picture: its depth, normal, surface coordinates and material. Filled by
/// triangles, then shaded. One buffer serves one thread, picture after picture.
/// </summary>
internal sealed class SampleBuffer
{
    public int Width { get; private set; }

    public int Height { get; private set; }

    /// <summary>Camera-space z: larger is nearer.</summary>
    public float[] Depth { get; private set; } = [];

    /// <summary>Of each sample: z, u, v, normal x, y, z, main light (0 to 1), unused.</summary>
    public Vector256<float>[] Attributes { get; private set; } = [];

    public Material[] Material { get; private set; } = [];

    public void Clear(int width, int height)
    {
        (Width, Height) = (width, height);
        var count = width * height;
        if (Depth.Length < count)
            (Depth, Attributes, Material) = (new float[count], new Vector256<float>[count], new Material[count]);
        Depth.AsSpan(0, count).Fill(float.NegativeInfinity);
        Material.AsSpan(0, count).Clear();
    }

    /// <summary>Draws a triangle of a surface; one seen from behind is left out unless both sides count.</summary>
    public void Triangle(Surface s, int a, int b, int c, Material material, bool bothSides = false) =>
        Triangle(s, a, b, c, material, bothSides, default(Everywhere));

    /// <summary>Draws a triangle where a test of its surface coordinates lets it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Triangle<TTest>(Surface s, int a, int b, int c, Material material, bool bothSides, TTest test)
        where TTest : struct, ISurfaceTest
    {
        var (ax, ay) = (s.ScreenX[a], s.ScreenY[a]);
        var (bx, by) = (s.ScreenX[b], s.ScreenY[b]);
        var (cx, cy) = (s.ScreenX[c], s.ScreenY[c]);
        var area = ((bx - ax) * (cy - ay)) - ((by - ay) * (cx - ax));
        if (area <= 1e-6f)
        {
            if (!bothSides || area >= -1e-6f)
                return;
            (b, c) = (c, b);
            (bx, cx) = (cx, bx);
            (by, cy) = (cy, by);
            area = -area;
        }
        // Samples lie at half numbers; truncation rounds up or down once everything is positive.
        var left = Math.Max(Math.Min(ax, Math.Min(bx, cx)) + 0.5f, 0);
        var right = Math.Min(Math.Max(ax, Math.Max(bx, cx)) - 0.5f, Width - 1);
        var top = Math.Max(Math.Min(ay, Math.Min(by, cy)) + 0.5f, 0);
        var bottom = Math.Min(Math.Max(ay, Math.Max(by, cy)) - 0.5f, Height - 1);
        if (right < 0 || bottom < 0)
            return;
        var (x0, x1, y0, y1) = ((int)left, (int)right, (int)top, (int)bottom);
        if (x0 > x1 || y0 > y1)
            return;
        var scale = 1 / area;
        // Barycentric weights of b and c as plane functions of the sample's position.
        var (wbx, wby) = ((cy - ay) * scale, (ax - cx) * scale);
        var (wcx, wcy) = ((ay - by) * scale, (bx - ax) * scale);
        var (va, vb, vc) = (s.Packed[a], s.Packed[b], s.Packed[c]);
        var (za, zb, zc) = (s.Z[a], s.Z[b], s.Z[c]);
        var (depths, attributes, materials) = (Depth, Attributes, Material);
        for (var y = y0; y <= y1; y++)
        {
            var dy = y + 0.5f - ay;
            var at = (y * Width) + x0;
            for (var x = x0; x <= x1; x++, at++)
            {
                var dx = x + 0.5f - ax;
                var wb = (dx * wbx) + (dy * wby);
                var wc = (dx * wcx) + (dy * wcy);
                var wa = 1 - wb - wc;
                if (wa < -1e-4f || wb < -1e-4f || wc < -1e-4f)
                    continue;
                var depth = (wa * za) + (wb * zb) + (wc * zc);
                if (depth <= depths[at])
                    continue;
                var value = (va * wa) + (vb * wb) + (vc * wc);
                if (typeof(TTest) != typeof(Everywhere) && !test.Keep(value.GetElement(1), value.GetElement(2)))
                    continue;
                depths[at] = depth;
                attributes[at] = value;
                materials[at] = material;
            }
        }
    }

    /// <summary>Draws rows of a surface that is a grid of vertices, two triangles a cell.</summary>
    public void Grid(Surface s, int firstVertex, int rows, int columns, Material material, bool bothSides = false) =>
        Grid(s, firstVertex, rows, columns, material, bothSides, default(Everywhere));

    /// <summary>Draws rows of a grid where a test of its surface coordinates lets it.</summary>
    public void Grid<TTest>(
        Surface s,
        int firstVertex,
        int rows,
        int columns,
        Material material,
        bool bothSides,
        TTest test
    )
        where TTest : struct, ISurfaceTest
    {
        for (var r = 0; r < rows - 1; r++)
        {
            var at = firstVertex + (r * columns);
            for (var c = 0; c < columns - 1; c++, at++)
            {
                // Seen from the front, the vertices at, at + 1 and the ones below run clockwise on the screen,
                // whose y points down: a positive area.
                Triangle(s, at, at + 1, at + columns, material, bothSides, test);
                Triangle(s, at + 1, at + columns + 1, at + columns, material, bothSides, test);
            }
        }
    }

    private readonly struct Everywhere : ISurfaceTest
    {
        public bool Keep(float u, float v) => true;
    }
}

/// <summary>Says where a surface has holes.</summary>
internal interface ISurfaceTest
{
    /// <summary>Whether the surface exists at these surface coordinates.</summary>
    bool Keep(float u, float v);
}
