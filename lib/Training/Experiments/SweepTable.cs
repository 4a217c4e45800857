using System.Text.Json;
using System.Text.Json.Serialization;
using FanTrans.Data;
using FanTrans.Evaluation;
using MathNet.Numerics.Statistics;

namespace FanTrans.Training.Experiments;

/// <summary>One metric of one variant.</summary>
/// <param name="Mean">Of the mean over seeds, and each seed's own.</param>
/// <param name="Difference">From the first variant; null for that one, or where the test frames are others.</param>
/// <param name="Corrected">The p-value of the macro difference after Holm's correction
/// for all of the table's tests.</param>
public sealed record SweepScore(MetricIntervals Mean, MetricIntervals? Difference, double Corrected)
{
    /// <summary>Which metric.</summary>
    public Metric Metric => Mean.Metric;

    /// <summary>Sample standard deviation of the macro value over seeds; NaN for one.</summary>
    public double Deviation => Mean.Runs.StandardDeviation();
}

/// <summary>One variant of a sweep: what is the same but for fold and seed.</summary>
/// <param name="Name">What makes the variant, for example "AttentionDrop None".</param>
/// <param name="Folds">Folds that each run pools.</param>
/// <param name="Seeds">The seeds, rising; those that two variants share are paired.</param>
/// <param name="Constant">Macro F1 of the best constant predictor of each action unit.</param>
/// <param name="Scores">One per metric of the table.</param>
public sealed record SweepRow(
    string Name,
    IReadOnlyList<int> Folds,
    IReadOnlyList<int> Seeds,
    double Constant,
    IReadOnlyList<SweepScore> Scores
)
{
    /// <summary>Of the macro F1, the mean over seeds.</summary>
    [JsonIgnore]
    public Interval F1 => Of(Metric.F1).Mean.Macro;

    /// <summary>The score of a metric.</summary>
    /// <param name="metric">One of the table's.</param>
    /// <exception cref="ArgumentException">The table has no such metric.</exception>
    public SweepScore Of(Metric metric) =>
        Scores.FirstOrDefault(s => s.Metric == metric)
        ?? throw new ArgumentException(
            $"the table has no {metric}, only {string.Join(", ", Scores.Select(s => s.Metric))}."
        );
}

