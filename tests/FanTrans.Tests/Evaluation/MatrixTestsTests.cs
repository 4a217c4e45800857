using FanTrans.Data;
using FanTrans.Evaluation;

namespace FanTrans.Tests.Evaluation;

/// <summary>Tests of matrices, and the views of predictions that comparisons are made of.</summary>
public class MatrixTestsTests
{
    [Fact]
    public void TestsAreCorrectedForTheirNumberAndSaidInWords()
    {
        var (a, noise, constant) = (Square(1), Square(2), new double[8, 8]);
        var tests = MatrixTests.Run([("alike", a, a), ("noise", a, noise), ("constant", a, constant)], permutations: 499);
        Assert.Equal((1, 2 * tests[0].PValue), (tests[0].Rho, tests[0].Corrected));
        Assert.InRange(tests[0].NullBound, 0.05, 0.6);
        Assert.True(double.IsNaN(tests[2].Rho) && double.IsNaN(tests[2].Corrected));

        var findings = MatrixTests.Findings(tests);
        Assert.Equal("alike: they agree more than chance explains, ρ = 1.00 (p = 0.004 corrected for 2 tests).", findings[0]);
        Assert.StartsWith("noise: no agreement beyond chance is shown, ρ = ", findings[1], StringComparison.Ordinal);
        Assert.Equal("constant: not defined, since one of the two is constant.", findings[2]);
    }

    [Fact]
    public void RanksAreWhatSpearmanCompares()
    {
        var ranks = MatrixCorrelation.Ranks(new[,] { { 9, 0.1, 0.3 }, { 0.2, 9, double.NaN }, { 0.1, 0.4, 9 } });
        Assert.Equal([double.NaN, 0.125, 0.75, 0.5, double.NaN, double.NaN, 0.125, 1, double.NaN], ranks.Cast<double>());
        var (a, b) = (Square(1), Square(2));
        Assert.Equal(
            MatrixCorrelation.Spearman(MatrixCorrelation.Between(a), MatrixCorrelation.Between(b)),
            MatrixCorrelation.Spearman(MatrixCorrelation.Between(MatrixCorrelation.Ranks(a)), MatrixCorrelation.Between(MatrixCorrelation.Ranks(b))), 12);
    }

    [Fact]
    public void APartOfThePredictionsKeepsFramesAndUnitsTogether()
    {
        var all = new AuPredictions(
            [1, 2, 4], [new("a", "T1", 1), new("b", "T1", 1)], [[0.1f, 0.2f, 0.3f], [0.4f, 0.5f, 0.6f]], [[0, 1, 9], [1, 0, 0]]);
        var part = all.Only([4, 1]).Where(key => key.Subject == "b");
        Assert.Equal([4, 1], part.ActionUnits);
        Assert.Equal("b", Assert.Single(part.Keys).Subject);
        Assert.Equal([0.6f, 0.4f], Assert.Single(part.Probabilities));
        Assert.Equal([0, 1], Assert.Single(part.Labels));
        Assert.Contains("AU 9 is not predicted, only 1, 2, 4", Assert.Throws<ArgumentException>(() => all.Only([1, 9])).Message);
    }

    [Fact]
    public void PeersDisagreeInTheShareOfTheirDecisions()
    {
        AuPredictions Peer(params float[] row) => new([1, 2], [new("a", "T1", 1)], [row], [[0, 9]]);
        Assert.Equal(0, PeerDisagreement.Of([Peer(0.1f, 0.9f), Peer(0.4f, 0.6f)]));
        Assert.Equal(0.5, PeerDisagreement.Of([Peer(0.1f, 0.9f), Peer(0.5f, 0.6f)]));
        // Three pairs of two decisions: 1 + 2 + 1 differ.
        Assert.Equal(4 / 6.0, PeerDisagreement.Of([Peer(0, 1), Peer(1, 1), Peer(1, 0)]), 12);
        Assert.Throws<ArgumentException>(() => PeerDisagreement.Of([Peer(0, 1)]));
    }

    /// <summary>The interval of a difference of equal systems is no width, and of one system and nothing its own.</summary>
    [Fact]
    public void ADifferenceIsTakenOnTheSameSubjects()
    {
        var random = new Random(3);
        FaceKey[] keys = [.. Enumerable.Range(0, 60).Select(i => new FaceKey($"s{i / 10}", "T1", i))];
        sbyte[][] labels = [.. keys.Select(_ => new[] { (sbyte)random.Next(2) })];
        AuPredictions Run() => new([1], keys, [.. labels.Select(l => new[] { random.Next(3) == 0 ? 1f - l[0] : l[0] })], labels);
        AuPredictions[] runs = [Run(), Run()];
        var none = SubjectBootstrap.OfDifference(runs, runs).Macro;
        Assert.All(new[] { none.Estimate, none.Low, none.High }, end => Assert.Equal(0, end, 12));
        Assert.Equal(runs.Average(r => r.Evaluate().MacroF1), SubjectBootstrap.OfMean(runs).Macro.Estimate, 12);
        Assert.Equal(SubjectBootstrap.Of(runs[0]).Macro, SubjectBootstrap.OfMean([runs[0]]).Macro);
        Assert.Contains("other subjects", Assert.Throws<ArgumentException>(() => SubjectBootstrap.OfDifference(runs, [runs[0].Where(k => k.Subject != "s1")])).Message);
        Assert.Contains("no run", Assert.Throws<ArgumentException>(() => SubjectBootstrap.OfMean([])).Message);
    }

    private static double[,] Square(int seed)
    {
        var random = new Random(seed);
        var values = new double[8, 8];
        for (var i = 0; i < 64; i++)
            values[i / 8, i % 8] = random.NextDouble();
        return values;
    }
}
