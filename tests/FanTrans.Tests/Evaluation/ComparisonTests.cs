using CsCheck;
using FanTrans.Data;
using FanTrans.Evaluation;

namespace FanTrans.Tests.Evaluation;

/// <summary>Thresholds, and intervals and tests over seeds and subjects.</summary>
public class ComparisonTests
{
    private static readonly int[] Units = [1, 12];

    [Fact]
    public void ThresholdsAreTunedOnValidationAloneAndRefuseItsSubjects()
    {
        var validation = Frames("v", subjects: 4, seed: 1, skill: 2, offset: -0.3f);
        var test = Frames("t", subjects: 4, seed: 2, skill: 2, offset: -0.3f);
        var tuned = Thresholds.TunedOn(validation);
        Assert.Equal("tuned on validation", tuned.Origin);
        Assert.Equal("by protocol", test.Evaluate().Thresholds.Origin);
        Assert.True(test.Evaluate(tuned).MacroF1 > test.Evaluate().MacroF1);
        Assert.Contains(
            "tuned on subject v0",
            Assert.Throws<ArgumentException>(() => validation.Evaluate(tuned)).Message
        );
        Assert.Contains("tuned on subject v0", Assert.Throws<ArgumentException>(() => validation.At(tuned)).Message);
        // At 0.5, the stretched probabilities decide as the others do at the thresholds, in the same order.
        var (stretched, at) = (test.At(tuned).Evaluate(), test.Evaluate(tuned));
        Assert.Equal(at.Units.Select(u => (u.Counts, u.Auc)), stretched.Units.Select(u => (u.Counts, u.Auc)));
        // No other threshold is better on the frames that it was tuned on.
        var best = AuEvaluation.Of(validation, tuned);
        for (var t = 0.0; t <= 1; t += 0.01)
        {
            var other = validation.Evaluate(Thresholds.ByProtocol(2, t));
            Assert.All(best.Units.Zip(other.Units), p => Assert.True(p.First.F1 >= p.Second.F1 - 1e-12));
        }
    }

    [Fact]
    public void AnActionUnitWithoutPositivesKeepsItsThreshold()
    {
        var none = new AuPredictions(
            [1],
            [new("a", "1", 1), new("b", "1", 1)],
            [
                [0.9f],
                [0.8f],
            ],
            [
                [0],
                [9],
            ]
        );
        Assert.Equal([0.5], Thresholds.TunedOn(none).Values);
    }

    /// <summary>A system's interval covers its truth about as often as it says,
    /// of 200 made-up test sets and seeds.</summary>
    [Fact]
    public void IntervalsCoverTheTruth()
    {
        var covered = new bool[200];
        // The truth: many seeds, all subjects there are.
        var truth = Enumerable.Range(0, 10).Average(run => Frames("all", 800, 99, noiseSeed: run).Evaluate().MacroF1);
        Parallel.For(
            0,
            covered.Length,
            i =>
            {
                AuPredictions[] runs =
                [
                    .. Enumerable.Range(0, 3).Select(run => Frames("s", 20, i, noiseSeed: (3 * i) + run)),
                ];
                var interval = HierarchicalBootstrap.Mean(runs).Macro;
                covered[i] = interval.Low <= truth && truth <= interval.High;
            }
        );
        Assert.InRange(covered.Count(c => c) / 200.0, 0.91, 0.99);
    }

    /// <summary>The laws of intervals, for every metric.</summary>
    [Fact]
    public void IntervalsObeyTheirLaws() =>
        Gen.Select(Gen.OneOf([.. Metric.All]), Gen.Int[3, 8], Gen.Int[1, 4], Gen.Int[0, 9999])
            .Sample(
                (metric, subjects, seeds, seed) =>
                {
                    AuPredictions[] Runs(int salt) =>
                        [
                            .. Enumerable
                                .Range(0, seeds)
                                .Select(run =>
                                    Frames("s", subjects, seed, noiseSeed: (1000 * salt) + (10 * seed) + run)
                                ),
                        ];
                    var (first, second) = (Runs(1), Runs(2));
                    var mean = HierarchicalBootstrap.Mean(first, metric);
                    foreach (var interval in mean.Units.Append(mean.Macro))
                        Assert.True(
                            interval.Low <= interval.Estimate && interval.Estimate <= interval.High,
                            $"{metric}: {interval}"
                        );
                    Assert.Equal(first.Average(run => run.Evaluate().Of(metric)), mean.Macro.Estimate, 9);
                    Assert.Equal(mean.Runs.Average(), mean.Macro.Estimate, 12);

                    foreach (var paired in new[] { true, false })
                    {
                        var forth = HierarchicalBootstrap.Difference(first, second, metric, paired).Macro;
                        var back = HierarchicalBootstrap.Difference(second, first, metric, paired).Macro;
                        Same(forth, new Interval(-back.Estimate, -back.High, -back.Low, back.PValue));
                        // The test finds what the interval leaves out.
                        Assert.Equal(seeds < 3, double.IsNaN(forth.PValue));
                        Assert.True(seeds < 3 || forth.PValue < 0.05 == (forth.Low > 0 || forth.High < 0), $"{forth}");
                    }

                    // Neither the order of frames nor that of runs matters.
                    AuPredictions[] shuffled = [.. first.Reverse().Select(Reversed)];
                    Same(HierarchicalBootstrap.Mean(shuffled, metric).Macro, mean.Macro);
                },
                iter: 25,
                threads: 1
            );

