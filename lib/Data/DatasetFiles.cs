using System.Text.Json;

namespace FanTrans.Data;

/// <summary>The labels of one frame of a dataset.</summary>
/// <param name="Number">The frame's number in its recording.</param>
/// <param name="Labels">One label per action unit of the manifest: 0 absent, 1 present, 9 unknown.</param>
/// <param name="Intensities">One intensity per action unit, 0 to 5, and 0 where the label is unknown; null where the
/// dataset has none.</param>
internal sealed record LabelledFrame(int Number, sbyte[] Labels, byte[]? Intensities);

/// <summary>What a dataset's folder holds, as far as it can be told without decoding images.</summary>
public sealed class DatasetFiles
{
    internal DatasetFiles(DatasetManifest manifest, string root, IReadOnlyList<DatasetSequence> sequences) =>
        (Manifest, Root, Sequences) = (manifest, root, sequences);

    /// <summary>What the dataset is.</summary>
    public DatasetManifest Manifest { get; }

    /// <summary>The licensed folder.</summary>
    public string Root { get; }

    /// <summary>The recordings that have frames and labels, by subject and name.</summary>
    internal IReadOnlyList<DatasetSequence> Sequences { get; }

    /// <summary>How many recordings these are.</summary>
    public int Recordings => Sequences.Count;

    /// <summary>Frames with labels and images.</summary>
    public int Count => Sequences.Sum(s => s.Frames.Count);

    /// <summary>Finds the files of a dataset by its name.</summary>
    /// <param name="dataset">"bp4d" or "disfa".</param>
    /// <param name="root">The licensed folder.</param>
    /// <param name="report">Takes everything that is wrong.</param>
    /// <param name="options">For DISFA; BP4D has none.</param>
    /// <param name="actionUnits">The FACS numbers to read, such as <see cref="ActionUnits.Disfa12"/>;
    /// null for those of published tables.</param>
    /// <exception cref="ArgumentException">There is no such dataset.</exception>
    /// <exception cref="DirectoryNotFoundException">The folder is not there,
    /// or holds nothing of the dataset.</exception>
    public static DatasetFiles Find(
        string dataset,
        string root,
        PreparationReport report,
        DisfaOptions? options = null,
        IReadOnlyList<int>? actionUnits = null
    )
    {
        var manifest = DatasetManifest.Load(dataset);
        manifest = manifest with { ActionUnits = actionUnits ?? manifest.ActionUnits };
        return dataset == "bp4d" ? Bp4d.Find(root, report, manifest) : Disfa.Find(root, report, options, manifest);
    }
}

/// <summary>One recording of a dataset: its labelled frames, and where their images and landmarks are.</summary>
internal sealed class DatasetSequence
{
    private readonly IFrameStore images;
    private readonly ILandmarkStore? landmarks;

    private DatasetSequence(
        DatasetManifest manifest,
        string subject,
        string name,
        IReadOnlyList<LabelledFrame> frames,
        IFrameStore images,
        ILandmarkStore? landmarks
    )
    {
        (Subject, Name, Frames, this.images, this.landmarks) = (subject, name, frames, images, landmarks);
        var labels = frames.Select(f =>
            $"{f.Number}:{string.Join(',', f.Labels)}:{string.Join(',', f.Intensities ?? [])}"
        );
        var defects = manifest.Defects.Where(d => d.Subject == subject).Select(d => JsonSerializer.Serialize(d));
        Fingerprint = Fingerprints.Of([.. labels, images.Fingerprint, landmarks?.Fingerprint ?? "none", .. defects]);
    }

    /// <summary>The person.</summary>
    public string Subject { get; }

    /// <summary>The recording's name, for example "T1" or "left".</summary>
    public string Name { get; }

    /// <summary>Frames that have labels and an image, by number.</summary>
    public IReadOnlyList<LabelledFrame> Frames { get; }

    /// <summary>
    /// Changes with the labels, with the names and sizes of the images and landmark files, and with the defects that
    /// the manifest knows of the subject.
    /// </summary>
    public string Fingerprint { get; }

    /// <summary>The frame's name.</summary>
    /// <param name="frame">Its number.</param>
    public FaceKey Key(int frame) => new(Subject, Name, frame);

