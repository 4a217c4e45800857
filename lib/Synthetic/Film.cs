using FanTrans.Data;

namespace FanTrans.Synthetic;

/// <summary>What a camera makes of the light: exposure, white balance, contrast, lens blur and sensor noise.</summary>
internal sealed record Film
{
    private static readonly byte[] Curve = MakeCurve();

    /// <summary>Factor on all light.</summary>
    public required float Exposure { get; init; }

    /// <summary>Above 0 warmer, below 0 cooler.</summary>
    public required float Balance { get; init; }

    /// <summary>Exponent around middle grey; 1 leaves contrast alone.</summary>
    public required float Contrast { get; init; }

    /// <summary>Radius of the lens blur in pixels of the picture.</summary>
    public required float Blur { get; init; }

    /// <summary>Standard deviation of the sensor noise at middle grey, in steps of 255.</summary>
    public required float Noise { get; init; }

    /// <summary>Quality of the JPEG compression that the picture went through, 1 to 100; null for none.</summary>
    public int? Jpeg { get; init; }

    public static Film Draw(ref SeededRandom r) =>
        new()
        {
            Exposure = (float)r.Uniform(0.75, 1.3),
            Balance = (float)r.Uniform(-0.1, 0.1),
            Contrast = (float)r.Uniform(0.85, 1.2),
            Blur = r.Chance(0.5) ? (float)r.Uniform(0, 0.45) : (float)r.Uniform(0.3, 1.1),
            Noise = r.Chance(0.6) ? (float)r.Uniform(0.3, 2.5) : (float)r.Uniform(2, 7),
            Jpeg = r.Chance(0.45) ? 30 + r.Below(66) : null,
        };

    /// <summary>Develops linear light into 8-bit pixels.</summary>
    /// <param name="red">Light, one value per pixel; changed.</param>
    /// <param name="green">Light.</param>
    /// <param name="blue">Light.</param>
    /// <param name="scratch">As long as one channel.</param>
    /// <param name="image">Result.</param>
    /// <param name="seed">Of the noise.</param>
    public void Develop(float[] red, float[] green, float[] blue, float[] scratch, RgbImage image, uint seed)
    {
        var (width, height) = (image.Width, image.Height);
        if (Blur > 0.05f)
        {
            SoftenPlane(red, scratch, width, height);
            SoftenPlane(green, scratch, width, height);
            SoftenPlane(blue, scratch, width, height);
        }
        // Contrast turns around middle grey (0.2 of full light), on the curve's own table.
        Span<byte> tone = stackalloc byte[2048];
        var scale = FixedMath.Pow(0.2f, 1 - Contrast);
        for (var k = 0; k < tone.Length; k++)
        {
            var light = k / 2047f * 1.6f;
            var bent = scale * FixedMath.Pow(Math.Max(light, 1e-5f), Contrast);
            // The highlights roll off instead of clipping.
            bent = bent < 0.6f ? bent : 0.6f + (0.4f * ((bent - 0.6f) / (0.4f + (bent - 0.6f))));
            tone[k] = Curve[Math.Clamp((int)(bent * 4095), 0, 4095)];
        }
        var (gr, gg, gb) = (Exposure * (1 + Balance), Exposure, Exposure * (1 - Balance));
        var pixels = image.Pixels;
        for (var i = 0; i < width * height; i++)
        {
            var n1 = Synthetic.Noise.Hash(i, 1, seed);
            var n2 = Synthetic.Noise.Hash(i, 2, seed);
            pixels[3 * i] = Grain(tone[Step(red[i] * gr)], n1 & 0xFFFF, n1 >> 16);
            pixels[(3 * i) + 1] = Grain(tone[Step(green[i] * gg)], n1 >> 16, n2 & 0xFFFF);
            pixels[(3 * i) + 2] = Grain(tone[Step(blue[i] * gb)], n2 & 0xFFFF, n2 >> 16);
        }
        if (Jpeg is { } quality)
            JpegTrace.Apply(image, quality);
    }

    private static int Step(float light) => Math.Clamp((int)(light * (2047 / 1.6f)), 0, 2047);

    /// <summary>Noise grows with the light's root, as photons count;
    /// a triangular draw is near enough to a bell.</summary>
    private byte Grain(byte value, uint a, uint b)
    {
        var draw = ((int)a + (int)b - 65535) * (2.449f / 65536f);
        var sigma = Noise * (0.7f + (value * (0.3f / 128)));
        return (byte)Math.Clamp((int)(value + (draw * sigma) + 0.5f), 0, 255);
    }

    private void SoftenPlane(float[] plane, float[] scratch, int width, int height)
    {
        // One binomial pass each way; its side weight sets the radius: variance 2 w = Blur².
        var side = Math.Min(0.32f, Blur * Blur * 0.5f);
        var middle = 1 - (2 * side);
        for (var y = 0; y < height; y++)
        {
            var row = y * width;
            scratch[row] = plane[row];
            scratch[row + width - 1] = plane[row + width - 1];
            for (var x = 1; x < width - 1; x++)
                scratch[row + x] = (plane[row + x] * middle) + ((plane[row + x - 1] + plane[row + x + 1]) * side);
        }
        for (var y = 0; y < height; y++)
        {
            var row = y * width;
            var (up, down) = (Math.Max(y - 1, 0) * width, Math.Min(y + 1, height - 1) * width);
            for (var x = 0; x < width; x++)
                plane[row + x] = (scratch[row + x] * middle) + ((scratch[up + x] + scratch[down + x]) * side);
        }
    }

    /// <summary>The sRGB transfer curve, from 12-bit linear light.</summary>
    private static byte[] MakeCurve()
    {
        var curve = new byte[4096];
        for (var k = 0; k < curve.Length; k++)
        {
            var light = k / 4095.0;
            var value = light <= 0.0031308 ? 12.92 * light : (1.055 * FixedMath.Pow(light, 1 / 2.4)) - 0.055;
            curve[k] = (byte)Math.Clamp((int)((value * 255) + 0.5), 0, 255);
        }
        return curve;
    }
}
