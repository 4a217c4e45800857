using System.Numerics;
using System.Runtime.CompilerServices;

namespace FanTrans.Synthetic;

/// <summary>What the main light sees: the depth of the nearest surface,
/// in a parallel projection along the light.</summary>
internal sealed class ShadowMap
{
    private const float Reach = 190;
    private float[] depth = [];
    private float[] sx = [],
        sy = [],
        sz = [];
    private int size;
    private float scale;
    private Vector3 right,
        down,
        towards;

    public void Clear(int size, Vector3 towards)
    {
        (this.size, this.towards) = (size, towards);
        if (depth.Length < size * size)
            depth = new float[size * size];
        depth.AsSpan(0, size * size).Fill(float.NegativeInfinity);
        scale = size / (2 * Reach);
        right = Vec.Unit(Vec.Cross(new Vector3(0, 1, 0), towards));
        down = Vec.Cross(towards, right);
    }

    /// <summary>Adds a grid, taking every few vertices only.</summary>
    public void Add(Surface s, int firstVertex, int rows, int columns, int step)
    {
        if (sx.Length < rows * columns)
            (sx, sy, sz) = (new float[rows * columns], new float[rows * columns], new float[rows * columns]);
        for (var r = 0; r < rows; r++)
        {
            if (r % step != 0 && r != rows - 1)
                continue;
            for (var c = 0; c < columns; c++)
            {
                if (c % step != 0 && c != columns - 1)
                    continue;
                var i = (r * columns) + c;
                var p = new Vector3(s.X[firstVertex + i], s.Y[firstVertex + i], s.Z[firstVertex + i]);
                (sx[i], sy[i], sz[i]) = (
                    ((Vec.Dot(p, this.right) + Reach) * scale),
                    (Vec.Dot(p, down) + Reach) * scale,
                    Vec.Dot(p, towards)
                );
            }
        }
        for (var r = 0; r < rows - 1; r += step)
        {
            var next = Math.Min(r + step, rows - 1);
            for (var c = 0; c < columns - 1; c += step)
            {
                var right = Math.Min(c + step, columns - 1);
                Triangle((r * columns) + c, (r * columns) + right, (next * columns) + c);
                Triangle((r * columns) + right, (next * columns) + right, (next * columns) + c);
            }
        }
    }

    /// <summary>How much light arrives at each vertex of a surface, 0 to 1, with soft edges.</summary>
    public void Light(Surface s, int first, int count, float softness, float bias, bool bothSides = false)
    {
        var spread = softness * scale / 2;
        for (var i = first; i < first + count; i++)
        {
            var n = new Vector3(s.NormalX[i], s.NormalY[i], s.NormalZ[i]);
            if (!bothSides && (Vec.Dot(n, towards) < -0.4f || n.Z < -0.4f))
            {
                // Turned away from the lamp, or never seen.
                s.Light[i] = 0;
                continue;
            }
            var p = new Vector3(s.X[i], s.Y[i], s.Z[i]) + (n * 1.5f);
            s.Light[i] = At(p, spread, bias);
        }
    }

    /// <summary>How much light arrives at a point.</summary>
    public float At(Vector3 p, float spread, float bias)
    {
        var x = (Vec.Dot(p, right) + Reach) * scale;
        var y = (Vec.Dot(p, down) + Reach) * scale;
        var z = Vec.Dot(p, towards) + bias;
        // The middle and four around it.
        var lit = Tap(x - 0.5f, y - 0.5f, z);
        lit +=
            Tap(x - spread - 0.5f, y - (0.4f * spread) - 0.5f, z)
            + Tap(x + spread - 0.5f, y + (0.4f * spread) - 0.5f, z);
        lit +=
            Tap(x + (0.4f * spread) - 0.5f, y - spread - 0.5f, z)
            + Tap(x - (0.4f * spread) - 0.5f, y + spread - 0.5f, z);
        return lit * 0.2f;
    }

    /// <summary>Four neighbouring comparisons, interpolated.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private float Tap(float x, float y, float z)
    {
        var (ix, iy) = ((int)x, (int)y);
        if (x < 0 || y < 0 || ix >= size - 1 || iy >= size - 1)
            return 1;
        var at = (iy * size) + ix;
        var (tx, ty) = (x - ix, y - iy);
        // The last millimetres fade, which hides the steps of a coarse map.
        float Lit(float depth) => Math.Clamp(1 - ((depth - z) / 3), 0, 1);
        var top = FixedMath.Lerp(Lit(this.depth[at]), Lit(this.depth[at + 1]), tx);
        var bottom = FixedMath.Lerp(Lit(this.depth[at + size]), Lit(this.depth[at + size + 1]), tx);
        return FixedMath.Lerp(top, bottom, ty);
    }

    private void Triangle(int a, int b, int c)
    {
        var (ax, ay, bx, by, cx, cy) = (sx[a], sy[a], sx[b], sy[b], sx[c], sy[c]);
        var area = ((bx - ax) * (cy - ay)) - ((by - ay) * (cx - ax));
        if (area is > -1e-6f and < 1e-6f)
            return;
        var right = Math.Min(Math.Max(ax, Math.Max(bx, cx)) - 0.5f, size - 1);
        var bottom = Math.Min(Math.Max(ay, Math.Max(by, cy)) - 0.5f, size - 1);
        if (right < 0 || bottom < 0)
            return;
        var (x0, x1) = ((int)Math.Max(Math.Min(ax, Math.Min(bx, cx)) + 0.5f, 0), (int)right);
        var (y0, y1) = ((int)Math.Max(Math.Min(ay, Math.Min(by, cy)) + 0.5f, 0), (int)bottom);
        var scale = 1 / area;
        var (wbx, wby) = ((cy - ay) * scale, (ax - cx) * scale);
        var (wcx, wcy) = ((ay - by) * scale, (bx - ax) * scale);
        var (dzb, dzc) = (sz[b] - sz[a], sz[c] - sz[a]);
        for (var y = y0; y <= y1; y++)
        {
            for (var x = x0; x <= x1; x++)
            {
                var (dx, dy) = (x + 0.5f - ax, y + 0.5f - ay);
                var wb = (dx * wbx) + (dy * wby);
                var wc = (dx * wcx) + (dy * wcy);
                if (wb < -1e-3f || wc < -1e-3f || wb + wc > 1.001f)
                    continue;
                var z = sz[a] + (wb * dzb) + (wc * dzc);
                ref var cell = ref depth[(y * size) + x];
                if (z > cell)
                    cell = z;
            }
        }
    }
}
