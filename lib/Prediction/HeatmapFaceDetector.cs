using FanTrans.Data;

namespace FanTrans.Prediction;

/// <summary>
/// The fallback where no face detector is at hand: finds the one most likely face with nothing but the landmark
/// network. Crops of all places and sizes are scored by their heatmaps' height, the best ones are moved to the
/// landmarks found in them, and the one wins whose landmarks are high and stay in place when the crop is mirrored.
/// Slow, and chosen by this kit.
/// </summary>
internal sealed class HeatmapFaceDetector(IFaceNetwork network) : IFaceDetector
{
    // Crop sides as shares of the picture's shorter side, and in pixels; distance of neighbouring crops in sides.
    private const double MostSide = 1.3,
        LeastSide = 0.18,
        SizeStep = 1.3,
        Stride = 0.25,
        LeastPixels = 24;

    // A square picture has about a thousand crops; long strips would have many more.
    private const int MostCrops = 1200;
    private const int Candidates = 16;
    private const int Recentrings = 3;

    private readonly FaceReader reader = new(network);

    public string Name => "the landmark network (no face detector in this build): slow, one face a picture";

    public IReadOnlyList<DetectedFace> Find(RgbImage image, CancellationToken cancellation = default)
    {
        var places = Grid(image).Take(MostCrops).ToList();
        for (var round = 0; round <= Recentrings; round++)
        {
            var read = reader.Once(image, places, mirrored: false, cancellation);
            places = Distinct(
                read.OrderByDescending(f => f.Confidence).Select(f => round == 0 ? f.Place : Moved(f, image)),
                Candidates
            );
        }
        return
            reader.Once(image, places, mirrored: true, cancellation).MaxBy(f => f.Confidence) is { } best
            && FacePlace.Of(best.Landmarks, image) is not null
            ? [new DetectedFace(FaceBox.Around(best.Landmarks), best.Confidence)]
            : [];
    }

    private static IEnumerable<FacePlace> Grid(RgbImage image)
    {
        double shorter = Math.Min(image.Width, image.Height);
        for (
            var side = MostSide * shorter;
            side >= Math.Max(LeastSide * shorter, Math.Min(LeastPixels, shorter));
            side /= SizeStep
        )
        {
            foreach (var y in Centres(image.Height, side))
            {
                foreach (var x in Centres(image.Width, side))
                    yield return new FacePlace(new FaceCrop(x, y, side), 0);
            }
        }
    }

    /// <summary>Evenly spread centres, the outermost a third of a crop from the edge.</summary>
    private static IEnumerable<double> Centres(int length, double side)
    {
        var span = length - (2 * side / 3);
        if (span <= 0)
            return [length / 2.0];
        var steps = (int)Math.Ceiling(span / (Stride * side));
        return Enumerable.Range(0, steps + 1).Select(i => (side / 3) + (span * i / steps));
    }

    /// <summary>The first places, without those that lie on an earlier one.</summary>
    private static List<FacePlace> Distinct(IEnumerable<FacePlace> places, int most)
    {
        var kept = new List<FacePlace>();
        foreach (var place in places)
        {
            var (x, y, side) = (place.Crop.CenterX, place.Crop.CenterY, place.Crop.Side);
            if (
                kept.Count < most
                && !kept.Exists(k =>
                    Math.Abs(k.Crop.CenterX - x) < 0.12 * k.Crop.Side
                    && Math.Abs(k.Crop.CenterY - y) < 0.12 * k.Crop.Side
                    && Math.Abs(Math.Log(k.Crop.Side / side)) < 0.15
                )
            )
                kept.Add(place);
        }
        return kept;
    }

    /// <summary>Landmarks of no face may lie anywhere: a crop never shrinks or grows more
    /// than a face could be misjudged.</summary>
    private static FacePlace Moved(ReadFace face, RgbImage image)
    {
        var (crop, side) = (FacePlace.Of(face.Landmarks, image)?.Crop ?? face.Place.Crop, face.Place.Crop.Side);
        return new FacePlace(crop with { Side = Math.Clamp(crop.Side, side / 2, side * 2) }, 0);
    }
}