    /// <summary>Pairs labels and images by number, and reports what has no partner.</summary>
    /// <param name="manifest">The dataset.</param>
    /// <param name="subject">The person.</param>
    /// <param name="name">The recording.</param>
    /// <param name="labelled">The labels, by number.</param>
    /// <param name="images">The images.</param>
    /// <param name="landmarks">The landmarks, where the dataset has some.</param>
    /// <param name="codesEveryFrame">Whether a frame before the first label or after
    /// the last should have one too.</param>
    /// <param name="report">Takes what is wrong.</param>
    internal static DatasetSequence Pair(
        DatasetManifest manifest,
        string subject,
        string name,
        IReadOnlyList<LabelledFrame> labelled,
        IFrameStore images,
        ILandmarkStore? landmarks,
        bool codesEveryFrame,
        PreparationReport report
    )
    {
        var there = images.Numbers.ToHashSet();
        var coded = labelled.Select(l => l.Number).ToHashSet();
        report.Add(
            Problem.Runs(
                ProblemKind.LabelWithoutFrame,
                subject,
                name,
                coded.Where(n => !there.Contains(n)),
                "a label and no image",
                n => manifest.IsKnown(DefectKind.Frames, new FaceKey(subject, name, n))
            )
        );
        if (labelled.Count > 0)
        {
            int first = labelled[0].Number,
                last = labelled[^1].Number;
            var uncoded = codesEveryFrame ? 0 : there.Count(n => n < first || n > last);
            if (uncoded > 0)
            {
                report.Add(
                    new Problem(ProblemKind.UncodedFrames, subject, name, $"coded are frames {first} to {last}")
                    {
                        Count = uncoded,
                    }
                );
            }
            report.Add(
                Problem.Runs(
                    ProblemKind.FrameWithoutLabel,
                    subject,
                    name,
                    there.Where(n => !coded.Contains(n) && (codesEveryFrame || (n > first && n < last))),
                    "an image and no label",
                    n => manifest.IsKnown(DefectKind.Labels, new FaceKey(subject, name, n))
                )
            );
        }
        return new DatasetSequence(
            manifest,
            subject,
            name,
            [.. labelled.Where(l => there.Contains(l.Number))],
            images,
            landmarks
        );
    }

    /// <summary>
    /// The images of some frames, in order; each is decoded when it is asked for, by any thread, unless it comes
    /// from a video, which is decoded as it is walked through.
    /// </summary>
    /// <param name="wanted">Frame numbers.</param>
    /// <param name="cancellation">Stops the decoding.</param>
    /// <exception cref="InvalidDataException">A video cannot be decoded, said after the frames that can.</exception>
    internal IEnumerable<FrameImage> Images(IReadOnlySet<int> wanted, CancellationToken cancellation) =>
        wanted.Count == 0 ? [] : images.Read(wanted, cancellation);

    /// <summary>The dataset's own landmarks of each frame that has them: 136 values in pixels.</summary>
    internal IReadOnlyDictionary<int, float[]> Landmarks(PreparationReport report) =>
        landmarks?.Read(this, report) ?? new Dictionary<int, float[]>();
}

/// <summary>An image that is decoded when it is loaded.</summary>
/// <param name="Number">The frame's number.</param>
/// <param name="Load">Decodes it; throws InvalidDataException where it is broken.</param>
internal readonly record struct FrameImage(int Number, Func<RgbImage> Load);

/// <summary>Where the images of a recording are.</summary>
internal interface IFrameStore
{
    /// <summary>Changes with the files.</summary>
    string Fingerprint { get; }

    /// <summary>The frames that there are.</summary>
    IReadOnlyCollection<int> Numbers { get; }

    /// <summary>Some of them, in order.</summary>
    IEnumerable<FrameImage> Read(IReadOnlySet<int> wanted, CancellationToken cancellation);
}

/// <summary>Where the landmarks of a recording are.</summary>
internal interface ILandmarkStore
{
    /// <summary>Changes with the files.</summary>
    string Fingerprint { get; }

    /// <summary>136 values for each frame that has them.</summary>
    IReadOnlyDictionary<int, float[]> Read(DatasetSequence of, PreparationReport report);
}
