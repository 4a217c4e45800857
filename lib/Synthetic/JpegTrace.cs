using System.Runtime.Intrinsics;
using FanTrans.Data;

namespace FanTrans.Synthetic;

/// <summary>
/// What JPEG compression leaves in a picture, without a file: 8 x 8 blocks of luminance and colour difference lose
/// their fine frequencies by the standard's example tables (ITU-T T.81, annex K). Computed here rather than by a
/// codec, so that every machine has the same pixels. Colour is not subsampled.
/// </summary>
internal static class JpegTrace
{
    // csharpier-ignore
    private static readonly float[] Luminance =
    [
        16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55,
        14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
        18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92,
        49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
    ];

    // csharpier-ignore
    private static readonly float[] Colour =
    [
        17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99,
        24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99, 99, 99, 99,
        99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
        99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
    ];

    /// <summary>The orthonormal cosine basis: frequency times 8 plus place.</summary>
    private static readonly float[] Basis = MakeBasis();

    /// <summary>Compresses and decompresses a picture in place.</summary>
    /// <param name="image">Changed.</param>
    /// <param name="quality">1, worst, to 100, best, on the usual scale.</param>
    public static void Apply(RgbImage image, int quality)
    {
        var scale = quality < 50 ? 50f / quality : 2 - (quality / 50f);
        Span<float> luminance = stackalloc float[64];
        Span<float> colour = stackalloc float[64];
        for (var k = 0; k < 64; k++)
            (luminance[k], colour[k]) = (Math.Max(1, Luminance[k] * scale), Math.Max(1, Colour[k] * scale));
        Span<float> y = stackalloc float[64];
        Span<float> b = stackalloc float[64];
        Span<float> r = stackalloc float[64];
        var (width, height, pixels) = (image.Width, image.Height, image.Pixels);
        for (var top = 0; top < height; top += 8)
        {
            for (var left = 0; left < width; left += 8)
            {
                for (var k = 0; k < 64; k++)
                {
                    // Blocks over the edge repeat the last row and column.
                    var at = 3 * ((Math.Min(top + (k >> 3), height - 1) * width) + Math.Min(left + (k & 7), width - 1));
                    float red = pixels[at],
                        green = pixels[at + 1],
                        blue = pixels[at + 2];
                    y[k] = (0.299f * red) + (0.587f * green) + (0.114f * blue) - 128;
                    b[k] = (-0.168736f * red) - (0.331264f * green) + (0.5f * blue);
                    r[k] = (0.5f * red) - (0.418688f * green) - (0.081312f * blue);
                }
                Coarsen(y, luminance);
                Coarsen(b, colour);
                Coarsen(r, colour);
                for (var k = 0; k < 64; k++)
                {
                    var (row, column) = (top + (k >> 3), left + (k & 7));
                    if (row >= height || column >= width)
                        continue;
                    var at = 3 * ((row * width) + column);
                    pixels[at] = Byte(y[k] + 128 + (1.402f * r[k]));
                    pixels[at + 1] = Byte(y[k] + 128 - (0.344136f * b[k]) - (0.714136f * r[k]));
                    pixels[at + 2] = Byte(y[k] + 128 + (1.772f * b[k]));
                }
            }
        }
    }

    private static byte Byte(float value) => (byte)Math.Clamp((int)(value + 0.5f), 0, 255);

    /// <summary>Into frequencies, to the table's steps, and back.</summary>
    private static void Coarsen(Span<float> block, ReadOnlySpan<float> steps)
    {
        Span<float> half = stackalloc float[64];
        Multiply(Basis, false, block, half);
        Transpose(half, block);
        Multiply(Basis, false, block, half);
        // Both axes are frequencies now, transposed; the tables are read accordingly.
        for (var k = 0; k < 64; k++)
        {
            var step = steps[((k & 7) << 3) | (k >> 3)];
            var steps8 = half[k] / step;
            half[k] = step * (int)(steps8 + (steps8 < 0 ? -0.5f : 0.5f));
        }
        Multiply(Basis, true, half, block);
        Transpose(block, half);
        Multiply(Basis, true, half, block);
    }

    /// <summary>Basis (or its transpose) times a block, eight columns at once.</summary>
    private static void Multiply(float[] basis, bool transposed, ReadOnlySpan<float> block, Span<float> result)
    {
        for (var row = 0; row < 8; row++)
        {
            var sum = Vector256<float>.Zero;
            for (var k = 0; k < 8; k++)
                sum += Vector256.Create(block.Slice(8 * k, 8)) * basis[transposed ? (8 * k) + row : (8 * row) + k];
            sum.CopyTo(result[(8 * row)..]);
        }
    }

    private static void Transpose(ReadOnlySpan<float> from, Span<float> to)
    {
        for (var k = 0; k < 64; k++)
            to[((k & 7) << 3) | (k >> 3)] = from[k];
    }

    private static float[] MakeBasis()
    {
        var basis = new float[64];
        for (var k = 0; k < 64; k++)
        {
            var (frequency, place) = (k >> 3, k & 7);
            var scale = frequency == 0 ? Math.Sqrt(1.0 / 8) : 0.5;
            basis[k] = (float)(scale * FixedMath.Cos(((2 * place) + 1) * frequency * Math.PI / 16));
        }
        return basis;
    }
}
