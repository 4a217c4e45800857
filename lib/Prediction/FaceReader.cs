using FanTrans.Data;

namespace FanTrans.Prediction;

/// <summary>A face's square in a picture, turned with the face.</summary>
/// <param name="Crop">The square.</param>
/// <param name="Roll">How far it is turned about its centre, degrees, positive clockwise.</param>
internal readonly record struct FacePlace(FaceCrop Crop, double Roll)
{
    // Training turns faces by up to 13.5 degrees, so a smaller turn is left alone.
    private const double LeastRoll = 15;

    /// <summary>The place of a detected face.</summary>
    public static FacePlace Of(DetectedFace face) =>
        new(FaceCrop.Around(face.Box), Math.Abs(face.Roll) < LeastRoll ? 0 : face.Roll);

    /// <summary>The place of a face with these landmarks, kept within reach of the picture;
    /// null where they span none.</summary>
    public static FacePlace? Of(float[] landmarks, RgbImage image)
    {
        var roll = RollOf(landmarks);
        if (Math.Abs(roll) < LeastRoll)
            roll = 0;
        // The box of the face turned upright.
        var turn = Affine.Rotation(-roll);
        var upright = new float[landmarks.Length];
        for (var k = 0; k < landmarks.Length; k += 2)
        {
            var (x, y) = turn.Map(landmarks[k], landmarks[k + 1]);
            (upright[k], upright[k + 1]) = ((float)x, (float)y);
        }
        var box = Box(upright);
        if (!(box.Width >= 1 && box.Height >= 1))
            return null;
        var crop = FaceCrop.Around(box);
        var (cx, cy) = turn.Inverse().Map(crop.CenterX, crop.CenterY);
        var longest = 2.0 * Math.Max(image.Width, image.Height);
        return new FacePlace(
            new FaceCrop(Math.Clamp(cx, 0, image.Width), Math.Clamp(cy, 0, image.Height), Math.Min(crop.Side, longest)),
            roll
        );
    }

    /// <summary>How far a face is turned in the picture's plane, by its eyes; degrees, positive clockwise.</summary>
    private static double RollOf(ReadOnlySpan<float> landmarks)
    {
        double dx = 0,
            dy = 0;
        for (var k = 36; k < 42; k++)
        {
            dx += landmarks[2 * (k + 6)] - landmarks[2 * k];
            dy += landmarks[(2 * (k + 6)) + 1] - landmarks[(2 * k) + 1];
        }
        return Math.Atan2(dy, dx) * 180 / Math.PI;
    }

    /// <summary>The tight box of landmarks; empty where they are all in one place.</summary>
    public static FaceBox Box(float[] landmarks)
    {
        var (x0, x1, y0, y1) = (
            float.PositiveInfinity,
            float.NegativeInfinity,
            float.PositiveInfinity,
            float.NegativeInfinity
        );
        for (var k = 0; k < landmarks.Length; k += 2)
        {
            (x0, x1) = (Math.Min(x0, landmarks[k]), Math.Max(x1, landmarks[k]));
            (y0, y1) = (Math.Min(y0, landmarks[k + 1]), Math.Max(y1, landmarks[k + 1]));
        }
        return new FaceBox(x0, y0, x1, y1);
    }

    /// <summary>From pixels of the crop to pixels of the picture.</summary>
    public Affine ToImage(int size, bool mirrored)
    {
        var scale = Crop.Side / size;
        return Affine
            .Translation(-size / 2.0, -size / 2.0)
            .Then(Affine.Scaling(mirrored ? -scale : scale, scale))
            .Then(Affine.Rotation(Roll))
            .Then(Affine.Translation(Crop.CenterX, Crop.CenterY));
    }

    /// <summary>Whether a network would see about the same in both.</summary>
    public bool IsNear(FacePlace other) =>
        Math.Abs(Crop.CenterX - other.Crop.CenterX) < 0.04 * Crop.Side
        && Math.Abs(Crop.CenterY - other.Crop.CenterY) < 0.04 * Crop.Side
        && Math.Abs(Math.Log(Crop.Side / other.Crop.Side)) < 0.06
        && Math.Abs(Roll - other.Roll) < 8;
}

/// <summary>A face as the network reads it.</summary>
/// <param name="Place">The square that it was read from.</param>
/// <param name="Landmarks">136 values in pixels of the picture.</param>
/// <param name="Confidence">
/// 0 to 1: the mean height of the heatmaps, lowered where the crop and its mirror image disagree on the landmarks.
/// Chosen by this kit.
/// </param>
/// <param name="Probabilities">N values, from the mean of both crops' logits.</param>
internal sealed record ReadFace(FacePlace Place, float[] Landmarks, double Confidence, float[] Probabilities);

