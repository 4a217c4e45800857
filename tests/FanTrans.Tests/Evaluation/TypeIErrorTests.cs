using FanTrans.Evaluation;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.Statistics;

namespace FanTrans.Tests.Evaluation;

/// <summary>How often the kit calls two equally good systems different, at a nominal 5 %.</summary>
public class TypeIErrorTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(14, 3, 0.6, 0)]
    [InlineData(14, 6, 0.4, 0.4)]
    [InlineData(14, 6, 1.3, 0)]
    [InlineData(14, 6, 1.3, 0.4, false)]
    [InlineData(14, 10, 2.5, 0.4)]
    [InlineData(41, 6, 0.6, 0.4)]
    public void EqualSystemsAreCalledDifferentInThreeToSevenOfHundred(
        int subjects,
        int seeds,
        double seedSpread,
        double subjectSpread,
        bool paired = true
    )
    {
        var samples = subjects > 14 ? 800 : 1600;
        Assert.InRange(
            Measure(subjects, seeds, seedSpread, subjectSpread, samples, draws: 100, paired ? Kit : Unpaired)[0],
            0.03,
            0.07
        );
    }

    /// <summary>The same for AUC, from single frames.</summary>
    [Fact]
    public void EqualSystemsAreCalledDifferentInAucAsRarely()
    {
        const int parts = 8,
            samples = 1600,
            subjects = 14,
            seeds = 6;
        var found = new int[parts];
        Parallel.For(
            0,
            parts,
            part =>
            {
                var simulation = new RankingSimulation(subjects, seedSpread: 0.1, subjectSpread: 0.2, part);
                for (var k = 0; k < samples / parts; k++)
                {
                    var (first, second) = simulation.Draw(seeds);
                    var auc = HierarchicalBootstrap
                        .Difference(first, second, Metric.Auc, paired: true, draws: 100)
                        .Macro;
                    found[part] += auc.PValue < 0.05 ? 1 : 0;
                }
            }
        );
        Assert.InRange(found.Sum() / (double)samples, 0.03, 0.07);
    }

    /// <summary>The table of docs/ablations.md, beside tests that know of seeds alone and of subjects alone.</summary>
    [Fact(Explicit = true)]
    public void Table()
    {
        var cells =
            from subjects in new[] { 14, 41 }
            from subjectSpread in new[] { 0, 0.4 }
            from seeds in new[] { 3, 6, 10 }
            from seedSpread in new[] { 0.4, 0.6, 1.3, 2.5 }
            where subjects == 14 || seeds == 6
            select (subjects, subjectSpread, seeds, seedSpread);
        foreach (var (subjects, subjectSpread, seeds, seedSpread) in cells)
        {
            var rates = Measure(
                subjects,
                seeds,
                seedSpread,
                subjectSpread,
                3200,
                draws: 100,
                Kit,
                OverSeeds,
                OverSubjects
            );
            var row = string.Join(" | ", rates.Select(r => FormattableString.Invariant($"{100 * r:0.0}")));
            output.WriteLine(
                FormattableString.Invariant($"| {subjects} | {subjectSpread} | {seeds} | {seedSpread} | {row} |")
            );
        }
    }

    /// <summary>How often tests find a difference between systems that have none.</summary>
    private static double[] Measure(
        int subjects,
        int seeds,
        double seedSpread,
        double subjectSpread,
        int samples,
        int draws,
        params Func<RunTallies[], RunTallies[], int, double>[] tests
    )
    {
        const int parts = 8;
        var found = new int[parts][];
        Parallel.For(
            0,
            parts,
            part =>
            {
                var simulation = new ComparisonSimulation(subjects, seedSpread, subjectSpread, seed: part + 1);
                found[part] = new int[tests.Length];
                for (var k = 0; k < samples / parts; k++)
                {
                    var (first, second) = simulation.Draw(seeds);
                    for (var t = 0; t < tests.Length; t++)
                        found[part][t] += tests[t](first, second, draws) < 0.05 ? 1 : 0;
                }
            }
        );
        return [.. tests.Select((_, t) => found.Sum(f => f[t]) / (double)(samples / parts * parts))];
    }

    private static double Kit(RunTallies[] first, RunTallies[] second, int draws) =>
        HierarchicalBootstrap.Difference(first, second, Metric.F1, paired: true, draws).Macro.PValue;

    private static double Unpaired(RunTallies[] first, RunTallies[] second, int draws) =>
        HierarchicalBootstrap.Difference(first, second, Metric.F1, paired: false, draws).Macro.PValue;

    private static double OverSeeds(RunTallies[] first, RunTallies[] second, int draws)
    {
        double[] values =
        [
            .. first.Zip(second, (a, b) => ComparisonSimulation.MacroF1(b) - ComparisonSimulation.MacroF1(a)),
        ];
        return 2
            * StudentT.CDF(
                0,
                1,
                values.Length - 1,
                -Math.Abs(values.Mean()) / (values.StandardDeviation() / Math.Sqrt(values.Length))
            );
    }

    /// <summary>The interval over subjects of all seeds' counts together; 0 where it leaves out 0.</summary>
    private static double OverSubjects(RunTallies[] first, RunTallies[] second, int draws)
    {
        var interval = HierarchicalBootstrap
            .Difference([Together(first)], [Together(second)], Metric.F1, true, draws)
            .Macro;
        return interval.Low > 0 || interval.High < 0 ? 0 : 1;

        static RunTallies Together(RunTallies[] runs) =>
            new(
                [.. runs[0].Whole.Select((_, n) => Sum([.. runs.Select(r => r.Whole[n])]))],
                [
                    .. runs[0]
                        .Subjects.Select(
                            (units, s) => units.Select((_, n) => Sum([.. runs.Select(r => r.Subjects[s][n])])).ToArray()
                        ),
                ]
            );

        static double[] Sum(double[][] tallies) => [.. tallies[0].Select((_, k) => tallies.Sum(t => t[k]))];
    }
}