    /// <summary>Twice the subjects, each with a twin: the subjects' part of the variance is about half.</summary>
    [Fact]
    public void MoreSubjectsNarrow() =>
        Gen.Int[0, 9999]
            .Sample(
                seed =>
                {
                    var once = Frames("s", 10, seed);
                    var twin = once with { Keys = [.. once.Keys.Select(k => k with { Subject = "t" + k.Subject })] };
                    double Width(AuPredictions run) =>
                        HierarchicalBootstrap.Mean([run]).Macro is var i ? i.High - i.Low : double.NaN;
                    Assert.InRange(Width(AuPredictions.Pooled([once, twin])) / Width(once), 0.5, 0.8);
                },
                iter: 20,
                threads: 1
            );

    /// <summary>A ranking metric's draws rest on classes of scores:
    /// as wide as those that rest on every score.</summary>
    [Fact]
    public void ClassesOfScoresLeaveTheIntervalsOfAucAsTheyAre()
    {
        var fine = Frames("s", 12, 3);
        var coarse = fine with
        {
            Probabilities = [.. fine.Probabilities.Select(row => Array.ConvertAll(row, p => MathF.Round(p * 60) / 60))],
        };
        var (one, other) = (
            HierarchicalBootstrap.Mean([fine], Metric.Auc).Macro,
            HierarchicalBootstrap.Mean([coarse], Metric.Auc).Macro
        );
        Assert.Equal(fine.Evaluate().MacroAuc, one.Estimate, 12);
        Assert.Equal(1, (one.High - one.Low) / (other.High - other.Low), 0.05);
    }

    [Fact]
    public void ABetterSystemIsFoundInEveryUnit()
    {
        var better = HierarchicalBootstrap.Difference(Runs(1, 1), Runs(2, 2));
        Assert.True(better.Macro.Estimate > 0.05 && better.Macro.PValue < 0.02, $"{better}");
        Assert.All(
            better.Units.Zip(better.Corrected),
            u => Assert.True(u.Second >= u.First.PValue && u.First.Estimate > 0)
        );
        Assert.Equal((20, 3), (better.Subjects, better.Seeds));
        // Of two seeds nothing is tested, and of one the interval is over subjects alone.
        Assert.True(double.IsNaN(HierarchicalBootstrap.Difference(Runs(1, 1)[..2], Runs(2, 2)[..2]).Macro.PValue));
        var single = HierarchicalBootstrap.Difference(Runs(1, 1)[..1], Runs(2, 2)[..1]).Macro;
        Assert.True(double.IsNaN(single.PValue) && single.Low < single.Estimate);
        // Without pairs, other numbers of seeds compare too.
        var unpaired = HierarchicalBootstrap.Difference(Runs(1, 1), [.. Runs(2, 2), .. Runs(3, 2)], paired: false);
        Assert.True(unpaired.Macro.PValue < 0.02 && unpaired.Seeds == 3 && unpaired.Runs.Count == 0, $"{unpaired}");

        AuPredictions[] Runs(int seed, float skill) =>
            [
                .. Enumerable
                    .Range(0, 3)
                    .Select(run => Frames("s", subjects: 20, seed: 7, skill, noiseSeed: (31 * seed) + run)),
            ];
    }

