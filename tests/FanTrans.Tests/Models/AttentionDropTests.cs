using CsCheck;
using FanTrans.Models;
using static FanTrans.Tests.Models.TensorTesting;
using static TorchSharp.torch;

namespace FanTrans.Tests.Models;

[Collection(TorchCollection.Name)]
public class AttentionDropTests
{
    private const int Batch = 4,
        Heads = 3,
        Units = 5;

    [Theory]
    [InlineData("none", 1)]
    [InlineData("random", 0.9)]
    [InlineData("learnable", 0.8)]
    [InlineData("off", 0)]
    public void KeepIsReportedWithAFullDiagonal(string kind, double expected)
    {
        using var scope = NewDisposeScope();
        using var drop = Create(kind);
        foreach (bool training in new[] { true, false })
        {
            drop.train(training);
            var (_, keep) = drop.call(Attention(), Input());
            Assert.Equal([Heads, Units, Units], keep.shape);
            double[] values = Values(keep);
            for (int i = 0; i < values.Length; i++)
                Assert.Equal(IsDiagonal(i) ? 1 : expected, values[i], 1e-6);
        }
    }

    [Theory]
    [InlineData("none")]
    [InlineData("random")]
    [InlineData("learnable")]
    [InlineData("input-dependent")]
    [InlineData("off")]
    public void RowsSumToOneInBothModes(string kind)
    {
        using var scope = NewDisposeScope();
        using var drop = Create(kind);
        foreach (bool training in new[] { true, false })
        {
            drop.train(training);
            var (attention, keep) = drop.call(Attention(), Input());
            Assert.All(Values(attention.sum(-1)), sum => Assert.Equal(1, sum, 1e-5));
            Assert.All(Values(keep), p => Assert.InRange(p, 0, 1));
        }
    }

    [Theory]
    [InlineData("none")]
    [InlineData("random")]
    public void WithoutLearnedLogitsEvaluationDropsNothing(string kind)
    {
        using var scope = NewDisposeScope();
        using var drop = Create(kind);
        drop.eval();
        var attention = Attention();
        Assert.Equal(Values(attention), Values(drop.call(attention, Input()).Attention));
    }

    [Fact]
    public void EvaluationKeepsWhatIsLikelierKeptThanNotAndAlwaysTheDiagonal()
    {
        using var scope = NewDisposeScope();
        using var drop = Create("learnable");
        drop.eval();
        SetLogits(
            drop,
            i =>
                i % 3 == 0 ? -0.5f
                : i % 3 == 1 ? 0f
                : 2f
        );
        var attention = Attention();
        double[] kept = Values(drop.call(attention, Input()).Attention),
            before = Values(attention);
        for (int row = 0; row < kept.Length; row += Units)
        {
            bool Kept(int j) =>
                IsDiagonal((row + j) % (Heads * Units * Units)) || (row + j) % (Heads * Units * Units) % 3 != 0;
            double sum = Enumerable.Range(0, Units).Where(Kept).Sum(j => before[row + j]);
            for (int j = 0; j < Units; j++)
                Assert.Equal(Kept(j) ? before[row + j] / sum : 0, kept[row + j], 1e-6);
        }
    }

    [Fact]
    public void AUnitWhoseEveryPairIsDroppedAttendsToItself()
    {
        using var scope = NewDisposeScope();
        using var drop = Create("learnable");
        SetLogits(drop, _ => -30f);
        foreach (bool training in new[] { true, false })
        {
            drop.train(training);
            double[] kept = Values(drop.call(Attention(), Input()).Attention);
            for (int i = 0; i < kept.Length; i++)
                Assert.Equal(IsDiagonal(i % (Heads * Units * Units)) ? 1 : 0, kept[i], 1e-6);
        }
    }

    [Fact]
    public void OffLeavesEachUnitItself()
    {
        using var scope = NewDisposeScope();
        using var drop = Create("off");
        foreach (bool training in new[] { true, false })
        {
            drop.train(training);
            double[] kept = Values(drop.call(Attention(), Input()).Attention);
            for (int i = 0; i < kept.Length; i++)
                Assert.Equal(IsDiagonal(i % (Heads * Units * Units)) ? 1 : 0, kept[i]);
        }
    }

