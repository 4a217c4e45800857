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
        ArgumentOutOfRangeException.ThrowIfLessThan(resamples, 100);
        if (!(level is > 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(level), level, "expected above 0 and below 1.");
        metric ??= c => c.F1;
        var counts = SubjectCounts.Of(predictions, thresholds ?? Thresholds.ByProtocol(predictions.ActionUnits.Count));
        int subjects = counts.Subjects.Count, units = counts.Units;
        if (subjects < 2)
            throw new ArgumentException($"{subjects} subject: an interval over subjects needs at least 2.", nameof(predictions));
        var drawn = Enumerable.Range(0, units + 1).Select(_ => new double[resamples]).ToArray();
        var estimate = Values(Enumerable.Range(0, subjects));
        var random = new Random(seed);
        var sample = new int[subjects];
        for (var r = 0; r < resamples; r++)
        {
            for (var s = 0; s < subjects; s++)
                sample[s] = random.Next(subjects);
            var values = Values(sample);
            for (var n = 0; n <= units; n++)
                drawn[n][r] = values[n];
        }
        Interval[] intervals = [.. estimate.Zip(drawn, (value, draws) => Percentiles(value, draws, level))];
        return new MetricIntervals(level, subjects, intervals[..units], intervals[units]);

        // Each action unit's value, then their mean.
        double[] Values(IEnumerable<int> chosen)
        {
            var sums = new BinaryCounts[units];
            foreach (var subject in chosen)
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
