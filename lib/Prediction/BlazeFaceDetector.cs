using FanTrans.Data;
using Microsoft.ML.OnnxRuntime;

namespace FanTrans.Prediction;

/// <summary>
/// BlazeFace (Bazarevsky et al. 2019; MediaPipe's models) through ONNX Runtime. Known, from MediaPipe's graphs: input
/// in [-1, 1] with black borders, 896 anchors, weighted non-maximum suppression at an overlap of 0.3. Chosen by this
/// kit: the picture is looked at whole, and where no face is sure also turned by quarter turns; large pictures are
/// looked at in overlapping squares, too, so that faces from about 25 pixels on are found.
/// </summary>
public sealed class BlazeFaceDetector : IFaceDetector, IDisposable
{
    // A box (centre, size) and six points: right eye, left eye, nose, mouth, right ear, left ear.
    private const int Values = 16;
    private const double LeastOverlap = 0.3;

    // Turned and hidden faces score above 0.5; where one is surer than this, turning the picture finds nothing more.
    private const double Sure = 0.75;

    // The model finds faces of 1/20 of its picture's side. Squares overlap by a quarter: a larger face is found in the
    // whole.
    private const int LeastTile = 512;
    private const int MostTiles = 64;

    private readonly InferenceSession session;
    private readonly int side;
    private readonly (float X, float Y)[] anchors;