/// <summary>
/// Reads faces whose place is roughly known: each crop and its mirror image, again in a better place until the crop is
/// the one that the landmarks found in it ask for, as in training. The faces of a picture go through the network
/// together.
/// </summary>
internal sealed class FaceReader(IFaceNetwork network)
{
    private const int BatchSize = 32;
    private const int MostRounds = 4;

    /// <summary>Whether faces are read with their mirror image, too.</summary>
    public bool Mirrored { get; set; } = true;

    /// <summary>Reads the face of each place, in order.</summary>
    public ReadFace[] Read(RgbImage image, IReadOnlyList<FacePlace> places, CancellationToken cancellation)
    {
        var faces = new ReadFace[places.Count];
        var open = places.Select((place, face) => (Face: face, Place: place)).ToList();
        for (var round = 1; open.Count > 0; round++)
        {
            var read = Once(image, [.. open.Select(o => o.Place)], Mirrored, cancellation);
            var next = new List<(int, FacePlace)>();
            for (var i = 0; i < open.Count; i++)
            {
                var (face, place) = open[i];
                faces[face] = read[i];
                if (round < MostRounds && FacePlace.Of(read[i].Landmarks, image) is { } better && !better.IsNear(place))
                    next.Add(
                        (
                            face,
                            better with
                            {
                                Crop = better.Crop with
                                {
                                    Side = Math.Clamp(better.Crop.Side, place.Crop.Side / 2, place.Crop.Side * 2),
                                },
                            }
                        )
                    );
            }
            open = next;
        }
        return faces;
    }

    /// <summary>Reads each place once, with its mirror image or without.</summary>
    public ReadFace[] Once(
        RgbImage image,
        IReadOnlyList<FacePlace> places,
        bool mirrored,
        CancellationToken cancellation
    )
    {
        var looks = mirrored ? 2 : 1;
        var read = new List<ReadFace>(places.Count);
        foreach (var part in places.Chunk(BatchSize / looks))
        {
            cancellation.ThrowIfCancellationRequested();
            var crops = network.Read(Pixels(image, part, looks), looks * part.Length);
            for (var i = 0; i < part.Length; i++)
                read.Add(Together(part[i], crops[looks * i], mirrored ? crops[(looks * i) + 1] : null));
        }
        return [.. read];
    }

    private float[] Pixels(RgbImage image, FacePlace[] places, int looks)
    {
        var size = network.ImageSize;
        var plane = 3 * size * size;
        var pixels = new float[looks * places.Length * plane];
        Parallel.For(
            0,
            looks * places.Length,
            i =>
                ImageWarp.Sample(
                    image,
                    places[i / looks].ToImage(size, mirrored: i % looks == 1),
                    size,
                    pixels.AsSpan(i * plane, plane)
                )
        );
        return pixels;
    }

    private ReadFace Together(FacePlace place, CropReading straight, CropReading? mirrored)
    {
        var (landmarks, confidence) = ToImage(place, straight, flipped: false);
        var logits = straight.Logits;
        double spread = 0;
        if (mirrored is not null)
        {
            var (others, sure) = ToImage(place, mirrored, flipped: true);
            for (var k = 0; k < Ibug68.Count; k++)
            {
                // A crop that does not see a landmark well says little about its place.
                double a = Math.Max(confidence[k], 1e-3),
                    b = Math.Max(sure[k], 1e-3);
                double dx = others[2 * k] - landmarks[2 * k],
                    dy = others[(2 * k) + 1] - landmarks[(2 * k) + 1];
                spread += Math.Sqrt((dx * dx) + (dy * dy)) / 2 / Ibug68.Count;
                landmarks[2 * k] += (float)(b / (a + b) * dx);
                landmarks[(2 * k) + 1] += (float)(b / (a + b) * dy);
                confidence[k] = (confidence[k] + sure[k]) / 2;
            }
            logits = [.. logits.Zip(mirrored.Logits, (x, y) => (x + y) / 2)];
        }
        // A spread of 3 % of the crop's side, about a tenth of the distance of the eyes, takes it to 1/e.
        return new ReadFace(
            place,
            landmarks,
            confidence.Average() * Math.Exp(-spread / (0.03 * place.Crop.Side)),
            [.. logits.Select(z => 1 / (1 + MathF.Exp(-z)))]
        );
    }

    private (float[] Landmarks, float[] Confidence) ToImage(FacePlace place, CropReading reading, bool flipped)
    {
        var map = place.ToImage(network.ImageSize, flipped);
        var (points, sure) = (new float[2 * Ibug68.Count], new float[Ibug68.Count]);
        for (var k = 0; k < Ibug68.Count; k++)
        {
            var to = flipped ? Ibug68.Flipped[k] : k;
            var (x, y) = map.Map(reading.Landmarks[2 * k], reading.Landmarks[(2 * k) + 1]);
            (points[2 * to], points[(2 * to) + 1], sure[to]) = ((float)x, (float)y, reading.Confidence[k]);
        }
        return (points, sure);
    }
}
