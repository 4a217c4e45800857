using System.Runtime.CompilerServices;

namespace FanTrans.Synthetic;

/// <summary>Smooth random functions of the plane, from an integer hash: the same on every machine.</summary>
internal static class Noise
{
    private static readonly float[] Lattice = [.. Enumerable.Range(0, 64 * 64).Select(i => At(i & 63, i >> 6, 77))];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Hash(int x, int y, uint seed)
    {
        var h = ((uint)x * 0x8DA6B343u) ^ ((uint)y * 0xD8163841u) ^ (seed * 0xCB1AB31Fu);
        h ^= h >> 15;
        h *= 0x2C1B3C6Du;
        h ^= h >> 12;
        h *= 0x297A2D39u;
        return h ^ (h >> 15);
    }

    /// <summary>Uniform in [-1, 1) at each integer point.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float At(int x, int y, uint seed) => (int)Hash(x, y, seed) * (1f / 2147483648f);

    /// <summary>Value noise in [-1, 1] with features of about one unit.</summary>
    public static float Value(float x, float y, uint seed)
    {
        var fx = MathF.Floor(x);
        var fy = MathF.Floor(y);
        var (ix, iy) = ((int)fx, (int)fy);
        var (tx, ty) = (x - fx, y - fy);
        tx = tx * tx * (3 - (2 * tx));
        ty = ty * ty * (3 - (2 * ty));
        var top = FixedMath.Lerp(At(ix, iy, seed), At(ix + 1, iy, seed), tx);
        var bottom = FixedMath.Lerp(At(ix, iy + 1, seed), At(ix + 1, iy + 1, seed), tx);
        return FixedMath.Lerp(top, bottom, ty);
    }

    /// <summary>Several octaves of value noise, each of half the size and half the height of the one before.</summary>
    public static float Fractal(float x, float y, int octaves, uint seed)
    {
        float sum = 0,
            height = 1,
            total = 0;
        for (var octave = 0; octave < octaves; octave++)
        {
            sum += height * Value(x, y, seed + (uint)octave);
            total += height;
            height *= 0.5f;
            (x, y) = ((x * 2) + 17.3f, (y * 2) - 9.1f);
        }
        return sum / total;
    }

    /// <summary>
    /// Value noise in [-1, 1] from a small repeating lattice, interpolated without smoothing: for strands and weaves,
    /// evaluated at every sample. Coordinates above -4096.
    /// </summary>
    public static float Quick(float x, float y)
    {
        var (px, py) = (x + 4096, y + 4096);
        var (ix, iy) = ((int)px, (int)py);
        var (tx, ty) = (px - ix, py - iy);
        var (row, next) = ((iy & 63) << 6, ((iy + 1) & 63) << 6);
        var (column, right) = (ix & 63, (ix + 1) & 63);
        var lattice = Lattice;
        var top = lattice[row | column] + ((lattice[row | right] - lattice[row | column]) * tx);
        var bottom = lattice[next | column] + ((lattice[next | right] - lattice[next | column]) * tx);
        return top + ((bottom - top) * ty);
    }
}
