using System.Globalization;
using System.Text.RegularExpressions;

namespace FanTrans.Data;

/// <summary>
/// Finds the recordings of DISFA in a licensed folder: Video_LeftCamera/LeftVideoSN001_comp.avi or a folder of its
/// extracted frames, ActionUnit_Labels/SN001/SN001_au1.txt with lines "frame,intensity", and
/// Landmark_Points/SN001/tmp_frame_lm/ where it is there. Frames are counted from 1, as in DISFA's own labels.
/// </summary>
public static partial class Disfa
{
    /// <summary>Finds them; decodes no video and opens no image.</summary>
    /// <param name="root">The licensed folder.</param>
    /// <param name="report">Takes everything that is wrong.</param>
    /// <param name="options">Cameras and programs; null for the left camera.</param>
    /// <param name="manifest">What to expect; null for the library's disfa.json.</param>
    /// <exception cref="ArgumentException">An option is not allowed.</exception>
    /// <exception cref="DirectoryNotFoundException">The folder is not there, or has no videos or no labels; the message
    /// says what it should hold.</exception>
    /// <exception cref="InvalidOperationException">There are videos, and ffmpeg is not installed.</exception>
    public static DatasetFiles Find(
        string root,
        PreparationReport report,
        DisfaOptions? options = null,
        DatasetManifest? manifest = null
    )
    {
        ArgumentNullException.ThrowIfNull(report);
        options = (options ?? new DisfaOptions()).Validate();
        manifest ??= DatasetManifest.Load("disfa");
        var labels = Folders.Require(root, manifest, "ActionUnit_Labels");
        var subjects = manifest.Subjects.ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var folder in Folders.Directories(labels).Where(f => !subjects.Contains(Path.GetFileName(f))))
        {
            report.Add(
                new Problem(
                    ProblemKind.UnknownName,
                    "",
                    "",
                    $"{Path.GetRelativePath(root, folder)}: no subject of {manifest.Title}"
                )
            );
        }