    [Fact]
    public void SystemsOfOtherFramesAreNotCompared()
    {
        var a = Frames("a", 3, 1);
        string Refused(AuPredictions[] first, AuPredictions[] second) =>
            Assert.Throws<ArgumentException>(() => HierarchicalBootstrap.Difference(first, second)).Message;
        Assert.Contains("other frames", Refused([a], [Frames("b", 3, 1)]));
        Assert.Contains("other labels", Refused([a], [a with { Labels = [.. a.Labels.Reverse()] }]));
        Assert.Contains("other action units", Refused([a], [a.Only([12])]));
        Assert.Contains("1 runs beside 2", Refused([a], [a, a]));
        Assert.Contains("no run", Assert.Throws<ArgumentException>(() => HierarchicalBootstrap.Mean([])).Message);
        // One subject has figures and no interval.
        var one = Frames("s", 1, 1);
        var mean = HierarchicalBootstrap.Mean([one, one, one]);
        Assert.Equal(one.Evaluate().MacroF1, mean.Macro.Estimate, 12);
        Assert.All(mean.Units.Append(mean.Macro), i => Assert.True(double.IsNaN(i.Low) && double.IsNaN(i.High)));
        Assert.True(double.IsNaN(HierarchicalBootstrap.Difference([one, one, one], [one, one, one]).Macro.PValue));
        var table = CrossValidation.Of([one]).Table();
        Assert.Equal(
            (ResultTable.Percent(mean.Macro.Estimate), "One test subject: no intervals."),
            (table.Rows[^1][1], table.Notes[1])
        );
        // A system beside itself.
        Assert.Equal(new Interval(0, 0, 0, 1), HierarchicalBootstrap.Difference([a, a, a], [a, a, a]).Macro);
    }

    /// <summary>An action unit without a known frame has no interval, and leaves the others theirs.</summary>
    [Fact]
    public void AnUnknownActionUnitHasNoInterval()
    {
        var frames = Frames("s", 6, 4);
        var half = frames with { Labels = [.. frames.Labels.Select(l => new sbyte[] { l[0], 9 })] };
        foreach (var metric in Metric.All)
        {
            var mean = HierarchicalBootstrap.Mean([half], metric);
            Assert.True(double.IsNaN(mean.Units[1].Estimate) && double.IsNaN(mean.Units[1].Low), $"{metric}");
            Assert.Equal(mean.Units[0].Estimate, mean.Macro.Estimate);
            Assert.Equal(mean.Units[0].Low, mean.Macro.Low, 9);
        }
    }

    [Fact]
    public void HolmsCorrectionIsTheTextbooks()
    {
        Assert.Equal(
            [0.03, 0.06, 0.06, double.NaN],
            HierarchicalBootstrap.Holm([0.01, 0.04, 0.03, double.NaN]).Select(p => Math.Round(p, 12))
        );
        Assert.Equal([1, 1], HierarchicalBootstrap.Holm([0.6, 0.9]));
    }

    [Fact]
    public void PooledFramesAreEachOneOnce()
    {
        var (a, b) = (Frames("a", 2, 1), Frames("b", 2, 2));
        var pooled = AuPredictions.Pooled([a, b]);
        Assert.Equal(a.Keys.Count + b.Keys.Count, pooled.Keys.Count);
        Assert.Equal(a.Evaluate().Units[0].Counts + b.Evaluate().Units[0].Counts, pooled.Evaluate().Units[0].Counts);
        Assert.Contains(
            "is in two of the parts",
            Assert.Throws<ArgumentException>(() => AuPredictions.Pooled([a, a])).Message
        );
    }

    private static void Same(Interval a, Interval b)
    {
        foreach (
            var (x, y) in new[] { (a.Estimate, b.Estimate), (a.Low, b.Low), (a.High, b.High), (a.PValue, b.PValue) }
        )
            Assert.Equal(x, y, 9);
    }

    private static AuPredictions Reversed(AuPredictions run) =>
        new(run.ActionUnits, [.. run.Keys.Reverse()], [.. run.Probabilities.Reverse()], [.. run.Labels.Reverse()]);

    /// <summary>Frames whose subjects differ in how often they show an action unit,
    /// and a system of some skill.</summary>
    private static AuPredictions Frames(
        string name,
        int subjects,
        int seed,
        float skill = 1,
        float offset = 0,
        int? noiseSeed = null
    )
    {
        var random = new Random(seed);
        var noise = new Random(noiseSeed ?? (seed + 1));
        var (keys, probabilities, labels) = (new List<FaceKey>(), new List<float[]>(), new List<sbyte[]>());
        for (var s = 0; s < subjects; s++)
        {
            var rate = 0.1 + (0.6 * random.NextDouble());
            for (var f = 0; f < 25; f++)
            {
                keys.Add(new FaceKey($"{name}{s}", "T1", f));
                labels.Add([
                    .. Units.Select(_ =>
                        (sbyte)(
                            random.Next(10) == 0 ? 9
                            : random.NextDouble() < rate ? 1
                            : 0
                        )
                    ),
                ]);
                probabilities.Add([
                    .. labels[^1]
                        .Select(l =>
                            Math.Clamp(
                                0.5f
                                    + offset
                                    + (0.2f * skill * (l == 1 ? 1 : -1) * noise.NextSingle())
                                    + (0.5f * (noise.NextSingle() - 0.5f)),
                                0,
                                1
                            )
                        ),
                ]);
            }
        }
        return new AuPredictions(Units, keys, probabilities, labels);
    }
}
