namespace FanTrans.Data;

/// <summary>
/// A prepared set as a source of frames: crops with their landmarks and labels. Opening it checks the manifest's
/// checksum; <see cref="Verify"/> checks the crops too.
/// </summary>
public sealed class PreparedSet : AuDataset
{
    private readonly string folder;

    private PreparedSet(string folder, PreparedHeader header, PreparedRow[] rows) =>
        (this.folder, Header, Rows) = (folder, header, rows);

    /// <summary>How it was made.</summary>
    internal PreparedHeader Header { get; }

    /// <summary>Its frames, by subject, sequence and number.</summary>
    internal IReadOnlyList<PreparedRow> Rows { get; }

    /// <inheritdoc/>
    public override string People => Header.Dataset;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Warnings => Partial is { } partial ? [partial] : [];

    /// <summary>Which of its dataset's subjects it lacks, in words; null where none.</summary>
    internal string? Partial { get; set; }

    /// <inheritdoc/>
    public override IReadOnlyList<int> ActionUnits => Header.ActionUnits;

    /// <inheritdoc/>
    public override int Count => Rows.Count;

    /// <summary>Opens a finished set.</summary>
    /// <param name="folder">What the preparation was told to write to.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">The set is not finished, was edited, is of another form,
    /// or has no known label.</exception>
    public static PreparedSet Open(string folder)
    {
        if (Preparation.IsUnfinished(folder))
            throw new InvalidDataException($"{folder}: its preparation was not finished; run it again.");
        var set = Read(folder);
        set.RequireKnownLabels(folder);
        return set;
    }

    /// <summary>Opens a set whether or not a later preparation has begun to change it.</summary>
    internal static PreparedSet Read(string folder)
    {
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"{folder}: no such folder; expected a prepared set.");
        var path = Path.Combine(folder, PreparedManifest.FileName);
        if (!File.Exists(path))
            throw new InvalidDataException($"{folder}: expected a prepared set, found no {PreparedManifest.FileName}.");
        var (header, rows) = PreparedManifest.Read(path);
        return new PreparedSet(folder, header, rows);
    }

    /// <inheritdoc/>
    public override FaceKey Key(int index) => Rows[index].Key;

    /// <inheritdoc/>
    public override sbyte[] LabelsAt(int index) => [.. Rows[index].Labels];

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The crop is gone, broken or not the one that was prepared.</exception>
    public override FaceFrame Read(int index)
    {
        var row = Rows[index];
        var path = Path.Combine(folder, row.Path);
        if (!File.Exists(path))
            throw new InvalidDataException($"{path}: the crop of {row.Key} is gone; run the preparation again.");
        var bytes = File.ReadAllBytes(path);
        if (bytes.Length != row.Bytes)
            throw new InvalidDataException(
                $"{path}: expected {row.Bytes} bytes for {row.Key}, found {bytes.Length}; run the preparation again."
            );
        RgbImage image;
        try
        {
            image = RgbImage.Decode(bytes);
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"{path}: {error.Message}", error);
        }
        var visible = new bool[Ibug68.Count];
        for (var k = 0; k < visible.Length; k++)
            visible[k] = !float.IsNaN(row.Landmarks[2 * k]) && !float.IsNaN(row.Landmarks[(2 * k) + 1]);
        return new FaceFrame
        {
            Subject = row.Key.Subject,
            Sequence = row.Key.Sequence,
            Frame = row.Key.Frame,
            Image = image,
            Landmarks = [.. row.Landmarks],
            Visible = visible,
            Box = row.Box,
            Labels = [.. row.Labels],
            Intensities = row.Intensities is null ? null : [.. row.Intensities],
        };
    }

    /// <summary>Checks a finished set: the manifest's checksum, and every crop by size and SHA-256.</summary>
    /// <param name="folder">The set.</param>
    /// <param name="progress">Told the number of crops checked, from several threads.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>Everything wrong, as "file: what"; none for a whole set.</returns>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static IReadOnlyList<string> Verify(
        string folder,
        IProgress<int>? progress = null,
        CancellationToken cancellation = default
    )
    {
        PreparedSet set;
        try
        {
            set = Open(folder);
        }
        catch (InvalidDataException error)
        {
            return [error.Message];
        }
        var wrong = new System.Collections.Concurrent.ConcurrentBag<string>();
        var done = 0;
        Parallel.ForEach(
            set.Rows,
            new ParallelOptions { CancellationToken = cancellation },
            row =>
            {
                var path = Path.Combine(folder, row.Path);
                if (!File.Exists(path))
                    wrong.Add($"{row.Path}: missing");
                else if (File.ReadAllBytes(path) is var bytes && bytes.Length != row.Bytes)
                    wrong.Add($"{row.Path}: expected {row.Bytes} bytes, found {bytes.Length}");
                else if (Fingerprints.Of(bytes) != row.Sha256)
                    wrong.Add($"{row.Path}: its content is not what was prepared");
                progress?.Report(Interlocked.Increment(ref done));
            }
        );
        var known = set.Rows.Select(r => r.Path).ToHashSet(StringComparer.Ordinal);
        var crops = Path.Combine(folder, "crops");
        foreach (
            var path in Directory.Exists(crops) ? Directory.EnumerateFiles(crops, "*", SearchOption.AllDirectories) : []
        )
        {
            var name = Path.GetRelativePath(folder, path).Replace('\\', '/');
            if (!known.Contains(name))
                wrong.Add($"{name}: not in the manifest");
        }
        return [.. wrong.Order(StringComparer.Ordinal)];
    }
}
