namespace FanTrans.Evaluation;

/// <summary>How the labels of action units go together.</summary>
public static class LabelCorrelation
{
    /// <summary>
    /// The φ coefficients (Pearson's correlation of two binary variables) of every pair of action units, over
    /// the frames where both are known.
    /// </summary>
    /// <param name="labels">One row a frame: N labels of 0, 1 or 9.</param>
    /// <returns>N x N, symmetric, -1 to 1, diagonal 1; NaN where one of the two is constant on those frames.</returns>
    /// <exception cref="ArgumentException">No row, rows of unequal length, or a label that is not 0, 1 or 9.</exception>
    public static double[,] Phi(IReadOnlyList<sbyte[]> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        if (labels.Count == 0)
            throw new ArgumentException("no frame to correlate.", nameof(labels));
        var units = labels[0].Length;
        // For each pair, how many frames have it (absent, absent), (absent, present), (present, absent), (present, present).
        var joint = new long[units, units, 4];
        for (var row = 0; row < labels.Count; row++)
        {
            var frame = labels[row];
            if (frame.Length != units)
                throw new ArgumentException($"row {row}: expected {units} labels, found {frame.Length}.", nameof(labels));
            for (var i = 0; i < units; i++)
            {
                if (!Labels.IsKnown(frame[i], row))
                    continue;
                for (var j = 0; j <= i; j++)
                {
                    if (Labels.IsKnown(frame[j], row))
                        joint[i, j, (2 * frame[i]) + frame[j]]++;
                }
            }
        }
        var phi = new double[units, units];
        for (var i = 0; i < units; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                // φ of a 2 x 2 table is Matthews' coefficient; a constant variable has none.
                var table = new BinaryCounts(joint[i, j, 3], joint[i, j, 2], joint[i, j, 1], joint[i, j, 0]);
                var constant = table.TruePositives + table.FalsePositives is var first && (first == 0 || first == table.Known)
                    || table.Positives == 0 || table.Positives == table.Known;
                phi[i, j] = phi[j, i] = constant ? double.NaN : table.Mcc;
            }
        }
        return phi;
    }

    /// <summary>How often the column's action unit is present where the row's is, over the frames where both are known.</summary>
    /// <param name="labels">One row a frame: N labels of 0, 1 or 9.</param>
    /// <returns>N x N, 0 to 1; NaN in the row of an action unit that is never present.</returns>
    /// <exception cref="ArgumentException">No row, rows of unequal length, or a label that is not 0, 1 or 9.</exception>
    public static double[,] Conditional(IReadOnlyList<sbyte[]> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        if (labels.Count == 0)
            throw new ArgumentException("no frame to count.", nameof(labels));
        var units = labels[0].Length;
        var (both, known) = (new long[units, units], new long[units, units]);
        for (var frame = 0; frame < labels.Count; frame++)
        {
            var row = labels[frame];
            if (row.Length != units)
                throw new ArgumentException($"row {frame}: expected {units} labels, found {row.Length}.", nameof(labels));
            for (var i = 0; i < units; i++)
            {
                if (!Labels.IsKnown(row[i], frame) || row[i] == 0)
                    continue;
                for (var j = 0; j < units; j++)
                {
                    if (!Labels.IsKnown(row[j], frame))
                        continue;
                    known[i, j]++;
                    both[i, j] += row[j];
                }
            }
        }
        var shares = new double[units, units];
        for (var i = 0; i < units; i++)
        {
            for (var j = 0; j < units; j++)
                shares[i, j] = known[i, j] == 0 ? double.NaN : (double)both[i, j] / known[i, j];
        }
        return shares;
    }
}
