using System.Text.Json;

namespace FanTrans.Data;

/// <summary>The labels of one frame of a dataset.</summary>
/// <param name="Number">The frame's number in its recording.</param>
/// <param name="Labels">One label an action unit of the manifest: 0 absent, 1 present, 9 unknown.</param>
/// <param name="Intensities">One intensity an action unit, 0 to 5, and 0 where the label is unknown; null where the dataset has none.</param>
public sealed record LabelledFrame(int Number, sbyte[] Labels, byte[]? Intensities);

/// <summary>What a dataset's folder holds, as far as it can be told without decoding pictures.</summary>
public sealed class DatasetFiles
{
    internal DatasetFiles(DatasetManifest manifest, string root, IReadOnlyList<DatasetSequence> sequences) =>
        (Manifest, Root, Sequences) = (manifest, root, sequences);

    /// <summary>What the dataset is.</summary>
    public DatasetManifest Manifest { get; }

    /// <summary>The licensed folder.</summary>
    public string Root { get; }

    /// <summary>The recordings that have frames and labels, by subject and name.</summary>
    public IReadOnlyList<DatasetSequence> Sequences { get; }

    /// <summary>Frames with labels, those of a video that turn out not to be in it included.</summary>
    public int Count => Sequences.Sum(s => s.Frames.Count);

    /// <summary>Finds the files of a dataset by its name.</summary>
    /// <param name="dataset">"bp4d" or "disfa".</param>
    /// <param name="root">The licensed folder.</param>
    /// <param name="report">Takes everything that is wrong.</param>
    /// <param name="options">For DISFA; BP4D has none.</param>
    /// <exception cref="ArgumentException">There is no such dataset.</exception>
    /// <exception cref="DirectoryNotFoundException">The folder is not there, or holds nothing of the dataset.</exception>
    public static DatasetFiles Find(string dataset, string root, PreparationReport report, DisfaOptions? options = null) => dataset switch
    {
        "bp4d" => Bp4d.Find(root, report),
        "disfa" => Disfa.Find(root, report, options),
        _ => throw new ArgumentException($"expected the dataset bp4d or disfa, found '{dataset}'.", nameof(dataset)),
    };
}

/// <summary>One recording of a dataset: its labelled frames, and where their pictures and landmarks are.</summary>
public sealed class DatasetSequence
{
    private readonly IFrameStore _pictures;
    private readonly ILandmarkStore _landmarks;

    internal DatasetSequence(
        DatasetManifest manifest, string subject, string name, IReadOnlyList<LabelledFrame> frames, IFrameStore pictures,
        ILandmarkStore landmarks)
    {
        (Subject, Name, Frames, _pictures, _landmarks) = (subject, name, frames, pictures, landmarks);
        Fingerprint = Fingerprints.Of(
            frames.SelectMany(f => new[] { $"{f.Number}", string.Join(',', f.Labels), string.Join(',', f.Intensities ?? []) })
                .Concat([pictures.Fingerprint, landmarks.Fingerprint])
                .Concat(manifest.Defects.Where(d => d.Subject == subject).Select(d => JsonSerializer.Serialize(d))));
    }

    /// <summary>The person.</summary>
    public string Subject { get; }

    /// <summary>The recording's name, for example "T1" or "left".</summary>
    public string Name { get; }

    /// <summary>Frames that have labels, by number. Of a folder of pictures only those that are there.</summary>
    public IReadOnlyList<LabelledFrame> Frames { get; }

    /// <summary>
    /// Changes with the labels, with the names and sizes of the pictures and landmark files, and with the defects that
    /// the manifest knows of the subject.
    /// </summary>
    public string Fingerprint { get; }

    /// <summary>The frame's name.</summary>
    /// <param name="frame">Its number.</param>
    public FaceKey Key(int frame) => new(Subject, Name, frame);

    /// <summary>
    /// The pictures of some frames, in order; each is decoded when it is asked for, by any thread, unless it comes
    /// from a video, which is decoded as it is walked through. Frames that a video does not have are left out.
    /// </summary>
    /// <param name="wanted">Frame numbers.</param>
    /// <param name="report">Takes a video that breaks off.</param>
    /// <param name="cancel">Stops the decoding.</param>
    internal IEnumerable<FramePicture> Pictures(IReadOnlySet<int> wanted, PreparationReport report, CancellationToken cancel) =>
        _pictures.Read(wanted, this, report, cancel);

    /// <summary>Whether the pictures come from a video, which tells how many it has only at its end.</summary>
    internal bool IsVideo => _pictures is VideoFrames;

    /// <summary>Frames of a video, known once it was walked through to its end; null for a folder of pictures.</summary>
    internal int? VideoFrames => _pictures.Length;

    /// <summary>Whether the video was decoded to its end without an error.</summary>
    internal bool VideoIsWhole => _pictures.IsWhole;

    /// <summary>The dataset's own landmarks of each frame that has them: 136 values in pixels.</summary>
    internal IReadOnlyDictionary<int, float[]> Landmarks(PreparationReport report) => _landmarks.Read(this, report);
}

/// <summary>A picture that is decoded when it is loaded.</summary>
/// <param name="Number">The frame's number.</param>
/// <param name="Name">Its file, for messages.</param>
/// <param name="Load">Decodes it; throws InvalidDataException where it is broken.</param>
internal sealed record FramePicture(int Number, string Name, Func<RgbImage> Load);

/// <summary>Where the pictures of a recording are.</summary>
internal interface IFrameStore
{
    string Fingerprint { get; }

    int? Length { get; }

    bool IsWhole { get; }

    IEnumerable<FramePicture> Read(IReadOnlySet<int> wanted, DatasetSequence of, PreparationReport report, CancellationToken cancel);
}

/// <summary>Where the landmarks of a recording are.</summary>
internal interface ILandmarkStore
{
    string Fingerprint { get; }

    IReadOnlyDictionary<int, float[]> Read(DatasetSequence of, PreparationReport report);
}

/// <summary>A dataset without landmark files.</summary>
internal sealed class NoLandmarks : ILandmarkStore
{
    public string Fingerprint => "no landmarks";

    public IReadOnlyDictionary<int, float[]> Read(DatasetSequence of, PreparationReport report) => new Dictionary<int, float[]>();
}
