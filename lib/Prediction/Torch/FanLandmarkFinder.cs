using FanTrans.Data;
using FanTrans.Interop;
using FanTrans.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace FanTrans.Prediction;

/// <summary>
/// Landmarks of pictures from a face alignment network, such as of a dataset's frames that come without. The face is
/// looked for about a box that is known, else in the whole picture: the surest that the detector finds, or without one
/// what a slow search with the network itself finds. How that is done is chosen by this kit.
/// </summary>
public sealed class FanLandmarkFinder : ILandmarkFinder, IDisposable
{
    private readonly Lock gate = new();
    private readonly FaceAlignmentNetwork fan;
    private readonly FaceReader reader;
    private readonly IFaceDetector detector;

    /// <summary>Takes a network over: it is disposed with the finder.</summary>
    /// <param name="fan">The network, on the device.</param>
    /// <param name="name">Its name in a prepared set's manifest.</param>
    /// <param name="device">Its device; null is the processor.</param>
    /// <param name="detector">Finds the faces; null for BlazeFace,
    /// or where this build has none, for a slow search.</param>
    public FanLandmarkFinder(
        FaceAlignmentNetwork fan,
        string name,
        Device? device = null,
        IFaceDetector? detector = null
    )
    {
        ArgumentNullException.ThrowIfNull(fan);
        ArgumentException.ThrowIfNullOrEmpty(name);
        var network = new TorchFaceNetwork(fan, null, device);
        (this.fan, Name, reader) = (fan, name, new FaceReader(network));
        this.detector = detector ?? BlazeFaceDetector.TryLoad() ?? (IFaceDetector)new HeatmapFaceDetector(network);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Least mean confidence of the 68 landmarks, 0 to 1, for a face to count as found.
    /// 0.2 is chosen by this kit.</summary>
    public double LeastConfidence { get; init; } = 0.2;

    /// <summary>Loads a network. Its name is that of the published file,
    /// or the first digits of its git blob id.</summary>
    /// <param name="path">The weights, for example 2dfan2.pth.</param>
    /// <param name="device">Where to run it; null is the processor.</param>
    /// <param name="guessed">Told where the network's pooling had to be guessed; null refuses such a file.</param>
    /// <exception cref="FileNotFoundException">There is no such file; the message says
    /// where the published ones are.</exception>
    /// <exception cref="InvalidDataException">It holds no face alignment network,
    /// or one of another kind than the kit has.</exception>
    public static FanLandmarkFinder Load(string path, Device? device = null, Action<string>? guessed = null)
    {
        var published = FanWeightsManifest.Load();
        var (file, _) = WeightsFile.Split(path);
        if (!File.Exists(file))
            throw new FileNotFoundException(
                $"{file}: no such file; published weights are at {published.Files[0].Url}.",
                file
            );
        var known = published.Identify(file);
        var fan = FaceAlignmentNetwork.Load(path, guessed: guessed);
        if (device is not null)
            fan.to(device);
        return new FanLandmarkFinder(fan, $"fan {known?.Name ?? Fingerprints.GitBlob(file)[..12]}", device);
    }

    /// <inheritdoc/>
    public float[]? Find(RgbImage image, FaceBox? near)
    {
        ArgumentNullException.ThrowIfNull(image);
        // One picture at a time: the network itself uses every core.
        lock (gate)
        {
            var faces = near is { } box ? [new DetectedFace(box, 1)] : detector.Find(image);
            var read = reader.Read(image, [.. faces.Take(1).Select(FacePlace.Of)], CancellationToken.None);
            return read is [var face] && face.Confidence >= LeastConfidence ? face.Landmarks : null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        (detector as IDisposable)?.Dispose();
        fan.Dispose();
    }
}
