namespace FanTrans.Data;

/// <summary>
/// The square of a picture that the network sees. Known from the authors' AU-Net: side 200·(w + h)/260 about the
/// centre of the face box, that is 1.54 times the mean side of the box.
/// </summary>
/// <param name="CenterX">Centre in continuous pixels.</param>
/// <param name="CenterY">Centre in continuous pixels.</param>
/// <param name="Side">Width and height in pixels, above 0.</param>
public readonly record struct FaceCrop(double CenterX, double CenterY, double Side)
{
    /// <summary>The crop of a face box.</summary>
    /// <param name="box">The box, in pixels.</param>
    /// <exception cref="ArgumentException">The box is empty or not finite.</exception>
    public static FaceCrop Around(FaceBox box)
    {
        var side = 200.0 * (box.Width + box.Height) / 260.0;
        return box.Width > 0 && box.Height > 0 && double.IsFinite(side)
            ? new FaceCrop((box.X0 + box.X1) / 2.0, (box.Y0 + box.Y1) / 2.0, side)
            : throw new ArgumentException($"the face box {box} has no area.", nameof(box));
    }

    /// <summary>The box whose crop is the whole image, with black beside it where it is not square.</summary>
    internal static FaceBox WholeImage(RgbImage image)
    {
        var half = Math.Max(image.Width, image.Height) * 260f / 400 / 2;
        float x = image.Width / 2f,
            y = image.Height / 2f;
        return new FaceBox(x - half, y - half, x + half, y + half);
    }

    /// <summary>The map from crop pixels, 0 to <paramref name="size"/>, to picture pixels.</summary>
    /// <param name="size">Side of the crop in its own pixels.</param>
    internal Affine ToImage(int size) =>
        new(Side / size, 0, CenterX - (Side / 2), 0, Side / size, CenterY - (Side / 2));

    /// <summary>Cuts the crop out of a picture.</summary>
    /// <param name="image">The picture; black beyond its edges.</param>
    /// <param name="size">Side of the crop in its own pixels.</param>
    /// <param name="output">3·size·size values, 0 to 1: red, green and blue planes.</param>
    public void Sample(RgbImage image, int size, Span<float> output) =>
        ImageWarp.Sample(image, ToImage(size), size, output);

    /// <summary>The crop as a picture of its own.</summary>
    /// <param name="image">The picture; black beyond its edges.</param>
    /// <param name="size">Side of the crop in its own pixels.</param>
    public RgbImage Picture(RgbImage image, int size)
    {
        var planes = new float[3 * size * size];
        Sample(image, size, planes);
        return RgbImage.FromPlanes(size, size, planes);
    }

    /// <summary>Points of the picture in the crop.</summary>
    /// <param name="points">(x, y) pairs in pixels of the picture, such as 68 landmarks; NaN stays NaN.</param>
    /// <param name="size">Side of the crop in its own pixels.</param>
    /// <returns>The same pairs in pixels of the crop.</returns>
    public float[] ToCrop(IReadOnlyList<float> points, int size)
    {
        ArgumentNullException.ThrowIfNull(points);
        var toCrop = ToImage(size).Inverse();
        return
        [
            .. Enumerable
                .Range(0, points.Count / 2)
                .Select(k => toCrop.Map(points[2 * k], points[(2 * k) + 1]))
                .SelectMany(p => new[] { (float)p.X, (float)p.Y }),
        ];
    }
}
