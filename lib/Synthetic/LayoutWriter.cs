using System.Globalization;
using System.Text;
using FanTrans.Data;

namespace FanTrans.Synthetic;

/// <summary>
/// Writes frames of any source, such as rendered faces, in the layout of BP4D or of DISFA, so that the whole way from
/// a licensed folder to training can be walked without a licence. Subjects and sequences that have the dataset's names
/// keep them; others take the dataset's first names in order. Action units that the source does not label count as
/// not coded.
/// </summary>
internal static class LayoutWriter
{
    /// <summary>Writes them as BP4D: pictures as JPEG, occurrence files,
    /// landmark files with the 49 inner points.</summary>
    /// <param name="source">At most 41 subjects of at most 8 sequences each.</param>
    /// <param name="root">The folder to write.</param>
    /// <param name="progress">Told how many frames are written.</param>
    /// <param name="cancellation">Stops it; what is written stays.</param>
    /// <exception cref="ArgumentException">The source has more subjects or sequences than BP4D.</exception>
    public static void WriteBp4d(
        AuDataset source,
        string root,
        IProgress<int>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var manifest = DatasetManifest.Load("bp4d");
        var columns = manifest.ActionUnits.Select(au => Column(source, au)).ToArray();
        var written = 0;
        foreach (var (subject, sequences) in Named(source, manifest))
        {
            var names = Names(
                [.. sequences.Select(s => source.Key(s[0]).Sequence)],
                manifest.Sequences,
                $"sequences of {subject}"
            );
            for (var s = 0; s < sequences.Count; s++)
            {
                var folder = Path.Combine(root, "Sequences(2D+3D)", subject, names[s]);
                var table = new StringBuilder("0")
                    .AppendJoin("", manifest.ActionUnits.Select(au => $",{au}"))
                    .Append('\n');
                var landmarks = new List<float[]>();
                foreach (
                    var frame in Read(source, sequences[s], (f, _) => Image(folder, $"{f.Frame:D4}", f), cancellation)
                )
                {
                    table
                        .Append(frame.Frame)
                        .AppendJoin("", columns.Select(c => $",{(c < 0 ? LabelRule.Unknown : frame.Labels[c])}"))
                        .Append('\n');
                    landmarks.Add(frame.Landmarks);
                    progress?.Report(++written);
                }
                WholeFile.Write(
                    Path.Combine(root, "AUCoding", "AU_OCC", $"{subject}_{names[s]}.csv"),
                    table.ToString()
                );
                LandmarkMatFile.WriteSequence(Path.Combine(root, "2DFeatures", $"{subject}_{names[s]}.mat"), landmarks);
            }
        }
    }

    /// <summary>
    /// Writes them as DISFA: the left camera's videos, or a folder of JPEG pictures a subject, intensity files,
    /// landmark files with 66 points. A source without intensities gets 3 for what is present.
    /// </summary>
    /// <param name="source">At most 27 subjects; the sequences of one follow each other.
    /// It labels DISFA's action units.</param>
    /// <param name="root">The folder to write.</param>
    /// <param name="ffmpeg">The program that encodes videos; null writes pictures.</param>
    /// <param name="progress">Told how many frames are written.</param>
    /// <param name="cancellation">Stops it; what is written stays.</param>
    /// <exception cref="ArgumentException">The source has more subjects than DISFA,
    /// or labels fewer action units.</exception>
    /// <exception cref="InvalidOperationException">ffmpeg is asked for and not installed.</exception>
    public static void WriteDisfa(
        AuDataset source,
        string root,
        string? ffmpeg = null,
        IProgress<int>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var manifest = DatasetManifest.Load("disfa");
        if (manifest.ActionUnits.Except(source.ActionUnits).ToArray() is { Length: > 0 } lacking)
            throw new ArgumentException($"the source does not label AU {string.Join(", ", lacking)}.", nameof(source));
        var columns = manifest.ActionUnits.Select(au => Column(source, au)).ToArray();
        var written = 0;
        foreach (var (subject, sequences) in Named(source, manifest))
        {
            var camera = Path.Combine(root, "Video_LeftCamera");
            var landmarks = Path.Combine(root, "Landmark_Points", subject, "tmp_frame_lm");
            var labels = columns.Select(_ => new StringBuilder()).ToArray();
            var frames = Read(
                    source,
                    [.. sequences.SelectMany(s => s)],
                    (frame, place) =>
                    {
                        if (ffmpeg is null)
                            Image(Path.Combine(camera, subject), $"{place + 1:D5}", frame);
                        LandmarkMatFile.WriteFrame(
                            Path.Combine(landmarks, $"{subject}_{place:D4}_lm.mat"),
                            frame.Landmarks
                        );
                    },
                    cancellation
                )
                .Select(
                    (frame, place) =>
                    {
                        for (var n = 0; n < columns.Length; n++)
                        {
                            var intensity = frame.Intensities?[columns[n]] ?? (frame.Labels[columns[n]] == 1 ? 3 : 0);
                            labels[n].Append(CultureInfo.InvariantCulture, $"{place + 1},{intensity}\n");
                        }
                        progress?.Report(++written);
                        return frame.Image;
                    }
                );
            if (ffmpeg is null)
                foreach (var _ in frames) { }
            else
                Ffmpeg.Encode(frames, Path.Combine(camera, $"LeftVideo{subject}_comp.avi"), ffmpeg);
            for (var n = 0; n < columns.Length; n++)
            {
                var name = $"{subject}_au{manifest.ActionUnits[n]}.txt";
                WholeFile.Write(Path.Combine(root, "ActionUnit_Labels", subject, name), labels[n].ToString());
            }
        }
    }

