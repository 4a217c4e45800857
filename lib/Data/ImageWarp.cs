using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace FanTrans.Data;

/// <summary>Cuts a square out of a picture through one affine map, in one pass over the output.</summary>
internal static class ImageWarp
{
    // Source pixels that one bilinear tap may stand for before it is split into several: beyond 1.25 a
    // pixel of the source would begin to fall between the taps.
    private const double TapSpacing = 1.25;
    private const int MostTaps = 8;

    // More than steps in units of 2^-32 can be off after the longest row.
    private const double FixedError = 1.0 / (1 << 16);

    /// <summary>
    /// Samples a square picture: each output pixel is the bilinear value at its centre's place in the source or,
    /// where the source is finer than the output, the mean of n x n of them spread over the pixel (n up to 8, so
    /// nothing aliases down to a tenth of the size). Outside the source is black, as in the published FAN's crops.
    /// </summary>
    /// <param name="image">The source.</param>
    /// <param name="toImage">From output pixels to source pixels, continuous coordinates.</param>
    /// <param name="side">S, the output's width and height.</param>
    /// <param name="output">3·S·S values, 0 to 1: the red plane, the green one,
    /// the blue one, each row after row.</param>
    /// <exception cref="ArgumentException">The output has another length.</exception>
    public static unsafe void Sample(RgbImage image, Affine toImage, int side, Span<float> output)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfLessThan(side, 1);
        if (output.Length != 3 * side * side)
            throw new ArgumentException(
                $"expected {3 * side * side} values for 3 x {side} x {side}, found {output.Length}.",
                nameof(output)
            );

