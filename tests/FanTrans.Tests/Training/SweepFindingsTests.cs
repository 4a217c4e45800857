using FanTrans.Data;
using FanTrans.Evaluation;
using FanTrans.Training.Experiments;

namespace FanTrans.Tests.Training;

/// <summary>The sentences about constructed comparisons, whose truth is known.</summary>
public class SweepFindingsTests
{
    private const string Shared =
        "All runs share fold 1: its training faces, its test subjects and what was pre-trained, such as the FAN. "
        + "The intervals are over seeds and subjects like these, not over other training faces or another FAN.";

    [Fact]
    public void EqualVariantsAreNotToldApart()
    {
        var findings = Findings(
            ("none", Runs(skill: 0.8)),
            ("same", Runs(skill: 0.8)),
            ("as good", Runs(skill: 0.8, noise: 900))
        );
        Assert.Matches(
            "^none: F1 [0-9.]+ % \\(95 %: [0-9.]+ to [0-9.]+\\), AUC [0-9.]+ % \\(95 %: [0-9.]+ to [0-9.]+\\), the "
                + "mean over 2 action units "
                + "and 6 seeds, 12 test subjects; the best constant predictor has an F1 of [0-9.]+ %\\.$",
            findings[0]
        );
        Assert.Equal(
            "same and none are not told apart by 6 seeds: F1 differs by 0.0 points (95 %: 0.0 to 0.0, p = 1.000 "
                + "corrected for 4 tests); up to 0.0 points either way remain possible.",
            findings[1]
        );
        Assert.StartsWith(
            "as good and none are not told apart by 6 seeds: AUC differs by ",
            findings[4],
            StringComparison.Ordinal
        );
        Assert.Equal(Shared, findings[5]);
        Assert.Equal(6, findings.Count);
    }

    [Fact]
    public void AClearDifferenceIsFoundInItsDirection()
    {
        var findings = Findings(("poor", Runs(skill: 0.4)), ("good", Runs(skill: 0.9)));
        Assert.Matches(
            "^good is different from poor: F1 is higher by [0-9.]+ points \\(95 %: \\+[0-9.]+ to \\+[0-9.]+, p < "
                + "0.001 corrected for 2 tests\\)\\.$",
            findings[1]
        );
        Assert.StartsWith(
            "poor is different from good: AUC is lower by ",
            Findings(("good", Runs(skill: 0.9)), ("poor", Runs(skill: 0.4)))[2],
            StringComparison.Ordinal
        );
    }

