using FanTrans.Data;
using FanTrans.Training;
using static TorchSharp.torch;

namespace FanTrans.Tests.Training;

[Collection(TorchCollection.Name)]
public class TrainerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void PreTrainingLearnsTheLandmarks()
    {
        using var fan = Tiny.NewFan();
        var (train, validation) = Tiny.Loaders();
        train = new AuLoader(
            train.Source,
            train.Options with
            {
                Augmentation = AugmentationOptions.None,
            },
            train.Indices
        );
        using var trainer = new Trainer(new FanTask(fan), Tiny.Options with { Epochs = 14, LearningRate = 1e-2 });
        var result = trainer.Fit(train, validation, cancellation: Token);
        var losses = result.Curve("loss.total");
        Assert.Equal(14, losses.Length);
        Assert.True(losses[^1] < losses[0] / 3, $"loss {losses[0]} to {losses[^1]}");
        Assert.True(result.Best.Validation["nme"] < 0.2, $"NME {result.Best.Validation["nme"]}");
        Assert.Equal(result.Curve("nme").Min(), result.Best.Validation["nme"]);
        Assert.Equal(14L * train.Batches, result.Epochs[^1].Step);
    }

    [Theory]
    [InlineData("mean", 0)]
    [InlineData("gate", 0.1)]
    public void PeersTrainAndTheFanOnlyWhenAsked(string teacher, double fanRateFactor)
    {
        using var ensemble = Tiny.NewEnsemble(teacher: teacher);
        var (train, validation) = Tiny.Loaders();
        var weights = FanTransTask.ClassWeightsOf(train.Source, train.Indices);
        Assert.Equal(3, weights.Sum(), 9);
        var before = Tiny.Weights(ensemble);
        using var trainer = new Trainer(
            new FanTransTask(ensemble, weights, fanRateFactor),
            Tiny.Options with
            {
                KeepBest = false,
            }
        );
        var result = trainer.Fit(train, validation, cancellation: Token);
        var after = Tiny.Weights(ensemble);
        Assert.True(result.Curve("loss.classification")[^1] < result.Curve("loss.classification")[0]);
        Assert.All(result.Epochs, e => Assert.InRange(e.Validation["f1"], 0, 1));
        Assert.Contains("f1_peer2", result.Best.Validation.Keys);
        bool Changed(string prefix) =>
            before.Any(w => w.Key.StartsWith(prefix, StringComparison.Ordinal) && !w.Value.SequenceEqual(after[w.Key]));
        Assert.True(Changed("peers.0."));
        Assert.True(Changed("peers.1."));
        Assert.Equal(fanRateFactor > 0, Changed("fan."));
        Assert.Equal(teacher is "gate", Changed("gate."));
    }

    [Fact]
    public void TheSameSeedGivesTheSameBitsWhateverTheWorkers()
    {
        Dictionary<string, float[]> Run(int workers, int seed)
        {
            using var ensemble = Tiny.NewEnsemble();
            var (train, validation) = Tiny.Loaders(workers: workers);
            using var trainer = new Trainer(
                new FanTransTask(ensemble, [1, 1, 1]),
                Tiny.Options with
                {
                    Epochs = 2,
                    Seed = seed,
                }
            );
            trainer.Fit(train, validation, cancellation: Token);
            return Tiny.Weights(ensemble);
        }

        var first = Run(1, 3);
        Assert.Equal(first, Run(3, 3));
        Assert.NotEqual(first["peers.0.classifier.weight"], Run(1, 4)["peers.0.classifier.weight"]);
    }

    [Fact]
    public void EvaluationRestoresTheMode()
    {
        using var ensemble = Tiny.NewEnsemble();
        var (train, validation) = Tiny.Loaders();
        using var trainer = new Trainer(new FanTransTask(ensemble, [1, 1, 1]), Tiny.Options);
        foreach (var training in new[] { true, false })
        {
            ensemble.train(training);
            trainer.Evaluate(validation, Token);
            Assert.Equal(training, ensemble.training);
            Assert.False(ensemble.Fan.training);
        }
        Assert.True(is_grad_enabled());
        // Evaluation leaves the running statistics alone and repeats itself.
        Assert.Equal(trainer.Evaluate(validation, Token), trainer.Evaluate(validation, Token));
    }

    [Fact]
    public void ALossThatIsNoNumberStopsWithTheBatchNamed()
    {
        using var ensemble = Tiny.NewEnsemble();
        var (train, _) = Tiny.Loaders();
        using var trainer = new Trainer(new FanTransTask(ensemble, [1, 1, 1]), Tiny.Options);
        var first = trainer.TrainOneEpoch(train, 0, cancellation: Token);
        var (name, broken) = ensemble.named_parameters().First(p => p.name == "peers.1.classifier.bias");
        using (no_grad())
            broken.Set(float.NaN);
        var before = Tiny.Weights(ensemble);
        var error = Assert.Throws<NonFiniteLossException>(() => trainer.TrainOneEpoch(train, 1, cancellation: Token));
        Assert.Equal((2, 1, 8), (error.Epoch, error.Batch, error.Samples.Count));
        Assert.Contains("the loss is NaN, classification NaN", error.Message);
        Assert.Contains("at epoch 2, batch 1; its samples: S0", error.Message);
        Assert.Equal(before["peers.0.classifier.weight"], Tiny.Weights(ensemble)["peers.0.classifier.weight"]);
        Assert.Equal(train.Batches, first.Step);
    }

    [Fact]
    public void AMistakeOfSubjectsOrSizesIsRefused()
    {
        using var ensemble = Tiny.NewEnsemble();
        var (train, validation) = Tiny.Loaders();
        var task = new FanTransTask(ensemble, [1, 1, 1]);
        using var trainer = new Trainer(task, Tiny.Options);
        Assert.Contains(
            "is in the training and in the validation frames",
            Assert.Throws<ArgumentException>(() => trainer.Fit(train, train, cancellation: Token)).Message
        );
        var larger = new AuLoader(train.Source, validation.Options with { ImageSize = 48 }, validation.Indices);
        Assert.Contains(
            "the loader crops to 48 pixels, the model takes 32",
            Assert.Throws<ArgumentException>(() => trainer.Evaluate(larger, Token)).Message
        );
        Assert.Contains(
            "2 class weights for 3 action units",
            Assert.Throws<ArgumentException>(() => new FanTransTask(ensemble, [1, 1])).Message
        );
        Assert.Contains(
            "Epochs is 0",
            Assert.Throws<ArgumentException>(() => new Trainer(task, Tiny.Options with { Epochs = 0 })).Message
        );
        using var frozen = Tiny.NewFan();
        frozen.Freeze();
        Assert.Contains("frozen", Assert.Throws<ArgumentException>(() => new FanTask(frozen)).Message);
    }

    [Fact]
    public void SchedulesFollowTheirCurves()
    {
        var step = LearningRateSchedule.Paper;
        Assert.Equal([1, 1, 0.3, 0.09], new[] { 0, 3.99, 4, 8.5 }.Select(e => Math.Round(step.At(e, 12), 9)));
        var cosine = new LearningRateSchedule
        {
            Kind = "cosine",
            WarmupEpochs = 2,
            FinalShare = 0.1,
        };
        Assert.Equal(
            [0, 0.5, 1, 0.55, 0.1],
            new double[] { 0, 1, 2, 6, 10 }.Select(e => Math.Round(cosine.At(e, 10), 9))
        );
        Assert.Throws<ArgumentException>(() => (step with { StepFactor = 0 }).Validate());
    }

    [Fact]
    public void ProgressIsALineAnEpochWhereThereIsNoTerminal()
    {
        using var fan = Tiny.NewFan();
        var (train, validation) = Tiny.Loaders();
        using var trainer = new Trainer(new FanTask(fan), Tiny.Options with { Epochs = 2 });
        using var text = new StringWriter();
        trainer.Fit(train, validation, progress: TrainingProgress.Lines(text), cancellation: Token);
        var lines = text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.Matches(@"^fan 1/2: loss [\d.]+, nme [\d.]+, \d+ faces/s, \d:\d\d elapsed", lines[0]);
    }
}
