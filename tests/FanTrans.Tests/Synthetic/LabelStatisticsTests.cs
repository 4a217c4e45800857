using FanTrans.Synthetic;

namespace FanTrans.Tests.Synthetic;

/// <summary>Drawn labels have the real datasets' rates, correlations, run lengths and spread between subjects.</summary>
public class LabelStatisticsTests
{
    [Theory]
    [InlineData("bp4d", 1)]
    [InlineData("bp4d", 2)]
    [InlineData("disfa", 1)]
    [InlineData("disfa", 2)]
    public void Fifty_thousand_frames_follow_the_real_set(string profile, long seed)
    {
        var real = LabelStatistics.Load(profile);
        var (recordings, frames) = profile == "bp4d" ? (3, 1221) : (1, 1852);
        var source = new SynthFaces(new SynthOptions
        {
            Profile = profile, Seed = seed, Recordings = recordings, FramesPerSubject = frames, FrameStep = 1,
        });
        Assert.InRange(source.Count, 50_000, 50_100);
        var labels = Enumerable.Range(0, source.Count).Select(source.LabelsAt).ToArray();
        var units = real.ActionUnits.Count;
        var rates = Enumerable.Range(0, units).Select(u => labels.Average(l => (double)l[u])).ToArray();
        for (var u = 0; u < units; u++)
        {
            Assert.InRange(rates[u] - real.Rates[u], -0.015, 0.015);
            for (var v = 0; v < u; v++)
            {
                var joint = labels.Average(l => (double)(l[u] * l[v]));
                var phi = (joint - (rates[u] * rates[v]))
                    / Math.Sqrt(rates[u] * (1 - rates[u]) * rates[v] * (1 - rates[v]));
                Assert.True(Math.Abs(phi - real.Phi[u][v]) <= 0.04, $"φ of {real.ActionUnits[u]} and {real.ActionUnits[v]}: {phi}, real {real.Phi[u][v]}");
            }
            var runs = Runs(source, labels, u);
            var median = (runs[(runs.Length - 1) / 2] + runs[runs.Length / 2]) / 2.0;
            Assert.True(
                Math.Abs((median / real.MedianRun[u]) - 1) <= 0.25,
                $"AU {real.ActionUnits[u]}: median run {median}, real {real.MedianRun[u]}");
        }
    }

    [Theory]
    [InlineData("bp4d")]
    [InlineData("disfa")]
    public void Subjects_differ_as_the_real_ones_do(string profile)
    {
        var source = new SynthFaces(new SynthOptions { Profile = profile, FramesPerSubject = 400 });
        var real = source.Statistics;
        var ratio = new List<double>();
        for (var u = 0; u < real.ActionUnits.Count; u++)
        {
            var rates = Enumerable.Range(0, source.Count).GroupBy(i => source.Key(i).Subject)
                .Select(g => g.Average(i => (double)source.LabelsAt(i)[u])).ToArray();
            var mean = rates.Average();
            ratio.Add(Math.Sqrt(rates.Average(r => (r - mean) * (r - mean))) / real.SubjectSpread[u]);
        }
        Assert.InRange(ratio.Average(), 0.75, 1.35);
    }

    [Fact]
    public void Intensities_agree_with_labels()
    {
        var bp4d = new SynthFaces(new SynthOptions { FramesPerSubject = 24, Subjects = 9 });
        var disfa = new SynthFaces(new SynthOptions { Profile = "disfa", FramesPerSubject = 24, Subjects = 9 });
        foreach (var (source, presentFrom) in new[] { (bp4d, 1), (disfa, 2) })
        {
            for (var i = 0; i < source.Count; i++)
            {
                var (labels, intensities) = (source.LabelsAt(i), source.IntensitiesAt(i));
                for (var u = 0; u < labels.Length; u++)
                {
                    Assert.InRange(intensities[u], 0, 5);
                    Assert.Equal(labels[u] == 1, intensities[u] >= presentFrom);
                }
            }
        }
    }

    [Fact]
    public void Subtle_sets_have_weaker_expressions()
    {
        double Mean(double subtlety)
        {
            var source = new SynthFaces(new SynthOptions { FramesPerSubject = 40, Difficulty = new Difficulty { Subtlety = subtlety } });
            return Enumerable.Range(0, source.Count).SelectMany(source.IntensitiesAt).Where(v => v > 0).Average(v => (double)v);
        }
        var (marked, usual, subtle) = (Mean(0), Mean(0.5), Mean(1));
        Assert.True(marked > usual + 0.3 && usual > subtle + 0.3, $"{marked} {usual} {subtle}");
    }

    [Fact]
    public void A_profile_that_is_not_there_is_named() =>
        Assert.Contains("disfa", Assert.Throws<ArgumentException>(() => LabelStatistics.Load("emotionet")).Message);

    /// <summary>Lengths of uninterrupted presence within recordings, sorted.</summary>
    private static int[] Runs(SynthFaces source, sbyte[][] labels, int unit)
    {
        var runs = new List<int>();
        var run = 0;
        for (var i = 0; i <= labels.Length; i++)
        {
            var ends = i == labels.Length || labels[i][unit] != 1
                || (i > 0 && (source.Key(i).Subject, source.Key(i).Sequence) != (source.Key(i - 1).Subject, source.Key(i - 1).Sequence));
            if (ends && run > 0)
            {
                runs.Add(run);
                run = 0;
            }
            if (i < labels.Length && labels[i][unit] == 1)
                run++;
        }
        return [.. runs.Order()];
    }
}
