namespace FanTrans.Evaluation;

/// <summary>The confusion counts of one action unit, cumulative over the frames with a known label.</summary>
/// <param name="TruePositives">Present and predicted present.</param>
/// <param name="FalsePositives">Absent and predicted present.</param>
/// <param name="FalseNegatives">Present and predicted absent.</param>
/// <param name="TrueNegatives">Absent and predicted absent.</param>
public readonly record struct BinaryCounts(
    long TruePositives,
    long FalsePositives,
    long FalseNegatives,
    long TrueNegatives
)
{
    /// <summary>Frames counted: those with a known label.</summary>
    public long Known => TruePositives + FalsePositives + FalseNegatives + TrueNegatives;

    /// <summary>Frames labelled present.</summary>
    public long Positives => TruePositives + FalseNegatives;

    /// <summary>
    /// Frame-based F1, 2TP / (2TP + FP + FN), 0 to 1. It is 0 wherever TP is 0, so also for an action unit
    /// without a single positive frame, as in the published systems' code and in scikit-learn's default.
    /// NaN only where no frame is known.
    /// </summary>
    public double F1 =>
        Known == 0 ? double.NaN : Ratio(2 * TruePositives, (2 * TruePositives) + FalsePositives + FalseNegatives);

    /// <summary>TP / (TP + FP), 0 where nothing is predicted present; NaN where no frame is known.</summary>
    public double Precision => Known == 0 ? double.NaN : Ratio(TruePositives, TruePositives + FalsePositives);

    /// <summary>TP / (TP + FN), 0 where nothing is labelled present; NaN where no frame is known.</summary>
    public double Recall => Known == 0 ? double.NaN : Ratio(TruePositives, Positives);

    /// <summary>Share of right frames, 0 to 1; NaN where no frame is known.</summary>
    public double Accuracy => Known == 0 ? double.NaN : Ratio(TruePositives + TrueNegatives, Known);

    /// <summary>
    /// Matthews' correlation coefficient, -1 to 1; 0 where the labels or the predictions are constant, as in
    /// scikit-learn. NaN where no frame is known.
    /// </summary>
    public double Mcc
    {
        get
        {
            if (Known == 0)
                return double.NaN;
            // In doubles: the product of four counts leaves 64 bits at 150,000 frames.
            double tp = TruePositives,
                fp = FalsePositives,
                fn = FalseNegatives,
                tn = TrueNegatives;
            var scale = Math.Sqrt((tp + fp) * (tp + fn)) * Math.Sqrt((tn + fp) * (tn + fn));
            return scale == 0 ? 0 : Math.Clamp(((tp * tn) - (fp * fn)) / scale, -1, 1);
        }
    }

    /// <summary>
    /// F1 of the best predictor that ignores the picture: always "present" gives 2r / (1 + r) at occurrence
    /// rate r, always "absent" gives 0, and the better of the two counts. What a trained model must beat.
    /// NaN where no frame is known.
    /// </summary>
    public double ConstantF1 => Known == 0 ? double.NaN : Ratio(2 * Positives, Known + Positives);

    /// <summary>Counts the frames of known labels.</summary>
    /// <param name="scores">One score per frame.</param>
    /// <param name="labels">One label per frame: 0 absent, 1 present, <see cref="Labels.Unknown"/> left out.</param>
    /// <param name="threshold">From which score on the action unit counts as predicted present.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a label is none of the three.</exception>
    public static BinaryCounts Of(ReadOnlySpan<float> scores, ReadOnlySpan<sbyte> labels, double threshold = 0.5)
    {
        if (scores.Length != labels.Length)
            throw new ArgumentException($"{scores.Length} scores for {labels.Length} labels.");
        long tp = 0,
            fp = 0,
            fn = 0,
            tn = 0;
        for (var i = 0; i < labels.Length; i++)
        {
            if (!Labels.IsKnown(labels[i], i))
                continue;
            if (labels[i] == 1)
                _ = scores[i] >= threshold ? tp++ : fn++;
            else
                _ = scores[i] >= threshold ? fp++ : tn++;
        }
        return new BinaryCounts(tp, fp, fn, tn);
    }

    internal static double[] Tally(UnitFrames frames)
    {
        var (tp, fp, fn, tn) = Of(frames.Scores, frames.Labels, frames.Threshold);
        return [tp, fp, fn, tn];
    }

    internal static BinaryCounts OfTally(double[] tally) =>
        new((long)tally[0], (long)tally[1], (long)tally[2], (long)tally[3]);

    private static double Ratio(long part, long whole) => whole == 0 ? 0 : (double)part / whole;
}
