namespace FanTrans.Evaluation;

/// <summary>The confusion counts of each subject and action unit: counts add up, so any set of subjects is a sum.</summary>
internal sealed class SubjectCounts
{
    private readonly BinaryCounts[,] _counts;

    private SubjectCounts(string[] subjects, BinaryCounts[,] counts) => (Subjects, _counts) = (subjects, counts);

    /// <summary>Every subject once, sorted.</summary>
    public IReadOnlyList<string> Subjects { get; }

    public int Units => _counts.GetLength(1);

    public BinaryCounts this[int subject, int unit] => _counts[subject, unit];

    /// <exception cref="ArgumentException">Rows or columns do not match, or a value is none that is allowed.</exception>
    public static SubjectCounts Of(AuPredictions predictions, Thresholds thresholds)
    {
        predictions.Check(thresholds);
        var rows = predictions.Keys.Select((key, row) => (key.Subject, row)).GroupBy(k => k.Subject, k => k.row)
            .OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => (Subject: g.Key, Rows: g.ToArray())).ToArray();
        var units = predictions.ActionUnits.Count;
        var counts = new BinaryCounts[rows.Length, units];
        for (var s = 0; s < rows.Length; s++)
        {
            for (var n = 0; n < units; n++)
            {
                counts[s, n] = BinaryCounts.Of(
                    Array.ConvertAll(rows[s].Rows, row => predictions.Probabilities[row][n] >= thresholds.Values[n]),
                    Array.ConvertAll(rows[s].Rows, row => predictions.Labels[row][n]));
            }
        }
        return new SubjectCounts([.. rows.Select(r => r.Subject)], counts);
    }

    /// <summary>The mean of the values that are numbers; NaN if none is.</summary>
    public static double Mean(IEnumerable<double> values) => values.Where(v => !double.IsNaN(v)).DefaultIfEmpty(double.NaN).Average();
}
