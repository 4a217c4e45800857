using System.Text.Json;
using System.Text.Json.Serialization;

namespace FanTrans.Data;

/// <summary>Frames, and frames with each action unit present, of one group: a part or a subject.</summary>
/// <param name="Name">For example "P1" or "F001".</param>
/// <param name="Frames">Frames in the set.</param>
/// <param name="Expected">Frames in the published list; null where it has no such group.</param>
/// <param name="Positives">Frames with each action unit present, in the set's order.</param>
/// <param name="Known">Frames with each action unit labelled at all.</param>
/// <param name="ExpectedPositives">The published counts; null where there are none.</param>
public sealed record GroupCounts(
    string Name,
    int Frames,
    int? Expected,
    IReadOnlyList<int> Positives,
    IReadOnlyList<int> Known,
    IReadOnlyList<int>? ExpectedPositives
)
{
    /// <summary>The part that a subject belongs to; null for a part and for everything together.</summary>
    public string? Part { get; init; }

    /// <summary>Frames that are missing from the published count, negative for more; null without one.</summary>
    public int? Missing => Expected - Frames;
}

/// <summary>What a set of frames holds, by part, subject and action unit,
/// beside what a published system uses.</summary>
/// <param name="Dataset">For example "bp4d".</param>
/// <param name="Against">Whose published counts it is compared with.</param>
/// <param name="ActionUnits">FACS numbers in the order of the counts.</param>
/// <param name="All">Everything together.</param>
/// <param name="Parts">By part, in the manifest's order.</param>
/// <param name="Subjects">By subject, sorted; every subject of the manifest, those without a frame included.</param>
public sealed record PreparationSummary(
    string Dataset,
    string Against,
    IReadOnlyList<int> ActionUnits,
    GroupCounts All,
    IReadOnlyList<GroupCounts> Parts,
    IReadOnlyList<GroupCounts> Subjects
)
{
    /// <summary>The counts, beside the manifest.</summary>
    public const string FileName = "summary.json";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Whether every subject has as many frames as in the published list.</summary>
    public bool IsComplete => Subjects.All(s => s.Missing is 0);

    /// <summary>Counts a source: a prepared set, or any other with the dataset's subjects.</summary>
    /// <param name="source">Its frames; labels are read, pictures are not.</param>
    /// <param name="manifest">The dataset.</param>
    /// <param name="against">A published list of the manifest; "me-graphau" counts every coded frame.</param>
    /// <exception cref="ArgumentException">The manifest has no such list, or not a subject of the source.</exception>
    public static PreparationSummary Of(AuDataset source, DatasetManifest manifest, string against = "me-graphau")
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(manifest);
        if (!manifest.FrameLists.TryGetValue(against, out var list))
            throw new ArgumentException(
                $"{manifest.Title} has no frame list '{against}', only {string.Join(", ", manifest.FrameLists.Keys)}.",
                nameof(against)
            );
        var units = source.ActionUnits;
        // Published counts are of the published action units; the manifest may have those that were asked for.
        var published = DatasetManifest.Load(manifest.Name).ActionUnits.ToList();
        int[] columns = [.. units.Select(unit => published.IndexOf(unit))];
        var bySubject = manifest.Subjects.ToDictionary(s => s, _ => new Tally(units.Count), StringComparer.Ordinal);
        for (var i = 0; i < source.Count; i++)
        {
            var subject = source.Key(i).Subject;
            if (!bySubject.TryGetValue(subject, out var tally))
                throw new ArgumentException($"{manifest.Title} has no subject '{subject}'.", nameof(source));
            tally.Add(source.LabelsAt(i));
        }
        // None where a unit has no published count.
        int[]? Published(string part) =>
            Array.TrueForAll(columns, column => column >= 0) && list.Positives?.GetValueOrDefault(part) is { } counts
                ? Array.ConvertAll(columns, column => counts[column])
                : null;

        GroupCounts Group(string name, IEnumerable<string> subjects, int? expected, IReadOnlyList<int>? positives)
        {
            var sum = new Tally(units.Count);
            foreach (var subject in subjects)
                sum.Add(bySubject[subject]);
            return new GroupCounts(name, sum.Frames, expected, sum.Positives, sum.Known, positives);
        }
        var parts = manifest
            .Parts.Select(p => Group(p.Key, p.Value, list.ByPart.GetValueOrDefault(p.Key), Published(p.Key)))
            .ToArray();
        int[]? allPositives = parts.All(p => p.ExpectedPositives is not null)
            ? [.. units.Select((_, n) => parts.Sum(p => p.ExpectedPositives![n]))]
            : null;
        return new PreparationSummary(
            manifest.Name,
            against,
            units,
            Group("all", manifest.Subjects, list.Frames, allPositives),
            parts,
            [
                .. manifest.Subjects.Select(s =>
                    Group(s, [s], list.BySubject.GetValueOrDefault(s), null) with
                    {
                        Part = manifest.PartOf(s),
                    }
                ),
            ]
        );
    }

    /// <summary>The counts as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>Writes summary.json beside a prepared set's manifest.</summary>
    /// <param name="folder">The set's folder.</param>
    public void Save(string folder) => WholeFile.Write(Path.Combine(folder, FileName), ToJson() + "\n");

    private sealed class Tally(int actionUnits)
    {
        public int Frames { get; private set; }

        public int[] Positives { get; } = new int[actionUnits];

        public int[] Known { get; } = new int[actionUnits];

        public void Add(sbyte[] labels)
        {
            Frames++;
            for (var n = 0; n < labels.Length; n++)
            {
                Positives[n] += labels[n] == 1 ? 1 : 0;
                Known[n] += labels[n] == LabelRule.Unknown ? 0 : 1;
            }
        }

        public void Add(Tally other)
        {
            Frames += other.Frames;
            for (var n = 0; n < Positives.Length; n++)
            {
                Positives[n] += other.Positives[n];
                Known[n] += other.Known[n];
            }
        }
    }
}
