using System.Reflection;
using System.Threading.Channels;
using FanTrans.Data;

namespace FanTrans.Prediction;

/// <summary>One face of a picture or frame.</summary>
/// <param name="Id">From 0; in a video the same person keeps it, also through a gap of up to two seconds.</param>
/// <param name="Box">The tight box of the landmarks, in pixels.</param>
/// <param name="Score">0 to 1: how sure the detector was when it last saw this face.</param>
/// <param name="Landmarks">136 values: 68 x (x, y) in pixels of the picture, iBUG order.</param>
/// <param name="Confidence">0 to 1: the mean height of the landmarks' heatmaps,
/// lowered where the crop and its mirror image disagree.</param>
/// <param name="Probabilities">A probability for each of the predictor's action units.</param>
public sealed record FacePrediction(
    int Id,
    FaceBox Box,
    double Score,
    float[] Landmarks,
    double Confidence,
    float[] Probabilities
)
{
    /// <summary>How the head is turned.</summary>
    public HeadPose Pose => HeadPose.Of(Landmarks);
}

/// <summary>What was found in a picture or frame, or why nothing could be.</summary>
/// <param name="File">Where the frame is from.</param>
/// <param name="Number">Its number in the video, from 1; 1 for a picture, 0 with an error.</param>
/// <param name="Seconds">Its time in the video; 0 for a picture.</param>
/// <param name="Faces">The faces; in a picture the largest first, in a video by number.</param>
public sealed record FramePrediction(string File, int Number, double Seconds, IReadOnlyList<FacePrediction> Faces)
{
    /// <summary>The frame; null where it is not kept, as of a long video.</summary>
    public RgbImage? Image { get; init; }

    /// <summary>Whether it stands alone; else it is a frame of a video.</summary>
    public bool IsPicture { get; init; }

    /// <summary>Why the file could not be read, or not to its end; then this is the last of the file.</summary>
    public string? Error { get; init; }
}

/// <summary>From pictures and videos to faces, landmarks and action units.</summary>
public sealed class FacePredictor : IDisposable
{
    /// <summary>A face of lower confidence counts as none, unless asked otherwise. Chosen by this kit.</summary>
    public const double DefaultLeastConfidence = 0.1;

    private const int DecodedAhead = 4;
    private const string ShippedName = "model-small.onnx";

    private readonly FaceReader reader;
    private readonly List<IDisposable> own = [];

    /// <summary>Makes a predictor from the model that this library carries, see docs/model-card.md.</summary>
    /// <param name="detector">Finds the faces; null for BlazeFace, or where this build has none, for a slow search with
    /// the model's landmark network.</param>
    /// <param name="gpu">The number of the GPU to run the model on, from 0; null is the processor.</param>
    /// <exception cref="InvalidOperationException">There is no GPU
    /// that this build can use; the message says why.</exception>
    public FacePredictor(IFaceDetector? detector = null, int? gpu = null)
        : this(new OnnxFaceNetwork(Shipped(), Environment.ProcessorCount, ShippedName, gpu), detector) { }

    internal FacePredictor(IFaceNetwork network, IFaceDetector? detector)
    {
        reader = new FaceReader(network);
        ActionUnits = network.ActionUnits;
        if (network is IDisposable session)
            own.Add(session);
        if (detector is null && BlazeFaceDetector.TryLoad() is { } blazeFace)
        {
            own.Add(blazeFace);
            detector = blazeFace;
        }
        Detector = detector ?? new HeatmapFaceDetector(network);
    }

    /// <summary>Makes a predictor from a model that export.cs or <c>OnnxExport</c> wrote.</summary>
    /// <param name="path">The file.</param>
    /// <param name="detector">As for the library's own model.</param>
    /// <param name="gpu">The number of the GPU to run the model on, from 0; null is the processor.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is another file, or broken.</exception>
    /// <exception cref="InvalidOperationException">There is no GPU that this build can use.</exception>
    public static FacePredictor FromOnnx(string path, IFaceDetector? detector = null, int? gpu = null) =>
        new(new OnnxFaceNetwork(File.ReadAllBytes(path), Environment.ProcessorCount, path, gpu), detector);

    /// <summary>The N FACS numbers that are predicted.</summary>
    public IReadOnlyList<int> ActionUnits { get; }

    /// <summary>What finds the faces.</summary>
    public IFaceDetector Detector { get; }

