using MathNet.Numerics.Distributions;
using MathNet.Numerics.Statistics;

namespace FanTrans.Evaluation;

/// <summary>A figure with its 95 % interval over seeds and subjects.</summary>
/// <param name="Estimate">The mean over the runs, each over all frames.</param>
/// <param name="Low">The interval's lower end; NaN for a single subject.</param>
/// <param name="High">The interval's upper end; NaN for a single subject.</param>
/// <param name="PValue">
/// Of a difference: the two-sided p-value of the test whose unit are seed and subject, below 0.05 where the interval
/// leaves out 0; NaN where there are fewer than <see cref="HierarchicalBootstrap.FewestSeeds"/> seeds or two subjects.
/// Of a mean: NaN.
/// </param>
public sealed record Interval(double Estimate, double Low, double High, double PValue = double.NaN);

/// <summary>The intervals of one metric, of a mean over seeds or of the difference between two.</summary>
/// <param name="Metric">What was computed.</param>
/// <param name="Seeds">Runs that it rests on; of a difference, those of the system that has fewer. With one the
/// intervals are over subjects alone.</param>
/// <param name="Subjects">Test subjects that it rests on.</param>
/// <param name="Units">One per action unit, in the predictions' order; NaN where the metric is not defined.</param>
/// <param name="Macro">Of the mean over action units.</param>
/// <param name="Runs">The mean over action units of each run, or of each pair's difference;
/// empty for a difference without pairs.</param>
public sealed record MetricIntervals(
    Metric Metric,
    int Seeds,
    int Subjects,
    IReadOnlyList<Interval> Units,
    Interval Macro,
    IReadOnlyList<double> Runs
)
{
    /// <summary>The units' p-values after Holm's correction for the number of action units.</summary>
    public IReadOnlyList<double> Corrected { get; } = HierarchicalBootstrap.Holm([.. Units.Select(u => u.PValue)]);

    internal Interval this[int? unit] => unit is { } n ? Units[n] : Macro;
}

/// <summary>
/// Intervals and tests by a hierarchical bootstrap over seeds and subjects, crosswise: the subjects are drawn with
/// replacement, whole, and the same draw serves every seed and both systems, since all are tested on the same subjects.
/// What two different seeds share in these draws is the variance that more seeds cannot lower; to it is added the
/// variance between seeds over their number, which is what drawing seeds comes to. Three to ten seeds are too few for
/// percentiles of their draws, so the interval is Student's t, its degrees of freedom after Satterthwaite. This is the
/// two-way analysis of multi-reader studies (Obuchowski and Rockette 1995; Hillis 2007) with seeds as readers and
/// subjects as cases. Chosen by this kit; docs/ablations.md has the measured type-I error. No published system of this
/// task reports a test.
/// </summary>
public static class HierarchicalBootstrap
{
    /// <summary>With fewer seeds than these nothing is tested.</summary>
    public const int FewestSeeds = 3;

    /// <summary>With fewer seeds than these a finding is a lead and not a claim.</summary>
    public const int SeedsForAClaim = 6;

    private const int Draws = 1000;

    // The spread of a ranking metric needs no finer classes of scores; its estimate is exact.
    private const int RankingClasses = 128;

    /// <summary>The intervals of a metric's mean over runs, at thresholds of 0.5.</summary>
    /// <param name="runs">Predictions of the same frames, one run a seed.</param>
    /// <param name="metric">Null is F1.</param>
    /// <exception cref="ArgumentException">There is no run, the runs are of other frames or action units, or a value
    /// is none that is allowed.</exception>
    public static MetricIntervals Mean(IReadOnlyList<AuPredictions> runs, Metric? metric = null)
    {
        ArgumentNullException.ThrowIfNull(runs);
        RequireSameFrames(runs);
        metric ??= Metric.F1;
        return Mean(Tally(runs, metric), metric);
    }

