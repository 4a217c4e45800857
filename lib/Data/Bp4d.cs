namespace FanTrans.Data;

/// <summary>
/// Finds the recordings of BP4D in a licensed folder (PAPER, "Datasets"): Sequences(2D+3D)/F001/T1/0001.jpg and so
/// on, AUCoding/AU_OCC/F001_T1.csv with a first row of AU numbers, 2DFeatures/F001_T1.mat with landmarks where they
/// are there. Frames and labels are matched by number, however many zeros pad it.
/// </summary>
public static class Bp4d
{
    /// <summary>Finds them; opens no picture.</summary>
    /// <param name="root">The licensed folder.</param>
    /// <param name="report">Takes everything that is wrong.</param>
    /// <param name="manifest">What to expect; null for the library's bp4d.json.</param>
    /// <exception cref="DirectoryNotFoundException">The folder is not there, or has no sequences or no labels; the message says what it should hold.</exception>
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
            var here = manifest.Sequences.Select(name => (
                Name: name,
                Frames: Folders.Find(frames, subject, name),
                Labels: Folders.FindFile(labels, $"{subject}_{name}.csv"))).ToArray();
            if (here.All(s => s.Frames is null && s.Labels is null))
            {
                report.Add(new Problem(ProblemKind.MissingSubject, subject, "", $"no folder {subject} and no label file {subject}_*.csv"));
                continue;
            }
            foreach (var (name, folder, labelFile) in here)
            {
                if (Sequence(manifest, root, subject, name, folder, labelFile, landmarks, report) is { } sequence)
                    sequences.Add(sequence);
            }
        }
        return new DatasetFiles(manifest, root, sequences);
    }

    private static DatasetSequence? Sequence(
        DatasetManifest manifest, string root, string subject, string name, string? folder, string? labelFile,
        string? landmarkFolder, PreparationReport report)
    {
        if (folder is null)
        {
            report.Add(new Problem(ProblemKind.MissingSequence, subject, name,
                $"no folder {subject}/{name}" + (labelFile is null ? " and no label file" : $"; {Path.GetFileName(labelFile)} is there")));
            return null;
        }
        if (labelFile is null)
        {
            report.Add(new Problem(ProblemKind.MissingLabels, subject, name, $"no label file {subject}_{name}.csv"));
            return null;
        }
        var pictures = PictureFolder.Find(folder, root, subject, name, mayCountFromZero: false, report);
        var labelled = ReadLabels(manifest, labelFile, subject, name, report);
        var there = pictures.Numbers.ToHashSet();
        report.Add(Problem.Runs(ProblemKind.LabelWithoutFrame, subject, name, labelled.Select(l => l.Number).Where(n => !there.Contains(n)),
            $"{Path.GetFileName(labelFile)} has a row, {subject}/{name} no picture",
            n => manifest.IsKnown(DefectKind.Frames, new FaceKey(subject, name, n))));
        if (labelled.Count > 0)
        {
            var coded = labelled.Select(l => l.Number).ToHashSet();
            int first = labelled[0].Number, last = labelled[^1].Number;
            report.Add(Problem.Runs(ProblemKind.FrameWithoutLabel, subject, name,
                pictures.Numbers.Where(n => n > first && n < last && !coded.Contains(n)),
                $"{subject}/{name} has a picture, {Path.GetFileName(labelFile)} no row",
                n => manifest.IsKnown(DefectKind.Labels, new FaceKey(subject, name, n))));
            if (pictures.Numbers.Count(n => n < first || n > last) is > 0 and var uncoded)
                report.Add(new Problem(ProblemKind.UncodedFrames, subject, name, $"coded are frames {first} to {last}") { Count = uncoded });
        }
        return new DatasetSequence(
            manifest, subject, name, [.. labelled.Where(l => there.Contains(l.Number))], pictures,
            Folders.FindFile(landmarkFolder, $"{subject}_{name}.mat") is { } file
                ? new Bp4dLandmarks(file, [.. pictures.Numbers]) : new NoLandmarks());
    }

    /// <summary>Reads an occurrence file: a first row of AU numbers, then a row a coded frame, its number first.</summary>
    private static IReadOnlyList<LabelledFrame> ReadLabels(
        DatasetManifest manifest, string path, string subject, string name, PreparationReport report)
    {
        var file = Path.GetFileName(path);
        var table = new LabelTable(manifest, subject, name, report);
        var present = new bool[manifest.ActionUnits.Count];
        using var reader = new StreamReader(path);
        if (reader.ReadLine() is not { Length: > 0 } first)
        {
            report.Add(new Problem(ProblemKind.EmptyLabels, subject, name, $"{file} is empty"));
            return [];
        }
        var header = first.Split(',');
        var columns = new int[manifest.ActionUnits.Count];
        for (var i = 0; i < columns.Length; i++)
        {
            var au = manifest.ActionUnits[i];
            // Column 0 is the frame's, whatever its name.
            var found = Enumerable.Range(1, header.Length - 1).Where(c => int.TryParse(header[c].Trim().Trim('"'), out var n) && n == au).ToArray();
            columns[i] = found.FirstOrDefault(-1);
            present[i] = found.Length > 0;
            if (found.Length == 0)
                report.Add(new Problem(ProblemKind.MissingColumn, subject, name, $"{file} has no column {au}"));
            else if (found.Length > 1)
                report.Add(new Problem(ProblemKind.DuplicateColumn, subject, name, $"{file} has {found.Length} columns {au}") { Count = found.Length - 1 });
        }
        var seen = new HashSet<int>();
        for (var line = 2; reader.ReadLine() is { } text; line++)
        {
            if (string.IsNullOrWhiteSpace(text))
                continue;
            var cells = text.Split(',');
            if (cells.Length != header.Length)
            {
                report.Add(new Problem(ProblemKind.UnreadableRow, subject, name,
                    $"{file} line {line}: expected {header.Length} values, found {cells.Length}"));
                continue;
            }
            if (table.Frame(cells[0], $"{file} line {line}") is not { } frame)
                continue;
            if (!seen.Add(frame))
            {
                report.Add(Problem.At(ProblemKind.DuplicateRow, new FaceKey(subject, name, frame), $"{file} line {line}"));
                continue;
            }
            for (var i = 0; i < columns.Length; i++)
            {
                if (columns[i] >= 0)
                    table.Put(frame, i, cells[columns[i]], file);
            }
        }
        if (seen.Count == 0)
            report.Add(new Problem(ProblemKind.EmptyLabels, subject, name, $"{file} has no row that can be read"));
        return table.Frames(present);
    }

    private static void ReportUnknownNames(DatasetManifest manifest, string root, string frames, string labels, PreparationReport report)
    {
        var subjects = manifest.Subjects.ToHashSet(StringComparer.OrdinalIgnoreCase);
        var sequences = manifest.Sequences.ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var folder in Directory.EnumerateDirectories(frames))
        {
            if (!subjects.Contains(Path.GetFileName(folder)))
            {
                report.Add(new Problem(ProblemKind.UnknownName, "", "", $"{Path.GetRelativePath(root, folder)}: no subject of {manifest.Title}"));
                continue;
            }
            foreach (var inner in Directory.EnumerateDirectories(folder).Where(f => !sequences.Contains(Path.GetFileName(f))))
                report.Add(new Problem(ProblemKind.UnknownName, Path.GetFileName(folder), "", $"{Path.GetRelativePath(root, inner)}: no recording of {manifest.Title}"));
        }
        foreach (var file in Directory.EnumerateFiles(labels, "*.csv"))
        {
            var parts = Path.GetFileNameWithoutExtension(file).Split('_');
            if (parts.Length != 2 || !subjects.Contains(parts[0]) || !sequences.Contains(parts[1]))
                report.Add(new Problem(ProblemKind.UnknownName, "", "", $"{Path.GetRelativePath(root, file)}: no recording of {manifest.Title}"));
        }
    }

    /// <summary>BP4D's landmarks: one file a sequence, an element a picture.</summary>
    private sealed class Bp4dLandmarks(string path, int[] numbers) : ILandmarkStore
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
            // Element k is the k-th picture; on a partial copy, whose pictures have gaps, it is found by number.
            var byOrder = elements.Length == numbers.Length;
            if (!byOrder && (numbers.Length == 0 || elements.Length != numbers[^1] - numbers[0] + 1))
            {
                report.Add(new Problem(ProblemKind.UnreadableLandmarks, of.Subject, of.Name,
                    $"{Path.GetFileName(path)}: expected landmarks of {numbers.Length} pictures, found {elements.Length}"));
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
