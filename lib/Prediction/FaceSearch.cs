using FanTrans.Data;
using FanTrans.Models;
using static TorchSharp.torch;

namespace FanTrans.Prediction;

/// <summary>How a photograph is searched for a face.</summary>
public sealed record FaceSearchOptions
{
    /// <summary>Side of the smallest face crop, as a share of the picture's shorter side.</summary>
    public double LeastSide { get; init; } = 0.18;

    /// <summary>Side of the largest face crop, as a share of the picture's shorter side.</summary>
    public double MostSide { get; init; } = 1.3;

    /// <summary>Each crop size is this times the next smaller one.</summary>
    public double SizeStep { get; init; } = 1.3;

    /// <summary>Distance of neighbouring crops, as a share of their side.</summary>
    public double Stride { get; init; } = 0.25;

    /// <summary>Places that are looked at more closely.</summary>
    public int Candidates { get; init; } = 16;

    /// <summary>How often a place is moved to the landmarks found there.</summary>
    public int Recentrings { get; init; } = 3;
}

/// <summary>A face that was found or given, with its landmarks.</summary>
/// <param name="Crop">The square that the landmarks were read from.</param>
/// <param name="Landmarks">136 values: 68 x (x, y) in pixels of the picture, iBUG order.</param>
/// <param name="Confidence">68 values, 0 to 1: the height of each landmark's heatmap.</param>
/// <param name="Score">
/// 0 to 1: the mean confidence, lowered where slightly moved and mirrored crops disagree on the landmarks. Chosen by
/// this kit; a face that the network knows how to read scores well above one half of the best.
/// </param>
public sealed record FaceLandmarks(FaceCrop Crop, float[] Landmarks, float[] Confidence, double Score);

/// <summary>
/// Finds the one most likely face of a picture with nothing but a face alignment network, coarse to fine: crops of all
/// places and sizes are scored by their heatmaps' height, the best ones are moved to the box of the landmarks found in
/// them, and of these the one wins whose landmarks are high and stay in place when the crop is moved, scaled or mirrored.
/// No trained face detector is needed, and none is as good as one: chosen by this kit for trying a photograph.
/// </summary>
/// <param name="fan">The network; not changed.</param>
/// <param name="device">Its device; null is the processor.</param>
public sealed class FaceSearch(FaceAlignmentNetwork fan, Device? device = null)
{
    private static readonly (double X, double Y, double Scale, bool Flipped)[] Variations =
    [
        (0, 0, 1, false), (0, 0, 1, true), (0.05, 0.03, 1.08, false), (-0.05, 0.03, 1.08, true), (0.03, -0.05, 0.95, true), (-0.03, -0.05, 0.95, false),
    ];

    private readonly LandmarkReader _reader = new(fan, device ?? CPU);

    /// <summary>Looks for the face.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="options">Places and sizes; null for the defaults.</param>
    /// <param name="cancellation">Ends it early.</param>
    public FaceLandmarks Find(RgbImage image, FaceSearchOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        options ??= new FaceSearchOptions();
        Look[] grid = [.. Grid(image, options)];
        var crops = Distinct(_reader.Read(image, grid, cancellation).Zip(grid, (seen, look) => (seen, look.Crop)))
            .Take(options.Candidates);
        for (var round = 0; round < options.Recentrings; round++)
        {
            Look[] looks = [.. crops.Select(c => new Look(c))];
            var seen = _reader.Read(image, looks, cancellation);
            crops = Distinct(seen.Zip(looks, (s, look) => (s, Recentred(s, look.Crop))));
        }
        return crops.Select(crop => Read(image, crop, cancellation)).MaxBy(f => f.Score)!;
    }

    /// <summary>Reads the landmarks of a face whose place is known, as the mean of several slightly varied crops.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="crop">The face's crop.</param>
    /// <param name="cancellation">Ends it early.</param>
    public FaceLandmarks Read(RgbImage image, FaceCrop crop, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        var seen = _reader.Read(image, [.. Variations.Select(v => Varied(crop, v))], cancellation);
        var (landmarks, confidence) = (new float[136], new float[68]);
        double spread = 0;
        for (var k = 0; k < 68; k++)
        {
            // A crop that does not see a landmark well says little about its place.
            var total = seen.Sum(s => Weight(s, k));
            landmarks[2 * k] = (float)(seen.Sum(s => Weight(s, k) * s.Landmarks[2 * k]) / total);
            landmarks[(2 * k) + 1] = (float)(seen.Sum(s => Weight(s, k) * s.Landmarks[(2 * k) + 1]) / total);
            confidence[k] = seen.Average(s => s.Confidence[k]);
            spread += seen.Average(s => Distance(s.Landmarks, landmarks, k)) / 68;
        }
        // A spread of 3 % of the crop's side, about a tenth of the distance of the eyes, takes the score to 1/e.
        return new FaceLandmarks(crop, landmarks, confidence, confidence.Average() * Math.Exp(-spread / (0.03 * crop.Side)));
    }

    private static IEnumerable<Look> Grid(RgbImage image, FaceSearchOptions options)
    {
        double shorter = Math.Min(image.Width, image.Height);
        for (var side = options.MostSide * shorter; side >= options.LeastSide * shorter; side /= options.SizeStep)
        {
            foreach (var y in Centres(image.Height, side, options.Stride))
            {
                foreach (var x in Centres(image.Width, side, options.Stride))
                    yield return new Look(new FaceCrop(x, y, side));
            }
        }
    }

    /// <summary>Evenly spread centres, the outermost a third of a crop from the edge.</summary>
    private static IEnumerable<double> Centres(int length, double side, double stride)
    {
        var span = length - (2 * side / 3);
        if (span <= 0)
            return [length / 2.0];
        var steps = (int)Math.Ceiling(span / (stride * side));
        return Enumerable.Range(0, steps + 1).Select(i => (side / 3) + (span * i / steps));
    }

    /// <summary>The crops from the best score on, without those that lie on a better one.</summary>
    private static List<FaceCrop> Distinct(IEnumerable<(Seen Seen, FaceCrop Crop)> looks)
    {
        var kept = new List<FaceCrop>();
        foreach (var (_, crop) in looks.OrderByDescending(l => l.Seen.Score))
        {
            if (!kept.Any(k => Math.Abs(k.CenterX - crop.CenterX) < 0.12 * k.Side && Math.Abs(k.CenterY - crop.CenterY) < 0.12 * k.Side
                && Math.Abs(Math.Log(k.Side / crop.Side)) < 0.15))
                kept.Add(crop);
        }
        return kept;
    }

    private static FaceCrop Recentred(Seen seen, FaceCrop crop)
    {
        var box = FaceBox.Around(seen.Landmarks);
        var moved = FaceCrop.Around(box);
        // Landmarks of no face may lie in one place; a crop never shrinks or grows more than a face could be misjudged.
        return moved with { Side = Math.Clamp(moved.Side, crop.Side / 2, crop.Side * 2) };
    }

    private static Look Varied(FaceCrop crop, (double X, double Y, double Scale, bool Flipped) by) =>
        new(new FaceCrop(crop.CenterX + (by.X * crop.Side), crop.CenterY + (by.Y * crop.Side), crop.Side * by.Scale), by.Flipped);

    private static double Weight(Seen seen, int landmark) => Math.Max(seen.Confidence[landmark], 1e-3);

    private static double Distance(float[] a, float[] b, int landmark)
    {
        double dx = a[2 * landmark] - b[2 * landmark], dy = a[(2 * landmark) + 1] - b[(2 * landmark) + 1];
        return Math.Sqrt((dx * dx) + (dy * dy));
    }
}