    /// <summary>
    /// The intervals and tests of the difference between two systems, the second's mean over runs less the first's, at
    /// thresholds of 0.5.
    /// </summary>
    /// <param name="first">One system's predictions, one run a seed.</param>
    /// <param name="second">The other's for the same frames.</param>
    /// <param name="metric">Null is F1.</param>
    /// <param name="paired">Whether the n-th runs of both share a seed; they are as many then.</param>
    /// <exception cref="ArgumentException">There is no run, paired systems have another number of runs, the runs are of
    /// other frames or action units, or a value is none that is allowed.</exception>
    public static MetricIntervals Difference(
        IReadOnlyList<AuPredictions> first,
        IReadOnlyList<AuPredictions> second,
        Metric? metric = null,
        bool paired = true
    )
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        RequireSameFrames([.. first, .. second]);
        if (first.Count == 0 || second.Count == 0 || (paired && first.Count != second.Count))
            throw new ArgumentException(
                $"{first.Count} runs beside {second.Count}: expected at least one of each, and pairs as many of both."
            );
        metric ??= Metric.F1;
        return Difference(Tally(first, metric), Tally(second, metric), metric, paired);
    }

    /// <summary>
    /// Holm's step-down correction (Scandinavian Journal of Statistics 6, 1979): the chance of any false finding among
    /// all tests stays below the level at which a corrected p-value is called significant.
    /// </summary>
    /// <param name="pValues">One a test; NaN is no test.</param>
    /// <returns>As many, in the same order, each at least the uncorrected one and at most 1.</returns>
    internal static double[] Holm(IReadOnlyList<double> pValues)
    {
        var corrected = Enumerable.Repeat(double.NaN, pValues.Count).ToArray();
        var order = pValues.Index().Where(p => !double.IsNaN(p.Item)).OrderBy(p => p.Item).ToArray();
        double largest = 0;
        foreach (var (rank, (test, p)) in order.Index())
        {
            largest = Math.Max(largest, Math.Min(1, p * (order.Length - rank)));
            corrected[test] = largest;
        }
        return corrected;
    }

    /// <summary>The mean of the values that are numbers; NaN if none is.</summary>
    internal static double MeanOfDefined(IReadOnlyList<double> values)
    {
        var (sum, count) = (0.0, 0);
        foreach (var value in values)
        {
            if (!double.IsNaN(value))
                (sum, count) = (sum + value, count + 1);
        }
        return sum / count;
    }

    internal static MetricIntervals Mean(IReadOnlyList<RunTallies> runs, Metric metric, int draws = Draws)
    {
        var subjects = runs[0].Subjects.Length;
        var drawn = Drawn(runs, metric, draws);
        var intervals = drawn
            .Select(unit => Of([unit], subjects))
            .Select(i => new Interval(i.Estimate, Math.Max(i.Low, metric.Least), Math.Min(i.High, 1)))
            .ToArray();
        return new MetricIntervals(metric, runs.Count, subjects, intervals[..^1], intervals[^1], drawn[^1].Values);
    }

    internal static MetricIntervals Difference(
        IReadOnlyList<RunTallies> first,
        IReadOnlyList<RunTallies> second,
        Metric metric,
        bool paired,
        int draws = Draws
    )
    {
        var subjects = first[0].Subjects.Length;
        UnitDraws[][] systems =
        [
            .. Drawn(second, metric, draws)
                .Zip(Drawn(first, metric, draws), (plus, less) => paired ? new[] { plus - less } : [plus, less]),
        ];
        Interval[] intervals = [.. systems.Select(unit => Of(unit, subjects))];
        return new MetricIntervals(
            metric,
            Math.Min(first.Count, second.Count),
            subjects,
            intervals[..^1],
            intervals[^1],
            paired ? systems[^1][0].Values : []
        );
    }

    /// <summary>The interval of a system's mean, or of the first's less the second's
    /// of two that share no seed.</summary>
    private static Interval Of(UnitDraws[] systems, int subjects)
    {
        var apart = systems.Length > 1;
        var estimate = systems[0].Values.Average() - (apart ? systems[1].Values.Average() : 0);
        // One subject says nothing about others.
        if (double.IsNaN(estimate) || subjects < 2)
            return new Interval(estimate, double.NaN, double.NaN);
        var shared = systems.Sum(s => s.Shared) - (apart ? 2 * UnitDraws.Covariance(systems[0], systems[1]) : 0);
        var variance = Math.Max(0, shared * subjects / (subjects - 1));
        var (sum, squares) = (variance, variance * variance / (subjects - 1));
        foreach (var system in systems.Where(s => s.Values.Length > 1))
        {
            // The variance of few seeds is often far too small, and would then count for too little: its square is
            // (f + 2) / f of the true one's in the mean.
            var freedom = system.Values.Length - 1;
            var (own, weight) = (system.Seeds, system.Seeds * (freedom + 2) / freedom);
            (variance, sum, squares) = (variance + own, sum + weight, squares + (weight * weight / freedom));
        }
        var tested = systems.All(s => s.Values.Length >= FewestSeeds);
        if (variance <= 0)
            return new Interval(
                estimate,
                estimate,
                estimate,
                tested
                    ? estimate == 0
                        ? 1
                        : 0
                    : double.NaN
            );
        var (error, degrees) = (Math.Sqrt(variance), sum * sum / squares);
        var half = StudentT.InvCDF(0, 1, degrees, 0.975) * error;
        var p = tested ? 2 * StudentT.CDF(0, 1, degrees, -Math.Abs(estimate) / error) : double.NaN;
        return new Interval(estimate, estimate - half, estimate + half, p);
    }

    /// <summary>Each action unit's values and draws, then those of the mean over action units.</summary>
    private static UnitDraws[] Drawn(IReadOnlyList<RunTallies> runs, Metric metric, int draws)
    {
        int subjects = runs[0].Subjects.Length,
            units = runs[0].Whole.Length;
        var random = new Random(0);
        var samples = new int[draws][];
        for (var b = 0; b < draws; b++)
            samples[b] = [.. Enumerable.Range(0, subjects).Select(_ => random.Next(subjects))];
        var drawn = Enumerable
            .Range(0, units)
            .Select(_ => new UnitDraws(new double[runs.Count], new double[runs.Count][]))
            .ToArray();
        Parallel.For(
            0,
            units * runs.Count,
            k =>
            {
                var (n, r) = (k / runs.Count, k % runs.Count);
                drawn[n].Values[r] = metric.Value(runs[r].Whole[n]);
                drawn[n].Draws[r] = Deviations([.. runs[r].Subjects.Select(s => s[n])], samples, metric);
            }
        );
        var macro = new UnitDraws(new double[runs.Count], new double[runs.Count][]);
        var each = new double[units];
        for (var r = 0; r < runs.Count; r++)
        {
            macro.Values[r] = Mean(n => drawn[n].Values[r]);
            macro.Draws[r] = new double[draws];
            for (var b = 0; b < draws; b++)
                macro.Draws[r][b] = Mean(n => drawn[n].Draws[r][b]);
        }
        return [.. drawn, macro];

        double Mean(Func<int, double> of)
        {
            for (var n = 0; n < units; n++)
                each[n] = of(n);
            return MeanOfDefined(each);
        }
    }

    /// <summary>How far each draw of subjects is from all of them;
    /// NaN where the metric is not defined on a draw.</summary>
    private static double[] Deviations(double[][] tallies, int[][] samples, Metric metric)
    {
        var sum = new double[tallies[0].Length];
        var all = Value([.. Enumerable.Range(0, tallies.Length)]);
        return Array.ConvertAll(samples, sample => Value(sample) - all);

        double Value(int[] sample)
        {
            Array.Clear(sum);
            foreach (var subject in sample)
            {
                var tally = tallies[subject];
                for (var k = 0; k < sum.Length; k++)
                    sum[k] += tally[k];
            }
            return metric.Value(sum);
        }
    }

    private static IReadOnlyList<RunTallies> Tally(IReadOnlyList<AuPredictions> runs, Metric metric)
    {
        var subjects = runs[0]
            .Keys.Select((key, row) => (key.Subject, row))
            .GroupBy(k => k.Subject, k => k.row)
            .OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => g.ToArray())
            .ToArray();
        var tallies = runs.Select(run => new RunTallies(
                new double[run.ActionUnits.Count][],
                [.. subjects.Select(_ => new double[run.ActionUnits.Count][])]
            ))
            .ToArray();
        var units = runs[0].ActionUnits.Count;
        Parallel.For(
            0,
            units * runs.Count,
            k =>
            {
                var (n, r) = (k / runs.Count, k % runs.Count);
                var frames = runs[r].Unit(n, 0.5);
                tallies[r].Whole[n] = metric.Tally(frames);
                frames = frames with { Classes = Ranking.Classes(frames.Scores, frames.Labels, RankingClasses) };
                for (var s = 0; s < subjects.Length; s++)
                    tallies[r].Subjects[s][n] = metric.Tally(frames.Only(subjects[s]));
            }
        );
        return tallies;
    }

    private static void RequireSameFrames(IReadOnlyList<AuPredictions> runs)
    {
        if (runs.Count == 0)
            throw new ArgumentException("no run to estimate from.", nameof(runs));
        foreach (var run in runs)
        {
            run.Check();
            if (!run.ActionUnits.SequenceEqual(runs[0].ActionUnits))
                throw new ArgumentException("the runs predict other action units, or in another order.");
            if (!run.SameFrames(runs[0]))
                throw new ArgumentException("the runs predict other frames, in another order, or with other labels.");
        }
    }

    /// <summary>One action unit, or the mean over all: each run's value,
    /// and its deviations in the draws of subjects.</summary>
    private sealed record UnitDraws(double[] Values, double[][] Draws)
    {
        /// <summary>The variance of the mean over runs that comes from drawing other seeds.</summary>
        public double Seeds => Values.Variance() / Values.Length;

        /// <summary>The mean covariance of two different seeds over the draws;
        /// the variance where there is one.</summary>
        public double Shared
        {
            get
            {
                double runs = Values.Length,
                    own = Draws.Sum(d => Covariance(d, d)),
                    all = Covariance(this, this);
                return runs == 1 ? own : ((runs * runs * all) - own) / (runs * (runs - 1));
            }
        }

        private double[] MeanDraws
        {
            get
            {
                var mean = new double[Draws[0].Length];
                foreach (var run in Draws)
                {
                    for (var b = 0; b < mean.Length; b++)
                        mean[b] += run[b] / Draws.Length;
                }
                return mean;
            }
        }

        /// <summary>The covariance of two systems' means over runs.</summary>
        public static double Covariance(UnitDraws a, UnitDraws b) => Covariance(a.MeanDraws, b.MeanDraws);

        /// <summary>Run by run.</summary>
        public static UnitDraws operator -(UnitDraws a, UnitDraws b) =>
            new(
                [.. a.Values.Zip(b.Values, (x, y) => x - y)],
                [.. a.Draws.Zip(b.Draws, (x, y) => x.Zip(y, (p, q) => p - q).ToArray())]
            );

        // A draw in which a metric is not defined says nothing about it.
        private static double Covariance(double[] a, double[] b)
        {
            double count = 0,
                sumA = 0,
                sumB = 0,
                products = 0;
            for (var k = 0; k < a.Length; k++)
            {
                if (!double.IsNaN(a[k] + b[k]))
                    (count, sumA, sumB, products) = (count + 1, sumA + a[k], sumB + b[k], products + (a[k] * b[k]));
            }
            return (products - (sumA * sumB / count)) / (count - 1);
        }
    }
}

/// <summary>The tallies of one run.</summary>
/// <param name="Whole">Of all frames, one per action unit.</param>
/// <param name="Subjects">Of each subject, one per action unit; for a ranking metric by coarser classes.</param>
internal sealed record RunTallies(double[][] Whole, double[][][] Subjects);
