namespace FanTrans.Data;

/// <summary>
/// What poor cameras and poor light do to a crop: low resolution, a colour cast, a bent tone curve, little light, no
/// colour, noise. Forms and strengths are chosen by this kit.
/// </summary>
internal readonly struct CameraFaults
{
    private readonly float resolution,
        red,
        blue,
        gamma,
        gain,
        noise;
    private readonly bool grey;
    private readonly ulong grain;

    /// <summary>Draws the faults of one crop.</summary>
    /// <param name="options">How often each comes.</param>
    /// <param name="random">A stream of its own.</param>
    public CameraFaults(AugmentationOptions options, SeededRandom random)
    {
        resolution = Drawn(options.LowResolution, 1, random.Uniform(0.2, 0.8));
        var cast = random.Chance(options.Cast);
        red = cast ? (float)random.Uniform(0.7, 1.3) : 1;
        blue = cast ? (float)random.Uniform(0.7, 1.3) : 1;
        gamma = Drawn(options.Gamma, 1, Math.Pow(2, random.Uniform(-0.9, 0.9)));
        gain = Drawn(options.LowLight, 1, Math.Pow(2, random.Uniform(-4, -0.7)));
        grey = random.Chance(options.Grey);
        noise = Drawn(options.Noise, 0, random.Uniform(0.005, 0.07));
        // A dim picture is a noisy one.
        noise = gain < 1 ? Math.Max(noise, 0.01f) : noise;
        grain = random.NextBits();

        float Drawn(double probability, float off, double on) => random.Chance(probability) ? (float)on : off;
    }

    /// <summary>Spoils a crop of red, green and blue planes, values 0 to 1.</summary>
    public void Apply(Span<float> image, int size)
    {
        var pixels = size * size;
        if (resolution < 1)
        {
            var side = Math.Max(8, (int)(resolution * size));
            for (var plane = 0; plane < 3; plane++)
                Coarsen(image.Slice(plane * pixels, pixels), size, side);
        }
        if (grey)
        {
            for (var i = 0; i < pixels; i++)
                image[i] =
                    image[pixels + i] =
                    image[(2 * pixels) + i] =
                        (0.299f * image[i]) + (0.587f * image[pixels + i]) + (0.114f * image[(2 * pixels) + i]);
        }
        if (gamma != 1 || gain < 1 || (!grey && (red != 1 || blue != 1)))
        {
            for (var plane = 0; plane < 3; plane++)
                Bend(
                    image.Slice(plane * pixels, pixels),
                    gain
                        * (
                            grey ? 1
                            : plane == 0 ? red
                            : plane == 2 ? blue
                            : 1
                        )
                );
        }
        if (noise > 0)
            AddNoise(image, pixels);
    }

    private void Bend(Span<float> plane, float by)
    {
        Span<float> curve = stackalloc float[257];
        for (var k = 0; k < curve.Length; k++)
            curve[k] = Math.Min(1, by * MathF.Pow(k / 256f, gamma));
        foreach (ref var value in plane)
        {
            var at = Math.Clamp(value, 0, 1) * 255.99f;
            var k = (int)at;
            value = curve[k] + ((curve[k + 1] - curve[k]) * (at - k));
        }
    }

    private void AddNoise(Span<float> image, int pixels)
    {
        // The sum of two uniform draws is near enough to a bell; its deviation is 0.408.
        var scale = noise / 0.408f / 65536f;
        var random = new SeededRandom((long)grain);
        var bits = 0UL;
        for (var i = 0; i < image.Length; i++)
        {
            if ((i & 1) == 0)
                bits = random.NextBits();
            var draw = (int)(bits & 0xFFFF) + (int)((bits >> 16) & 0xFFFF) - 65535;
            bits >>= 32;
            // A grey picture has grey noise.
            image[i] = grey && i >= pixels ? image[i % pixels] : Math.Clamp(image[i] + (draw * scale), 0, 1);
        }
    }

    /// <summary>Means over the cells of a coarser grid, then linear between their centres.</summary>
    private static void Coarsen(Span<float> plane, int size, int side)
    {
        Span<float> rows = stackalloc float[size * side],
            cells = stackalloc float[side * side],
            column = stackalloc float[side];
        for (var y = 0; y < size; y++)
            Mean(plane.Slice(y * size, size), 1, rows.Slice(y * side, side), size, side);
        for (var x = 0; x < side; x++)
        {
            Mean(rows[x..], side, column, size, side);
            for (var y = 0; y < side; y++)
                cells[(y * side) + x] = column[y];
        }
        var scale = (float)side / size;
        for (var y = 0; y < size; y++)
        {
            var fy = Math.Clamp(((y + 0.5f) * scale) - 0.5f, 0, side - 1.001f);
            var (iy, ty) = ((int)fy, fy - (int)fy);
            for (var x = 0; x < size; x++)
            {
                var fx = Math.Clamp(((x + 0.5f) * scale) - 0.5f, 0, side - 1.001f);
                var (ix, tx) = ((int)fx, fx - (int)fx);
                var at = (iy * side) + ix;
                var top = cells[at] + ((cells[at + 1] - cells[at]) * tx);
                var bottom = cells[at + side] + ((cells[at + side + 1] - cells[at + side]) * tx);
                plane[(y * size) + x] = top + ((bottom - top) * ty);
            }
        }
    }

    private static void Mean(ReadOnlySpan<float> line, int stride, Span<float> output, int size, int side)
    {
        for (var cell = 0; cell < side; cell++)
        {
            var (from, to) = (cell * size / side, Math.Max((cell * size / side) + 1, (cell + 1) * size / side));
            var sum = 0f;
            for (var i = from; i < to; i++)
                sum += line[i * stride];
            output[cell] = sum / (to - from);
        }
    }
}
