using MathNet.Numerics.Statistics;

namespace FanTrans.Evaluation;

/// <summary>A figure with its confidence interval.</summary>
/// <param name="Estimate">The figure over all frames.</param>
/// <param name="Low">The interval's lower end.</param>
/// <param name="High">The interval's upper end.</param>
public sealed record Interval(double Estimate, double Low, double High);

/// <summary>Confidence intervals of one metric.</summary>
/// <param name="Level">The intervals' level, for example 0.95.</param>
/// <param name="Subjects">How many subjects they rest on.</param>
/// <param name="Units">One an action unit, in the predictions' order; NaN where the action unit has no known frame.</param>
/// <param name="Macro">Of the mean over action units.</param>
public sealed record MetricIntervals(double Level, int Subjects, IReadOnlyList<Interval> Units, Interval Macro);

/// <summary>
/// Confidence intervals by the bootstrap over subjects (percentile method, Efron and Tibshirani 1993): whole subjects
/// are drawn with replacement, since the frames of one are not independent, and all of their frames count.
/// </summary>
public static class SubjectBootstrap
{
    /// <summary>The intervals of F1, or of another metric of confusion counts.</summary>
    /// <param name="predictions">The frames.</param>
    /// <param name="metric">For example <c>c => c.Mcc</c>; null is F1.</param>
    /// <param name="thresholds">Null is 0.5 by protocol.</param>
    /// <param name="level">Above 0 and below 1.</param>
    /// <param name="resamples">How many draws, at least 100.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <exception cref="ArgumentException">The predictions have fewer than two subjects, or do not match.</exception>
    public static MetricIntervals Of(
        AuPredictions predictions, Func<BinaryCounts, double>? metric = null, Thresholds? thresholds = null,
        double level = 0.95, int resamples = 2000, int seed = 0)
    {
        ArgumentNullException.ThrowIfNull(predictions);
        return Of([predictions], [], metric, thresholds ?? Thresholds.ByProtocol(predictions.ActionUnits.Count), level, resamples, seed);
    }

    /// <summary>The intervals of a system's F1 at 0.5, the mean over its runs.</summary>
    /// <param name="runs">Predictions of the same subjects, one a seed.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <exception cref="ArgumentException">There is no run, another subject in one than in another, or fewer than two subjects.</exception>
    public static MetricIntervals OfMean(IReadOnlyList<AuPredictions> runs, int seed = 0) => OfDifference([], runs, seed);

    /// <summary>
    /// The intervals of the difference between two systems, the second's mean F1 at 0.5 less the first's: both are
    /// computed on the same draws of subjects.
    /// </summary>
    /// <param name="first">One system's predictions, one run a seed; none counts as 0.</param>
    /// <param name="second">The other's for the same subjects.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <exception cref="ArgumentException">There is no second run, another subject in one than in another, or fewer than two subjects.</exception>
    public static MetricIntervals OfDifference(IReadOnlyList<AuPredictions> first, IReadOnlyList<AuPredictions> second, int seed = 0)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (second.Count == 0)
            throw new ArgumentException("no run to estimate from.", nameof(second));
        return Of(second, first, null, Thresholds.ByProtocol(second[0].ActionUnits.Count), 0.95, 2000, seed);
    }

    private static MetricIntervals Of(
        IReadOnlyList<AuPredictions> runs, IReadOnlyList<AuPredictions> less, Func<BinaryCounts, double>? metric, Thresholds thresholds,
        double level, int resamples, int seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(resamples, 100);
        if (!(level is > 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(level), level, "expected above 0 and below 1.");
        metric ??= c => c.F1;
        SubjectCounts[] plus = [.. runs.Select(r => SubjectCounts.Of(r, thresholds))], minus = [.. less.Select(r => SubjectCounts.Of(r, thresholds))];
        int subjects = plus[0].Subjects.Count, units = plus[0].Units;
        if (subjects < 2)
            throw new ArgumentException($"{subjects} subject: an interval over subjects needs at least 2.", nameof(runs));
        if (plus.Concat(minus).Any(c => c.Units != units || !c.Subjects.SequenceEqual(plus[0].Subjects)))
            throw new ArgumentException("the runs are of other subjects or action units.", nameof(runs));
        var drawn = Enumerable.Range(0, units + 1).Select(_ => new double[resamples]).ToArray();
        int[] sample = [.. Enumerable.Range(0, subjects)];
        var estimate = Difference();
        var random = new Random(seed);
        for (var r = 0; r < resamples; r++)
        {
            for (var s = 0; s < subjects; s++)
                sample[s] = random.Next(subjects);
            var values = Difference();
            for (var n = 0; n <= units; n++)
                drawn[n][r] = values[n];
        }
        Interval[] intervals = [.. estimate.Zip(drawn, (value, draws) => Percentiles(value, draws, level))];
        return new MetricIntervals(level, subjects, intervals[..units], intervals[units]);

        // Each action unit's value, then their mean; means over runs.
        double[] Difference()
        {
            var sums = new double[units + 1];
            foreach (var (counts, weight) in plus.Select(c => (c, 1.0 / plus.Length)).Concat(minus.Select(c => (c, -1.0 / minus.Length))))
            {
                var values = Values(counts);
                for (var n = 0; n <= units; n++)
                    sums[n] += weight * values[n];
            }
            return sums;
        }

        double[] Values(SubjectCounts counts)
        {
            var sums = new BinaryCounts[units];
            foreach (var subject in sample)
            {
                for (var n = 0; n < units; n++)
                    sums[n] += counts[subject, n];
            }
            double[] each = [.. sums.Select(metric)];
            return [.. each, SubjectCounts.Mean(each)];
        }
    }

    private static Interval Percentiles(double estimate, double[] draws, double level)
    {
        // A draw in which an action unit has no known frame says nothing about it.
        double[] defined = [.. draws.Where(d => !double.IsNaN(d))];
        return new Interval(estimate, defined.Quantile((1 - level) / 2), defined.Quantile((1 + level) / 2));
    }
}
