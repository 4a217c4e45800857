namespace FanTrans.Data;

/// <summary>A face cut out of its picture with some margin, and its landmarks and box in the crop's pixels.</summary>
internal sealed record PreparedCrop(RgbImage Image, float[] Landmarks, FaceBox Box)
{
    // Of the square's side to the five points' extent: JAA-Net (Shao et al., ECCV 2018).
    private const double FivePointEnlargement = 2.9;
    private const int NoseTip = 30,
        MouthRight = 48,
        MouthLeft = 54;

    /// <summary>Cuts it out.</summary>
    /// <param name="image">The whole picture.</param>
    /// <param name="landmarks">136 values in its pixels.</param>
    /// <param name="options">Size, margin and alignment.</param>
    /// <exception cref="ArgumentException">The landmarks span no box, lie off the picture,
    /// or lack one of the five points.</exception>
    public static PreparedCrop Cut(RgbImage image, float[] landmarks, PreparationOptions options)
    {
        var box = LandmarkSets.Box(landmarks);
        if (box.X1 <= 0 || box.Y1 <= 0 || box.X0 >= image.Width || box.Y0 >= image.Height)
            throw new ArgumentException("the landmarks lie off the picture");
        var stored = options.StoredSize;
        var toImage = options.Alignment is CropAlignment.Box ? Around(box, options) : FivePoint(landmarks, options);
        var toCrop = toImage.Inverse();

        var moved = new float[landmarks.Length];
        for (var k = 0; k < landmarks.Length; k += 2)
        {
            var (x, y) = toCrop.Map(landmarks[k], landmarks[k + 1]);
            (moved[k], moved[k + 1]) = (Rounded(x), Rounded(y));
        }
        return new PreparedCrop(Sample(image, toImage, stored), moved, Nominal(box, toCrop, options));
    }

    private static Affine Around(FaceBox box, PreparationOptions options)
    {
        var crop = FaceCrop.Around(box);
        return (crop with { Side = crop.Side * options.Margin }).ToImage(options.StoredSize);
    }

    private static Affine FivePoint(float[] landmarks, PreparationOptions options)
    {
        var right = Mean(landmarks, 36, 42);
        var left = Mean(landmarks, 42, 48);
        (double X, double Y)[] points =
        [
            right,
            left,
            Mean(landmarks, NoseTip, NoseTip + 1),
            Mean(landmarks, MouthRight, MouthRight + 1),
            Mean(landmarks, MouthLeft, MouthLeft + 1),
        ];
        if (points.Any(p => !double.IsFinite(p.X + p.Y)) || right == left)
            throw new ArgumentException("the alignment needs both eyes, the nose tip and both mouth corners");
        var tilt = Math.Atan2(left.Y - right.Y, left.X - right.X) * 180 / Math.PI;
        var level = Array.ConvertAll(points, p => Affine.Rotation(-tilt).Map(p.X, p.Y));
        double x0 = level.Min(p => p.X),
            x1 = level.Max(p => p.X),
            y0 = level.Min(p => p.Y),
            y1 = level.Max(p => p.Y);
        var side = FivePointEnlargement * Math.Max(x1 - x0, y1 - y0) * options.Margin;
        return new FaceCrop((x0 + x1) / 2, (y0 + y1) / 2, side).ToImage(options.StoredSize).Then(Affine.Rotation(tilt));
    }

    /// <summary>
    /// The box whose <see cref="FaceCrop"/> is the square that the network should see: for an aligned face the box
    /// is not the face's own, but the one that leads every user of the set to the aligned square.
    /// </summary>
    private static FaceBox Nominal(FaceBox box, Affine toCrop, PreparationOptions options)
    {
        if (options.Alignment is CropAlignment.Box)
        {
            var (x0, y0) = toCrop.Map(box.X0, box.Y0);
            var (x1, y1) = toCrop.Map(box.X1, box.Y1);
            return new FaceBox(Rounded(x0), Rounded(y0), Rounded(x1), Rounded(y1));
        }
        double stored = options.StoredSize;
        // A square box of side s gives a crop of side 200 · 2s / 260.
        var half = stored / options.Margin * 260 / 400 / 2;
        return new FaceBox(
            Rounded((stored / 2) - half),
            Rounded((stored / 2) - half),
            Rounded((stored / 2) + half),
            Rounded((stored / 2) + half)
        );
    }

    private static (double X, double Y) Mean(float[] landmarks, int from, int to)
    {
        double x = 0,
            y = 0;
        for (var k = from; k < to; k++)
            (x, y) = (x + landmarks[2 * k], y + landmarks[(2 * k) + 1]);
        return (x / (to - from), y / (to - from));
    }

    private static RgbImage Sample(RgbImage image, Affine toImage, int side)
    {
        var planes = new float[3 * side * side];
        ImageWarp.Sample(image, toImage, side, planes);
        return RgbImage.FromPlanes(side, side, planes);
    }

    // Hundredths of a pixel: what the manifest keeps.
    private static float Rounded(double value) => (float)Math.Round(value, 2);
}
