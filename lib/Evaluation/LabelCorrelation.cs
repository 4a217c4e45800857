namespace FanTrans.Evaluation;

/// <summary>How the labels of action units go together. A pair is counted over
/// the frames where both are known.</summary>
public static class LabelCorrelation
{
    /// <summary>The φ coefficients (Pearson's correlation of two binary variables)
    /// of every pair of action units.</summary>
    /// <param name="labels">One row per frame: N labels of 0, 1 or 9.</param>
    /// <returns>N x N, symmetric, -1 to 1, diagonal 1; NaN where one of the two is constant on those frames.</returns>
    /// <exception cref="ArgumentException">No row, rows of unequal length,
    /// or a label that is not 0, 1 or 9.</exception>
    public static double[,] Phi(IReadOnlyList<sbyte[]> labels) =>
        Each(
            labels,
            pair =>
            {
                // φ of a 2 x 2 table is Matthews' coefficient; a constant variable has none.
                var first = pair.TruePositives + pair.FalsePositives;
                return first == 0 || first == pair.Known || pair.Positives == 0 || pair.Positives == pair.Known
                    ? double.NaN
                    : pair.Mcc;
            }
        );

    /// <summary>How often the column's action unit is present where the row's is.</summary>
    /// <param name="labels">One row per frame: N labels of 0, 1 or 9.</param>
    /// <returns>N x N, 0 to 1; NaN in the row of an action unit that is never present.</returns>
    /// <exception cref="ArgumentException">No row, rows of unequal length,
    /// or a label that is not 0, 1 or 9.</exception>
    public static double[,] Conditional(IReadOnlyList<sbyte[]> labels) =>
        Each(
            labels,
            pair =>
                pair.TruePositives + pair.FalsePositives is var first and > 0
                    ? (double)pair.TruePositives / first
                    : double.NaN
        );

    /// <summary>A value of each pair's joint counts, the row's action unit in the place of the prediction.</summary>
    private static double[,] Each(IReadOnlyList<sbyte[]> labels, Func<BinaryCounts, double> value)
    {
        ArgumentNullException.ThrowIfNull(labels);
        if (labels.Count == 0)
            throw new ArgumentException("no frame to count.", nameof(labels));
        var units = labels[0].Length;
        // For each pair, how many frames have it (absent, absent), (absent, present), (present, absent), (present,
        // present).
        var joint = new long[units, units, 4];
        for (var row = 0; row < labels.Count; row++)
        {
            var frame = labels[row];
            if (frame.Length != units)
                throw new ArgumentException(
                    $"row {row}: expected {units} labels, found {frame.Length}.",
                    nameof(labels)
                );
            for (var i = 0; i < units; i++)
            {
                for (var j = 0; j < units && Labels.IsKnown(frame[i], row); j++)
                {
                    if (Labels.IsKnown(frame[j], row))
                        joint[i, j, (2 * frame[i]) + frame[j]]++;
                }
            }
        }
        var values = new double[units, units];
        for (var i = 0; i < units; i++)
        {
            for (var j = 0; j < units; j++)
                values[i, j] = value(new(joint[i, j, 3], joint[i, j, 2], joint[i, j, 1], joint[i, j, 0]));
        }
        return values;
    }
}
