namespace FanTrans.Evaluation;

/// <summary>
/// The test results of every fold, pooled and by themselves. The published average is that of pooled counts or of folds,
/// by system; this record has both.
/// </summary>
/// <param name="Folds">Each fold's test frames at 0.5, by protocol.</param>
/// <param name="Pooled">All folds' test frames together at 0.5, by protocol.</param>
/// <param name="F1Intervals">Of the pooled F1, by bootstrap over all subjects.</param>
/// <param name="TunedFolds">Each fold at the thresholds tuned on its own validation subjects; empty without.</param>
public sealed record CrossValidation(
    IReadOnlyList<AuEvaluation> Folds, AuEvaluation Pooled, MetricIntervals F1Intervals, IReadOnlyList<AuEvaluation> TunedFolds)
{
    /// <summary>The action units, in order.</summary>
    public IReadOnlyList<int> ActionUnits { get; } = [.. Pooled.Units.Select(u => u.ActionUnit)];

    /// <summary>Pooled F1 of each action unit at the tuned thresholds of its frame's fold; empty without.</summary>
    public IReadOnlyList<double> TunedF1 { get; } = TunedFolds.Count == 0
        ? []
        : [.. Enumerable.Range(0, Pooled.Units.Count).Select(n => TunedFolds.Aggregate(default(BinaryCounts), (sum, f) => sum + f.Units[n].Counts).F1)];

    /// <summary>Mean over folds of the macro F1, and its sample standard deviation (NaN for one fold).</summary>
    public (double Mean, double Deviation) MacroF1OverFolds
    {
        get
        {
            var values = Folds.Select(f => f.MacroF1).ToArray();
            var mean = values.Average();
            return (mean, values.Length < 2 ? double.NaN : Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Length - 1)));
        }
    }

    /// <summary>Evaluates every fold.</summary>
    /// <param name="folds">Each fold's predictions for its test subjects.</param>
    /// <param name="validation">Each fold's predictions for its validation subjects, to tune thresholds on; null for none.</param>
    /// <param name="seed">Seed of the bootstrap.</param>
    /// <exception cref="ArgumentException">
    /// The folds share a frame, differ in their action units, or a fold's validation shares a subject with its test.
    /// </exception>
    public static CrossValidation Of(IReadOnlyList<AuPredictions> folds, IReadOnlyList<AuPredictions>? validation = null, int seed = 0)
    {
        ArgumentNullException.ThrowIfNull(folds);
        if (validation is not null && validation.Count != folds.Count)
            throw new ArgumentException($"validation predictions of {validation.Count} folds for {folds.Count} folds.", nameof(validation));
        var pooled = AuPredictions.Pooled(folds);
        return new CrossValidation(
            [.. folds.Select(f => f.Evaluate())], pooled.Evaluate(), SubjectBootstrap.Of(pooled, seed: seed),
            validation is null ? [] : [.. folds.Zip(validation, (test, held) => test.Evaluate(Thresholds.TunedOn(held)))]);
    }
}
