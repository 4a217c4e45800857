using FanTrans.Interop;
using FanTrans.Models;
using FanTrans.Tests.Data;
using FanTrans.Training;
using static TorchSharp.torch;

namespace FanTrans.Tests.Training;

[Collection(TorchCollection.Name)]
public sealed class CheckpointTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("fantrans-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Last => Path.Combine(folder, "last.safetensors");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void AStoppedAndResumedRunEndsInTheSameBits()
    {
        var whole = Train(Tiny.Options, folder: null, stopAfter: 0);
        for (var stop = 1; stop <= 3; stop++)
        {
            Array.ForEach(Directory.GetFiles(folder), File.Delete);
            Assert.Null(Train(Tiny.Options, folder, stop));
            var resumed = Train(Tiny.Options, folder, stopAfter: 0);
            Assert.Equal(whole!.Value.Weights, resumed!.Value.Weights);
            Assert.Equal(whole.Value.Result.Curve("f1"), resumed.Value.Result.Curve("f1"));
            Assert.Equal(whole.Value.Result.BestEpoch, resumed.Value.Result.BestEpoch);
        }
        // A finished run is resumed with nothing left to do.
        Assert.Equal(whole!.Value.Weights, Train(Tiny.Options, folder, stopAfter: 0)!.Value.Weights);
        var history = TrainingResult.Load(Path.Combine(folder, "history.json"));
        Assert.Equal(whole.Value.Result.Curve("loss.total"), history.Curve("loss.total"));
        Assert.Empty(Directory.GetFiles(folder, "*.tmp"));
    }

    [Fact]
    public void AFrozenFanStaysOutAndIsKnownByItsWeights()
    {
        Train(Tiny.Options with { Epochs = 1 }, folder, stopAfter: 0);
        using (var tensors = Checkpoint.Load(Last).Tensors)
        {
            Assert.Contains(tensors.Keys, name => name.StartsWith("best.peers.", StringComparison.Ordinal));
            Assert.DoesNotContain(tensors.Keys, name => name.Contains(".fan.", StringComparison.Ordinal));
        }
        using var other = Tiny.NewEnsemble();
        using (no_grad())
            other.Fan.parameters().First().PlusInPlace(ones_like(other.Fan.parameters().First()));
        using var trainer = new Trainer(new FanTransTask(other, [1, 2, 0.5]), Tiny.Options with { Epochs = 1 });
        var (train, validation) = Tiny.Loaders();
        Assert.Contains(
            "description of the task",
            Assert
                .Throws<InvalidDataException>(() => trainer.Fit(train, validation, folder, cancellation: Token))
                .Message
        );
    }

    [Fact]
    public void ADamagedCheckpointIsRefused()
    {
        Train(Tiny.Options with { Epochs = 1 }, folder, stopAfter: 0);
        var bytes = File.ReadAllBytes(Last);
        foreach (var place in new[] { bytes.Length - 3, bytes.Length / 2 })
        {
            var changed = (byte[])bytes.Clone();
            changed[place] ^= 4;
            File.WriteAllBytes(Last, changed);
            Assert.Contains(
                "damaged or changed",
                Assert.Throws<InvalidDataException>(() => Checkpoint.Load(Last)).Message
            );
        }
        File.WriteAllBytes(Last, bytes[..(bytes.Length / 2)]);
        Assert.Contains("last.safetensors", Assert.Throws<InvalidDataException>(() => Checkpoint.Load(Last)).Message);
        File.WriteAllText(Last, "nothing of the kind");
        Assert.Throws<InvalidDataException>(() => Checkpoint.Load(Last));
        using var fan = Tiny.NewFan();
        WeightsFile.Save(Last, fan.state_dict());
        Assert.Contains("is no checkpoint", Assert.Throws<InvalidDataException>(() => Checkpoint.Load(Last)).Message);
    }

    [Fact]
    public void AFolderHasOneRunAtATime()
    {
        var options = Tiny.Options with { Epochs = 1 };
        using (new CheckpointFiles(folder))
            Assert.Contains(
                "a run is training here already",
                Assert.Throws<RunInUseException>(() => Train(options, folder, stopAfter: 0)).Message
            );
        Assert.NotNull(Train(options, folder, stopAfter: 0));
        Assert.False(File.Exists(Path.Combine(folder, "running")));
    }

    [Fact]
    public void AnotherRunsCheckpointIsRefusedByWhatDiffers()
    {
        var options = Tiny.Options with { Epochs = 1 };
        Train(options, folder, stopAfter: 0);
        Assert.Contains("by its training options", Refused(() => Train(options with { LearningRate = 1 }, folder, 0)));
        Assert.Contains("by its data", Refused(() => Train(options, folder, 0, frames: 63)));
        var threads = TorchThreads.Count;
        TorchThreads.Use(threads + 1);
        try
        {
            Assert.Contains($"Use that number (--threads {threads}", Refused(() => Train(options, folder, 0)));
        }
        finally
        {
            TorchThreads.Use(threads);
        }
        using var fan = Tiny.NewFan();
        var (train, validation) = Tiny.Loaders();
        using var trainer = new Trainer(new FanTask(fan), options);
        Assert.Contains(
            "by its task: expected fan, found fan-trans",
            Refused(() => trainer.Fit(train, validation, folder, cancellation: Token))
        );
    }

    private static string Refused(Action run) => Assert.Throws<InvalidDataException>(run).Message;

    /// <summary>Trains; null where it was stopped after an epoch.</summary>
    private static (TrainingResult Result, Dictionary<string, float[]> Weights)? Train(
        TrainingOptions options,
        string? folder,
        int stopAfter,
        int frames = 56
    )
    {
        using var ensemble = Tiny.NewEnsemble();
        var (train, validation) = Tiny.Loaders(new DotFaces(frames));
        using var trainer = new Trainer(new FanTransTask(ensemble, [1, 2, 0.5]), options);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        try
        {
            var result = trainer.Fit(train, validation, folder, new StopAfter(stopAfter, stop), stop.Token);
            return (result, Tiny.Weights(ensemble));
        }
        catch (OperationCanceledException) when (stopAfter > 0)
        {
            return null;
        }
    }

    /// <summary>Cancels in the middle of the epoch after the given one.</summary>
    private sealed class StopAfter(int epoch, CancellationTokenSource stop) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (epoch > 0 && value is { Finished: null, Batch: 2 } && value.Epoch == epoch + 1)
                stop.Cancel();
        }
    }
}
