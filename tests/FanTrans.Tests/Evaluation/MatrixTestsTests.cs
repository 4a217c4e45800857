using FanTrans.Evaluation;

namespace FanTrans.Tests.Evaluation;

/// <summary>Tests of matrices, and the views of predictions that comparisons are made of.</summary>
public class MatrixTestsTests
{
    [Fact]
    public void TestsAreCorrectedForTheirNumberAndSaidInWords()
    {
        var (a, noise, constant) = (Square(1), Square(2), new double[8, 8]);
        var tests = MatrixTest.Run(
            [("alike", a, a), ("noise", a, noise), ("constant", a, constant)],
            permutations: 499
        );
        Assert.Equal((1, 2 * tests[0].PValue), (tests[0].Rho, tests[0].Corrected));
        Assert.InRange(tests[0].NullBound, 0.05, 0.6);
        Assert.True(double.IsNaN(tests[2].Rho) && double.IsNaN(tests[2].Corrected));

        var findings = MatrixTest.Findings(tests);
        Assert.Equal(
            "alike: they agree more than chance explains, ρ = 1.00 (p = 0.004 corrected for 2 tests).",
            findings[0]
        );
        Assert.StartsWith("noise: no agreement beyond chance is shown, ρ = ", findings[1], StringComparison.Ordinal);
        Assert.Equal("constant: not defined, since one of the two is constant.", findings[2]);
    }

    [Fact]
    public void RanksAreWhatSpearmanCompares()
    {
        var ranks = MatrixCorrelation.Ranks(
            new[,]
            {
                { 9, 0.1, 0.3 },
                { 0.2, 9, double.NaN },
                { 0.1, 0.4, 9 },
            }
        );
        Assert.Equal(
            [double.NaN, 0.125, 0.75, 0.5, double.NaN, double.NaN, 0.125, 1, double.NaN],
            ranks.Cast<double>()
        );
        var (a, b) = (Square(1), Square(2));
        Assert.Equal(
            MatrixCorrelation.Spearman(MatrixCorrelation.Between(a), MatrixCorrelation.Between(b)),
            MatrixCorrelation.Spearman(
                MatrixCorrelation.Between(MatrixCorrelation.Ranks(a)),
                MatrixCorrelation.Between(MatrixCorrelation.Ranks(b))
            ),
            12
        );
    }

    [Fact]
    public void APartOfThePredictionsKeepsFramesAndUnitsTogether()
    {
        var all = new AuPredictions(
            [1, 2, 4],
            [new("a", "T1", 1), new("b", "T1", 1)],
            [
                [0.1f, 0.2f, 0.3f],
                [0.4f, 0.5f, 0.6f],
            ],
            [
                [0, 1, 9],
                [1, 0, 0],
            ]
        );
        var part = all.Only([4, 1]).Where(key => key.Subject == "b");
        Assert.Equal([4, 1], part.ActionUnits);
        Assert.Equal("b", Assert.Single(part.Keys).Subject);
        Assert.Equal([0.6f, 0.4f], Assert.Single(part.Probabilities));
        Assert.Equal([0, 1], Assert.Single(part.Labels));
        Assert.Contains(
            "AU 9 is not predicted, only 1, 2, 4",
            Assert.Throws<ArgumentException>(() => all.Only([1, 9])).Message
        );
    }

    [Fact]
    public void PeersDisagreeInTheShareOfTheirDecisions()
    {
        AuPredictions Peer(params float[] row) =>
            new(
                [1, 2],
                [new("a", "T1", 1)],
                [row],
                [
                    [0, 9],
                ]
            );
        Assert.Equal(0, AuPredictions.Disagreement([Peer(0.1f, 0.9f), Peer(0.4f, 0.6f)]));
        Assert.Equal(0.5, AuPredictions.Disagreement([Peer(0.1f, 0.9f), Peer(0.5f, 0.6f)]));
        // Three pairs of two decisions: 1 + 2 + 1 differ.
        Assert.Equal(4 / 6.0, AuPredictions.Disagreement([Peer(0, 1), Peer(1, 1), Peer(1, 0)]), 12);
    }

    /// <summary>What no seed shows alone, many seeds together do.</summary>
    [Fact]
    public void SeedsAreTestedTogether()
    {
        var truth = Square(1);
        double[][,] Seeds(double share) =>
            [
                .. Enumerable
                    .Range(0, 8)
                    .Select(seed =>
                    {
                        var (own, noise) = (new double[8, 8], Square(10 + seed));
                        for (var k = 0; k < 64; k++)
                            own[k / 8, k % 8] = (share * truth[k / 8, k % 8]) + noise[k / 8, k % 8];
                        return own;
                    }),
            ];
        var tests = MatrixTest.OverSeeds([("some", Seeds(0.5), truth), ("none", Seeds(0), truth)], 999);
        Assert.True(tests[0].Corrected < 0.01 && tests[1].PValue > 0.05, $"{tests[0]} {tests[1]}");
        Assert.Equal(tests[0].Rho, Seeds(0.5).Average(s => MatrixTest.Run([("one", s, truth)], 1)[0].Rho), 12);
        Assert.Contains(
            "no matrix",
            Assert.Throws<ArgumentException>(() => MatrixTest.OverSeeds([("x", [], truth)])).Message
        );
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
