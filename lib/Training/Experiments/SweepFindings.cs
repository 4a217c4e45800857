using System.Globalization;

namespace FanTrans.Training.Experiments;

/// <summary>
/// What the numbers of a <see cref="SweepTable"/> support, in sentences. A difference counts as found where the
/// corrected p-value is below 0.05 and the interval over subjects leaves 0 out; where only one of the two says so the
/// sentence calls it open, and otherwise says how large a difference is still possible.
/// </summary>
public static class SweepFindings
{
    private const double Level = 0.05;

    /// <summary>A sentence on the whole, one a variant beside the first, and what limits them.</summary>
    /// <param name="table">The comparison.</param>
    public static IReadOnlyList<string> Of(SweepTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        var compared = table.Rows.Where(r => r.Against is not null).ToArray();
        List<string> sentences = [First(table)];
        sentences.AddRange(compared.Select(row => Compared(row, table.Rows[0].Name, compared.Length)));
        sentences.AddRange(table.Rows.Skip(1).Where(r => r.Against is null)
            .Select(r => $"{r.Name} has other seeds, folds or frames than {table.Rows[0].Name} and is not compared with it."));
        sentences.AddRange(Limits(table, compared));
        return sentences;
    }

    private static string First(SweepTable table)
    {
        var row = table.Rows[0];
        var units = table.ActionUnits.Count == 1 ? $"AU{table.ActionUnits[0]}" : $"{table.ActionUnits.Count} action units";
        return $"{row.Name}: F1 {Percent(row.F1.Estimate)} %, the mean over {units} and {Count(row.Seeds.Count, "seed")} "
            + $"(95 % over {table.Subjects} test subjects: {Percent(row.F1.Low)} to {Percent(row.F1.High)}); "
            + $"the best constant predictor has {Percent(row.Constant)} %.";
    }

    private static string Compared(SweepRow row, string first, int tests)
    {
        var (difference, p) = (row.Against!.Difference, row.Against.Corrected);
        var size = $"{Percent(Math.Abs(difference.Estimate))} {(Percent(Math.Abs(difference.Estimate)) == "1.0" ? "point" : "points")}";
        var evidence = $"95 %: {SweepTable.Signed(difference.Low)} to {SweepTable.Signed(difference.High)}, p = {P(p)}"
            + (tests > 1 ? $" corrected for {tests} comparisons" : "");
        var direction = difference.Estimate > 0 ? "higher" : "lower";
        return (p < Level, difference.Low > 0 || difference.High < 0) switch
        {
            (true, true) => $"{row.Name} is {(difference.Estimate > 0 ? "better" : "worse")} than {first} by {size} of F1 ({evidence}).",
            (false, false) => $"{row.Name} and {first} cannot be told apart: a difference of {SweepTable.Signed(difference.Estimate)} points of F1 ({evidence}); "
                + $"more than {Percent(Math.Max(Math.Abs(difference.Low), Math.Abs(difference.High)))} points either way is unlikely.",
            (true, false) => $"Whether {row.Name} differs from {first} is open: F1 is {direction} by {size} and the test finds it, but the interval includes 0 ({evidence}).",
            (false, true) => $"Whether {row.Name} differs from {first} is open: F1 is {direction} by {size} and the interval leaves 0 out, but the test does not find it ({evidence}).",
        };
    }

    private static IEnumerable<string> Limits(SweepTable table, SweepRow[] compared)
    {
        if (table.Rows.Where(r => r.F1.Low <= r.Constant).Select(r => r.Name).ToArray() is { Length: > 0 } low)
            yield return $"The interval of {string.Join(", ", low)} does not lie above the best constant predictor: of a model that reads nothing from the picture no variant can be judged.";
        if (table.Rows.Any(r => r.Seeds.Count == 1))
            yield return "With one seed a difference may be the seed's and not the variant's.";
        if (compared.Length > 0)
        {
            // Coins of subjects and seeds, where tossing all of them changes nothing, and either sign is as far.
            var least = Math.Min(1, compared.Length * Math.Pow(2, 2 - table.Subjects - compared[0].Seeds.Count));
            if (least >= Level)
                yield return $"With {table.Subjects} subjects and {Count(compared[0].Seeds.Count, "seed")} the corrected p-value cannot be below {P(least)}: no difference could be found, however large.";
        }
    }

    private static string Count(int number, string what) => $"{number} {what}{(number == 1 ? "" : "s")}";

    private static string Percent(double value) => (100 * value).ToString("0.0", CultureInfo.InvariantCulture);

    private static string P(double value) => value.ToString(value < 0.001 ? "0.0000" : "0.000", CultureInfo.InvariantCulture);
}
