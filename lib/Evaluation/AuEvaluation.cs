namespace FanTrans.Evaluation;

/// <summary>The metrics of one action unit.</summary>
/// <param name="ActionUnit">The FACS number.</param>
/// <param name="Counts">Confusion counts at the threshold, with F1 and what follows from them.</param>
/// <param name="Auc">Area under the ROC curve; NaN where the known labels are all one value.</param>
/// <param name="AveragePrecision">Average precision; NaN where no known frame is present.</param>
/// <param name="CalibrationError">Expected calibration error over ten bins; NaN where no frame is known.</param>
public sealed record AuMetrics(
    int ActionUnit,
    BinaryCounts Counts,
    double Auc,
    double AveragePrecision,
    double CalibrationError
)
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
/// <param name="Units">One entry per action unit, in the order given.</param>
/// <param name="Thresholds">From which probability on an action unit counts as present.</param>
public sealed record AuEvaluation(IReadOnlyList<AuMetrics> Units, Thresholds Thresholds)
{
    /// <summary>Mean F1 over the action units with a known frame; NaN if there is none.</summary>
    public double MacroF1 => Mean(u => u.F1);

    /// <summary>Mean F1 of the best constant predictor of each action unit.</summary>
    public double MacroConstantF1 => Mean(u => u.ConstantF1);

    /// <summary>Mean accuracy.</summary>
    public double MacroAccuracy => Mean(u => u.Counts.Accuracy);

    /// <summary>Mean area under the ROC curve, over the action units that have both values.</summary>
    public double MacroAuc => Mean(u => u.Auc);

    internal static AuEvaluation Of(AuPredictions predictions, Thresholds thresholds) =>
        new(
            [
                .. predictions.ActionUnits.Select(
                    (unit, n) =>
                    {
                        var frames = predictions.Unit(n, thresholds.Values[n]);
                        var ranks = Ranking.Tally(frames);
                        return new AuMetrics(
                            unit,
                            BinaryCounts.Of(frames.Scores, frames.Labels, frames.Threshold),
                            Ranking.Auc(ranks),
                            Ranking.AveragePrecision(ranks),
                            Calibration.Error(Calibration.Tally(frames))
                        );
                    }
                ),
            ],
            thresholds
        );

    /// <summary>An action unit's value, or the mean over all that define it.</summary>
    internal double Of(Metric metric, int? unit = null) => unit is { } n ? metric.Of(Units[n]) : Mean(metric.Of);

    private double Mean(Func<AuMetrics, double> value) => HierarchicalBootstrap.MeanOfDefined([.. Units.Select(value)]);
}
