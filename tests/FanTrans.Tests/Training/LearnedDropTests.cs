using FanTrans.Distillation;
using FanTrans.Models;
using FanTrans.Training;
using static TorchSharp.torch;

namespace FanTrans.Tests.Training;

/// <summary>The logits of a learned attention drop are trained so that they can decide something.</summary>
[Collection(TorchCollection.Name)]
public class LearnedDropTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void TheLogitsHaveTheirOwnRateAndNoWeightDecay()
    {
        using var ensemble = Ensemble(Tiny.Model with { KeepRate = 30 });
        var sets = new FanTransTask(ensemble, [1, 1, 1]).Parameters;
        var logits = Assert.Single(sets, set => set.RateFactor == 30);
        Assert.Equal(0, logits.WeightDecay);
        Assert.Equal(
            ["peers.0.blocks.0.attention.drop.logits", "peers.1.blocks.0.attention.drop.logits"],
            logits.Parameters.Select(p => p.Name)
        );
        Assert.DoesNotContain(
            sets.Where(set => set != logits).SelectMany(set => set.Parameters),
            p => p.Name.Contains("drop.logits")
        );
        Assert.Equal(ensemble.parameters().Count(p => p.requires_grad), sets.Sum(set => set.Parameters.Count));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(30)]
    public void ALogitTravelsAboutAsFarAsTheRatesAddUpTo(double keepRate)
    {
        using var ensemble = Ensemble(Tiny.Model with { KeepRate = keepRate });
        var (train, _) = Tiny.Loaders();
        // Sparsity alone: a gradient of one sign, as far as a logit can go.
        var options = Tiny.Options with
        {
            Epochs = 2,
            WeightDecay = 0.1,
            Schedule = new() { Kind = "constant" },
            ClipNorm = 0,
        };
        using var trainer = new Trainer(new FanTransTask(ensemble, [0, 0, 0]), options);
        trainer.Fit(train, cancellation: Token);
        var travel = options.LearningRate * keepRate * options.Epochs * train.Batches;
        var start = Math.Log(0.6 / 0.4);
        foreach (
            var value in Tiny.Weights(ensemble)["peers.0.blocks.0.attention.drop.logits"]
                .Where((_, i) => i % 9 is not (0 or 4 or 8))
        )
            Assert.Equal(start - travel, value, 0.1 * travel);
    }

    [Theory]
    [InlineData(0.6, 300, false)]
    [InlineData(0.9, 1, true)]
    [InlineData(0.1, 1, true)]
    public void ARunWhoseDropCannotCrossOneHalfSaysSo(double start, double keepRate, bool warned)
    {
        using var ensemble = Ensemble(Tiny.Model with { InitialKeep = start, KeepRate = keepRate });
        var (train, _) = Tiny.Loaders();
        var writer = new StringWriter();
        using var trainer = new Trainer(new FanTransTask(ensemble, [1, 1, 1]), Tiny.Options with { Epochs = 1 });
        trainer.Fit(train, progress: TrainingProgress.Lines(writer), cancellation: Token);
        var lines = writer.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(
            warned,
            lines[0]
                .StartsWith(
                    $"fan-trans: the attention drop's keep probabilities start at {start:0.00} and can reach",
                    StringComparison.Ordinal
                )
        );
        Assert.Single(lines, line => line.Contains("1/1"));
    }

    private static PeerEnsemble Ensemble(FanTransOptions options)
    {
        random.manual_seed(1);
        return new PeerEnsemble(options, DistillationOptions.Small with { LogitWeight = 0, FeatureWeight = 0 });
    }
}
