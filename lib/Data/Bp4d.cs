namespace FanTrans.Data;

/// <summary>
/// Finds the recordings of BP4D in a licensed folder: Sequences(2D+3D)/F001/T1/0001.jpg and so on,
/// AUCoding/AU_OCC/F001_T1.csv with a first row of AU numbers, 2DFeatures/F001_T1.mat with landmarks where they
/// are there. Frames and labels are matched by number, however many zeros pad it.
/// </summary>
public static class Bp4d
{
    /// <summary>Finds them; opens no image.</summary>
    /// <param name="root">The licensed folder.</param>
    /// <param name="report">Takes everything that is wrong.</param>
    /// <param name="manifest">What to expect; null for the library's bp4d.json.</param>
    /// <exception cref="DirectoryNotFoundException">The folder is not there, or has no sequences or no labels; the
    /// message says what it should hold.</exception>
    public static DatasetFiles Find(string root, PreparationReport report, DatasetManifest? manifest = null)
    {
        ArgumentNullException.ThrowIfNull(report);
        manifest ??= DatasetManifest.Load("bp4d");
        var frames = Folders.Require(root, manifest, "Sequences(2D+3D)");
        var labels = Folders.Require(root, manifest, "AUCoding", "AU_OCC");
        var landmarks = Folders.Find(root, "2DFeatures");
        ReportUnknownNames(manifest, root, frames, labels, report);

        var sequences = new List<DatasetSequence>();
        foreach (var subject in manifest.Subjects)
        {
            var here = manifest
                .Sequences.Select(name =>
                    (
                        Name: name,
                        Frames: Folders.Find(frames, subject, name),
                        Labels: Folders.FindFile(labels, $"{subject}_{name}.csv")
                    )
                )
                .ToArray();
            if (here.All(s => s.Frames is null && s.Labels is null))
            {
                report.Add(
                    new Problem(
                        ProblemKind.MissingSubject,
                        subject,
                        "",
                        $"no folder {subject} and no label file {subject}_*.csv"
                    )
                );
                continue;
            }
            foreach (var (name, folder, file) in here)
            {
                if (folder is null)
                {
                    report.Add(new Problem(ProblemKind.MissingSequence, subject, name, $"no folder {subject}/{name}"));
                    continue;
                }
                if (file is null)
                {
                    report.Add(
                        new Problem(ProblemKind.MissingLabels, subject, name, $"no label file {subject}_{name}.csv")
                    );
                    continue;
                }
                var images = ImageFolder.Find(folder, root, subject, name, report);
                var points = Folders.FindFile(landmarks, $"{subject}_{name}.mat") is { } mat
                    ? new Landmarks(mat, [.. images.Numbers])
                    : null;
                var labelled = ReadLabels(manifest, file, subject, name, report);
                sequences.Add(
                    DatasetSequence.Pair(
                        manifest,
                        subject,
                        name,
                        labelled,
                        images,
                        points,
                        codesEveryFrame: false,
                        report
                    )
                );
            }
        }
        return new DatasetFiles(manifest, root, sequences);
    }

    /// <summary>Reads an occurrence file: a first row of AU numbers,
    /// then a row per coded frame, its number first.</summary>
    private static IReadOnlyList<LabelledFrame> ReadLabels(
        DatasetManifest manifest,
        string path,
        string subject,
        string name,
        PreparationReport report
    )
    {
        var labels = new LabelTable(manifest, subject, name, report);
        var present = new bool[manifest.ActionUnits.Count];
        try
        {
            var table = TextTable.Read(path);
            // Column 0 is the frame's, whatever its name.
            var columns = table.ActionUnits(from: 1);
            if (table.Count == 0)
                throw new InvalidDataException($"{path}: expected a row of AU numbers and rows of labels, found none.");
            foreach (var missing in manifest.ActionUnits.Where(unit => !columns.ContainsKey(unit)))
                report.Add(new Problem(ProblemKind.MissingColumn, subject, name, $"{path} has no column {missing}"));
            for (var unit = 0; unit < present.Length; unit++)
                present[unit] = columns.ContainsKey(manifest.ActionUnits[unit]);
            for (var row = 0; row < table.Count; row++)
            {
                if (labels.Frame(table, row) is not { } frame)
                    continue;
                for (var unit = 0; unit < present.Length; unit++)
                {
                    if (present[unit])
                        labels.Put(frame, unit, table, row, columns[manifest.ActionUnits[unit]]);
                }
            }
        }
        catch (InvalidDataException error)
        {
            report.Add(new Problem(ProblemKind.UnreadableLabels, subject, name, error.Message));
        }
        return labels.Frames(present);
    }

    private static void ReportUnknownNames(
        DatasetManifest manifest,
        string root,
        string frames,
        string labels,
        PreparationReport report
    )
    {
        var subjects = manifest.Subjects.ToHashSet(StringComparer.OrdinalIgnoreCase);
        var sequences = manifest.Sequences.ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var folder in Folders.Directories(frames))
        {
            if (subjects.Contains(Path.GetFileName(folder)))
            {
                foreach (var inner in Folders.Directories(folder).Where(f => !sequences.Contains(Path.GetFileName(f))))
                    Report(inner, "recording", Path.GetFileName(folder));
            }
            else
            {
                Report(folder, "subject");
            }
        }
        foreach (
            var file in Folders
                .Files(labels)
                .Where(f => Path.GetExtension(f).Equals(".csv", StringComparison.OrdinalIgnoreCase))
        )
        {
            var parts = Path.GetFileNameWithoutExtension(file).Split('_');
            if (parts.Length != 2 || !subjects.Contains(parts[0]) || !sequences.Contains(parts[1]))
                Report(file, "recording");
        }

        void Report(string path, string what, string subject = "") =>
            report.Add(
                new Problem(
                    ProblemKind.UnknownName,
                    subject,
                    "",
                    $"{Path.GetRelativePath(root, path)}: no {what} of {manifest.Title}"
                )
            );
    }

    /// <summary>BP4D's landmarks: one file per sequence, an element per image.</summary>
    private sealed class Landmarks(string path, int[] numbers) : ILandmarkStore
    {
        public string Fingerprint => Fingerprints.OfFiles([path]);

        public IReadOnlyDictionary<int, float[]> Read(DatasetSequence of, PreparationReport report)
        {
            var found = new Dictionary<int, float[]>();
            float[]?[] elements;
            try
            {
                elements = LandmarkFiles.ReadSequence(path);
            }
            catch (InvalidDataException error)
            {
                report.Add(new Problem(ProblemKind.UnreadableLandmarks, of.Subject, of.Name, error.Message));
                return found;
            }
            // Element k is the k-th image; on a partial copy, whose images have gaps, it is found by number.
            var byOrder = elements.Length == numbers.Length;
            if (!byOrder && (numbers.Length == 0 || elements.Length != numbers[^1] - numbers[0] + 1))
            {
                report.Add(
                    new Problem(
                        ProblemKind.UnreadableLandmarks,
                        of.Subject,
                        of.Name,
                        $"{Path.GetFileName(path)}: expected landmarks of {numbers.Length} images, found "
                            + $"{elements.Length}"
                    )
                );
                return found;
            }
            for (var k = 0; k < numbers.Length; k++)
            {
                if (elements[byOrder ? k : numbers[k] - numbers[0]] is { } points)
                    found[numbers[k]] = points;
            }
            return found;
        }
    }
}