        var spacing = Math.Sqrt(toImage.AreaFactor);
        var taps = double.IsFinite(spacing) ? Math.Clamp((int)Math.Ceiling(spacing / TapSpacing), 1, MostTaps) : 1;
        fixed (byte* pixels = image.Pixels)
        fixed (float* planes = output)
        {
            var source = new Source(pixels, image.Width, image.Height, 1f / (255 * taps * taps));
            // The taps of a pixel, as offsets in the source.
            var offsets = stackalloc double[2 * taps * taps];
            for (var tap = 0; tap < taps * taps; tap++)
            {
                double x = ((tap % taps) + 0.5) / taps,
                    y = ((tap / taps) + 0.5) / taps;
                // Less half a pixel: from coordinates to the column and row whose centre is the lower neighbour.
                offsets[2 * tap] = (toImage.Xx * x) + (toImage.Xy * y) - 0.5;
                offsets[(2 * tap) + 1] = (toImage.Yx * x) + (toImage.Yy * y) - 0.5;
            }
            for (var row = 0; row < side; row++)
            {
                var (x, y) = toImage.Map(0, row);
                SampleRow(source, x, y, toImage.Xx, toImage.Yx, offsets, taps * taps, planes + (row * side), side);
            }
        }
    }

    private readonly unsafe struct Source(byte* pixels, int width, int height, float weight)
    {
        public readonly byte* Pixels = pixels;
        public readonly int Width = width,
            Height = height;
        public readonly float Weight = weight;
    }

    private static unsafe void SampleRow(
        in Source source,
        double x,
        double y,
        double stepX,
        double stepY,
        double* offsets,
        int taps,
        float* output,
        int side
    )
    {
        // The columns with every neighbour of every tap in the picture need no test of their own. A column less on
        // the right, since the fast path reads two bytes past the right neighbour.
        int first = 0,
            last = side;
        for (var tap = 0; tap < taps; tap++)
        {
            Narrow(x + offsets[2 * tap], stepX, source.Width - 2, ref first, ref last);
            Narrow(y + offsets[(2 * tap) + 1], stepY, source.Height - 1, ref first, ref last);
        }
        nint plane = side * (nint)side;
        // Where each tap is, in units of 2^-32.
        long fixedStepX = Fixed(stepX),
            fixedStepY = Fixed(stepY);
        var at = stackalloc long[2 * taps];
        for (var tap = 0; tap < taps; tap++)
            (at[2 * tap], at[(2 * tap) + 1]) = (Fixed(x + offsets[2 * tap]), Fixed(y + offsets[(2 * tap) + 1]));
        for (var column = 0; column < side; column++)
        {
            var sum = Vector128<float>.Zero;
            if (column >= first && column < last)
            {
                for (var tap = 0; tap < taps; tap++)
                    sum += Inside(
                        source,
                        at[2 * tap] + (column * fixedStepX),
                        at[(2 * tap) + 1] + (column * fixedStepY)
                    );
            }
            else
            {
                for (var tap = 0; tap < taps; tap++)
                    sum += AtEdge(
                        source,
                        x + (column * stepX) + offsets[2 * tap],
                        y + (column * stepY) + offsets[(2 * tap) + 1]
                    );
            }
            sum *= source.Weight;
            output[column] = sum[0];
            output[column + plane] = sum[1];
            output[column + plane + plane] = sum[2];
        }
    }

    /// <summary>A coordinate in units of 2^-32.</summary>
    private static long Fixed(double value) => (long)(value * (1L << 32));

    /// <summary>
    /// The bilinear colour, 0 to 255, in the first three elements; all that it reads lies in the picture. The two ways
    /// give the same bits.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe Vector128<float> Inside(in Source source, long x, long y)
    {
        var fx = (int)((uint)x >> 8) * (1f / (1 << 24));
        var fy = (int)((uint)y >> 8) * (1f / (1 << 24));
        var upper = source.Pixels + (3 * (((nint)(y >> 32) * source.Width) + (nint)(x >> 32)));
        var lower = upper + (3 * source.Width);
        if (Avx2.IsSupported)
        {
            // The upper neighbours in the low half, the lower ones in the high half.
            var both = Vector128
                .Create(Unsafe.ReadUnaligned<ulong>(upper), Unsafe.ReadUnaligned<ulong>(lower))
                .AsByte();
            var left = Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32(Ssse3.Shuffle(both, LeftPixels)));
            var right = Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32(Ssse3.Shuffle(both, RightPixels)));
            var rows = left + ((right - left) * fx);
            return rows.GetLower() + ((rows.GetUpper() - rows.GetLower()) * fy);
        }
        Vector128<float> upperLeft = Color(upper),
            upperRight = Color(upper + 3),
            lowerLeft = Color(lower),
            lowerRight = Color(lower + 3);
        var onUpper = upperLeft + ((upperRight - upperLeft) * fx);
        var onLower = lowerLeft + ((lowerRight - lowerLeft) * fx);
        return onUpper + ((onLower - onUpper) * fy);
    }

    // Of two rows' eight bytes, the four that begin with the left pixel and with the right one.
    private static Vector128<byte> LeftPixels =>
        Vector128.Create((byte)0, 1, 2, 3, 8, 9, 10, 11, 0, 0, 0, 0, 0, 0, 0, 0);

    private static Vector128<byte> RightPixels =>
        Vector128.Create((byte)3, 4, 5, 6, 11, 12, 13, 14, 0, 0, 0, 0, 0, 0, 0, 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe Vector128<float> Color(byte* at)
    {
        var bytes = Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<uint>(at)).AsByte();
        return Vector128.ConvertToSingle(Vector128.WidenLower(Vector128.WidenLower(bytes)).AsInt32());
    }

    /// <summary>The same wherever the neighbours lie; those outside the picture are black.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static unsafe Vector128<float> AtEdge(in Source source, double x, double y)
    {
        if (!(x > -1 && y > -1 && x < source.Width && y < source.Height))
            return Vector128<float>.Zero;
        int left = (int)Math.Floor(x),
            top = (int)Math.Floor(y);
        float fx = (float)(x - left),
            fy = (float)(y - top);
        var sum = Vector128<float>.Zero;
        for (var neighbour = 0; neighbour < 4; neighbour++)
        {
            int dx = neighbour & 1,
                dy = neighbour >> 1;
            if ((uint)(left + dx) >= (uint)source.Width || (uint)(top + dy) >= (uint)source.Height)
                continue;
            var p = source.Pixels + (3 * (((top + dy) * (nint)source.Width) + left + dx));
            sum += Vector128.Create(p[0], p[1], p[2], 0f) * ((dx == 0 ? 1 - fx : fx) * (dy == 0 ? 1 - fy : fy));
        }
        return sum;
    }

    /// <summary>Narrows [first, last) to the columns whose coordinate c satisfies 0 ≤ c and c &lt; limit, rounding
    /// errors included.</summary>
    private static void Narrow(double start, double step, int limit, ref int first, ref int last)
    {
        bool Inside(int column) => start + (column * step) is var c && c >= FixedError && c < limit - FixedError;

        if (step != 0 && double.IsFinite(step) && double.IsFinite(start))
        {
            double a = -start / step,
                b = (limit - start) / step;
            first = Math.Max(first, (int)Math.Clamp(Math.Ceiling(Math.Min(a, b)), 0, last));
            last = Math.Min(last, (int)Math.Clamp(Math.Floor(Math.Max(a, b)) + 1, 0, last));
        }
        // Rounding may leave a column too many at either end; a row that the picture does not meet, all of them.
        while (first < last && !Inside(first))
            first++;
        while (first < last && !Inside(last - 1))
            last--;
    }
}
