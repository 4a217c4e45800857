using FanTrans.Synthetic;

namespace FanTrans.Tests.Synthetic;

/// <summary>Drawn labels have the real datasets' rates, correlations,
/// run lengths and spread between subjects.</summary>
public class LabelStatisticsTests
{
    [Theory]
    [InlineData("bp4d", 1)]
    [InlineData("bp4d", 2)]
    [InlineData("disfa", 1)]
    [InlineData("disfa", 2)]
    public void Fifty_thousand_frames_follow_the_real_set(string profile, long seed)
    {
        var (recordings, frames) = profile == "bp4d" ? (3, 1221) : (1, 1852);
        var source = new SynthFaces(
            new SynthOptions
            {
                Profile = profile,
                Seed = seed,
                Recordings = recordings,
                FramesPerSubject = frames,
                FrameStep = 1,
            }
        );
        Assert.InRange(source.Count, 50_000, 50_100);
        var fit = LabelFit.Of(source);
        for (var u = 0; u < fit.Units.Count; u++)
        {
            var unit = fit.Units[u];
            Assert.InRange(unit.Rate - unit.RealRate, -0.015, 0.015);
            Assert.True(
                Math.Abs((unit.MedianRun / unit.RealMedianRun) - 1) <= 0.25,
                $"AU {unit.ActionUnit}: median run {unit.MedianRun}, real {unit.RealMedianRun}"
            );
            for (var v = 0; v < u; v++)
            {
                Assert.True(
                    Math.Abs(fit.Phi[u, v] - fit.RealPhi[u, v]) <= 0.04,
                    $"φ of {unit.ActionUnit} and {fit.Units[v].ActionUnit}: {fit.Phi[u, v]}, real {fit.RealPhi[u, v]}"
                );
            }
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
            var rates = Enumerable
                .Range(0, source.Count)
                .GroupBy(i => source.Key(i).Subject)
                .Select(g => g.Average(i => (double)source.LabelsAt(i)[u]))
                .ToArray();
            var mean = rates.Average();
            ratio.Add(Math.Sqrt(rates.Average(r => (r - mean) * (r - mean))) / real.SubjectSpread[u]);
        }
        Assert.InRange(ratio.Average(), 0.75, 1.35);
    }

    [Fact]
    public void Intensities_agree_with_labels()
    {
        var bp4d = new SynthFaces(new SynthOptions { FramesPerSubject = 24, Subjects = 9 });
        var disfa = new SynthFaces(
            new SynthOptions
            {
                Profile = "disfa",
                FramesPerSubject = 24,
                Subjects = 9,
            }
        );
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
            var source = new SynthFaces(
                new SynthOptions
                {
                    FramesPerSubject = 40,
                    Difficulty = new Difficulty { Subtlety = subtlety },
                }
            );
            return Enumerable
                .Range(0, source.Count)
                .SelectMany(source.IntensitiesAt)
                .Where(v => v > 0)
                .Average(v => (double)v);
        }
        var (marked, usual, subtle) = (Mean(0), Mean(0.5), Mean(1));
        Assert.True(marked > usual + 0.3 && usual > subtle + 0.3, $"{marked} {usual} {subtle}");
    }

    [Fact]
    public void A_profile_that_is_not_there_is_named() =>
        Assert.Contains("disfa", Assert.Throws<ArgumentException>(() => LabelStatistics.Load("emotionet")).Message);
}