    /// <summary>Makes the detector from an ONNX file's bytes.</summary>
    /// <param name="model">MediaPipe's front-camera (128) or back-camera (256) model.</param>
    /// <exception cref="InvalidDataException">It is no such model; the message says what was expected.</exception>
    public BlazeFaceDetector(byte[] model)
    {
        ArgumentNullException.ThrowIfNull(model);
        // One thread: the landmark network waits for this one, and threads that spin would take its cores.
        using var options = new SessionOptions
        {
            IntraOpNumThreads = 1,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        try
        {
            session = new InferenceSession(model, options);
        }
        catch (OnnxRuntimeException error)
        {
            throw new InvalidDataException($"expected BlazeFace as an ONNX model, found: {error.Message}", error);
        }
        anchors = [.. Anchors(cells: 16, each: 2), .. Anchors(cells: 8, each: 6)];
        int[][] shapes =
        [
            .. session.InputMetadata.Values.Concat(session.OutputMetadata.Values).Select(v => v.Dimensions),
        ];
        if (
            shapes is not [[1, var height, var width, 3], [1, 512, 1], [1, 384, 1], [1, 512, Values], [1, 384, Values]]
            || height != width
        )
        {
            session.Dispose();
            throw new InvalidDataException(
                "expected BlazeFace with an input (1, S, S, 3) and the outputs (1, 512, 1), (1, 384, 1), (1, 512, "
                    + "16), (1, 384, 16); "
                    + $"found {string.Join(", ", shapes.Select(s => $"({string.Join(", ", s)})"))}"
            );
        }
        side = width;
    }

    /// <summary>A face of a lower score is passed over, 0 to 1; MediaPipe's default.</summary>
    public double LeastScore { get; init; } = 0.5;

    /// <inheritdoc/>
    public string Name => $"BlazeFace {side}";

    /// <summary>
    /// Makes the detector from the model that set-up fetched when this library was built, or from a file.
    /// </summary>
    /// <param name="path">The ONNX file, or the npm package that it comes in (.tgz); null for the library's own, or
    /// what the environment variable FANTRANS_FACE_DETECTOR names.</param>
    /// <param name="imageSize">256 finds faces down to 1/20 of the picture's longer side,
    /// 128 to 1/8 at half of the time.</param>
    /// <exception cref="FileNotFoundException">There is none; the message says how to get it.</exception>
    /// <exception cref="InvalidDataException">The file is another one, or broken.</exception>
    public static BlazeFaceDetector Load(string? path = null, int imageSize = 256) =>
        new(FaceDetectorFiles.Read(path, imageSize));

    /// <summary>As <see cref="Load"/> without a path; null where there is no model.</summary>
    internal static BlazeFaceDetector? TryLoad()
    {
        try
        {
            return Load();
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<DetectedFace> Find(RgbImage image, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        double longer = Math.Max(image.Width, image.Height);
        var whole = Whole(image, longer);
        var found = Look(image, whole);
        if (!found.Exists(f => f.Score >= Sure))
        {
            // A face that is hidden in part also scores when it is turned, so that one only counts where it is sure.
            foreach (var degrees in new[] { 90, 180, 270 })
                found.AddRange(Look(image, Turn(degrees).Then(whole)).Where(f => f.Score >= Sure));
            // One that fills the picture is too large for the model.
            found.AddRange(Look(image, Whole(image, 1.6 * longer)));
        }
        foreach (var tile in Tiles(image, longer))
        {
            cancellation.ThrowIfCancellationRequested();
            found.AddRange(Look(image, tile));
        }
        return [.. Distinct(found).Select(Face)];
    }

    /// <inheritdoc/>
    public void Dispose() => session.Dispose();

    private static IEnumerable<(float X, float Y)> Anchors(int cells, int each) =>
        from y in Enumerable.Range(0, cells)
        from x in Enumerable.Range(0, cells)
        from _ in Enumerable.Range(0, each)
        select ((x + 0.5f) / cells, (y + 0.5f) / cells);

    private Affine Turn(int degrees) =>
        Affine
            .Translation(side / -2.0, side / -2.0)
            .Then(Affine.Rotation(degrees))
            .Then(Affine.Translation(side / 2.0, side / 2.0));

    /// <summary>The whole picture in the middle of a black square of this many of its pixels.</summary>
    private Affine Whole(RgbImage image, double square) =>
        new(square / side, 0, (image.Width - square) / 2, 0, square / side, (image.Height - square) / 2);

    private IEnumerable<Affine> Tiles(RgbImage image, double longer) =>
        (
            from tile in new[] { longer / 2, longer / 4 }
            where tile >= LeastTile
            from y in Starts(image.Height, tile)
            from x in Starts(image.Width, tile)
            select new Affine(tile / side, 0, x, 0, tile / side, y)
        ).Take(MostTiles);

    /// <summary>Where evenly spread squares begin.</summary>
    private static IEnumerable<double> Starts(int length, double tile)
    {
        if (length <= tile)
            return [(length - tile) / 2];
        var steps = (int)Math.Ceiling((length - tile) / (0.75 * tile));
        return Enumerable.Range(0, steps + 1).Select(k => k * (length - tile) / steps);
    }

    /// <summary>The faces of one look, in pixels of the picture.</summary>
    private List<Candidate> Look(RgbImage image, Affine toImage)
    {
        var planes = new float[3 * side * side];
        ImageWarp.Sample(image, toImage, side, planes);
        var input = new float[planes.Length];
        for (var pixel = 0; pixel < side * side; pixel++)
        {
            for (var colour = 0; colour < 3; colour++)
                input[(3 * pixel) + colour] = (2 * planes[(colour * side * side) + pixel]) - 1;
        }
        using var tensor = OrtValue.CreateTensorValueFromMemory(input, [1, side, side, 3]);
        using var run = new RunOptions();
        using var outputs = session.Run(run, session.InputNames, [tensor], session.OutputNames);
        var candidates = new List<Candidate>();
        var first = 0;
        foreach (var (scores, boxes) in new[] { (outputs[0], outputs[2]), (outputs[1], outputs[3]) })
        {
            var logits = scores.GetTensorDataAsSpan<float>();
            var values = boxes.GetTensorDataAsSpan<float>();
            for (var i = 0; i < logits.Length; i++)
            {
                var score = 1 / (1 + Math.Exp(-logits[i]));
                if (score >= LeastScore)
                    candidates.Add(Decode(values.Slice(Values * i, Values), anchors[first + i], score, toImage));
            }
            first += logits.Length;
        }
        return Merge(candidates);
    }

    private Candidate Decode(ReadOnlySpan<float> values, (float X, float Y) anchor, double score, Affine toImage)
    {
        var decoded = new double[Values];
        for (var k = 0; k < Values; k += 2)
            (decoded[k], decoded[k + 1]) = toImage.Map(
                values[k] + (side * anchor.X),
                values[k + 1] + (side * anchor.Y)
            );
        var scale = Math.Sqrt(toImage.AreaFactor);
        (decoded[2], decoded[3]) = (values[2] * scale, values[3] * scale);
        return new Candidate(score, decoded);
    }

    /// <summary>Candidates that lie on one another become their mean, weighted by score.</summary>
    private static List<Candidate> Merge(List<Candidate> candidates)
    {
        var merged = new List<Candidate>();
        var rest = candidates.OrderByDescending(c => c.Score).ToList();
        while (rest.Count > 0)
        {
            var best = rest[0];
            var same = rest.Where(c => c == best || best.Overlap(c) > LeastOverlap).ToList();
            var weight = same.Sum(c => c.Score);
            merged.Add(
                new Candidate(
                    best.Score,
                    [.. Enumerable.Range(0, Values).Select(k => same.Sum(c => c.Score * c.Values[k]) / weight)]
                )
            );
            rest = [.. rest.Except(same)];
        }
        return merged;
    }

    /// <summary>Of different looks at one face the surest; parts of a face
    /// that lie within it are none of their own.</summary>
    private static List<Candidate> Distinct(List<Candidate> candidates)
    {
        var kept = new List<Candidate>();
        foreach (var candidate in candidates.OrderByDescending(c => c.Score))
        {
            if (!kept.Exists(k => k.Overlap(candidate) > LeastOverlap || k.Covers(candidate)))
                kept.Add(candidate);
        }
        return kept;
    }

    /// <summary>
    /// From the model's square to the box of the 68 landmarks: measured on 48 rendered faces for each model.
    /// </summary>
    private DetectedFace Face(Candidate c)
    {
        var (size, down) = side <= 128 ? (0.926, 0.068) : (0.884, 0.101);
        var roll = Math.Atan2(c.Values[7] - c.Values[5], c.Values[6] - c.Values[4]);
        var square = (c.Values[2] + c.Values[3]) / 2;
        var (x, y) = (c.Values[0] - (Math.Sin(roll) * down * square), c.Values[1] + (Math.Cos(roll) * down * square));
        var half = size * square / 2;
        return new DetectedFace(
            new FaceBox((float)(x - half), (float)(y - half), (float)(x + half), (float)(y + half)),
            c.Score,
            roll * 180 / Math.PI
        );
    }

    private sealed record Candidate(double Score, double[] Values)
    {
        public double Overlap(Candidate other) =>
            Shared(other) is var shared and > 0 ? shared / (Area + other.Area - shared) : 0;

        public bool Covers(Candidate other) => Shared(other) > 0.7 * Math.Min(Area, other.Area);

        private double Area => Values[2] * Values[3];

        private double Shared(Candidate other) => Math.Max(0, Along(0, other)) * Math.Max(0, Along(1, other));

        private double Along(int axis, Candidate other) =>
            Math.Min(Values[axis] + (Values[axis + 2] / 2), other.Values[axis] + (other.Values[axis + 2] / 2))
            - Math.Max(Values[axis] - (Values[axis + 2] / 2), other.Values[axis] - (other.Values[axis + 2] / 2));
    }
}
