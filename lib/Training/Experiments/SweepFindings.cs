using FanTrans.Evaluation;

namespace FanTrans.Training.Experiments;

/// <summary>
/// What the numbers of a <see cref="SweepTable"/> support, in sentences. Variants are called different where the test
/// over seeds and subjects, corrected for all tests of the table, has a p-value below 0.05. Where only the single
/// interval leaves out 0 the sentence calls it open, and otherwise says that the seeds do not tell them apart and how
/// large a difference is still possible.
/// </summary>
public static class SweepFindings
{
    /// <summary>A sentence on the first variant, one per other variant and metric, and what limits them.</summary>
    /// <param name="table">The comparison.</param>
    public static IReadOnlyList<string> Of(SweepTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        var first = table.Rows[0];
        return
        [
            First(table),
            .. table
                .Rows.Skip(1)
                .SelectMany(row =>
                    row.Scores[0].Difference is null
                        ?
                        [
                            $"{row.Name} was tested on other folds, frames or labels than {first.Name} and is not "
                                + "compared with it.",
                        ]
                        : row.Scores.Select(score => Compared(row, score, first.Name, table.Tests))
                ),
            .. Limits(table),
        ];
    }

    private static string First(SweepTable table)
    {
        var row = table.Rows[0];
        var units =
            table.ActionUnits.Count == 1 ? $"AU{table.ActionUnits[0]}" : $"{table.ActionUnits.Count} action units";
        var scores = row.Scores.Select(s =>
            $"{s.Metric} {ResultTable.Percent(s.Mean.Macro.Estimate)} % ({Ends(s.Mean.Macro, ResultTable.Percent)})"
        );
        return $"{row.Name}: {string.Join(", ", scores)}, the mean over {units} and {Count(row.Seeds.Count, "seed")}, "
            + $"{table.Subjects} test subjects; the best constant predictor has an F1 of "
            + $"{ResultTable.Percent(row.Constant)} %.";
    }

    private static string Compared(SweepRow row, SweepScore score, string first, int tests)
    {
        var (difference, seeds) = (score.Difference!.Macro, score.Difference.Seeds);
        var size = ResultTable.Percent(Math.Abs(difference.Estimate));
        size += size == "1.0" ? " point" : " points";
        var direction = difference.Estimate > 0 ? "higher" : "lower";
        var evidence = Ends(difference, ResultTable.Points);
        if (double.IsNaN(score.Corrected))
            return $"{row.Name} and {first}: {score.Metric} is {direction} by {size} ({evidence}), and "
                + (
                    score.Difference.Subjects < 2
                        ? "one test subject cannot be tested."
                        : $"{Count(seeds, "seed")} cannot be tested; {HierarchicalBootstrap.FewestSeeds} are needed."
                );
        evidence += $", {ResultTable.PIs(score.Corrected)}" + (tests > 1 ? $" corrected for {tests} tests" : "");
        if (score.Corrected < 0.05)
            return $"{row.Name} is different from {first}: {score.Metric} is {direction} by {size} ({evidence}).";
        if (difference.PValue < 0.05)
            return $"Whether {row.Name} differs from {first} is open: {score.Metric} is {direction} by {size} and its "
                + $"interval leaves out 0, but not after correction for {tests} tests ({evidence}).";
        var most = Math.Max(Math.Abs(difference.Low), Math.Abs(difference.High));
        return $"{row.Name} and {first} are not told apart by {Count(seeds, "seed")}: {score.Metric} differs by "
            + $"{ResultTable.Points(difference.Estimate)} points ({evidence}); up to "
            + $"{ResultTable.Percent(most)} points either way remain possible.";
    }

    private static IEnumerable<string> Limits(SweepTable table)
    {
        string[] low =
        [
            .. table
                .Rows.Where(r => r.Scores.Any(s => s.Metric == Metric.F1 && s.Mean.Macro.Low <= r.Constant))
                .Select(r => r.Name),
        ];
        if (low.Length > 0)
            yield return $"The interval of {string.Join(", ", low)} does not lie above the best constant "
                + "predictor's F1: of a model that reads nothing from the image no variant can be judged.";
        var seeds = table.Rows.Min(r => r.Seeds.Count);
        if (seeds < HierarchicalBootstrap.SeedsForAClaim)
            yield return $"{Count(seeds, "seed")}: a difference is a lead and not a claim before "
                + $"{HierarchicalBootstrap.SeedsForAClaim} seeds.";
        var folds = table.Rows[0].Folds;
        yield return folds.Count == 1
            ? $"All runs share fold {folds[0]}: its training faces, its test subjects and what was "
                + "pre-trained, such as "
                + "the FAN. The intervals are over seeds and subjects like these, not over other training faces or "
                + "another FAN."
            : $"Each run pools folds {string.Join(", ", folds)}, and all runs share each fold's training "
                + "faces and what "
                + "was pre-trained, such as the FAN. The intervals are over seeds and subjects, not over another FAN.";
    }

    private static string Ends(Interval interval, Func<double, string> write) =>
        double.IsNaN(interval.Low) ? "no interval" : $"95 %: {write(interval.Low)} to {write(interval.High)}";

    private static string Count(int number, string what) => $"{number} {what}{(number == 1 ? "" : "s")}";
}