    /// <summary>Reads frames on all cores, some at a time, and gives them in order;
    /// the action is called on the cores.</summary>
    private static IEnumerable<FaceFrame> Read(
        AuDataset source,
        IReadOnlyList<int> indices,
        Action<FaceFrame, int> each,
        CancellationToken cancellation
    )
    {
        var start = 0;
        foreach (var chunk in indices.Chunk(8 * Environment.ProcessorCount))
        {
            var frames = new FaceFrame[chunk.Length];
            var first = start;
            Parallel.For(
                0,
                chunk.Length,
                new ParallelOptions { CancellationToken = cancellation },
                i =>
                {
                    frames[i] = source.Read(chunk[i]);
                    each(frames[i], first + i);
                }
            );
            start += chunk.Length;
            foreach (var frame in frames)
                yield return frame;
        }
    }

    private static void Image(string folder, string name, FaceFrame frame) =>
        WholeFile.Write(Path.Combine(folder, $"{name}.jpg"), file => file.Write(frame.Image.ToJpeg(95)), toDisk: false);

    /// <summary>The source's frames by the dataset's subject names, each subject's sequences in order.</summary>
    private static IEnumerable<(string Subject, IReadOnlyList<IReadOnlyList<int>> Sequences)> Named(
        AuDataset source,
        DatasetManifest manifest
    )
    {
        ArgumentNullException.ThrowIfNull(source);
        var bySubject = Enumerable
            .Range(0, source.Count)
            .GroupBy(i => source.Key(i).Subject)
            .OrderBy(g => g.Key, StringComparer.Ordinal)
            .ToArray();
        var names = Names([.. bySubject.Select(g => g.Key)], manifest.Subjects, "subjects");
        return bySubject.Select(
            (frames, k) =>
                (
                    names[k],
                    (IReadOnlyList<IReadOnlyList<int>>)
                        [
                            .. frames
                                .GroupBy(i => source.Key(i).Sequence)
                                .OrderBy(g => g.Key, StringComparer.Ordinal)
                                .Select(g => g.OrderBy(i => source.Key(i).Frame).ToArray()),
                        ]
                )
        );
    }

    /// <summary>The names themselves where they are all the dataset's,
    /// else as many of the dataset's first ones.</summary>
    private static IReadOnlyList<string> Names(IReadOnlyList<string> names, IReadOnlyList<string> known, string what)
    {
        if (names.All(known.Contains))
            return names;
        return names.Count <= known.Count
            ? [.. known.Take(names.Count)]
            : throw new ArgumentException($"the dataset has {known.Count} {what}, the source {names.Count}.");
    }

    private static int Column(AuDataset source, int actionUnit)
    {
        for (var n = 0; n < source.ActionUnits.Count; n++)
        {
            if (source.ActionUnits[n] == actionUnit)
                return n;
        }
        return -1;
    }
}
