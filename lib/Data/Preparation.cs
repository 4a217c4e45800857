using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace FanTrans.Data;

/// <summary>How far a preparation is.</summary>
/// <param name="Sequence">The recording at work, for example "F001/T1".</param>
/// <param name="Done">Labelled frames dealt with, those of earlier runs included.</param>
/// <param name="Total">Labelled frames in all.</param>
/// <param name="Kept">How many of the done ones were there from an earlier run.</param>
public readonly record struct PreparationProgress(string Sequence, int Done, int Total, int Kept);

/// <summary>What a preparation made.</summary>
/// <param name="Set">The prepared set.</param>
/// <param name="Report">Everything that was found wrong.</param>
/// <param name="Made">Crops made now.</param>
/// <param name="Kept">Crops kept from an earlier run.</param>
public sealed record PreparationResult(PreparedSet Set, PreparationReport Report, int Made, int Kept);

/// <summary>
/// Turns a licensed folder into a prepared set: every labelled frame's face as a crop of its own, and a manifest with
/// labels and landmarks. It may be killed at any moment and run again: what is done is kept, nothing is half-written,
/// and the finished set is the same to the byte as one made without interruption. Changed files of the dataset are
/// noticed by name, size and label, and only their recordings are made anew.
/// </summary>
public sealed class Preparation
{
    private const string StateFolder = ".preparing",
        CropFolder = "crops",
        RecipeFile = "recipe.json";

    /// <summary>Everything that was found, beside the manifest.</summary>
    public const string ReportFile = "report.json";

    private readonly DatasetFiles files;
    private readonly string output;
    private readonly PreparationOptions options;
    private readonly ILandmarkFinder? finder;
    private readonly PreparationReport scan;

