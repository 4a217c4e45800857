using FanTrans.Data;
using FanTrans.Interop;
using FanTrans.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace FanTrans.Training;

/// <summary>
/// Landmarks of a dataset's frames from a face alignment network, for the frames that come without. Where the recording
/// has landmarks in another frame, the face is looked for about their box; else in the whole picture, see
/// <see cref="FaceSearch"/>. How that is done is chosen by this kit.
/// </summary>
public sealed class FanLandmarkFinder : ILandmarkFinder, IDisposable
{
    private const int Recentrings = 2;
    private readonly Lock _gate = new();
    private readonly FaceAlignmentNetwork _fan;
    private readonly LandmarkReader _reader;
    private readonly FaceSearch _search;

    /// <summary>Takes a network over: it is disposed with the finder.</summary>
    /// <param name="fan">The network, on the device.</param>
    /// <param name="name">Its name in a prepared set's manifest.</param>
    /// <param name="device">Its device; null is the processor.</param>
    public FanLandmarkFinder(FaceAlignmentNetwork fan, string name, Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(fan);
        ArgumentException.ThrowIfNullOrEmpty(name);
        (_fan, Name) = (fan, name);
        _reader = new LandmarkReader(fan, device ?? CPU);
        _search = new FaceSearch(fan, device);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Least mean confidence of the 68 landmarks, 0 to 1, for a face to count as found. 0.2 is chosen by this kit.</summary>
    public double LeastConfidence { get; init; } = 0.2;

    /// <summary>Loads a network. Its name is that of the published file, or the first digits of its git blob id.</summary>
    /// <param name="path">The weights, for example 2dfan2.pth.</param>
    /// <param name="device">Where to run it; null is the processor.</param>
    /// <param name="guessed">Told where the network's pooling had to be guessed; null refuses such a file.</param>
    /// <exception cref="FileNotFoundException">There is no such file; the message says where the published ones are.</exception>
    /// <exception cref="InvalidDataException">It holds no face alignment network, or one of another kind than the kit has.</exception>
    public static FanLandmarkFinder Load(string path, Device? device = null, Action<string>? guessed = null)
    {
        var published = FanWeightsManifest.Load();
        if (!File.Exists(path))
            throw new FileNotFoundException($"{path}: no such file; published weights are at {published.Files[0].Url}.", path);
        var known = published.Identify(path);
        var fan = FaceAlignmentNetwork.Load(path, guessed: guessed);
        if (device is not null)
            fan.to(device);
        return new FanLandmarkFinder(fan, $"fan {known?.Name ?? GitBlob.Id(path)[..12]}", device);
    }

    /// <inheritdoc/>
    public float[]? Find(RgbImage image, FaceBox? near)
    {
        ArgumentNullException.ThrowIfNull(image);
        // One picture at a time: the network itself uses every core.
        lock (_gate)
        {
            TorchThreads.Use();
            if (near is not { } box)
            {
                var found = _search.Find(image);
                return found.Confidence.Average() >= LeastConfidence ? found.Landmarks : null;
            }
            var crop = FaceCrop.Around(box);
            for (var round = 0; ; round++)
            {
                var seen = _reader.Read(image, [new Look(crop)], CancellationToken.None)[0];
                if (round == Recentrings)
                    return seen.Score >= LeastConfidence ? seen.Landmarks : null;
                crop = FaceCrop.Around(FaceBox.Around(seen.Landmarks)) is var next && next.Side > crop.Side / 2 && next.Side < crop.Side * 2 ? next : crop;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _fan.Dispose();
}
