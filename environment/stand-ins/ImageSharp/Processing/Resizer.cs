using System.Runtime.InteropServices;
using SixLabors.ImageSharp.PixelFormats;
using SixLabors.ImageSharp.Processing.Processors.Transforms;

namespace SixLabors.ImageSharp.Processing;

/// <summary>Separable resampling on the stored values: rows first, then columns, in single precision.</summary>
internal static class Resizer
{
    internal static TPixel[] Resize<TPixel>(Image<TPixel> image, int width, int height, IResampler sampler)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        if (sampler is NearestNeighborKernel)
            return Nearest(image, width, height);

        var channels = Marshal.SizeOf<TPixel>();
        var source = MemoryMarshal.AsBytes(image.Pixels.AsSpan());
        var columns = Weights.For(image.Width, width, sampler);
        var rows = Weights.For(image.Height, height, sampler);

        // Rows of the source, each already `width` pixels wide.
        var rowLength = width * channels;
        var narrowed = new float[image.Height * rowLength];
        var line = new float[image.Width * channels];
        for (var y = 0; y < image.Height; y++)
        {
            Unpack(source.Slice(y * line.Length, line.Length), line, channels);
            var target = narrowed.AsSpan(y * rowLength, rowLength);
            for (var x = 0; x < width; x++)
            {
                var (first, weights) = columns[x];
                for (var c = 0; c < channels; c++)
                {
                    var sum = 0f;
                    var at = (first * channels) + c;
                    foreach (var weight in weights)
                    {
                        sum += weight * line[at];
                        at += channels;
                    }
                    target[(x * channels) + c] = sum;
                }
            }
        }

        var pixels = new TPixel[width * height];
        var bytes = MemoryMarshal.AsBytes(pixels.AsSpan());
        var sums = new float[rowLength];
        for (var y = 0; y < height; y++)
        {
            Array.Clear(sums);
            var (first, weights) = rows[y];
            for (var k = 0; k < weights.Length; k++)
            {
                var from = narrowed.AsSpan((first + k) * rowLength, rowLength);
                for (var i = 0; i < sums.Length; i++)
                    sums[i] += weights[k] * from[i];
            }
            Pack(sums, bytes.Slice(y * rowLength, rowLength), channels);
        }
        return pixels;
    }

    private static TPixel[] Nearest<TPixel>(Image<TPixel> image, int width, int height)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        var (stepX, stepY) = (image.Width / (float)width, image.Height / (float)height);
        var pixels = new TPixel[width * height];
        for (var y = 0; y < height; y++)
        {
            var row = (int)(y * stepY) * image.Width;
            for (var x = 0; x < width; x++)
                pixels[(y * width) + x] = image.Pixels[row + (int)(x * stepX)];
        }
        return pixels;
    }

    // Colour under partial transparency counts by its alpha, so that invisible colour does not bleed.
    private static void Unpack(ReadOnlySpan<byte> bytes, Span<float> values, int channels)
    {
        for (var i = 0; i < bytes.Length; i++)
            values[i] = bytes[i];
        if (channels != 4)
            return;
        for (var i = 0; i < values.Length; i += 4)
        {
            var alpha = values[i + 3] / 255;
            values[i] *= alpha;
            values[i + 1] *= alpha;
            values[i + 2] *= alpha;
        }
    }

    private static void Pack(Span<float> values, Span<byte> bytes, int channels)
    {
        if (channels == 4)
        {
            for (var i = 0; i < values.Length; i += 4)
            {
                var scale = values[i + 3] > 0 ? 255 / values[i + 3] : 0;
                values[i] *= scale;
                values[i + 1] *= scale;
                values[i + 2] *= scale;
            }
        }
        for (var i = 0; i < values.Length; i++)
            bytes[i] = (byte)(Math.Clamp(values[i], 0, 255) + 0.5f);
    }

    /// <summary>The source positions that one target position is made of.</summary>
    private readonly record struct Weights(int First, float[] Values)
    {
        // Reducing widens the filter by the factor of the reduction, so that every source pixel counts.
        internal static Weights[] For(int sourceLength, int targetLength, IResampler sampler)
        {
            var ratio = (double)sourceLength / targetLength;
            var scale = Math.Max(ratio, 1);
            var radius = Math.Ceiling((scale * sampler.Radius) - 1e-8);
            var all = new Weights[targetLength];
            for (var i = 0; i < all.Length; i++)
            {
                var center = ((i + 0.5) * ratio) - 0.5;
                var first = Math.Max((int)Math.Ceiling(center - radius - 1e-8), 0);
                var last = Math.Min((int)Math.Floor(center + radius + 1e-8), sourceLength - 1);
                var values = new float[last - first + 1];
                for (var k = 0; k < values.Length; k++)
                    values[k] = sampler.GetValue((float)((first + k - center) / scale));
                var sum = values.Sum();
                if (sum > 0)
                    values = Array.ConvertAll(values, value => value / sum);
                all[i] = new Weights(first, values);
            }
            return all;
        }
    }
}
