using FanTrans.Data;
using FanTrans.Evaluation;

namespace FanTrans.Tests.Evaluation;

public class LabelOracleTests
{
    private static readonly int[] Units = [6, 7, 12];

    private static AuPredictions Frames(IReadOnlyList<sbyte[]> labels) =>
        new(
            Units,
            [.. labels.Select((_, i) => new FaceKey("F001", "T1", i))],
            [.. labels.Select(_ => new float[3])],
            labels
        );

    [Fact]
    public void ItTellsAUnitByTheConditionalRateOfAnother()
    {
        // AU6 is there in 30 of 40 frames with AU12 and in 10 of 60 without.
        sbyte[][] labels =
        [
            .. Enumerable
                .Range(0, 100)
                .Select(i => i < 40 ? (sbyte[])[(sbyte)(i < 30 ? 1 : 0), 0, 1] : [(sbyte)(i < 50 ? 1 : 0), 0, 0]),
        ];
        var oracle = LabelOracle.Predict(labels, Frames(labels), [6]);

        // The ridge of 1 draws both a little towards the mean.
        Assert.Equal([6], oracle.ActionUnits);
        Assert.InRange(oracle.Probabilities[0][0], 0.65, 0.75);
        Assert.InRange(oracle.Probabilities[99][0], 1 / 6.0, 0.24);
        // 3000 of 40 · 60 pairs and ties count a half, by hand: (30·50 + (30·10 + 10·50) / 2) / (40·60).
        Assert.Equal(((30.0 * 50) + (((30 * 10) + (10 * 50)) / 2.0)) / (40 * 60), oracle.Evaluate().MacroAuc, 12);
    }

    [Fact]
    public void AUnitThatIsHiddenTooTellsNothing()
    {
        sbyte[][] labels =
        [
            .. Enumerable
                .Range(0, 60)
                .Select(i => (sbyte[])[(sbyte)(i % 2), (sbyte)(i % 2), (sbyte)(i % 3 == 0 ? 1 : 0)]),
        ];

        var both = LabelOracle.Predict(labels, Frames(labels), [6, 7]);
        var one = LabelOracle.Predict(labels, Frames(labels), [6]);

        Assert.Equal(0.5, both.Evaluate().MacroAuc, 1);
        Assert.Equal(1, one.Evaluate().MacroAuc);
    }

    [Fact]
    public void UnknownLabelsAreLeftOutAndUnitsWithoutAnyAreNamed()
    {
        sbyte[][] labels =
        [
            [1, 9, 1],
            [0, 9, 0],
            [9, 9, 1],
            [1, 9, 9],
        ];

        var oracle = LabelOracle.Predict(labels, Frames(labels), [6]);
        Assert.All(oracle.Probabilities, row => Assert.InRange(row[0], 0f, 1f));
        Assert.Contains(
            "AU7",
            Assert.Throws<ArgumentException>(() => LabelOracle.Predict(labels, Frames(labels), [7])).Message,
            StringComparison.Ordinal
        );
        Assert.Throws<ArgumentException>(() => LabelOracle.Predict(labels, Frames(labels), Units));
    }
}
