using System.Globalization;
using System.Text.RegularExpressions;

namespace FanTrans.Data;

/// <summary>
/// Finds the recordings of DISFA in a licensed folder (PAPER, "Datasets"): Video_LeftCamera/LeftVideoSN001_comp.avi
/// or a folder of its extracted frames, ActionUnit_Labels/SN001/SN001_au1.txt with lines "frame,intensity", and
/// Landmark_Points/SN001/tmp_frame_lm/ where it is there.
/// </summary>
public static partial class Disfa
{
    /// <summary>Finds them; decodes no video and opens no picture.</summary>
    /// <param name="root">The licensed folder.</param>
    /// <param name="report">Takes everything that is wrong.</param>
    /// <param name="options">Cameras and programs; null for the left camera.</param>
    /// <param name="manifest">What to expect; null for the library's disfa.json.</param>
    /// <exception cref="ArgumentException">An option is not allowed.</exception>
    /// <exception cref="DirectoryNotFoundException">The folder is not there, or has no videos or no labels; the message says what it should hold.</exception>
    public static DatasetFiles Find(
        string root, PreparationReport report, DisfaOptions? options = null, DatasetManifest? manifest = null)
    {
        ArgumentNullException.ThrowIfNull(report);
        options = (options ?? new DisfaOptions()).Validate();
        manifest ??= DatasetManifest.Load("disfa");
        var labels = Folders.Require(root, manifest, "ActionUnit_Labels");
        ReportUnknownNames(manifest, root, labels, report);

        var sequences = new List<DatasetSequence>();
        var cameras = options.Cameras.Select(c => (Name: c, Folder: CameraFolder(root, c, options, manifest))).ToArray();
        foreach (var subject in manifest.Subjects)
        {
            var labelFolder = Folders.Find(labels, subject);
            var pictures = cameras.Select(c => Pictures(c.Folder, root, subject, c.Name, options, report)).ToArray();
            if (labelFolder is null && pictures.All(p => p is null))
            {
                report.Add(new Problem(ProblemKind.MissingSubject, subject, "", $"no video and no folder {Path.GetRelativePath(root, labels)}/{subject}"));
                continue;
            }
            for (var i = 0; i < cameras.Length; i++)
            {
                if (Sequence(manifest, root, subject, cameras[i].Name, pictures[i], labelFolder, report) is { } sequence)
                    sequences.Add(sequence);
            }
        }
        return new DatasetFiles(manifest, root, sequences);
    }

    private static DatasetSequence? Sequence(
        DatasetManifest manifest, string root, string subject, string camera, IFrameStore? pictures, string? labelFolder,
        PreparationReport report)
    {
        if (pictures is null)
        {
            report.Add(new Problem(ProblemKind.MissingSequence, subject, camera,
                "no video and no folder of frames" + (labelFolder is null ? " and no labels" : "; its labels are there")));
            return null;
        }
        var labelled = labelFolder is null ? null : ReadLabels(manifest, labelFolder, subject, camera, report);
        if (labelled is null)
        {
            report.Add(new Problem(ProblemKind.MissingLabels, subject, camera, $"no label file {subject}/{subject}_au*.txt"));
            return null;
        }
        if (pictures is PictureFolder folder)
        {
            var there = folder.Numbers.ToHashSet();
            report.Add(MissingFrames(manifest, subject, camera, labelled.Select(l => l.Number).Where(n => !there.Contains(n))));
            var coded = labelled.Select(l => l.Number).ToHashSet();
            report.Add(UnlabelledFrames(manifest, subject, camera, folder.Numbers.Where(n => !coded.Contains(n))));
            labelled = [.. labelled.Where(l => there.Contains(l.Number))];
        }
        // DISFA's landmarks are of the left camera.
        var landmarks = camera == "left" ? Folders.Find(root, "Landmark_Points", subject, "tmp_frame_lm") : null;
        return new DatasetSequence(manifest, subject, camera, labelled, pictures, landmarks is null ? new NoLandmarks() : new DisfaLandmarks(landmarks, subject));
    }

    internal static IEnumerable<Problem> MissingFrames(DatasetManifest manifest, string subject, string camera, IEnumerable<int> frames) =>
        Problem.Runs(ProblemKind.LabelWithoutFrame, subject, camera, frames, $"{subject}'s label files have a line, the {camera} camera no picture",
            n => manifest.IsKnown(DefectKind.Frames, new FaceKey(subject, camera, n)));

    internal static IEnumerable<Problem> UnlabelledFrames(DatasetManifest manifest, string subject, string camera, IEnumerable<int> frames) =>
        Problem.Runs(ProblemKind.FrameWithoutLabel, subject, camera, frames, $"the {camera} camera has a picture, {subject}'s label files no line",
            n => manifest.IsKnown(DefectKind.Labels, new FaceKey(subject, camera, n)));

    /// <summary>Reads one file an action unit; null where there is none at all.</summary>
    private static IReadOnlyList<LabelledFrame>? ReadLabels(
        DatasetManifest manifest, string folder, string subject, string camera, PreparationReport report)
    {
        var files = manifest.ActionUnits.Select(au => Folders.FindFile(folder, $"{subject}_au{au}.txt")).ToArray();
        if (files.All(f => f is null))
            return null;
        var table = new LabelTable(manifest, subject, camera, report);
        var present = new bool[files.Length];
        for (var i = 0; i < files.Length; i++)
        {
            if (files[i] is not { } path)
            {
                report.Add(new Problem(ProblemKind.MissingColumn, subject, camera, $"no label file {subject}_au{manifest.ActionUnits[i]}.txt"));
                continue;
            }
            present[i] = ReadFile(path, i, table, subject, camera, report);
        }
        return table.Frames(present);
    }

