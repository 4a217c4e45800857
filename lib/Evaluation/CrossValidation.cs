using System.Text.Json;
using System.Text.Json.Serialization;
using FanTrans.Data;
using MathNet.Numerics.Statistics;

namespace FanTrans.Evaluation;

/// <summary>
/// The test results of every fold, pooled and by themselves. The published average is that of pooled counts or of
/// folds, by system; this record has both.
/// </summary>
/// <param name="Folds">Each fold's test frames at 0.5, by protocol.</param>
/// <param name="Pooled">All folds' test frames together at 0.5, by protocol.</param>
/// <param name="Intervals">Of every pooled metric, over the subjects of all folds.</param>
/// <param name="TunedFolds">Each fold at the thresholds tuned on its own validation subjects; empty without.</param>
/// <param name="TunedF1">Pooled F1 at these thresholds; null without.</param>
public sealed record CrossValidation(
    IReadOnlyList<AuEvaluation> Folds,
    AuEvaluation Pooled,
    IReadOnlyList<MetricIntervals> Intervals,
    IReadOnlyList<AuEvaluation> TunedFolds,
    MetricIntervals? TunedF1
)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>The action units, in order.</summary>
    public IReadOnlyList<int> ActionUnits { get; } = [.. Pooled.Units.Select(u => u.ActionUnit)];

    /// <summary>The intervals of the pooled F1 at 0.5.</summary>
    public MetricIntervals F1Intervals => Of(Metric.F1);

    /// <summary>Mean over folds of the macro F1, and its sample standard deviation (NaN for one fold).</summary>
    public (double Mean, double Deviation) MacroF1OverFolds => Folds.Select(f => f.MacroF1).MeanStandardDeviation();

    /// <summary>Evaluates every fold.</summary>
    /// <param name="folds">Each fold's predictions for its test subjects.</param>
    /// <param name="validation">Each fold's predictions for its validation subjects,
    /// to tune thresholds on; null for none.</param>
    /// <exception cref="ArgumentException">
    /// The folds share a frame, differ in their action units, or a fold's validation shares a subject with its test.
    /// </exception>
    public static CrossValidation Of(
        IReadOnlyList<AuPredictions> folds,
        IReadOnlyList<AuPredictions>? validation = null
    )
    {
        ArgumentNullException.ThrowIfNull(folds);
        if (validation is not null && validation.Count != folds.Count)
            throw new ArgumentException(
                $"validation predictions of {validation.Count} folds for {folds.Count} folds.",
                nameof(validation)
            );
        var pooled = AuPredictions.Pooled(folds);
        Thresholds[] tuned = [.. (validation ?? []).Select(Thresholds.TunedOn)];
        return new CrossValidation(
            [.. folds.Select(f => f.Evaluate())],
            pooled.Evaluate(),
            [.. Metric.All.Select(m => HierarchicalBootstrap.Mean([pooled], m))],
            [.. folds.Zip(tuned, (test, thresholds) => test.Evaluate(thresholds))],
            validation is null
                ? null
                : HierarchicalBootstrap.Mean([AuPredictions.Pooled([.. folds.Zip(tuned, (f, t) => f.At(t))])])
        );
    }

    /// <summary>Returns F1 and AUC of each action unit, then the mean of every metric,
    /// in percent with their intervals.</summary>
    public ResultTable Table()
    {
        List<MetricIntervals> shown = [F1Intervals, Of(Metric.Auc)];
        List<string> columns = ["AU", "F1 at 0.5 (95 %)", "AUC (95 %)", "best constant F1"];
        if (TunedF1 is not null)
        {
            shown.Insert(1, TunedF1);
            columns.Insert(2, "F1 tuned on validation (95 %)");
        }
        string[] Row(string name, Func<MetricIntervals, Interval> of, double constant) =>
            [
                name,
                .. shown.Select(m => ResultTable.WithEnds(of(m), ResultTable.Percent)),
                ResultTable.Percent(constant),
            ];
        return new ResultTable(
            columns,
            [
                .. ActionUnits.Select((unit, n) => Row($"{unit}", m => m.Units[n], Pooled.Units[n].ConstantF1)),
                Row("mean", m => m.Macro, Pooled.MacroConstantF1),
            ],
            [
                "Means in percent (95 %): "
                    + string.Join(
                        ", ",
                        Intervals
                            .Skip(2)
                            .Select(m => $"{m.Metric} {ResultTable.WithEnds(m.Macro, ResultTable.Percent)}")
                    )
                    + ".",
                Uncertainty,
            ]
        );
    }

    /// <summary>Returns pooled F1 in percent beside the published rows for the same action units.</summary>
    /// <param name="system">The name of the own row.</param>
    public ResultTable BesidePublished(string system)
    {
        static string[] Row(string name, MetricIntervals f1, Func<Interval, double> of) =>
            [name, .. f1.Units.Append(f1.Macro).Select(i => ResultTable.Percent(of(i)))];
        var published = PublishedResults.For(ActionUnits);
        List<string[]> rows = [.. published.Select(row => row.Cells(ActionUnits.Count))];
        rows.Add(Row(system, F1Intervals, i => i.Estimate));
        rows.Add(Row("  95 %, low", F1Intervals, i => i.Low));
        rows.Add(Row("  95 %, high", F1Intervals, i => i.High));
        if (TunedF1 is not null)
            rows.Add(Row($"{system}, thresholds tuned on validation", TunedF1, i => i.Estimate));
        return new ResultTable(
            ["F1 (%), AU", .. ActionUnits.Select(unit => $"{unit}"), "mean"],
            rows,
            [
                .. PublishedResults.Notes(ActionUnits),
                $"{system}: at 0.5 by protocol, {Folds.Count} folds pooled. {Uncertainty}",
            ]
        );
    }

    /// <summary>Returns every metric of every fold and of all pooled: a row per action unit and part, and one for the
    /// mean ("macro"); numbers, not percent.</summary>
    public ResultTable Details()
    {
        IEnumerable<string> Row(string part, AuEvaluation evaluation, int? n) =>
            [
                part,
                n is { } unit ? $"{ActionUnits[unit]}" : "macro",
                evaluation.Thresholds.Origin,
                n is { } k ? $"{evaluation.Units[k].Counts.Known}" : "",
                n is { } p ? $"{evaluation.Units[p].Counts.Positives}" : "",
                ResultTable.Number(n is { } u ? evaluation.Units[u].ConstantF1 : evaluation.MacroConstantF1),
                .. Intervals
                    .SelectMany(i =>
                        new[]
                        {
                            evaluation.Of(i.Metric, n),
                            ReferenceEquals(evaluation, Pooled) ? i[n].Low : double.NaN,
                            ReferenceEquals(evaluation, Pooled) ? i[n].High : double.NaN,
                        }
                    )
                    .Select(ResultTable.Number),
            ];
        return new ResultTable(
            [
                "part",
                "action_unit",
                "thresholds",
                "frames",
                "positives",
                "f1_constant",
                .. Intervals.Select(Key).SelectMany(name => new[] { name, $"{name}_low", $"{name}_high" }),
            ],
            [
                .. Parts.SelectMany(part =>
                    Enumerable
                        .Range(0, ActionUnits.Count)
                        .Select(n => (int?)n)
                        .Append(null)
                        .Select(n => Row(part.Name, part.Evaluation, n).ToArray())
                ),
            ],
            []
        );
    }

    /// <summary>Writes "cross-validation.csv" with all details, ".json" with the same and the published rows, and
    /// ".tex" with the table beside them, each whole or not at all.</summary>
    /// <param name="folder">Where to; made if it is not there.</param>
    /// <param name="system">The name of the own row.</param>
    public void Save(string folder, string system)
    {
        Directory.CreateDirectory(folder);
        var (mean, deviation) = MacroF1OverFolds;
        var json = new
        {
            intervals = new
            {
                level = 0.95,
                F1Intervals.Seeds,
                F1Intervals.Subjects,
            },
            macroF1OverFolds = new { mean, deviation },
            parts = Parts.ToDictionary(
                p => p.Name,
                p => new
                {
                    thresholds = new { p.Evaluation.Thresholds.Origin, p.Evaluation.Thresholds.Values },
                    units = ActionUnits.Index().ToDictionary(u => $"{u.Item}", u => Values(p.Evaluation, u.Index)),
                    macro = Values(p.Evaluation, null),
                }
            ),
            pooledIntervals = Intervals.ToDictionary(Key, i => new { i.Units, i.Macro }),
            published = PublishedResults.For(ActionUnits),
        };
        WholeFile.Write(Path.Combine(folder, "cross-validation.csv"), Details().Csv());
        WholeFile.Write(Path.Combine(folder, "cross-validation.json"), JsonSerializer.Serialize(json, Json) + "\n");
        WholeFile.Write(Path.Combine(folder, "cross-validation.tex"), BesidePublished(system).Latex());

        Dictionary<string, double> Values(AuEvaluation evaluation, int? n) =>
            Intervals.ToDictionary(Key, i => evaluation.Of(i.Metric, n));
    }

    private string Uncertainty =>
        F1Intervals.Subjects < 2
            ? "One test subject: no intervals."
            : $"Intervals over {F1Intervals.Subjects} test subjects; "
                + "one seed, so how results vary with the seed is not in them.";

    private IEnumerable<(string Name, AuEvaluation Evaluation)> Parts =>
        [
            .. Folds.Select((f, k) => ($"fold {k + 1}", f)),
            .. TunedFolds.Select((f, k) => ($"fold {k + 1} (tuned)", f)),
            ("pooled", Pooled),
        ];

    private MetricIntervals Of(Metric metric) => Intervals.Single(i => i.Metric == metric);

    private static string Key(MetricIntervals intervals) => intervals.Metric.Name.ToLowerInvariant();
}
