using System.Runtime.CompilerServices;

namespace FanTrans.Data;

/// <summary>Cuts a square out of a picture through one affine map, in one pass over the output.</summary>
public static class ImageWarp
{
    // Source pixels that one bilinear tap may stand for before it is split into several: beyond 1.25 a
    // pixel of the source would begin to fall between the taps.
    private const double TapSpacing = 1.25;
    private const int MostTaps = 8;

    /// <summary>
    /// Samples a square picture: each output pixel is the bilinear value at its centre's place in the source or,
    /// where the source is finer than the output, the mean of n x n of them spread over the pixel (n up to 8, so
    /// nothing aliases down to a tenth of the size). Outside the source is black, as in the published FAN's crops.
    /// </summary>
    /// <param name="image">The source.</param>
    /// <param name="toImage">From output pixels to source pixels, continuous coordinates.</param>
    /// <param name="side">S, the output's width and height.</param>
    /// <param name="output">3·S·S values, 0 to 1: the red plane, the green one, the blue one, each row after row.</param>
    /// <exception cref="ArgumentException">The output has another length.</exception>
    public static unsafe void Sample(RgbImage image, Affine toImage, int side, Span<float> output)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfLessThan(side, 1);
        if (output.Length != 3 * side * side)
            throw new ArgumentException($"expected {3 * side * side} values for 3 x {side} x {side}, found {output.Length}.", nameof(output));

        var spacing = Math.Sqrt(toImage.AreaFactor);
        var taps = double.IsFinite(spacing) ? Math.Clamp((int)Math.Ceiling(spacing / TapSpacing), 1, MostTaps) : 1;
        var weight = 1f / (255 * taps * taps);
        output.Clear();
        fixed (byte* pixels = image.Pixels)
        fixed (float* red = output)
        {
            float* green = red + (side * side), blue = green + (side * side);
            for (var tapY = 0; tapY < taps; tapY++)
            {
                for (var tapX = 0; tapX < taps; tapX++)
                {
                    // From pixel (0, 0)'s tap to the source pixel whose centre is the lower of its two neighbours.
                    var (x0, y0) = toImage.Map((tapX + 0.5) / taps, (tapY + 0.5) / taps);
                    for (var row = 0; row < side; row++)
                    {
                        AddRow(
                            pixels, image.Width, image.Height, x0 - 0.5 + (toImage.Xy * row), y0 - 0.5 + (toImage.Yy * row),
                            toImage.Xx, toImage.Yx, side, weight, red + (row * side), green + (row * side), blue + (row * side));
                    }
                }
            }
        }
    }

    private static unsafe void AddRow(
        byte* pixels, int width, int height, double x, double y, double stepX, double stepY, int side, float weight,
        float* red, float* green, float* blue)
    {
        // The columns whose four neighbours all lie in the picture need no test of their own.
        int first = 0, last = side;
        Narrow(x, stepX, width - 1, ref first, ref last);
        Narrow(y, stepY, height - 1, ref first, ref last);
        last = Math.Max(first, last);
        for (var column = 0; column < first; column++)
            AddAtEdge(pixels, width, height, x + (column * stepX), y + (column * stepY), weight, red + column, green + column, blue + column);
        var stride = 3 * width;
        for (var column = first; column < last; column++)
        {
            double atX = x + (column * stepX), atY = y + (column * stepY);
            int left = (int)atX, top = (int)atY;
            float fx = (float)(atX - left), fy = (float)(atY - top);
            float right = fx * weight, wBottomRight = fy * right, wTopRight = right - wBottomRight;
            float stay = weight - right, wBottomLeft = fy * stay, wTopLeft = stay - wBottomLeft;
            var p = pixels + (top * (nint)stride) + (3 * left);
            var q = p + stride;
            red[column] += (p[0] * wTopLeft) + (p[3] * wTopRight) + (q[0] * wBottomLeft) + (q[3] * wBottomRight);
            green[column] += (p[1] * wTopLeft) + (p[4] * wTopRight) + (q[1] * wBottomLeft) + (q[4] * wBottomRight);
            blue[column] += (p[2] * wTopLeft) + (p[5] * wTopRight) + (q[2] * wBottomLeft) + (q[5] * wBottomRight);
        }
        for (var column = last; column < side; column++)
            AddAtEdge(pixels, width, height, x + (column * stepX), y + (column * stepY), weight, red + column, green + column, blue + column);
    }

    /// <summary>Narrows [first, last) to the columns whose coordinate c satisfies 0 ≤ c and c &lt; limit.</summary>
    private static void Narrow(double start, double step, int limit, ref int first, ref int last)
    {
        bool Inside(int column) => start + (column * step) is var c && c >= 0 && c < limit;

        if (step != 0 && double.IsFinite(step) && double.IsFinite(start))
        {
            double a = -start / step, b = (limit - start) / step;
            first = Math.Max(first, (int)Math.Clamp(Math.Ceiling(Math.Min(a, b)), 0, last));
            last = Math.Min(last, (int)Math.Clamp(Math.Floor(Math.Max(a, b)) + 1, 0, last));
        }
        // Rounding may leave a column too many at either end; a row that the picture does not meet, all of them.
        while (first < last && !Inside(first))
            first++;
        while (first < last && !Inside(last - 1))
            last--;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static unsafe void AddAtEdge(
        byte* pixels, int width, int height, double x, double y, float weight, float* red, float* green, float* blue)
    {
        if (!(x > -1 && y > -1 && x < width && y < height))
            return;
        int left = (int)Math.Floor(x), top = (int)Math.Floor(y);
        float fx = (float)(x - left), fy = (float)(y - top);
        for (var dy = 0; dy < 2; dy++)
        {
            for (var dx = 0; dx < 2; dx++)
            {
                if ((uint)(left + dx) >= (uint)width || (uint)(top + dy) >= (uint)height)
                    continue;
                var w = weight * (dx == 0 ? 1 - fx : fx) * (dy == 0 ? 1 - fy : fy);
                var p = pixels + (3 * (((top + dy) * (nint)width) + left + dx));
                *red += w * p[0];
                *green += w * p[1];
                *blue += w * p[2];
            }
        }
    }
}
