using FanTrans.Data;
using FanTrans.Evaluation;

namespace FanTrans.Tests.Evaluation;

/// <summary>Thresholds, intervals and tests over subjects.</summary>
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
        Assert.Contains("tuned on subject v0", Assert.Throws<ArgumentException>(() => validation.Evaluate(tuned)).Message);
        Assert.Contains("tuned on subject v0", Assert.Throws<ArgumentException>(() => SubjectBootstrap.Of(validation, thresholds: tuned)).Message);
        // No other threshold is better on the frames that it was tuned on.
        var best = AuEvaluation.Of(validation.Probabilities, validation.Labels, Units, tuned);
        for (var t = 0.0; t <= 1; t += 0.01)
        {
            var other = AuEvaluation.Of(validation.Probabilities, validation.Labels, Units, Thresholds.ByProtocol(2, t));
            Assert.All(best.Units.Zip(other.Units), p => Assert.True(p.First.F1 >= p.Second.F1 - 1e-12));
        }
    }

    [Fact]
    public void AnActionUnitWithoutPositivesKeepsItsThreshold()
    {
        var none = new AuPredictions([1], [new("a", "1", 1), new("b", "1", 1)], [[0.9f], [0.8f]], [[0], [9]]);
        Assert.Equal([0.5], Thresholds.TunedOn(none).Values);
    }

    /// <summary>The interval covers the truth about as often as it says: of the frames of 400 made-up datasets.</summary>
    [Fact]
    public void IntervalsCoverTheTruth()
    {
        var truth = Frames("all", subjects: 3000, seed: 99).Evaluate().MacroF1;
        var covered = 0;
        for (var i = 0; i < 200; i++)
        {
            var interval = SubjectBootstrap.Of(Frames("s", subjects: 30, seed: i), resamples: 300, level: 0.9, seed: i).Macro;
            Assert.InRange(interval.Estimate, interval.Low - 0.05, interval.High + 0.05);
            covered += interval.Low <= truth && truth <= interval.High ? 1 : 0;
        }
        Assert.InRange(covered / 200.0, 0.82, 0.96);
    }

    [Fact]
    public void IntervalsRepeatAndNeedTwoSubjects()
    {
        var frames = Frames("s", subjects: 6, seed: 4);
        var first = SubjectBootstrap.Of(frames, c => c.Mcc, seed: 5);
        var second = SubjectBootstrap.Of(frames, c => c.Mcc, seed: 5);
        Assert.Equal(first.Units, second.Units);
        Assert.Equal(first.Macro, second.Macro);
        Assert.Equal(frames.Evaluate().MacroMcc, first.Macro.Estimate, 12);
        Assert.Equal(6, first.Subjects);
        Assert.Contains("needs at least 2", Assert.Throws<ArgumentException>(() => SubjectBootstrap.Of(Frames("s", 1, 1))).Message);
    }

    /// <summary>Two systems of equal skill: about one test in ten is below 0.1. A better system is found.</summary>
    [Fact]
    public void TheTestKeepsItsLevelAndFindsADifference()
    {
        var below = 0;
        for (var i = 0; i < 200; i++)
        {
            var same = PairedTest.Of(Runs(i, 1.2f), Runs(5000 + i, 1.2f), permutations: 199, seed: i);
            below += same.PValue <= 0.1 ? 1 : 0;
        }
        Assert.InRange(below / 200.0, 0.02, 0.18);

        var better = PairedTest.Of(Runs(1, 1), Runs(2, 2), permutations: 999);
        Assert.True(better.Difference > 0.05 && better.PValue < 0.02, $"{better}");
        Assert.All(better.Units, u => Assert.True(u.Corrected >= u.PValue && u.Difference > 0));
        Assert.Equal((20, 3), (better.Subjects, better.Seeds));

        AuPredictions[] Runs(int seed, float skill) =>
            [.. Enumerable.Range(0, 3).Select(run => Frames("s", subjects: 20, seed: 7, skill, noiseSeed: (31 * seed) + run))];
    }

    [Fact]
    public void SystemsOfOtherFramesAreNotCompared()
    {
        var a = Frames("a", 3, 1);
        Assert.Contains("other frames", Assert.Throws<ArgumentException>(() => PairedTest.Of([a], [Frames("b", 3, 1)])).Message);
        Assert.Contains("1 runs beside 2", Assert.Throws<ArgumentException>(() => PairedTest.Of([a], [a, a])).Message);
        var same = PairedTest.Of([a], [a], permutations: 100);
        Assert.Equal((0, 1), (same.Difference, same.PValue));
    }

    [Fact]
    public void HolmsCorrectionIsTheTextbooks()
    {
        Assert.Equal([0.03, 0.06, 0.06, double.NaN], PairedTest.Holm([0.01, 0.04, 0.03, double.NaN]).Select(p => Math.Round(p, 12)));
        Assert.Equal([1, 1], PairedTest.Holm([0.6, 0.9]));
    }

    [Fact]
    public void PooledFramesAreEachOneOnce()
    {
        var (a, b) = (Frames("a", 2, 1), Frames("b", 2, 2));
        var pooled = AuPredictions.Pooled([a, b]);
        Assert.Equal(a.Keys.Count + b.Keys.Count, pooled.Keys.Count);
        Assert.Equal(
            a.Evaluate().Units[0].Counts + b.Evaluate().Units[0].Counts, pooled.Evaluate().Units[0].Counts);
        Assert.Contains("is in two of the parts", Assert.Throws<ArgumentException>(() => AuPredictions.Pooled([a, a])).Message);
    }

    /// <summary>Frames whose subjects differ in how often they show an action unit, and a system of some skill.</summary>
    private static AuPredictions Frames(
        string name, int subjects, int seed, float skill = 1, float offset = 0, int? noiseSeed = null)
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
                labels.Add([.. Units.Select(_ => (sbyte)(random.Next(10) == 0 ? 9 : random.NextDouble() < rate ? 1 : 0))]);
                probabilities.Add([.. labels[^1].Select(l =>
                    Math.Clamp(0.5f + offset + (0.2f * skill * (l == 1 ? 1 : -1) * noise.NextSingle()) + (0.5f * (noise.NextSingle() - 0.5f)), 0, 1))]);
            }
        }
        return new AuPredictions(Units, keys, probabilities, labels);
    }
}