/// <summary>The finished experiments of a sweep as one table.</summary>
/// <param name="ActionUnits">The FACS numbers that the figures are means of.</param>
/// <param name="Subjects">How many test subjects they rest on.</param>
/// <param name="Rows">One per variant, in the sweep's order.</param>
/// <param name="Missing">Cells that are not done, by name.</param>
public sealed record SweepTable(
    IReadOnlyList<int> ActionUnits,
    int Subjects,
    IReadOnlyList<SweepRow> Rows,
    IReadOnlyList<string> Missing
)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>The metrics that are compared.</summary>
    [JsonIgnore]
    public IReadOnlyList<Metric> Metrics => [.. Rows[0].Scores.Select(s => s.Metric)];

    /// <summary>How many differences are tested.</summary>
    internal int Tests => Rows.SelectMany(r => r.Scores).Count(s => !double.IsNaN(s.Corrected));

    /// <summary>Pools the folds of each variant and seed, and compares every variant with the first.</summary>
    /// <param name="sweep">The sweep.</param>
    /// <param name="output">Its folder.</param>
    /// <param name="view">The part of the predictions to compare, such as some action units; null is all.</param>
    /// <exception cref="InvalidDataException">Nothing is done, a file is damaged, or a variant has other folds for one
    /// seed than for another.</exception>
    public static SweepTable Collect(Sweep sweep, string output, Func<AuPredictions, AuPredictions>? view = null)
    {
        view ??= all => all;
        ArgumentNullException.ThrowIfNull(sweep);
        var done = sweep.Cells.Where(c => Sweep.IsDone(output, c)).ToArray();
        if (done.Length == 0)
            throw new InvalidDataException($"{output}: none of the {sweep.Cells.Count} experiments is done.");
        // The file may have been edited since.
        foreach (var cell in done)
            Experiment.RefuseOther(Sweep.FolderOf(output, cell), cell.Options, sweep.Path);
        var variants = done.GroupBy(Variant)
            .Select(v =>
                VariantRuns.Pool(
                    v.Key,
                    v.Select(c =>
                        (
                            c.Options.Fold,
                            c.Options.Seed,
                            view(PredictionsFile.Load(Path.Combine(Sweep.FolderOf(output, c), "test.csv")))
                        )
                    )
                )
            );
        return Of([.. variants]) with { Missing = [.. sweep.Cells.Except(done).Select(c => c.Name)] };
    }

    /// <summary>Compares every variant with the first.</summary>
    /// <param name="variants">At least one.</param>
    /// <param name="metrics">What to compare; null is F1 and AUC.</param>
    /// <exception cref="ArgumentException">There is no variant, or a value is none that is allowed.</exception>
    public static SweepTable Of(IReadOnlyList<VariantRuns> variants, IReadOnlyList<Metric>? metrics = null)
    {
        ArgumentNullException.ThrowIfNull(variants);
        if (variants.Count == 0)
            throw new ArgumentException("no variant to compare.", nameof(variants));
        metrics ??= [Metric.F1, Metric.Auc];
        SweepRow[] rows = [.. variants.Select(v => Row(v, variants[0], metrics))];
        var corrected = new Queue<double>(
            HierarchicalBootstrap.Holm([
                .. rows.SelectMany(r => r.Scores).Select(s => s.Difference?.Macro.PValue ?? double.NaN),
            ])
        );
        rows =
        [
            .. rows.Select(r =>
                r with
                {
                    Scores = [.. r.Scores.Select(s => s with { Corrected = corrected.Dequeue() })],
                }
            ),
        ];
        var first = variants[0].Runs[0];
        return new SweepTable(first.ActionUnits, first.Keys.Select(k => k.Subject).Distinct().Count(), rows, []);
    }

    /// <summary>Returns the table to read, in percent and points.</summary>
    public ResultTable Table() =>
        new(
            [
                "variant",
                "seeds",
                .. Metrics.SelectMany(m => new[] { $"{m} (95 %)", "± seeds" }),
                .. Metrics.SelectMany(m => new[] { $"{m}, difference (95 %)", "p" }),
            ],
            [
                .. Rows.Select(row =>
                    (string[])
                        [
                            row.Name,
                            $"{row.Seeds.Count}",
                            .. row.Scores.SelectMany(s =>
                                new[]
                                {
                                    ResultTable.WithEnds(s.Mean.Macro, ResultTable.Percent),
                                    ResultTable.Percent(s.Deviation),
                                }
                            ),
                            .. row.Scores.SelectMany(s =>
                                s.Difference is null
                                    ? new[] { "", "" }
                                    :
                                    [
                                        ResultTable.WithEnds(s.Difference.Macro, ResultTable.Points),
                                        ResultTable.P(s.Corrected),
                                    ]
                            ),
                        ]
                ),
            ],
            [
                $"Intervals over seeds and {Subjects} test subjects; differences from {Rows[0].Name}; p of "
                    + "the test over "
                    + $"both, corrected by Holm for {Tests} tests. The best constant predictor has an F1 of "
                    + $"{ResultTable.Percent(Rows[0].Constant)} %.",
            ]
        );

    /// <summary>Returns each action unit's difference from the first variant, in points, with its p-value after Holm's
    /// correction for the number of action units.</summary>
    /// <param name="metric">One of the table's.</param>
    /// <exception cref="ArgumentException">The table has no such metric.</exception>
    public ResultTable ByUnit(Metric metric)
    {
        var compared = Rows.Select(r => (r.Name, r.Of(metric).Difference))
            .Where(r => r.Difference is not null)
            .ToArray();
        return new ResultTable(
            ["AU", .. compared.SelectMany(r => new[] { $"{r.Name}, {metric} (95 %)", "p" })],
            [
                .. ActionUnits.Select(
                    (unit, n) =>
                        (string[])
                            [
                                $"{unit}",
                                .. compared.SelectMany(r =>
                                    new[]
                                    {
                                        ResultTable.WithEnds(r.Difference!.Units[n], ResultTable.Points),
                                        ResultTable.P(r.Difference.Corrected[n]),
                                    }
                                ),
                            ]
                ),
            ],
            []
        );
    }

    /// <summary>Returns every number of the table, as shares.</summary>
    public ResultTable Details() =>
        new(
            [
                "variant",
                "seeds",
                "folds",
                "metric",
                "mean",
                "low",
                "high",
                "sd_over_seeds",
                "difference",
                "difference_low",
                "difference_high",
                "p",
                "p_corrected",
            ],
            [
                .. Rows.SelectMany(row =>
                    row.Scores.Select(s =>
                        (string[])
                            [
                                row.Name,
                                string.Join(' ', row.Seeds),
                                string.Join(' ', row.Folds),
                                s.Metric.Name,
                                .. Numbers(s.Mean.Macro),
                                ResultTable.Number(s.Deviation),
                                .. Numbers(s.Difference?.Macro),
                                ResultTable.Number(s.Difference?.Macro.PValue ?? double.NaN),
                                ResultTable.Number(s.Corrected),
                            ]
                    )
                ),
            ],
            []
        );

    /// <summary>Writes "table.csv", "table.json" and "table.tex".</summary>
    /// <param name="folder">Where to.</param>
    public void Save(string folder)
    {
        WholeFile.Write(Path.Combine(folder, "table.csv"), Details().Csv());
        WholeFile.Write(Path.Combine(folder, "table.json"), JsonSerializer.Serialize(this, Json) + "\n");
        WholeFile.Write(Path.Combine(folder, "table.tex"), Table().Latex());
    }

    private static SweepRow Row(VariantRuns variant, VariantRuns first, IReadOnlyList<Metric> metrics)
    {
        var compares = !ReferenceEquals(variant, first) && variant.Runs[0].SameFrames(first.Runs[0]);
        var paired = variant.Seeds.SequenceEqual(first.Seeds);
        var scores = metrics.Select(metric => new SweepScore(
            HierarchicalBootstrap.Mean(variant.Runs, metric),
            compares ? HierarchicalBootstrap.Difference(first.Runs, variant.Runs, metric, paired) : null,
            double.NaN
        ));
        return new SweepRow(
            variant.Name,
            variant.Folds,
            variant.Seeds,
            variant.Runs[0].Evaluate().MacroConstantF1,
            [.. scores]
        );
    }

    /// <summary>What is varied but for fold and seed.</summary>
    private static string Variant(SweepCell cell)
    {
        var own = cell
            .Varied.Where(v => v.Key is not (nameof(ExperimentOptions.Seed) or nameof(ExperimentOptions.Fold)))
            .Select(v => $"{v.Key.Split('.')[^1]} {v.Value}")
            .ToArray();
        return own.Length == 0 ? "as it is" : string.Join(", ", own);
    }

    private static string[] Numbers(Interval? interval) =>
        interval is null
            ? ["", "", ""]
            :
            [
                ResultTable.Number(interval.Estimate),
                ResultTable.Number(interval.Low),
                ResultTable.Number(interval.High),
            ];
}