        var sequences = new List<DatasetSequence>();
        var cameras = options
            .Cameras.Select(c => (Name: c, Folder: CameraFolder(root, c, options, manifest)))
            .ToArray();
        foreach (var subject in manifest.Subjects)
        {
            var labelFolder = Folders.Find(labels, subject);
            var paths = cameras.Select(c => ImagesOf(c.Folder, subject, c.Name)).ToArray();
            if (labelFolder is null && paths.All(p => p is null))
            {
                report.Add(
                    new Problem(
                        ProblemKind.MissingSubject,
                        subject,
                        "",
                        $"no video and no folder {Path.GetRelativePath(root, labels)}/{subject}"
                    )
                );
                continue;
            }
            for (var i = 0; i < cameras.Length; i++)
            {
                var recording = new Recording(manifest, root, subject, cameras[i].Name, report);
                if (recording.Read(paths[i], labelFolder, options.Ffmpeg) is { } sequence)
                    sequences.Add(sequence);
            }
        }
        return new DatasetFiles(manifest, root, sequences);
    }

    private static string CameraFolder(string root, string camera, DisfaOptions options, DatasetManifest manifest)
    {
        if (options.FramesFolder is { } frames)
        {
            return Directory.Exists(frames)
                ? frames
                : throw new DirectoryNotFoundException(
                    $"{frames}: no such folder; expected one with a folder of frames per subject."
                );
        }
        return Folders.Find(root, $"Video_{camera}Camera")
            ?? Folders.Find(root, $"Videos_{camera}Camera")
            ?? throw Folders.NotFound(root, manifest, camera == "left" ? "Video_LeftCamera" : "Video_RightCamera");
    }

    /// <summary>A folder of extracted frames where there is one, else the video, else null.</summary>
    private static string? ImagesOf(string folder, string subject, string camera)
    {
        var stem = $"{camera}Video{subject}_comp";
        bool Named(string path, string name) =>
            name.Equals(Path.GetFileName(path), StringComparison.OrdinalIgnoreCase)
            || name.Equals(Path.GetFileNameWithoutExtension(path), StringComparison.OrdinalIgnoreCase);

        return Folders
                .Directories(folder)
                .FirstOrDefault(inner =>
                    (Named(inner, subject) || Named(inner, stem)) && Folders.Files(inner).Any(RgbImage.IsImage)
                )
            ?? Folders.Files(folder).FirstOrDefault(file => Named(file, stem));
    }

    [GeneratedRegex(
        "^(?<name>.*?)_?(?<number>[0-9]{1,8})_lm[.]mat$",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase
    )]
    private static partial Regex LandmarkName();

    /// <summary>One camera's recording of one subject.</summary>
    private sealed class Recording(
        DatasetManifest manifest,
        string root,
        string subject,
        string camera,
        PreparationReport report
    )
    {
        /// <summary>Reads and pairs what is there; null after reporting what is not.</summary>
        public DatasetSequence? Read(string? images, string? labels, string ffmpeg)
        {
            if (images is null)
                return Refuse(ProblemKind.MissingSequence, "no video and no folder of frames");
            var files = manifest.ActionUnits.Select(au => Folders.FindFile(labels, $"{subject}_au{au}.txt")).ToArray();
            if (files.All(f => f is null))
                return Refuse(ProblemKind.MissingLabels, $"no label file {subject}/{subject}_au*.txt");
            IFrameStore frames;
            try
            {
                frames = Directory.Exists(images)
                    ? ImageFolder.Find(images, root, subject, camera, report)
                    : new VideoFrames(images, ffmpeg);
            }
            catch (InvalidDataException error)
            {
                return Refuse(ProblemKind.UnreadableVideo, error.Message);
            }
            IReadOnlyList<LabelledFrame> labelled;
            try
            {
                labelled = ReadLabels(files, ref frames);
            }
            catch (InvalidDataException error)
            {
                return Refuse(ProblemKind.UnreadableLabels, error.Message);
            }
            // DISFA's landmarks are of the left camera.
            var points = camera == "left" ? Folders.Find(root, "Landmark_Points", subject, "tmp_frame_lm") : null;
            return DatasetSequence.Pair(
                manifest,
                subject,
                camera,
                labelled,
                frames,
                points is null ? null : new Landmarks(points, subject),
                codesEveryFrame: true,
                report
            );
        }

        private DatasetSequence? Refuse(ProblemKind kind, string detail)
        {
            report.Add(new Problem(kind, subject, camera, detail));
            return null;
        }

        private IReadOnlyList<LabelledFrame> ReadLabels(string?[] files, ref IFrameStore frames)
        {
            var values = new LabelTable(manifest, subject, camera, report);
            var present = new bool[files.Length];
            var firsts = new Dictionary<string, (int First, int Last)>();
            for (var unit = 0; unit < files.Length; unit++)
            {
                if (files[unit] is not { } path)
                {
                    report.Add(
                        new Problem(
                            ProblemKind.MissingColumn,
                            subject,
                            camera,
                            $"no label file {subject}_au{manifest.ActionUnits[unit]}.txt"
                        )
                    );
                    continue;
                }
                if (ReadFile(path, unit, values) is { } range)
                    (present[unit], firsts[path]) = (true, range);
            }
            var fromZero = firsts.Where(f => f.Value.First == 0).Select(f => f.Key).ToArray();
            if (fromZero.Length == 0)
            {
                if (frames is ImageFolder folder && folder.Numbers.Contains(0))
                {
                    frames = folder.CountedFromOne();
                    Note("images count from 0 and labels from 1: image k has label k + 1");
                }
                return values.Frames(present);
            }
            if (fromZero.Length < firsts.Count)
            {
                throw new InvalidDataException(
                    $"{fromZero[0]} counts from 0 and {firsts.Keys.First(f => !fromZero.Contains(f))} does not"
                );
            }
            var last = firsts.Values.Max(f => f.Last);
            if (frames is ImageFolder images && images.Numbers.Contains(0))
                frames = images.CountedFromOne();
            else if (frames is VideoFrames || frames.Numbers.DefaultIfEmpty().Max() == last + 1)
                Note("labels count from 0 and images from 1: image k has label k - 1");
            else
                throw new InvalidDataException(
                    $"labels count from 0 to {last} and images from {frames.Numbers.DefaultIfEmpty().Min()} to "
                        + $"{frames.Numbers.DefaultIfEmpty().Max()}: which belong together cannot be told"
                );
            return values.Frames(present, shift: 1);

            void Note(string detail) => report.Add(new Problem(ProblemKind.CountedFromZero, subject, camera, detail));
        }

        /// <summary>Reads the file of one action unit; the first and last frame in it, or null after reporting that
        /// there is none.</summary>
        private (int First, int Last)? ReadFile(string path, int unit, LabelTable values)
        {
            var table = TextTable.Read(path, hasHeader: false);
            (int First, int Last)? range = null;
            for (var row = 0; row < table.Count; row++)
            {
                if (
                    row == 0
                    && table.ParseNumber(table.Text(0, 0)) is null
                    && table.ParseNumber(table.Text(0, 1)) is null
                )
                    continue; // a header
                if (values.Frame(table, row, cells: 2) is not { } frame)
                    continue;
                values.Put(frame, unit, table, row, 1);
                range = range is { } seen ? (Math.Min(seen.First, frame), Math.Max(seen.Last, frame)) : (frame, frame);
            }
            if (range is null)
            {
                report.Add(
                    new Problem(
                        ProblemKind.UnreadableLabels,
                        subject,
                        camera,
                        $"{path}: expected lines frame,intensity, found none"
                    )
                );
            }
            return range;
        }
    }

    /// <summary>DISFA's landmarks: one file per frame.</summary>
    private sealed class Landmarks : ILandmarkStore
    {
        private readonly SortedDictionary<int, string> files = [];

        public Landmarks(string folder, string subject)
        {
            foreach (var path in Folders.Files(folder))
            {
                var match = LandmarkName().Match(Path.GetFileName(path));
                if (!match.Success)
                    continue;
                // SN001_0000_lm.mat counts from 0, l00001_lm.mat from 1.
                var number = int.Parse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture);
                var fromZero = string.Equals(match.Groups["name"].Value, subject, StringComparison.OrdinalIgnoreCase);
                files.TryAdd(fromZero ? number + 1 : number, path);
            }
        }

        public string Fingerprint => Fingerprints.OfFiles(files.Values);

        public IReadOnlyDictionary<int, float[]> Read(DatasetSequence of, PreparationReport report)
        {
            var found = new Dictionary<int, float[]>();
            foreach (var number in of.Frames.Select(f => f.Number).Where(files.ContainsKey))
            {
                try
                {
                    if (LandmarkFiles.ReadFrame(files[number]) is { } points)
                        found[number] = points;
                }
                catch (InvalidDataException error)
                {
                    report.Add(Problem.At(ProblemKind.UnreadableLandmarks, of.Key(number), error.Message));
                }
            }
            return found;
        }
    }
}