    /// <summary>A face of lower confidence counts as none, 0 to 1.</summary>
    public double LeastConfidence { get; set; } = DefaultLeastConfidence;

    /// <summary>Whether each face is read with its mirror image and the two are averaged, the default. Without it a
    /// face takes half the time, probabilities are noisier, and <see cref="FacePrediction.Confidence"/> does not know
    /// whether the two agree. Chosen by this kit.</summary>
    public bool Mirrored
    {
        get => reader.Mirrored;
        set => reader.Mirrored = value;
    }

    /// <summary>Predicts every face of a picture, the largest first.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="cancellation">Ends it early.</param>
    public IReadOnlyList<FacePrediction> Predict(RgbImage image, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        var found = Detector.Find(image, cancellation);
        var read = reader.Read(image, [.. found.Select(FacePlace.Of)], cancellation);
        return
        [
            .. read.Zip(found, (face, detected) => (Face: face, detected.Score))
                .Where(f => f.Face.Confidence >= LeastConfidence)
                .OrderByDescending(f => f.Face.Place.Crop.Side)
                .Select((f, id) => Prediction(id, f.Face, f.Score)),
        ];
    }

    /// <summary>Predicts the faces about boxes that are known, in their order, whatever their confidence.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="boxes">About the boxes of the landmarks.</param>
    /// <param name="cancellation">Ends it early.</param>
    public IReadOnlyList<FacePrediction> Predict(
        RgbImage image,
        IReadOnlyList<FaceBox> boxes,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(boxes);
        return
        [
            .. reader
                .Read(image, [.. boxes.Select(b => FacePlace.Of(new DetectedFace(b, 1)))], cancellation)
                .Select((face, id) => Prediction(id, face, 1)),
        ];
    }

    /// <summary>
    /// Predicts frame after frame as they are asked for, a few decoded ahead. In a video, that is several frames of one
    /// file in order, faces are followed.
    /// </summary>
    /// <param name="frames">Such as <see cref="PredictionInputs.Frames"/> gives.</param>
    /// <param name="cancellation">Ends it early.</param>
    public IEnumerable<FramePrediction> Predict(
        IEnumerable<InputFrame> frames,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(frames);
        (string File, FaceTracker Tracker)? video = null;
        foreach (var frame in Ahead(frames, cancellation))
        {
            IReadOnlyList<FacePrediction> faces = [];
            if (frame is { Image: { } image, IsPicture: true })
            {
                faces = Predict(image, cancellation);
            }
            else if (frame.Image is not null)
            {
                if (video?.File != frame.File)
                    video = (frame.File, new FaceTracker(Detector, reader, LeastConfidence));
                faces =
                [
                    .. video
                        .Value.Tracker.Next(frame.Image, frame.Seconds, cancellation)
                        .Select(f => Prediction(f.Id, f.Face, f.Score)),
                ];
            }
            yield return new FramePrediction(frame.File, frame.Number, frame.Seconds, faces)
            {
                Image = frame.Image,
                IsPicture = frame.IsPicture,
                Error = frame.Error,
            };
        }
    }

    /// <inheritdoc/>
    public void Dispose() => own.ForEach(part => part.Dispose());

    /// <summary>The bytes of the model that this library carries.</summary>
    internal static byte[] Shipped()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"FanTrans.{ShippedName}")!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static FacePrediction Prediction(int id, ReadFace face, double score) =>
        new(id, FacePlace.Box(face.Landmarks), score, face.Landmarks, face.Confidence, face.Probabilities);

    /// <summary>The same, decoded on another thread.</summary>
    private static IEnumerable<T> Ahead<T>(IEnumerable<T> items, CancellationToken cancellation)
    {
        var channel = Channel.CreateBounded<T>(DecodedAhead);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var producer = Task.Run(
            async () =>
            {
                try
                {
                    foreach (var item in items)
                        await channel.Writer.WriteAsync(item, stop.Token).ConfigureAwait(false);
                    channel.Writer.Complete();
                }
                catch (Exception error)
                {
                    channel.Writer.Complete(error);
                }
            },
            CancellationToken.None
        );
        try
        {
            while (channel.Reader.WaitToReadAsync(cancellation).AsTask().GetAwaiter().GetResult())
            {
                while (channel.Reader.TryRead(out var item))
                {
                    cancellation.ThrowIfCancellationRequested();
                    yield return item;
                }
            }
        }
        finally
        {
            stop.Cancel();
            producer.GetAwaiter().GetResult();
        }
    }
}
