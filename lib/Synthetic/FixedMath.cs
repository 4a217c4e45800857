using System.Runtime.CompilerServices;

namespace FanTrans.Synthetic;

/// <summary>
/// Elementary functions built from additions, multiplications, divisions and square roots alone, which IEEE 754
/// fixes to the bit. The C library's functions differ in the last bit between systems, and one bit is enough to
/// change a pixel or a label. Absolute errors stay below 1e-9 for doubles over the ranges used here.
/// </summary>
internal static class FixedMath
{
    private const double Ln2 = 0.69314718055994530942;

    public static double Exp(double x)
    {
        if (x < -700)
            return 0;
        if (x > 700)
            return double.PositiveInfinity;
        var n = Math.Floor((x / Ln2) + 0.5);
        var r = x - (n * Ln2);
        // Taylor's series on |r| <= ln(2) / 2, by Horner's rule.
        var sum = 1.0;
        for (var k = 13; k >= 1; k--)
            sum = 1 + (r / k * sum);
        return sum * BitConverter.Int64BitsToDouble(((long)n + 1023) << 52);
    }

    /// <summary>Natural logarithm of a normal positive number.</summary>
    public static double Log(double x)
    {
        var bits = BitConverter.DoubleToInt64Bits(x);
        var exponent = (int)((bits >> 52) & 0x7FF) - 1023;
        var m = BitConverter.Int64BitsToDouble((bits & 0xFFFFFFFFFFFFF) | 0x3FF0000000000000);
        if (m > 1.4142135623730951)
        {
            m *= 0.5;
            exponent++;
        }
        // ln m = 2 artanh((m-1)/(m+1)).
        var s = (m - 1) / (m + 1);
        var s2 = s * s;
        var sum = 0.0;
        for (var k = 21; k >= 1; k -= 2)
            sum = (1.0 / k) + (s2 * sum);
        return (exponent * Ln2) + (2 * s * sum);
    }

    public static double Pow(double x, double power) => x <= 0 ? 0 : Exp(power * Log(x));

    public static double Sin(double x)
    {
        var n = Math.Floor((x / Math.PI) + 0.5);
        var r = x - (n * Math.PI);
        var r2 = r * r;
        var sum = 1.0;
        for (var k = 9; k >= 1; k--)
            sum = 1 - (r2 / (2 * k * ((2 * k) + 1)) * sum);
        return ((long)n & 1) == 0 ? r * sum : -r * sum;
    }

    public static double Cos(double x) => Sin(x + (Math.PI / 2));

    public static float Sin(float x) => (float)Sin((double)x);

    public static float Cos(float x) => (float)Cos((double)x);

    public static float Exp(float x) => (float)Exp((double)x);

    public static float Pow(float x, float power) => (float)Pow(x, (double)power);

    /// <summary>0 below one edge, 1 above the other, smooth between them; the edges may be in either order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Smooth(float edge0, float edge1, float x)
    {
        var t = Math.Clamp((x - edge0) / (edge1 - edge0), 0f, 1f);
        return t * t * (3 - (2 * t));
    }

    /// <summary>A smooth hill of height 1 and radius 1 over a squared distance.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Hill(float squared) => squared >= 1 ? 0 : (1 - squared) * (1 - squared);

    /// <summary>A smooth elliptic hill of height 1 around (cx, cy) with half axes rx and ry.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Hill(float x, float y, float cx, float cy, float rx, float ry)
    {
        var dx = (x - cx) / rx;
        var dy = (y - cy) / ry;
        return Hill((dx * dx) + (dy * dy));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Lerp(float a, float b, float t) => a + ((b - a) * t);
}