/// <summary>Which of DISFA's recordings to use and where their frames are.</summary>
public sealed record DisfaOptions
{
    /// <summary>The cameras: "left", "right" or both. Published systems use the left one,
    /// whose landmarks DISFA has.</summary>
    public IReadOnlyList<string> Cameras { get; init; } = ["left"];

    /// <summary>A folder with extracted frames, one folder per subject, for one camera;
    /// null to look in the licensed folder.</summary>
    public string? FramesFolder { get; init; }

    /// <summary>The program that decodes videos.</summary>
    public string Ffmpeg { get; init; } = "ffmpeg";

    /// <summary>Checks the cameras.</summary>
    /// <exception cref="ArgumentException">A value is not allowed; the message names it.</exception>
    public DisfaOptions Validate()
    {
        if (
            Cameras.Count == 0
            || Cameras.Any(c => c is not ("left" or "right"))
            || Cameras.Distinct().Count() != Cameras.Count
        )
            throw new ArgumentException(
                $"{nameof(Cameras)}: expected left, right or both, found {string.Join(", ", Cameras)}."
            );
        if (FramesFolder is not null && Cameras.Count > 1)
            throw new ArgumentException(
                $"{nameof(FramesFolder)} holds one camera's frames; {string.Join(" and ", Cameras)} were asked for."
            );
        if (string.IsNullOrWhiteSpace(Ffmpeg))
            throw new ArgumentException($"{nameof(Ffmpeg)}: expected a program, found nothing.");
        return this;
    }
}