    /// <summary>What the corrected test does not say is not claimed.</summary>
    [Theory]
    [InlineData(
        0.01,
        0.04,
        0.01,
        0.04,
        "good is different from poor: F1 is higher by 2.0 points (95 %: +1.0 to +4.0, p = 0.040 corrected for 2 tests)."
    )]
    [InlineData(
        0.03,
        0.06,
        0.01,
        0.04,
        "Whether good differs from poor is open: F1 is higher by 2.0 points and its interval leaves out 0, but not "
            + "after correction for 2 tests (95 %: +1.0 to +4.0, p = 0.060"
    )]
    [InlineData(
        0.2,
        0.4,
        -0.03,
        0.04,
        "good and poor are not told apart by 6 seeds: F1 differs by +2.0 points (95 %: -3.0 to +4.0, p = 0.400 "
            + "corrected for 2 tests); up to 4.0 points either way remain possible."
    )]
    [InlineData(
        double.NaN,
        double.NaN,
        0.01,
        0.04,
        "good and poor: F1 is higher by 2.0 points (95 %: +1.0 to +4.0), and 6 seeds cannot be tested; 3 are needed."
    )]
    public void TheCorrectedTestDecides(double p, double corrected, double low, double high, string expected)
    {
        var table = Table(("poor", Runs(skill: 0.4)), ("good", Runs(skill: 0.9)));
        var score = table.Rows[1].Scores[0];
        score = score with
        {
            Corrected = corrected,
            Difference = score.Difference! with { Macro = new Interval(0.02, low, high, p) },
        };
        var row = table.Rows[1] with { Scores = [score, table.Rows[1].Scores[1]] };
        Assert.StartsWith(
            expected,
            SweepFindings
                .Of(table with { Rows = [table.Rows[0], row] })[1]
                .Replace("corrected for 1", "corrected for 2"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void WhatLimitsAComparisonIsSaid()
    {
        var two = Findings(("poor", Runs(skill: 0.4, seeds: 2)), ("good", Runs(skill: 1, seeds: 2)));
        Assert.Contains("2 seeds: a difference is a lead and not a claim before 6 seeds.", two);
        Assert.Matches("^good and poor: F1 is higher by .*, and 2 seeds cannot be tested; 3 are needed\\.$", two[1]);
        Assert.DoesNotContain(two, s => s.Contains("different", StringComparison.Ordinal));
        Assert.Contains(
            "3 seeds: a difference is a lead and not a claim before 6 seeds.",
            Findings(("poor", Runs(skill: 0.4, seeds: 3)), ("good", Runs(skill: 1)))
        );

        Assert.Contains(
            "The interval of blind does not lie above the best constant predictor",
            string.Join(' ', Findings(("blind", Runs(skill: 0)), ("good", Runs(skill: 0.9))))
        );
        Assert.Contains(
            "other was tested on other folds, frames or labels than good and is not compared with it.",
            Findings(("good", Runs(skill: 0.9)), ("other", Runs(skill: 0.9, subjects: 11)))
        );
        var folds = SweepTable.Of([new VariantRuns("one", [1, 2], [1], Runs(skill: 1, seeds: 1))]);
        Assert.Contains(
            "Each run pools folds 1, 2, and all runs share each fold's training faces",
            string.Join(' ', SweepFindings.Of(folds))
        );
    }

    [Fact]
    public void TheTableCorrectsForAllOfItsTests()
    {
        var table = Table(("poor", Runs(skill: 0.4)), ("good", Runs(skill: 0.9)), ("same", Runs(skill: 0.4)));
        Assert.Null(table.Rows[0].Of(Metric.F1).Difference);
        var best = table.Rows.SelectMany(r => r.Scores).MinBy(s => s.Difference?.Macro.PValue ?? 1)!;
        Assert.Equal(4 * best.Difference!.Macro.PValue, best.Corrected, 12);
        Assert.Equal(1, table.Rows[2].Of(Metric.F1).Corrected);
        Assert.Equal(table.Rows[1].Of(Metric.F1).Mean.Runs.Average(), table.Rows[1].F1.Estimate, 12);
        var row = table.Table().Rows[1];
        Assert.Equal(("good", "6"), (row[0], row[1]));
        Assert.StartsWith("+", row[6], StringComparison.Ordinal);
        Assert.Equal(2, table.ByUnit(Metric.Auc).Rows.Count);
        Assert.Equal(6, table.Details().Rows.Count);
        Assert.Contains(
            "the table has no MCC, only F1, AUC",
            Assert.Throws<ArgumentException>(() => table.ByUnit(Metric.Mcc)).Message
        );
    }

    /// <summary>Variants with other seeds are compared without pairs, those with the same with them.</summary>
    [Fact]
    public void SeedsThatVariantsShareArePaired()
    {
        VariantRuns Variant(string name, int[] seeds, double skill) =>
            new(name, [1], seeds, Runs(skill, seeds: seeds.Length));
        var table = SweepTable.Of([
            Variant("a", [1, 2, 3], 0.5),
            Variant("b", [1, 2, 3], 0.9),
            Variant("c", [4, 5, 6, 7], 0.9),
        ]);
        Assert.Equal([3, 0], table.Rows.Skip(1).Select(r => r.Of(Metric.F1).Difference!.Runs.Count));
        Assert.True(table.Rows[2].Of(Metric.F1).Corrected < 0.05);
    }

    private static IReadOnlyList<string> Findings(params (string Name, AuPredictions[] Runs)[] variants) =>
        SweepFindings.Of(Table(variants));

    private static SweepTable Table(params (string Name, AuPredictions[] Runs)[] variants) =>
        SweepTable.Of([
            .. variants.Select(v => new VariantRuns(v.Name, [1], [.. Enumerable.Range(1, v.Runs.Length)], v.Runs)),
        ]);

    /// <summary>Predictions of the same labels that are right in about a half and half
    /// the skill of the frames.</summary>
    private static AuPredictions[] Runs(double skill, int subjects = 12, int seeds = 6, int noise = 0) =>
        [
            .. Enumerable
                .Range(0, seeds)
                .Select(seed =>
                {
                    var (truth, random) = (new Random(7), new Random(100 + seed + noise));
                    FaceKey[] keys =
                    [
                        .. Enumerable.Range(0, 30 * subjects).Select(i => new FaceKey($"s{i / 30:00}", "T1", i % 30)),
                    ];
                    sbyte[][] labels =
                    [
                        .. keys.Select(_ => new[] { (sbyte)truth.Next(2), (sbyte)(truth.Next(3) == 0 ? 1 : 0) }),
                    ];
                    float[][] probabilities =
                    [
                        .. labels.Select(row =>
                            Array.ConvertAll(row, l => random.NextDouble() < 0.5 + (skill / 2) ? l : 1f - l)
                        ),
                    ];
                    return new AuPredictions([1, 12], keys, probabilities, labels);
                }),
        ];
}