    /// <summary>Plans a preparation; nothing is written yet.</summary>
    /// <param name="files">The licensed folder.</param>
    /// <param name="scan">What was found wrong with it.</param>
    /// <param name="output">The set's folder: new, empty, or from an earlier run with the same options.</param>
    /// <param name="options">Size and form of the crops; null for the defaults.</param>
    /// <param name="finder">Finds landmarks where the dataset has none;
    /// null to leave such frames out, reported.</param>
    /// <exception cref="ArgumentException">An option is out of range, or the output is
    /// the licensed folder itself.</exception>
    public Preparation(
        DatasetFiles files,
        PreparationReport scan,
        string output,
        PreparationOptions? options = null,
        ILandmarkFinder? finder = null
    )
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(scan);
        ArgumentException.ThrowIfNullOrEmpty(output);
        (this.files, this.scan, this.finder) = (files, scan, finder);
        this.options = (options ?? new PreparationOptions()).Validate();
        this.output = Path.GetFullPath(output);
        if (this.output == Path.GetFullPath(files.Root))
        {
            throw new ArgumentException(
                $"{output}: the prepared set needs a folder of its own, not the licensed one.",
                nameof(output)
            );
        }
    }

    /// <summary>Threads that decode and crop; 0 for one per core.</summary>
    public int Workers { get; init; }

    /// <summary>Whether anything wrong, other than what the manifest knows, is an error: no set is made then.</summary>
    public bool Strict { get; init; }

    /// <summary>Prepares the set, or what is left of it.</summary>
    /// <param name="progress">Told of every frame, from several threads.</param>
    /// <param name="cancellation">Stops it; run again to go on.</param>
    /// <exception cref="IOException">The folder holds other files, or a set of other options.</exception>
    /// <exception cref="InvalidDataException">No frame could be prepared or none has a known label; or, with
    /// <see cref="Strict"/>, something is wrong. report.json lists it.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public PreparationResult Run(
        IProgress<PreparationProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var header = new PreparedHeader
        {
            Form = PreparedHeader.CurrentForm,
            Kit = PreparedHeader.KitVersion,
            Dataset = files.Manifest.Name,
            ActionUnits = files.Manifest.ActionUnits,
            Options = options,
            LandmarkFinder = finder?.Name,
            Frames = 0,
            Scan = Fingerprints.Of([scan.ToJson()]),
            Sources = files.Sequences.ToDictionary(Name, s => s.Fingerprint),
        };
        CheckOutput(header);
        Directory.CreateDirectory(output);
        if (Finished(header) is { } finished)
            return finished;
        StopIfStrict(scan, isInFile: false);

        Directory.CreateDirectory(At(StateFolder));
        RemoveUnfinished(output);
        WholeFile.Write(At(StateFolder, RecipeFile), header.Recipe());
        SeedFromFinishedSet();

        var report = new PreparationReport();
        report.Add(scan.Problems);
        int kept = 0,
            made = 0,
            passed = 0;
        foreach (var sequence in files.Sequences)
        {
            cancellation.ThrowIfCancellationRequested();
            var done = passed;
            var (keptHere, madeHere) = Prepare(
                sequence,
                report,
                (here, keptSoFar) =>
                    progress?.Report(
                        new PreparationProgress(Name(sequence), done + here, files.Count, kept + keptSoFar)
                    ),
                cancellation
            );
            (kept, made, passed) = (kept + keptHere, made + madeHere, passed + sequence.Frames.Count);
        }
        WholeFile.Write(At(ReportFile), report.ToJson() + "\n");
        StopIfStrict(report, isInFile: true);
        var rows = files.Sequences.SelectMany(Done).ToArray();
        if (rows.All(row => row.Labels.All(label => label == LabelRule.Unknown)))
        {
            var what =
                rows.Length == 0 ? "no frame could be prepared" : $"none of {rows.Length} frames has a known label";
            var wrong = report.Lines(examples: 1).Take(12).Select(line => line.Trim());
            throw new InvalidDataException(
                $"{files.Root}: {what}; all that is wrong is in {At(ReportFile)}: {string.Join("; ", wrong)}."
            );
        }
        RemoveCropsOfOtherSequences();
        PreparedManifest.Write(At(PreparedManifest.FileName), header with { Frames = rows.Length }, rows);
        Directory.Delete(At(StateFolder), recursive: true);
        return new PreparationResult(PreparedSet.Open(output), report, made, kept);
    }

    /// <summary>Whether a folder holds a preparation that was stopped before its end.</summary>
    /// <param name="folder">What the preparation was told to write to.</param>
    public static bool IsUnfinished(string folder) => Directory.Exists(Path.Combine(folder, StateFolder));

    private IEnumerable<PreparedRow> Done(DatasetSequence sequence)
    {
        using var journal = Journal(sequence, out _);
        return [.. journal.Rows.Values];
    }

    /// <summary>Makes what is missing of one recording.</summary>
    private (int Kept, int Made) Prepare(
        DatasetSequence sequence,
        PreparationReport report,
        Action<int, int> tell,
        CancellationToken cancellation
    )
    {
        var folder = At(CropFolder, sequence.Subject, sequence.Name);
        using var journal = Journal(sequence, out var isNew);
        if (isNew && Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(folder);
        ForgetLostCrops(journal, folder);

        var labelled = sequence.Frames.ToDictionary(f => f.Number);
        var wanted = labelled.Keys.Where(n => !journal.Rows.ContainsKey(n)).ToHashSet();
        var kept = journal.Rows.Count;
        tell(kept, kept);
        var landmarks = TrustedLandmarks(sequence, report);
        var anchors = landmarks.Keys.Order().ToArray();
        var withoutFace = new ConcurrentDictionary<int, string>();
        var done = kept;

        void Make(FrameImage frame)
        {
            if (Crop(sequence, frame, landmarks, anchors, report, withoutFace) is { } cut)
                journal.Add(Store(sequence.Key(frame.Number), labelled[frame.Number], cut.Crop, cut.From));
            tell(Interlocked.Increment(ref done), kept);
        }

        try
        {
            InParallel(sequence.Images(wanted, cancellation), Make, cancellation);
        }
        catch (InvalidDataException error)
        {
            report.Add(new Problem(ProblemKind.UnreadableVideo, sequence.Subject, sequence.Name, error.Message));
        }
        foreach (var reason in withoutFace.GroupBy(w => w.Value))
        {
            report.Add(
                Problem.Runs(
                    ProblemKind.MissingLandmarks,
                    sequence.Subject,
                    sequence.Name,
                    reason.Select(w => w.Key),
                    reason.Key,
                    n => finder is null && files.Manifest.IsKnown(DefectKind.Landmarks, sequence.Key(n))
                )
            );
        }
        report.Add(
            Problem.Runs(
                ProblemKind.FoundLandmarks,
                sequence.Subject,
                sequence.Name,
                journal.Rows.Values.Where(r => r.LandmarksFrom != PreparedRow.FromDataset).Select(r => r.Key.Frame),
                $"by {finder?.Name}"
            )
        );
        RemoveCropsWithoutRows(journal, folder);
        return (kept, journal.Rows.Count - kept);
    }

    /// <summary>The dataset's landmarks without those that the manifest knows to be off the face.</summary>
    private Dictionary<int, float[]> TrustedLandmarks(DatasetSequence sequence, PreparationReport report)
    {
        var all = sequence.Landmarks(report);
        var untrusted = all.Keys.Where(n => files.Manifest.IsKnown(DefectKind.Landmarks, sequence.Key(n))).ToHashSet();
        var used = sequence.Frames.Select(f => f.Number).ToHashSet();
        report.Add(
            Problem.Runs(
                ProblemKind.UntrustedLandmarks,
                sequence.Subject,
                sequence.Name,
                untrusted.Where(used.Contains),
                "the manifest lists them as off the face"
            )
        );
        return all.Where(l => !untrusted.Contains(l.Key)).ToDictionary(l => l.Key, l => l.Value);
    }

    private (PreparedCrop Crop, string From)? Crop(
        DatasetSequence sequence,
        FrameImage frame,
        Dictionary<int, float[]> landmarks,
        int[] anchors,
        PreparationReport report,
        ConcurrentDictionary<int, string> withoutFace
    )
    {
        RgbImage image;
        try
        {
            image = frame.Load();
        }
        catch (Exception error) when (error is InvalidDataException or IOException)
        {
            report.Add(Problem.At(ProblemKind.UnreadableImage, sequence.Key(frame.Number), error.Message));
            return null;
        }
        var reason = "the dataset has no landmarks";
        if (landmarks.TryGetValue(frame.Number, out var own))
        {
            try
            {
                return (PreparedCrop.Cut(image, own, options), PreparedRow.FromDataset);
            }
            catch (ArgumentException error)
            {
                reason = $"the dataset's landmarks cannot be used: {error.Message}";
            }
        }
        if (finder is not null)
        {
            try
            {
                if (finder.Find(image, Near(frame.Number, landmarks, anchors)) is { } found)
                    return (PreparedCrop.Cut(image, found, options), finder.Name);
                reason += $"; {finder.Name} finds no face";
            }
            catch (ArgumentException error)
            {
                reason += $"; those of {finder.Name} cannot be used: {error.Message}";
            }
        }
        withoutFace[frame.Number] = reason;
        return null;
    }

    /// <summary>The face box of the nearest frame that has landmarks: the earlier one of two as near.</summary>
    private static FaceBox? Near(int frame, Dictionary<int, float[]> landmarks, int[] anchors)
    {
        if (anchors.Length == 0)
            return null;
        var after = Array.BinarySearch(anchors, frame) is var at && at < 0 ? ~at : at;
        if (after == anchors.Length || (after > 0 && frame - anchors[after - 1] <= anchors[after] - frame))
            after--;
        return LandmarkSets.Box(landmarks[anchors[after]]);
    }

    private PreparedRow Store(FaceKey key, LabelledFrame labels, PreparedCrop crop, string from)
    {
        var (ending, bytes) =
            options.Format is CropFormat.Png
                ? (".png", crop.Image.ToPng())
                : (".jpg", crop.Image.ToJpeg(options.Quality));
        var path = $"{CropFolder}/{key.Subject}/{key.Sequence}/{key.Frame:D5}{ending}";
        WholeFile.Write(At(path), file => file.Write(bytes), toDisk: false);
        return new PreparedRow(
            path,
            key,
            labels.Labels,
            labels.Intensities,
            crop.Box,
            crop.Landmarks,
            from,
            bytes.Length,
            Fingerprints.Of(bytes)
        );
    }

    private void InParallel(IEnumerable<FrameImage> images, Action<FrameImage> make, CancellationToken cancellation)
    {
        var parallel = new ParallelOptions
        {
            CancellationToken = cancellation,
            MaxDegreeOfParallelism = Workers > 0 ? Workers : Environment.ProcessorCount,
        };
        try
        {
            // Without buffering, so that a video is decoded no further ahead than there are workers.
            Parallel.ForEach(Partitioner.Create(images, EnumerablePartitionerOptions.NoBuffering), parallel, make);
        }
        catch (AggregateException error)
        {
            var all = error.Flatten().InnerExceptions;
            ExceptionDispatchInfo.Throw(all.FirstOrDefault(e => e is not OperationCanceledException) ?? all[0]);
        }
    }

    /// <summary>A finished set whose sources have not changed is left as it is.</summary>
    private PreparationResult? Finished(PreparedHeader header)
    {
        if (IsUnfinished(output) || !File.Exists(At(PreparedManifest.FileName)) || !File.Exists(At(ReportFile)))
            return null;
        var set = PreparedSet.Open(output);
        if (
            set.Header.Scan != header.Scan
            || set.Header.Sources.Count != header.Sources.Count
            || set.Header.Sources.Any(s => header.Sources.GetValueOrDefault(s.Key) != s.Value)
            || set.Rows.Any(r => !IsInPlace(r))
        )
        {
            return null;
        }
        var report = PreparationReport.Parse(File.ReadAllText(At(ReportFile)));
        StopIfStrict(report, isInFile: true);
        // What could not be read may be readable now: a drive that was away, another decoder.
        if (
            report.Problems.Any(p =>
                p is { IsFault: true, Kind: ProblemKind.UnreadableImage or ProblemKind.UnreadableVideo }
            )
        )
            return null;
        return new PreparationResult(set, report, 0, set.Count);
    }

    /// <summary>What a finished set has of recordings that have not changed need not be made again.</summary>
    private void SeedFromFinishedSet()
    {
        if (!File.Exists(At(PreparedManifest.FileName)))
            return;
        var set = PreparedSet.Read(output);
        foreach (var sequence in files.Sequences)
        {
            var path = JournalPath(sequence);
            if (File.Exists(path) || set.Header.Sources.GetValueOrDefault(Name(sequence)) != sequence.Fingerprint)
                continue;
            // Beside its place first: a journal that is cut off at a row would pass for one that was killed there.
            var aside = WholeFile.Aside(path);
            using (var journal = PreparationJournal.Open(aside, sequence.Fingerprint, set.ActionUnits.Count, out _))
            {
                foreach (var row in set.Rows.Where(r => r.Key == sequence.Key(r.Key.Frame)))
                    journal.Add(row);
            }
            File.Move(aside, path);
        }
    }

    private void CheckOutput(PreparedHeader header)
    {
        if (File.Exists(output))
            throw new IOException($"{output}: expected a folder, found a file.");
        if (!Directory.Exists(output))
            return;
        var recipePath = At(StateFolder, RecipeFile);
        var manifest = At(PreparedManifest.FileName);
        var recipe =
            File.Exists(recipePath) ? File.ReadAllText(recipePath)
            : File.Exists(manifest) ? PreparedManifest.ReadHeader(manifest).Recipe()
            : null;
        if (recipe is null)
        {
            var other = Directory
                .EnumerateFileSystemEntries(output)
                .Select(Path.GetFileName)
                .FirstOrDefault(n => n is not (StateFolder or ReportFile));
            if (other is not null)
            {
                throw new IOException(
                    $"{output}: expected an empty folder or a prepared set, found {other}; choose another folder."
                );
            }
        }
        else if (recipe != header.Recipe())
        {
            throw new IOException(
                $"{output}: holds a set of other options; choose another folder or remove it.{Environment.NewLine}"
                    + $"  there: {recipe}{Environment.NewLine}  now:   {header.Recipe()}"
            );
        }
    }

    private void StopIfStrict(PreparationReport report, bool isInFile)
    {
        if (!Strict || !report.HasProblems)
            return;
        // The report of a finished set stays with it.
        if (!isInFile && !File.Exists(At(PreparedManifest.FileName)))
        {
            WholeFile.Write(At(ReportFile), report.ToJson() + "\n");
            isInFile = true;
        }
        var wrong = report.Problems.Where(p => !p.IsNote).ToArray();
        throw new InvalidDataException(
            $"strict: {wrong.Sum(p => p.Count)} things are wrong{(isInFile ? $", all in {At(ReportFile)}" : "")}; "
                + $"first {wrong[0].Kind}: {wrong[0].Where}: {wrong[0].Detail}"
        );
    }

    private bool IsInPlace(PreparedRow row) =>
        new FileInfo(At(row.Path)) is { Exists: true } crop && crop.Length == row.Bytes;

    private void ForgetLostCrops(PreparationJournal journal, string folder)
    {
        RemoveUnfinished(folder);
        foreach (var row in journal.Rows.Values.Where(r => !IsInPlace(r)).ToArray())
            journal.Forget(row.Key.Frame);
    }

    private static void RemoveUnfinished(string folder)
    {
        foreach (var part in Directory.EnumerateFiles(folder, WholeFile.Unfinished + "*"))
            File.Delete(part);
    }

    private static void RemoveCropsWithoutRows(PreparationJournal journal, string folder)
    {
        var known = journal.Rows.Values.Select(r => Path.GetFileName(r.Path)).ToHashSet(StringComparer.Ordinal);
        foreach (var crop in Directory.EnumerateFiles(folder).Where(f => !known.Contains(Path.GetFileName(f))))
            File.Delete(crop);
        RemoveIfEmpty(folder);
        RemoveIfEmpty(Path.GetDirectoryName(folder)!);
    }

    private void RemoveCropsOfOtherSequences()
    {
        var known = files.Sequences.Select(s => At(CropFolder, s.Subject, s.Name)).ToHashSet(StringComparer.Ordinal);
        if (!Directory.Exists(At(CropFolder)))
            return;
        foreach (var subject in Directory.EnumerateDirectories(At(CropFolder)))
        {
            foreach (var folder in Directory.EnumerateDirectories(subject).Where(f => !known.Contains(f)))
                Directory.Delete(folder, recursive: true);
            RemoveIfEmpty(subject);
        }
    }

    private static void RemoveIfEmpty(string folder)
    {
        if (!Directory.EnumerateFileSystemEntries(folder).Any())
            Directory.Delete(folder);
    }

    private static string Name(DatasetSequence sequence) => $"{sequence.Subject}/{sequence.Name}";

    private string JournalPath(DatasetSequence sequence) =>
        At(StateFolder, $"{sequence.Subject}_{sequence.Name}.jsonl");

    private PreparationJournal Journal(DatasetSequence sequence, out bool isNew) =>
        PreparationJournal.Open(
            JournalPath(sequence),
            sequence.Fingerprint,
            files.Manifest.ActionUnits.Count,
            out isNew
        );

    private string At(params ReadOnlySpan<string> names) => Path.Combine([output, .. names]);
}
