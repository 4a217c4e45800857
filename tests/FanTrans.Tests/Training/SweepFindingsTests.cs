using FanTrans.Data;
using FanTrans.Evaluation;
using FanTrans.Training.Experiments;

namespace FanTrans.Tests.Training;

/// <summary>The sentences about constructed comparisons, whose truth is known.</summary>
public class SweepFindingsTests
{
    [Fact]
    public void EqualVariantsCannotBeToldApart()
    {
        var findings = Findings(("none", Runs(skill: 0.8)), ("same", Runs(skill: 0.8)), ("as good", Runs(skill: 0.8, noise: 900)));
        Assert.StartsWith("none: F1 ", findings[0], StringComparison.Ordinal);
        Assert.Contains("the mean over 2 action units and 3 seeds (95 % over 12 test subjects: ", findings[0]);
        Assert.Equal(
            "same and none cannot be told apart: a difference of 0.0 points of F1 (95 %: 0.0 to 0.0, p = 1.000 corrected for 2 comparisons); more than 0.0 points either way is unlikely.",
            findings[1]);
        Assert.StartsWith("as good and none cannot be told apart", findings[2], StringComparison.Ordinal);
        Assert.Equal(3, findings.Count);
    }

    [Fact]
    public void AClearDifferenceIsFoundInItsDirection()
    {
        Assert.StartsWith("good is better than poor by ", Findings(("poor", Runs(skill: 0.4)), ("good", Runs(skill: 0.9)))[1], StringComparison.Ordinal);
        var table = Table(("good", Runs(skill: 0.9)), ("poor", Runs(skill: 0.4)));
        var sentence = SweepFindings.Of(table)[1];
        Assert.StartsWith("poor is worse than good by ", sentence, StringComparison.Ordinal);
        Assert.Contains(FormattableString.Invariant($"by {-100 * table.Rows[1].Against!.Difference.Estimate:0.0} points of F1 (95 %: {100 * table.Rows[1].Against!.Difference.Low:0.0} to "), sentence);
        Assert.DoesNotContain("comparisons", sentence);
    }

    /// <summary>What the interval and the test do not both say is not claimed.</summary>
    [Theory]
    [InlineData(0.01, 0.02, 0.04, "good is better than poor by 2.0 points")]
    [InlineData(0.01, -0.01, 0.04, "Whether good differs from poor is open: F1 is higher by 2.0 points and the test finds it, but the interval includes 0")]
    [InlineData(0.2, 0.01, 0.04, "Whether good differs from poor is open: F1 is higher by 2.0 points and the interval leaves 0 out, but the test does not")]
    [InlineData(0.2, -0.03, 0.04, "good and poor cannot be told apart: a difference of +2.0 points of F1 (95 %: -3.0 to +4.0, p = 0.200); more than 4.0 points")]
    public void IntervalAndTestMustAgree(double p, double low, double high, string expected)
    {
        var table = Table(("poor", Runs(skill: 0.4)), ("good", Runs(skill: 0.9)));
        var against = table.Rows[1].Against! with { Corrected = p, Difference = new Interval(0.02, low, high) };
        Assert.StartsWith(expected, SweepFindings.Of(table with { Rows = [table.Rows[0], table.Rows[1] with { Against = against }] })[1], StringComparison.Ordinal);
    }

    [Fact]
    public void WhatLimitsAComparisonIsSaid()
    {
        // 2^(2 - 3 - 1) is the least p-value that 3 subjects and one seed allow.
        var few = Findings(("poor", Runs(skill: 0.4, subjects: 3, seeds: 1)), ("good", Runs(skill: 1, subjects: 3, seeds: 1)));
        Assert.Contains("With one seed a difference may be the seed's and not the variant's.", few);
        Assert.Contains("With 3 subjects and 1 seed the corrected p-value cannot be below 0.250: no difference could be found, however large.", few);
        Assert.DoesNotContain(few, s => s.StartsWith("good is better", StringComparison.Ordinal));

        Assert.Contains("The interval of blind does not lie above the best constant predictor", string.Join(' ', Findings(("blind", Runs(skill: 0)), ("good", Runs(skill: 0.9)))));
        Assert.Contains("other has other seeds, folds or frames than good and is not compared with it.", Findings(("good", Runs(skill: 0.9)), ("other", Runs(skill: 0.9, seeds: 2))));
    }

    [Fact]
    public void TheTableCorrectsForTheNumberOfVariants()
    {
        var table = Table(("poor", Runs(skill: 0.4)), ("good", Runs(skill: 0.9)), ("same", Runs(skill: 0.4)));
        Assert.Null(table.Rows[0].Against);
        Assert.Equal(2 * table.Rows[1].Against!.Test.PValue, table.Rows[1].Against!.Corrected, 12);
        Assert.Equal(1, table.Rows[2].Against!.Corrected);
        Assert.Equal(table.Rows[1].Seeds.Average(), table.Rows[1].F1.Estimate, 12);
        var line = table.Lines()[1];
        Assert.Equal(("good", 3), (line.Variant, line.Seeds));
        Assert.StartsWith("+", line.Difference, StringComparison.Ordinal);
    }

    private static IReadOnlyList<string> Findings(params (string Name, AuPredictions[] Runs)[] variants) => SweepFindings.Of(Table(variants));

    private static SweepTable Table(params (string Name, AuPredictions[] Runs)[] variants) =>
        SweepTable.Of([.. variants.Select(v => new VariantRuns(v.Name, [1], v.Runs))]);

    /// <summary>Predictions of the same labels that are right in about a half and half the skill of the frames.</summary>
    private static AuPredictions[] Runs(double skill, int subjects = 12, int seeds = 3, int noise = 0) =>
    [
        .. Enumerable.Range(0, seeds).Select(seed =>
        {
            var (truth, random) = (new Random(7), new Random(100 + seed + noise));
            FaceKey[] keys = [.. Enumerable.Range(0, 30 * subjects).Select(i => new FaceKey($"s{i / 30:00}", "T1", i % 30))];
            sbyte[][] labels = [.. keys.Select(_ => new[] { (sbyte)truth.Next(2), (sbyte)(truth.Next(3) == 0 ? 1 : 0) })];
            float[][] probabilities = [.. labels.Select(row => Array.ConvertAll(row, l => random.NextDouble() < 0.5 + (skill / 2) ? l : 1f - l))];
            return new AuPredictions([1, 12], keys, probabilities, labels);
        }),
    ];
}
