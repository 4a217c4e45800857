using CsCheck;
using FanTrans.Data;
using FanTrans.Evaluation;

namespace FanTrans.Tests.Evaluation;

public class EvaluationTests
{
    private static readonly Gen<(float Score, sbyte Label)[]> Frames = Gen.Select(
        Gen.Int[0, 20].Select(i => i / 20f),
        Gen.OneOf((sbyte)0, (sbyte)1, (sbyte)9)
    ).Array[1, 60];

    [Fact]
    public void MetricsStayInTheirBounds() =>
        Frames.Sample(frames =>
        {
            var unit = Evaluate(frames);
            foreach (
                var share in new[]
                {
                    unit.F1,
                    unit.ConstantF1,
                    unit.Counts.Precision,
                    unit.Counts.Recall,
                    unit.Counts.Accuracy,
                    unit.Auc,
                    unit.AveragePrecision,
                }
            )
                Assert.True(double.IsNaN(share) || share is >= 0 and <= 1 + 1e-12, $"{share}");
            Assert.True(double.IsNaN(unit.Counts.Mcc) || unit.Counts.Mcc is >= -1 and <= 1);
            Assert.Equal(frames.Count(f => f.Label != 9), unit.Counts.Known);
        });

    [Fact]
    public void TheOrderOfFramesDoesNotMatter() =>
        Frames
            .SelectMany(f => Gen.Shuffle(f).Select(s => (f, s)))
            .Sample(t => Assert.Equal(Rounded(Evaluate(t.f)), Rounded(Evaluate(t.s))));

    [Fact]
    public void UnknownLabelsChangeNothing() =>
        Frames.Sample(frames =>
            Assert.Equal(Rounded(Evaluate(frames)), Rounded(Evaluate([.. frames, (0.3f, 9), (1f, 9)])))
        );

    [Fact]
    public void TheBestConstantPredictorIsTwoRatesOverOnePlusTheRate()
    {
        var counts = BinaryCounts.Of([0, 0, 0, 0], [1, 0, 0, 0]);
        Assert.Equal(2 * 0.25 / 1.25, counts.ConstantF1, 12);
        Assert.Equal(0, BinaryCounts.Of([1, 1], [0, 0]).ConstantF1);
    }

    [Fact]
    public void AnActionUnitWithoutPositivesCountsAsZeroAndOneWithoutLabelsNotAtAll()
    {
        var evaluation = Predictions(
                [1, 2, 4],
                [
                    [0.9f, 0.1f, 0.5f],
                    [0.2f, 0.1f, 0.5f],
                ],
                [
                    [1, 0, 9],
                    [0, 0, 9],
                ]
            )
            .Evaluate();
        Assert.Equal(1, evaluation.Units[0].F1);
        Assert.Equal(0, evaluation.Units[1].F1);
        Assert.True(double.IsNaN(evaluation.Units[2].F1));
        Assert.Equal(0.5, evaluation.MacroF1);
        Assert.Equal(1, evaluation.MacroAuc);
    }

    [Fact]
    public void ALabelThatIsNoLabelIsRefused()
    {
        Assert.Contains(
            "frame 0: expected 0, 1 or 9, found 3",
            Refused(
                [
                    [0.5f],
                ],
                [
                    [3],
                ]
            )
        );
        Assert.Contains(
            "frame s0/T1/0, AU 1: expected a probability of 0 to 1, found NaN",
            Refused(
                [
                    [float.NaN],
                ],
                [
                    [1],
                ]
            )
        );
        Assert.Contains(
            "frame s0/T1/0: expected 1 probabilities and labels, found 1 and 2",
            Refused(
                [
                    [0.5f],
                ],
                [
                    [1, 0],
                ]
            )
        );

        static string Refused(float[][] probabilities, sbyte[][] labels) =>
            Assert.Throws<ArgumentException>(() => Predictions([1], probabilities, labels).Evaluate()).Message;
    }

    [Fact]
    public void PhiIsSymmetricAndBounded() =>
        Gen.OneOf((sbyte)0, (sbyte)1, (sbyte)9)
            .Array[4]
            .Array[1, 40]
            .Sample(labels =>
            {
                var phi = LabelCorrelation.Phi(labels);
                for (var i = 0; i < 4; i++)
                {
                    for (var j = 0; j < 4; j++)
                    {
                        Assert.Equal(phi[i, j], phi[j, i]);
                        Assert.True(double.IsNaN(phi[i, j]) || Math.Abs(phi[i, j]) <= 1);
                    }
                    Assert.True(double.IsNaN(phi[i, i]) || phi[i, i] == 1);
                }
            });

    [Fact]
    public void TheMantelTestFindsAPlantedLikenessAndNoneInNoise()
    {
        var random = new Random(3);
        var a = new double[10, 10];
        var noise = new double[10, 10];
        for (var i = 0; i < 10; i++)
        {
            for (var j = 0; j < i; j++)
            {
                a[i, j] = a[j, i] = random.NextDouble();
                noise[i, j] = noise[j, i] = random.NextDouble();
            }
        }
        var tests = MatrixTest.Run([("alike", a, a), ("noise", a, noise)], 499);
        Assert.Equal(1, tests[0].Rho, 9);
        Assert.Equal(1 / 500.0, tests[0].PValue, 9);
        Assert.True(tests[1].PValue > 0.05);
        Assert.Equal(tests, MatrixTest.Run([("alike", a, a), ("noise", a, noise)], 499));
    }

    [Fact]
    public void TheLandmarkErrorIsRelativeToTheOuterEyeCorners()
    {
        var truth = new float[136];
        (truth[72], truth[73], truth[90], truth[91]) = (10, 20, 60, 20);
        float[] predicted = [.. truth.Select((v, i) => i % 2 == 0 ? v + 3 : v + 4)];
        Assert.All(LandmarkError.Each(predicted, truth), error => Assert.Equal(0.1, error, 6));

        truth[0] = float.NaN;
        var visible = Enumerable.Repeat(true, 68).ToArray();
        visible[1] = false;
        Assert.Equal(
            [0, 1],
            LandmarkError.Each(predicted, truth, visible).Index().Where(e => double.IsNaN(e.Item)).Select(e => e.Index)
        );
        Assert.All(LandmarkError.Each(predicted, new float[136]), error => Assert.True(double.IsNaN(error)));
    }

    /// <summary>Frames of one subject.</summary>
    public static AuPredictions Predictions(int[] units, float[][] probabilities, sbyte[][] labels) =>
        new(units, [.. labels.Select((_, i) => new FaceKey("s0", "T1", i))], probabilities, labels);

    private static AuMetrics Evaluate((float Score, sbyte Label)[] frames) =>
        Predictions([1], [.. frames.Select(f => new[] { f.Score })], [.. frames.Select(f => new[] { f.Label })])
            .Evaluate()
            .Units[0];

    private static (BinaryCounts, double, double) Rounded(AuMetrics unit) =>
        (unit.Counts, Math.Round(unit.Auc, 12), Math.Round(unit.AveragePrecision, 12));
}
