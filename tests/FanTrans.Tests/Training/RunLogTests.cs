using System.Text.Json.Nodes;
using FanTrans.Tests.Data;
using FanTrans.Training;

namespace FanTrans.Tests.Training;

[Collection(TorchCollection.Name)]
public sealed class RunLogTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    /// <summary>
    /// A run stopped in its second epoch and resumed, read back: by TensorBoard itself where Python has it, else
    /// by a reader of the format that shares nothing with the writer.
    /// </summary>
    [Fact]
    public void TheLogsOfAResumedRunReadAsOne()
    {
        using var stop = new CancellationTokenSource();
        Assert.Null(Train(epochs: 3, stop));
        // Half a line, as a killed process leaves it.
        File.AppendAllText(folder.At("log.jsonl"), "{\"event\":\"batch\",\"st");
        var result = Train(epochs: 3, null)!;

        var lines = File.ReadAllLines(folder.At("log.jsonl")).Select(l => JsonNode.Parse(l)!).ToArray();
        // What the data lacks, and that the drop cannot move in so short a run, are lines of their own.
        Assert.Equal(
            ["start", "warning", "warning", "batch", "batch", "epoch", "batch", "start"],
            lines.Select(l => (string)l["event"]!).Take(8)
        );
        Assert.Equal("half of the faces", (string)lines[1]["warning"]!);
        Assert.Equal(5, (long)lines[7]["step"]!);
        Assert.Equal(result.Epochs[2].Validation["f1"], (double)lines[^1]["report"]!["validation"]!["f1"]!);

        var output = PythonTorch.Run(
            Path.Combine(Repository.Root, "tests", "FanTrans.Tests", "Training", "read_events.py"),
            folder.Path
        );
        var read = JsonNode.Parse(output)!;
        TestContext.Current.TestOutputHelper?.WriteLine($"read by {read["reader"]}");
        double[] Values(string tag) => [.. read["scalars"]![tag]!.AsArray().Select(v => (double)v![1]!)];
        long[] Steps(string tag) => [.. read["scalars"]![tag]!.AsArray().Select(v => (long)v![0]!)];
        Assert.Equal([1, 4, 5, 8, 9, 12], Steps("batch/loss"));
        Assert.Equal([4, 8, 12], Steps("validation/f1"));
        Assert.All(result.Curve("f1").Zip(Values("validation/f1")), p => Assert.Equal(p.First, p.Second, 1e-6));
        Assert.All(result.Curve("loss.total").Zip(Values("loss/total")), p => Assert.Equal(p.First, p.Second, 1e-5));
    }

    [Fact]
    public void ALossThatIsNoNumberIsLoggedWithGradientNorms()
    {
        using var ensemble = Tiny.NewEnsemble();
        var (train, _) = Tiny.Loaders();
        using var trainer = new Trainer(new FanTransTask(ensemble, [1, 1, 1]), Tiny.Options);
        trainer.TrainOneEpoch(train, 0, cancellation: Token);
        using (TorchSharp.torch.no_grad())
            ensemble.named_parameters().First(p => p.name == "peers.1.classifier.bias").parameter.Set(float.NaN);
        var error = Assert.Throws<NonFiniteLossException>(() => trainer.TrainOneEpoch(train, 1, cancellation: Token));
        Assert.Equal(ensemble.named_parameters().Count(p => p.parameter.requires_grad), error.GradientNorms.Count);
        // Those of the peer whose loss is no number come first, then the other's from the largest.
        var finite = error.GradientNorms.SkipWhile(n => double.IsNaN(n.Norm)).ToList();
        Assert.All(finite, n => Assert.StartsWith("peers.0.", n.Parameter));
        Assert.Equal(finite.OrderByDescending(n => n.Norm), finite);
        Assert.Contains("Largest gradient norms: peers.", error.Message);
        using (var log = new RunLog(folder.Path))
            log.Stopped(error);
        var line = JsonNode.Parse(File.ReadAllLines(folder.At("log.jsonl")).Single())!;
        Assert.Equal(error.Message, (string?)line["error"]);
        Assert.Equal(error.GradientNorms[0].Parameter, (string?)line["gradientNorms"]![0]!["parameter"]);
    }

    private TrainingResult? Train(int epochs, CancellationTokenSource? stop)
    {
        using var ensemble = Tiny.NewEnsemble();
        var (train, validation) = Tiny.Loaders(new DotFaces(56) { Lack = "half of the faces" });
        using var trainer = new Trainer(new FanTransTask(ensemble, [1, 1, 1]), Tiny.Options with { Epochs = epochs });
        using var log = new RunLog(folder.Path, stop is null ? null : new StopInSecondEpoch(stop));
        try
        {
            return trainer.Fit(train, validation, folder.Path, log, stop?.Token ?? Token);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private sealed class StopInSecondEpoch(CancellationTokenSource stop) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value is { Epoch: 2, Batch: 2 })
                stop.Cancel();
        }
    }
}
