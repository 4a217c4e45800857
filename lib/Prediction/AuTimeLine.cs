using FanTrans.Data;
using MathNet.Numerics.Statistics;

namespace FanTrans.Prediction;

/// <summary>One face's action units over the frames of a video, from this kit, OpenFace or py-feat.</summary>
/// <param name="Name">Whose it is, for legends.</param>
/// <param name="ActionUnits">The N FACS numbers.</param>
/// <param name="Frames">The frames' numbers, from 1, rising; py-feat's count from 0 and are raised by one.</param>
/// <param name="Seconds">The frames' times; NaN where the table has none, as py-feat's.</param>
/// <param name="Values">For each frame N values: probabilities (this kit, py-feat) or intensities 0 to 5 (OpenFace);
/// NaN where the face was not found.</param>
/// <param name="Present">For each frame and unit whether it is present; null where that is not known.</param>
public sealed record AuTimeLine(
    string Name,
    IReadOnlyList<int> ActionUnits,
    IReadOnlyList<int> Frames,
    IReadOnlyList<double> Seconds,
    IReadOnlyList<float[]> Values,
    IReadOnlyList<bool?[]> Present
)
{
    /// <summary>The time line of one face of a video's predictions.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="actionUnits">The predictor's.</param>
    /// <param name="frames">The frames of one video.</param>
    /// <param name="face">The face's number.</param>
    /// <param name="threshold">A probability of at least this counts as present.</param>
    public static AuTimeLine Of(
        string name,
        IReadOnlyList<int> actionUnits,
        IEnumerable<FramePrediction> frames,
        int face = 0,
        double threshold = 0.5
    )
    {
        ArgumentNullException.ThrowIfNull(frames);
        var all = frames
            .Where(f => f.Error is null)
            .Select(f => (f.Number, f.Seconds, Values: f.Faces.FirstOrDefault(x => x.Id == face)?.Probabilities))
            .ToList();
        return new AuTimeLine(
            name,
            actionUnits,
            [.. all.Select(f => f.Number)],
            [.. all.Select(f => f.Seconds)],
            [.. all.Select(f => f.Values ?? [.. actionUnits.Select(_ => float.NaN)])],
            [
                .. all.Select(f =>
                    f.Values?.Select(p => (bool?)(p >= threshold)).ToArray() ?? new bool?[actionUnits.Count]
                ),
            ]
        );
    }

    /// <summary>Reads a table of one video that this kit's predict.cs, OpenFace or py-feat wrote.</summary>
    /// <param name="path">The CSV file.</param>
    /// <param name="threshold">A probability of at least this counts as present, where the table does not say.</param>
    /// <returns>A time line for each face.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is no such table; the message names line and column.</exception>
    public static IReadOnlyList<AuTimeLine> Read(string path, double threshold = 0.5)
    {
        var table = TextTable.Read(path);
        // Values of this kit and py-feat, or OpenFace's intensities; and the presence that the first and last tell.
        var values = new[] { "_p", "_r", "" }
            .SelectMany(suffix => table.ActionUnits(suffix))
            .DistinctBy(c => c.Key)
            .ToDictionary();
        var (intensities, coded) = (table.ActionUnits("_r"), table.ActionUnits("_c"));
        int[] units = [.. values.Keys.Union(coded.Keys).Order()];
        // pandas may write its index as a first column of the same name.
        var frame = Array.LastIndexOf(table.Columns, "frame");
        var (face, time, success) = (table.Find("face_id"), table.Find("timestamp"), table.Find("success"));
        var input = table.Find("input");
        if (frame < 0 || units.Length == 0)
            throw new InvalidDataException(
                $"{path}, line 1: expected the columns frame and AU01 … or AU01_p, AU01_r, AU01_c …, found "
                    + $"{string.Join(", ", table.Columns.Take(8))}."
            );
        table.RequireRows();
        // Only py-feat has neither face_id nor timestamp; it counts frames from 0.
        var first = face < 0 && time < 0 ? 0 : 1;
        var rows = new List<(string Face, int Frame, double Seconds, float[] Values, bool?[] Present, string Input)>();
        for (var row = 0; row < table.Count; row++)
        {
            if (success >= 0 && table.Number(row, success, "0 or 1", 0, 1) is not > 0)
                continue;
            float?[] seen =
            [
                .. units.Select(u =>
                    values.TryGetValue(u, out var column) ? table.Single(row, column, "0 to 5", 0, 5) : null
                ),
            ];
            var seconds = time < 0 ? null : table.Number(row, time, "seconds", 0, double.MaxValue);
            rows.Add(
                (
                    face < 0 ? "0" : table.Text(row, face),
                    table.Whole(row, frame, "a frame's number") + 1 - first,
                    seconds ?? double.NaN,
                    [.. seen.Select(v => v ?? float.NaN)],
                    [
                        .. units.Select(
                            (u, n) =>
                                coded.TryGetValue(u, out var column)
                                    ? table.Number(row, column, "0 or 1", 0, 1) is { } c
                                        ? c >= 0.5
                                        : (bool?)null
                                    : intensities.ContainsKey(u)
                                        ? null
                                        : seen[n] >= threshold
                        ),
                    ],
                    input < 0 ? "" : table.Text(row, input)
                )
            );
        }
        if (
            rows.GroupBy(r => (r.Face, r.Frame)).FirstOrDefault(g => g.Count() > 1)?.ToArray()
            is [var one, var next, ..]
        )
            throw new InvalidDataException(
                $"{path}: expected each frame once for a face, found frame {one.Frame - 1 + first} twice; "
                    + (
                        one.Input == next.Input
                            ? "several faces need a column face_id."
                            : $"{one.Input} and {next.Input} need a table each."
                    )
            );
        var name = Path.GetFileNameWithoutExtension(path);
        var faces = rows.GroupBy(r => r.Face).Select(g => (g.Key, Rows: g.OrderBy(r => r.Frame).ToList())).ToList();
        return faces.Count == 0
            ? throw new InvalidDataException($"{path}: expected rows with success 1, found none.")
            :
            [
                .. faces.Select(f => new AuTimeLine(
                    faces.Count > 1 ? $"{name}, face {f.Key}" : name,
                    units,
                    [.. f.Rows.Select(r => r.Frame)],
                    [.. f.Rows.Select(r => r.Seconds)],
                    [.. f.Rows.Select(r => r.Values)],
                    [.. f.Rows.Select(r => r.Present)]
                )),
            ];
    }

    /// <summary>Compares this time line with another one of the same face,
    /// for the units and frames that both have.</summary>
    /// <param name="other">The other.</param>
    /// <returns>A row for each unit, by number; none where nothing is in common.</returns>
    public IReadOnlyList<AuTimeLineAgreement> CompareWith(AuTimeLine other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var there = other.Frames.Index().ToDictionary(f => f.Item, f => f.Index);
        var pairs = Frames
            .Index()
            .Where(f => there.ContainsKey(f.Item))
            .Select(f => (Mine: f.Index, Theirs: there[f.Item]))
            .ToList();
        return
        [
            .. ActionUnits
                .Intersect(other.ActionUnits)
                .Order()
                .Select(unit =>
                {
                    var (m, t) = (ActionUnits.ToList().IndexOf(unit), other.ActionUnits.ToList().IndexOf(unit));
                    var values = pairs
                        .Select(p => (X: (double)Values[p.Mine][m], Y: (double)other.Values[p.Theirs][t]))
                        .Where(p => double.IsFinite(p.X) && double.IsFinite(p.Y))
                        .ToList();
                    var coded = pairs
                        .Select(p => (Mine: Present[p.Mine][m], Theirs: other.Present[p.Theirs][t]))
                        .Where(p => p is { Mine: not null, Theirs: not null })
                        .ToList();
                    double Share(Func<(bool? Mine, bool? Theirs), bool> which) =>
                        coded.Count > 0 ? coded.Count(which) / (double)coded.Count : double.NaN;
                    var (agreed, mine, theirs) = (
                        Share(p => p.Mine == p.Theirs),
                        Share(p => p.Mine == true),
                        Share(p => p.Theirs == true)
                    );
                    var chance = (mine * theirs) + ((1 - mine) * (1 - theirs));
                    return new AuTimeLineAgreement(
                        unit,
                        Math.Max(values.Count, coded.Count),
                        Correlation.Pearson(values.Select(v => v.X), values.Select(v => v.Y)),
                        agreed,
                        (agreed - chance) / (1 - chance)
                    );
                })
                .Where(a => a.Frames > 0),
        ];
    }
}

/// <summary>How two time lines of one action unit agree.</summary>
/// <param name="ActionUnit">The FACS number.</param>
/// <param name="Frames">How many frames both have.</param>
/// <param name="Correlation">Pearson's r of the values; NaN where one of them never changes.</param>
/// <param name="Agreement">Share of the frames with the same presence; NaN where one tells none.</param>
/// <param name="Kappa">Cohen's kappa of the presence: 0 for what chance gives; NaN where both never change.</param>
public sealed record AuTimeLineAgreement(
    int ActionUnit,
    int Frames,
    double Correlation,
    double Agreement,
    double Kappa
);
