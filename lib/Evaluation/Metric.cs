namespace FanTrans.Evaluation;

/// <summary>
/// A figure of one action unit over frames, for intervals and tests. It is computed from a tally of each subject's
/// frames; tallies add up, so that any draw of subjects is a sum.
/// </summary>
public sealed class Metric
{
    private Metric(
        string name,
        double least,
        Func<AuMetrics, double> of,
        Func<UnitFrames, double[]> tally,
        Func<double[], double> value
    ) => (Name, Least, Of, Tally, Value) = (name, least, of, tally, value);

    /// <summary>F1 at the threshold, 0 to 1.</summary>
    public static Metric F1 { get; } = OfCounts("F1", c => c.F1);

    /// <summary>Precision at the threshold, 0 to 1.</summary>
    public static Metric Precision { get; } = OfCounts("precision", c => c.Precision);

    /// <summary>Recall at the threshold, 0 to 1.</summary>
    public static Metric Recall { get; } = OfCounts("recall", c => c.Recall);

    /// <summary>Share of right frames at the threshold, 0 to 1.</summary>
    public static Metric Accuracy { get; } = OfCounts("accuracy", c => c.Accuracy);

    /// <summary>Matthews' correlation coefficient at the threshold, -1 to 1.</summary>
    public static Metric Mcc { get; } = OfCounts("MCC", c => c.Mcc, least: -1);

    /// <summary>Area under the ROC curve, 0 to 1; no threshold.</summary>
    public static Metric Auc { get; } = new("AUC", 0, m => m.Auc, Ranking.Tally, Ranking.Auc);

    /// <summary>Average precision, 0 to 1; no threshold.</summary>
    public static Metric AveragePrecision { get; } =
        new("AP", 0, m => m.AveragePrecision, Ranking.Tally, Ranking.AveragePrecision);

    /// <summary>Expected calibration error over ten bins, 0 to 1; the lower the better.</summary>
    public static Metric CalibrationError { get; } =
        new("ECE", 0, m => m.CalibrationError, Calibration.Tally, Calibration.Error);

    /// <summary>Every metric that a table of this kit shows.</summary>
    public static IReadOnlyList<Metric> All { get; } =
    [F1, Auc, AveragePrecision, Precision, Recall, Accuracy, Mcc, CalibrationError];

    /// <summary>What tables call it, for example "F1".</summary>
    public string Name { get; }

    /// <summary>The least value that it can have; the largest is 1.</summary>
    internal double Least { get; }

    /// <summary>The figure among all that are computed.</summary>
    internal Func<AuMetrics, double> Of { get; }

    /// <summary>Tallies the frames of a subject; tallies of several subjects add up.</summary>
    internal Func<UnitFrames, double[]> Tally { get; }

    /// <summary>The figure of a tally; NaN where it is not defined.</summary>
    internal Func<double[], double> Value { get; }

    /// <summary>Another figure of confusion counts.</summary>
    /// <param name="name">What tables call it.</param>
    /// <param name="value">For example
    /// <c>c => (c.Recall + specificity(c)) / 2</c>; NaN where it is not defined.</param>
    /// <param name="least">The least value that it can have.</param>
    public static Metric OfCounts(string name, Func<BinaryCounts, double> value, double least = 0) =>
        new(name, least, m => value(m.Counts), BinaryCounts.Tally, t => value(BinaryCounts.OfTally(t)));

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>Some frames of one action unit.</summary>
/// <param name="Scores">One probability per frame.</param>
/// <param name="Labels">One label per frame: 0, 1 or 9.</param>
/// <param name="Threshold">From which probability on the action unit counts as present.</param>
/// <param name="Classes">The least score of each class of scores, rising; see <see cref="Ranking.Classes"/>.</param>
internal readonly record struct UnitFrames(float[] Scores, sbyte[] Labels, double Threshold, float[] Classes)
{
    public UnitFrames Only(int[] rows)
    {
        var (scores, labels) = (Scores, Labels);
        return this with
        {
            Scores = Array.ConvertAll(rows, row => scores[row]),
            Labels = Array.ConvertAll(rows, row => labels[row]),
        };
    }
}
