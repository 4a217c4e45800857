namespace FanTrans.Evaluation;

/// <summary>The metrics of one action unit.</summary>
/// <param name="ActionUnit">The FACS number.</param>
/// <param name="Counts">Confusion counts at the threshold, with F1 and what follows from them.</param>
/// <param name="Auc">Area under the ROC curve; NaN where the known labels are all one value.</param>
/// <param name="AveragePrecision">Average precision; NaN where no known frame is present.</param>
/// <param name="CalibrationError">Expected calibration error over ten bins; NaN where no frame is known.</param>
public sealed record AuMetrics(int ActionUnit, BinaryCounts Counts, double Auc, double AveragePrecision, double CalibrationError)
{
    /// <summary>Frame-based F1 at the threshold; 0 for an action unit without positives.</summary>
    public double F1 => Counts.F1;

    /// <summary>F1 of the best predictor that ignores the picture.</summary>
    public double ConstantF1 => Counts.ConstantF1;
}

/// <summary>
/// Frame-based metrics of N action units over a set of frames, the published protocol: counts are cumulative
/// over all frames, unknown labels (9) are left out, and a macro value is the plain mean over action units.
/// An action unit without positives has F1 0 and counts in the mean; one without any known frame has NaN
/// everywhere and does not. AUC and average precision are averaged over the action units that define them.
/// </summary>
/// <param name="Units">One entry an action unit, in the order given.</param>
/// <param name="Thresholds">From which probability on an action unit counts as present.</param>
public sealed record AuEvaluation(IReadOnlyList<AuMetrics> Units, Thresholds Thresholds)
{
    /// <summary>Mean F1 over the action units with a known frame; NaN if there is none.</summary>
    public double MacroF1 => Mean(u => u.F1);

    /// <summary>Mean F1 of the best constant predictor of each action unit.</summary>
    public double MacroConstantF1 => Mean(u => u.ConstantF1);

    /// <summary>Mean precision.</summary>
    public double MacroPrecision => Mean(u => u.Counts.Precision);

    /// <summary>Mean recall.</summary>
    public double MacroRecall => Mean(u => u.Counts.Recall);

    /// <summary>Mean accuracy.</summary>
    public double MacroAccuracy => Mean(u => u.Counts.Accuracy);

    /// <summary>Mean Matthews' correlation coefficient.</summary>
    public double MacroMcc => Mean(u => u.Counts.Mcc);

    /// <summary>Mean area under the ROC curve, over the action units that have both values.</summary>
    public double MacroAuc => Mean(u => u.Auc);

    /// <summary>Mean average precision, over the action units that have a positive.</summary>
    public double MacroAveragePrecision => Mean(u => u.AveragePrecision);

    /// <summary>Mean expected calibration error.</summary>
    public double MacroCalibrationError => Mean(u => u.CalibrationError);

    /// <summary>Computes every metric.</summary>
    /// <param name="probabilities">One row a frame: N probabilities, 0 to 1, as the model gives them.</param>
    /// <param name="labels">One row a frame: N labels of 0, 1 or 9.</param>
    /// <param name="actionUnits">The N FACS numbers, in the columns' order.</param>
    /// <param name="thresholds">From which probability on an action unit counts as present; null is 0.5, by protocol.</param>
    /// <exception cref="ArgumentException">
    /// Rows or columns do not match, a label is none of 0, 1 and 9, or a probability with a known label is not 0 to 1.
    /// </exception>
    public static AuEvaluation Of(
        IReadOnlyList<float[]> probabilities, IReadOnlyList<sbyte[]> labels, IReadOnlyList<int> actionUnits,
        Thresholds? thresholds = null)
    {
        ArgumentNullException.ThrowIfNull(probabilities);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(actionUnits);
        thresholds ??= Thresholds.ByProtocol(actionUnits.Count);
        if (probabilities.Count != labels.Count)
            throw new ArgumentException($"{probabilities.Count} rows of probabilities for {labels.Count} rows of labels.");
        for (var row = 0; row < labels.Count; row++)
        {
            if (probabilities[row].Length != actionUnits.Count || labels[row].Length != actionUnits.Count)
                throw new ArgumentException(
                    $"row {row}: expected {actionUnits.Count} probabilities and labels, " +
                    $"found {probabilities[row].Length} and {labels[row].Length}.");
        }
        var units = new AuMetrics[actionUnits.Count];
        var scores = new float[labels.Count];
        var truth = new sbyte[labels.Count];
        var predicted = new bool[labels.Count];
        for (var n = 0; n < units.Length; n++)
        {
            for (var row = 0; row < labels.Count; row++)
            {
                scores[row] = probabilities[row][n];
                truth[row] = labels[row][n];
                predicted[row] = scores[row] >= thresholds.Values[n];
            }
            units[n] = new AuMetrics(
                actionUnits[n], BinaryCounts.Of(predicted, truth),
                Ranking.Auc(scores, truth), Ranking.AveragePrecision(scores, truth), Calibration.Error(scores, truth));
        }
        return new AuEvaluation(units, thresholds);
    }

    private double Mean(Func<AuMetrics, double> value) => SubjectCounts.Mean(Units.Select(value));
}
