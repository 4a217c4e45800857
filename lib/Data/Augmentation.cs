using System.Numerics;

namespace FanTrans.Data;

/// <summary>
/// One training crop's variation, drawn from a stream of random numbers. Rotation, scale, shift and flip join the
/// crop in one affine map, so the picture is sampled once; colour, the camera's faults, blur, JPEG and dropout work on
/// the sampled crop.
/// </summary>
internal readonly struct Augmentation
{
    private readonly SeededRandom dropout;
    private readonly int holes;
    private readonly double holeSide;
    private readonly float blur;
    private readonly int jpegQuality;
    private readonly Colors colors;
    private readonly CameraFaults faults;

    /// <summary>
    /// Draws the variation of one crop. Every option takes its numbers from the stream whether it is on or not, so
    /// turning one off leaves the others as they were.
    /// </summary>
    /// <param name="options">The ranges.</param>
    /// <param name="crop">The face's crop without variation.</param>
    /// <param name="size">S, the side of the crop in its own pixels.</param>
    /// <param name="random">The stream, for example of (seed, epoch, index).</param>
    public Augmentation(AugmentationOptions options, FaceCrop crop, int size, SeededRandom random)
    {
        ArgumentNullException.ThrowIfNull(options);
        Size = size;
        var angle = random.Uniform(-options.Rotation, options.Rotation);
        var scale = random.Uniform(options.ScaleLow, options.ScaleHigh);
        var shiftX = random.Uniform(-options.Shift, options.Shift) * size;
        var shiftY = random.Uniform(-options.Shift, options.Shift) * size;
        Flipped = random.Chance(options.Flip);
        crop = Placed(options.Away, crop, ref random);
        var centre = size / 2.0;
        // The face moves by the shift, turns by the angle and grows by the scale; this is the way back to the picture.
        ToImage = Affine
            .Translation(-centre - shiftX, -centre - shiftY)
            .Then(Affine.Scaling(Flipped ? -1 / scale : 1 / scale, 1 / scale))
            .Then(Affine.Rotation(-angle))
            .Then(Affine.Translation(centre, centre))
            .Then(crop.ToImage(size));

        var jitter = options.ColorJitter;
        colors = new Colors(
            (float)random.Uniform(1 - jitter, 1 + jitter),
            (float)random.Uniform(1 - jitter, 1 + jitter),
            (float)random.Uniform(1 - jitter, 1 + jitter)
        );
        var strength = (float)random.Uniform(0.05, 0.25);
        blur = random.Chance(options.Blur) ? strength : 0;
        var holes = 1 + random.Below(3);
        this.holes = random.Chance(options.Dropout) ? holes : 0;
        holeSide = options.DropoutSide;
        dropout = random;
        // A stream of its own, since dropout draws from the other one.
        var jpeg = new SeededRandom(random.NextSeed(), options.JpegQuality);
        var quality = options.JpegQuality + jpeg.Below(101 - options.JpegQuality);
        jpegQuality = jpeg.Chance(options.Jpeg) ? quality : 0;
        faults = new CameraFaults(options, new SeededRandom(jpeg.NextSeed(), 0xFA17));
    }

    /// <summary>S, the side of the crop in its own pixels.</summary>
    public int Size { get; }

    /// <summary>Whether left and right are swapped.</summary>
    public bool Flipped { get; }

    /// <summary>From crop pixels to picture pixels.</summary>
    internal Affine ToImage { get; }

    /// <summary>Cuts the varied crop.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="output">3·S·S values, 0 to 1: red, green and blue planes.</param>
    public void Sample(RgbImage image, Span<float> output)
    {
        ImageWarp.Sample(image, ToImage, Size, output);
        colors.Apply(output);
        faults.Apply(output, Size);
        if (blur > 0)
        {
            for (var plane = 0; plane < 3; plane++)
                Blur(output.Slice(plane * Size * Size, Size * Size), Size, blur);
        }
        if (jpegQuality > 0)
            RgbImage.Decode(RgbImage.FromPlanes(Size, Size, output).ToJpeg(jpegQuality)).ToPlanes(output);
        Drop(output);
    }

    /// <summary>Moves landmarks of the picture into the varied crop.</summary>
    /// <param name="landmarks">136 values in picture pixels; a NaN pair is not known.</param>
    /// <param name="visible">68 flags of the picture.</param>
    /// <param name="output">136 values in crop pixels, beyond its sides where cut off, in the order of a mirrored face
    /// where flipped; 0 where not known.</param>
    /// <param name="outputVisible">68 values, 1 where the landmark is visible,
    /// known and inside the crop, else 0.</param>
    public void Map(
        ReadOnlySpan<float> landmarks,
        ReadOnlySpan<bool> visible,
        Span<float> output,
        Span<float> outputVisible
    )
    {
        var toCrop = ToImage.Inverse();
        for (var k = 0; k < Ibug68.Count; k++)
        {
            var to = Flipped ? Ibug68.Flipped[k] : k;
            var (x, y) = toCrop.Map(landmarks[2 * k], landmarks[(2 * k) + 1]);
            var known = double.IsFinite(x) && double.IsFinite(y);
            (output[2 * to], output[(2 * to) + 1]) = known ? ((float)x, (float)y) : (0, 0);
            var inside = known && x >= 0 && y >= 0 && x < Size && y < Size;
            outputVisible[to] = inside && visible[k] ? 1 : 0;
        }
    }

    private static FaceCrop Placed(double away, FaceCrop crop, ref SeededRandom random)
    {
        var moved = random.Chance(away);
        var (sin, cos) = Math.SinCos(random.Uniform(0, 2 * Math.PI));
        var distance = random.Uniform(0.4, 1.2) * crop.Side;
        var scale = Math.Pow(2, random.Uniform(-1, 1));
        return moved
            ? new FaceCrop(crop.CenterX + (distance * cos), crop.CenterY + (distance * sin), crop.Side * scale)
            : crop;
    }

    private void Drop(Span<float> output)
    {
        var random = dropout;
        for (var hole = 0; hole < holes; hole++)
        {
            var width = Math.Clamp((int)(random.Uniform(0.05, holeSide) * Size), 1, Size);
            var height = Math.Clamp((int)(random.Uniform(0.05, holeSide) * Size), 1, Size);
            int left = random.Below(Size - width + 1),
                top = random.Below(Size - height + 1);
            var grey = (float)random.NextDouble();
            for (var plane = 0; plane < 3; plane++)
            {
                for (var row = top; row < top + height; row++)
                    output.Slice((plane * Size * Size) + (row * Size) + left, width).Fill(grey);
            }
        }
    }

    /// <summary>The separable kernel (a, 1 - 2a, a), edges repeated.</summary>
    private static void Blur(Span<float> plane, int size, float a)
    {
        // Each line with its ends repeated, so that every element has two neighbours.
        Span<float> padded = stackalloc float[size + 2],
            previous = stackalloc float[size];
        for (var row = 0; row < size; row++)
        {
            var line = plane.Slice(row * size, size);
            line.CopyTo(padded[1..]);
            (padded[0], padded[^1]) = (line[0], line[^1]);
            Mix(line, padded[1..^1], padded[..^2], padded[2..], a);
        }
        plane[..size].CopyTo(previous);
        for (var row = 0; row < size; row++)
        {
            var line = plane.Slice(row * size, size);
            line.CopyTo(padded);
            Mix(line, line, previous, plane.Slice(Math.Min(row + 1, size - 1) * size, size), a);
            padded[..size].CopyTo(previous);
        }
    }

    /// <summary>output = (1 - 2a)·middle + a·(before + after), element by element.</summary>
    private static void Mix(
        Span<float> output,
        ReadOnlySpan<float> middle,
        ReadOnlySpan<float> before,
        ReadOnlySpan<float> after,
        float a
    )
    {
        var i = 0;
        for (; i <= output.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var sides = new Vector<float>(before[i..]) + new Vector<float>(after[i..]);
            ((new Vector<float>(middle[i..]) * (1 - (2 * a))) + (sides * a)).CopyTo(output[i..]);
        }
        for (; i < output.Length; i++)
            output[i] = ((1 - (2 * a)) * middle[i]) + (a * (before[i] + after[i]));
    }

    /// <summary>Brightness, then contrast about the crop's mean grey, then saturation,
    /// as one linear map of a pixel.</summary>
    private readonly record struct Colors(float Brightness, float Contrast, float Saturation)
    {
        private const float Red = 0.299f,
            Green = 0.587f,
            Blue = 0.114f;

        public void Apply(Span<float> image)
        {
            if (Brightness == 1 && Contrast == 1 && Saturation == 1)
                return;
            var pixels = image.Length / 3;
            Span<float> r = image[..pixels],
                g = image.Slice(pixels, pixels),
                b = image[(2 * pixels)..];
            var mean = Brightness * ((Red * Mean(r)) + (Green * Mean(g)) + (Blue * Mean(b)));
            float gain = Brightness * Contrast,
                offset = (1 - Contrast) * mean;
            // v' = s·v + (1 - s)·grey: a pixel's own grey takes the place of the saturation that is left out.
            float own = gain * Saturation,
                shared = gain * (1 - Saturation);
            Vector<float> zero = Vector<float>.Zero,
                one = Vector<float>.One,
                add = new(offset);
            var i = 0;
            for (; i <= pixels - Vector<float>.Count; i += Vector<float>.Count)
            {
                Vector<float> vr = new(r[i..]),
                    vg = new(g[i..]),
                    vb = new(b[i..]);
                var grey = (((vr * Red) + (vg * Green) + (vb * Blue)) * shared) + add;
                Vector.Min(Vector.Max((vr * own) + grey, zero), one).CopyTo(r[i..]);
                Vector.Min(Vector.Max((vg * own) + grey, zero), one).CopyTo(g[i..]);
                Vector.Min(Vector.Max((vb * own) + grey, zero), one).CopyTo(b[i..]);
            }
            for (; i < pixels; i++)
            {
                var grey = (((r[i] * Red) + (g[i] * Green) + (b[i] * Blue)) * shared) + offset;
                r[i] = Math.Clamp((r[i] * own) + grey, 0, 1);
                g[i] = Math.Clamp((g[i] * own) + grey, 0, 1);
                b[i] = Math.Clamp((b[i] * own) + grey, 0, 1);
            }
        }

        private static float Mean(ReadOnlySpan<float> values)
        {
            // In blocks, so that a large crop's mean does not lose digits.
            double sum = 0;
            for (var at = 0; at < values.Length; at += 256)
            {
                var block = 0f;
                foreach (var value in values.Slice(at, Math.Min(256, values.Length - at)))
                    block += value;
                sum += block;
            }
            return (float)(sum / values.Length);
        }
    }
}
