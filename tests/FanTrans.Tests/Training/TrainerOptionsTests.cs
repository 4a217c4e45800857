using FanTrans.Data;
using FanTrans.Models;
using FanTrans.Training;
using static TorchSharp.torch;

namespace FanTrans.Tests.Training;

/// <summary>What the options of a run do: averaged weights, accumulated gradients, patience.</summary>
[Collection(TorchCollection.Name)]
public class TrainerOptionsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Four batches of two in one step are one batch of eight,
    /// but for rounding and for what batch norms see.</summary>
    [Fact]
    public void AccumulatedBatchesAreOneLargerBatch()
    {
        float[] Gradient(int batch, int accumulate)
        {
            using var fan = Tiny.NewFan();
            var (train, _) = Tiny.Loaders();
            // No batch norm may see the batch: every one in evaluation mode, as a task of its own would keep them.
            var loader = new AuLoader(
                train.Source,
                Tiny.Loading(train: false) with
                {
                    BatchSize = batch,
                },
                [.. train.Indices.Take(8)]
            );
            using var trainer = new Trainer(
                new StillTask(fan),
                Tiny.Options with
                {
                    AccumulateBatches = accumulate,
                    ClipNorm = 0,
                    Schedule = new() { Kind = "constant" },
                }
            );
            var report = trainer.TrainOneEpoch(loader, 0, cancellation: Token);
            Assert.Equal(1, report.Step);
            return [(float)report.GradientNorm, .. Tiny.Weights(fan)["conv1.weight"]];
        }

        var (whole, parts) = (Gradient(8, 1), Gradient(2, 4));
        Assert.All(whole.Zip(parts), p => Assert.Equal(p.First, p.Second, 2e-3f * Math.Max(1, Math.Abs(p.First))));
    }

    [Fact]
    public void TheLastGroupOfAnEpochMayBeSmaller()
    {
        using var ensemble = Tiny.NewEnsemble();
        var (train, _) = Tiny.Loaders();
        Assert.Equal(4, train.Batches);
        using var trainer = new Trainer(
            new FanTransTask(ensemble, [1, 1, 1]),
            Tiny.Options with
            {
                AccumulateBatches = 3,
            }
        );
        Assert.Equal(2, trainer.TrainOneEpoch(train, 0, cancellation: Token).Step);
    }

    [Fact]
    public void TheAverageOfTheWeightsIsValidatedAndLeftInTheModule()
    {
        using var ensemble = Tiny.NewEnsemble();
        var (train, validation) = Tiny.Loaders();
        var start = Tiny.Weights(ensemble)["peers.0.classifier.weight"];
        using var trainer = new Trainer(
            new FanTransTask(ensemble, [1, 1, 1]),
            Tiny.Options with
            {
                Epochs = 1,
                AverageDecay = 0.9,
                KeepBest = false,
            }
        );
        var raw = new List<float[]>();
        var result = trainer.Fit(
            train,
            validation,
            progress: new EachBatch(() => raw.Add(Tiny.Weights(ensemble)["peers.0.classifier.weight"])),
            cancellation: Token
        );
        var expected = start;
        for (var t = 1; t <= raw.Count; t++)
        {
            var decay = Math.Min(0.9, (1.0 + t) / (10 + t));
            expected =
            [
                .. expected.Zip(raw[t - 1], (average, value) => (float)((decay * average) + ((1 - decay) * value))),
            ];
        }
        var left = Tiny.Weights(ensemble)["peers.0.classifier.weight"];
        Assert.All(expected.Zip(left), p => Assert.Equal(p.First, p.Second, 1e-6f));
        Assert.NotEqual(raw[^1], left);
        Assert.Equal(result.Best.Validation, trainer.Evaluate(validation, Token));
    }

    [Fact]
    public void ARunOutOfPatienceEnds()
    {
        using var ensemble = Tiny.NewEnsemble();
        var (train, validation) = Tiny.Loaders();
        // Nothing is learned, so the first epoch stays the best.
        var options = Tiny.Options with
        {
            Epochs = 9,
            LearningRate = 1e-12,
            Patience = 2,
        };
        using var trainer = new Trainer(new FanTransTask(ensemble, [1, 1, 1]), options);
        Assert.Contains(
            "no validation frames",
            Assert.Throws<ArgumentException>(() => trainer.Fit(train, cancellation: Token)).Message
        );
        var result = trainer.Fit(train, validation, cancellation: Token);
        Assert.Equal(result.BestEpoch + 2, result.Epochs.Count);
        Assert.True(result.Epochs.Count < 9);
    }

    private sealed class EachBatch(Action act) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value is { Finished: null, Warning: null })
                act();
        }
    }

    /// <summary>Pre-training with every batch norm in evaluation mode, so that frames do not depend on each other, and
    /// a plain mean over frames, so that the batches' losses average.</summary>
    private sealed class StillTask(FanTrans.Models.FaceAlignmentNetwork fan) : TrainingTask
    {
        public override string Name => "still";
        public override nn.Module Module => fan;
        public override string Description => "";
        public override string Criterion => "";
        public override bool HigherIsBetter => true;
        public override IReadOnlyList<ParameterSet> Parameters { get; } = [new([.. fan.named_parameters()])];

        public override StepLoss Loss(BatchTensors batch, double epoch)
        {
            fan.eval();
            return new StepLoss(fan.Heatmaps(batch.Images)[^1].Squared().mean(), []);
        }

        public override IReadOnlyDictionary<string, double> Validate(
            IAuBatches loader,
            Device device,
            CancellationToken cancellation
        ) => new Dictionary<string, double>();
    }
}