    private static bool ReadFile(string path, int column, LabelTable table, string subject, string camera, PreparationReport report)
    {
        var file = Path.GetFileName(path);
        var seen = new HashSet<int>();
        using var reader = new StreamReader(path);
        for (var line = 1; reader.ReadLine() is { } text; line++)
        {
            if (string.IsNullOrWhiteSpace(text))
                continue;
            var cells = text.Split(',');
            if (cells.Length != 2)
            {
                report.Add(new Problem(ProblemKind.UnreadableRow, subject, camera, $"{file} line {line}: expected frame,intensity, found '{text.Trim()}'"));
                continue;
            }
            if (table.Frame(cells[0], $"{file} line {line}") is not { } frame)
                continue;
            if (seen.Add(frame))
                table.Put(frame, column, cells[1], file);
            else
                report.Add(Problem.At(ProblemKind.DuplicateRow, new FaceKey(subject, camera, frame), $"{file} line {line}"));
        }
        if (seen.Count == 0)
            report.Add(new Problem(ProblemKind.EmptyLabels, subject, camera, $"{file} has no line that can be read"));
        return seen.Count > 0;
    }

    private static string CameraFolder(string root, string camera, DisfaOptions options, DatasetManifest manifest)
    {
        if (options.FramesFolder is { } frames)
            return Directory.Exists(frames) ? frames : throw new DirectoryNotFoundException($"{frames}: no such folder; expected one with a folder of frames a subject.");
        return Folders.Find(root, $"Video_{camera}Camera") ?? Folders.Find(root, $"Videos_{camera}Camera")
            ?? throw Folders.NotFound(root, manifest, camera == "left" ? "Video_LeftCamera" : "Video_RightCamera");
    }

    /// <summary>Extracted frames where they are there, else the video, else null.</summary>
    private static IFrameStore? Pictures(string folder, string root, string subject, string camera, DisfaOptions options, PreparationReport report)
    {
        var stem = $"{camera}Video{subject}_comp";
        var inner = Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal).FirstOrDefault(f =>
        {
            var name = Path.GetFileName(f);
            return string.Equals(name, subject, StringComparison.OrdinalIgnoreCase)
                || string.Equals(name, stem, StringComparison.OrdinalIgnoreCase)
                || string.Equals(Path.GetFileNameWithoutExtension(name), stem, StringComparison.OrdinalIgnoreCase);
        });
        if (inner is not null && Directory.EnumerateFiles(inner).Any(PictureFolder.IsPicture))
            return PictureFolder.Find(inner, root, subject, camera, mayCountFromZero: true, report);
        var video = Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).FirstOrDefault(f =>
            string.Equals(Path.GetFileNameWithoutExtension(f), stem, StringComparison.OrdinalIgnoreCase) && Ffmpeg.IsVideo(f));
        return video is null ? null : new VideoFrames(video, options.Ffmpeg);
    }

    private static void ReportUnknownNames(DatasetManifest manifest, string root, string labels, PreparationReport report)
    {
        var subjects = manifest.Subjects.ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var folder in Directory.EnumerateDirectories(labels).Where(f => !subjects.Contains(Path.GetFileName(f))))
            report.Add(new Problem(ProblemKind.UnknownName, "", "", $"{Path.GetRelativePath(root, folder)}: no subject of {manifest.Title}"));
    }

    [GeneratedRegex("^(?<name>.*?)_?(?<number>[0-9]+)_lm[.]mat$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex LandmarkName();

    /// <summary>DISFA's landmarks: one file a frame.</summary>
    private sealed class DisfaLandmarks : ILandmarkStore
    {
        private readonly SortedDictionary<int, string> _files = [];

        public DisfaLandmarks(string folder, string subject)
        {
            foreach (var path in Directory.EnumerateFiles(folder, "*.mat").Order(StringComparer.Ordinal))
            {
                var match = LandmarkName().Match(Path.GetFileName(path));
                if (!match.Success)
                    continue;
                // SN001_0000_lm.mat counts from 0, l00001_lm.mat from 1.
                var number = int.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture);
                var fromZero = string.Equals(match.Groups["name"].Value, subject, StringComparison.OrdinalIgnoreCase);
                _files.TryAdd(fromZero ? number + 1 : number, path);
            }
        }

        public string Fingerprint => Fingerprints.OfFiles(_files.Values);

        public IReadOnlyDictionary<int, float[]> Read(DatasetSequence of, PreparationReport report)
        {
            var found = new Dictionary<int, float[]>();
            foreach (var number in of.Frames.Select(f => f.Number).Where(_files.ContainsKey))
            {
                try
                {
                    if (LandmarkFiles.ReadFrame(_files[number]) is { } points)
                        found[number] = points;
                }
                catch (InvalidDataException error)
                {
                    report.Add(Problem.At(ProblemKind.UnreadableLandmarks, new FaceKey(of.Subject, of.Name, number), error.Message));
                }
            }
            return found;
        }
    }
}