    [Fact]
    public void MasksAreBinaryForAnyLogits() =>
        Gen.Double[-12, 12]
            .Array[Heads * Units * Units]
            .Sample(
                logits =>
                {
                    using var scope = NewDisposeScope();
                    using var drop = Create("learnable");
                    SetLogits(drop, i => (float)logits[i]);
                    drop.train();
                    // Where attention is 1 everywhere, what is left of it is the mask over its row's sum.
                    double[] kept = Values(drop.call(ones(Batch, Heads, Units, Units), Input()).Attention);
                    return kept.Chunk(Units).All(row => row.Distinct().Count(value => value != 0) == 1);
                },
                iter: 50,
                threads: 1
            );

    [Fact]
    public void TheReachIsTheStartPlusMinusTheTravel()
    {
        // As the authors' schedule on BP4D would have let it travel from 0.9, and from 0.6.
        var (low, high) = LearnableDrop.Reach(Math.Log(9), 0.72);
        Assert.Equal(0.814, low, 1e-3);
        Assert.Equal(0.949, high, 1e-3);
        Assert.True(LearnableDrop.Reach(Math.Log(1.5), 0.72).Low < 0.5);
    }

    [Fact]
    public void TrainingDropsAboutAsOftenAsTheProbabilitySays()
    {
        using var scope = NewDisposeScope();
        foreach (var kind in new[] { "random", "learnable" })
        {
            using var drop = Create(kind);
            drop.train();
            manual_seed(3);
            var attention = ones(400, Heads, Units, Units).Over(Units);
            double[] kept = Values(drop.call(attention, zeros(400, Units, 12)).Attention);
            var pairs = kept.Where((_, i) => !IsDiagonal(i % (Heads * Units * Units))).ToList();
            double expected = kind is "random" ? 0.1 : 0.2;
            Assert.Equal(expected, pairs.Count(value => value == 0) / (double)pairs.Count, 0.01);
        }
    }

    [Theory]
    [InlineData("learnable")]
    [InlineData("input-dependent")]
    public void TheGradientReachesTheLogitsButNotTheirDiagonal(string kind)
    {
        using var scope = NewDisposeScope();
        using var drop = Create(kind);
        drop.train();
        manual_seed(5);
        var (attention, keep) = drop.call(Attention(), Input());
        attention.Squared().sum().Plus(keep.Squared().sum()).backward();
        double[] gradient = Values(drop.get_parameter("logits")!.grad!);
        for (int i = 0; i < gradient.Length; i++)
            Assert.Equal(IsDiagonal(i), gradient[i] == 0);
        Assert.Equal(kind is "input-dependent", drop.has_parameter("query.weight"));
        if (kind is "input-dependent")
            Assert.Contains(Values(drop.get_parameter("query.weight")!.grad!), value => value != 0);
    }

    [Fact]
    public void TheSameSeedDrawsTheSameMask()
    {
        using var scope = NewDisposeScope();
        using var drop = Create("learnable");
        drop.train();
        double[] Draw(long seed)
        {
            var attention = Attention();
            manual_seed(seed);
            return Values(drop.call(attention, Input()).Attention);
        }
        Assert.Equal(Draw(7), Draw(7));
        Assert.NotEqual(Draw(7), Draw(8));
    }

    [Fact]
    public void TheInputDecidesWhereTheDropDependsOnIt()
    {
        using var scope = NewDisposeScope();
        using var drop = Create("input-dependent");
        drop.eval();
        var (_, near) = drop.call(Attention(), Input());
        var (_, far) = drop.call(Attention(), Input().Times(50));
        Assert.NotEqual(Values(near), Values(far));
    }

    private static AttentionDrop Create(string kind)
    {
        manual_seed(2);
        return AttentionDrops.Table.Find(kind)(ModelSizes.Tiny with { InitialKeep = 0.8, DropProbability = 0.1 });
    }

    private static Tensor Attention()
    {
        manual_seed(4);
        return randn(Batch, Heads, Units, Units).softmax(-1);
    }

    private static Tensor Input() => linspace(-1, 1, Batch * Units * 12).view(Batch, Units, 12);

    private static void SetLogits(AttentionDrop drop, Func<int, float> value)
    {
        using var mode = no_grad();
        var logits = drop.get_parameter("logits")!;
        logits.copy_(tensor(Enumerable.Range(0, (int)logits.numel()).Select(value).ToArray()).view(logits.shape));
    }

    private static bool IsDiagonal(int i) => i / Units % Units == i % Units;
}
