using FanTrans.Charts;
using FanTrans.Distillation;
using FanTrans.Models;
using FanTrans.Tests.Data;
using FanTrans.Training;
using FanTrans.Training.Experiments;

namespace FanTrans.Tests.Training;

[Collection(TrainingCollection.Name)]
public class ThroughputTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void EverySizeIsMeasured()
    {
        var rows = Throughput.Measure(Tiny.Model, DistillationOptions.Small, [1, 4], seconds: 0.1, cancellation: Token);
        Assert.Equal([1, 4], rows.Select(r => r.BatchSize));
        Assert.All(rows.SelectMany(r => new[] { r.Training, r.Prediction }), rate => Assert.InRange(rate, double.Epsilon, double.MaxValue));
        Assert.Contains("\"images a second\"", Figures.ImagesPerSecond(rows).ToJson());
        Assert.Throws<ArgumentOutOfRangeException>(() => Throughput.Measure(Tiny.Model, DistillationOptions.Small, [0], cancellation: Token));
        Assert.Throws<ArgumentException>(() => Figures.ImagesPerSecond([]));
    }

    [Fact]
    public void BFloat16IsMeasuredToo() =>
        Assert.Single(Throughput.Measure(Tiny.Model, DistillationOptions.Small, [2], seconds: 0.1, fanPrecision: FanPrecision.BFloat16, cancellation: Token));

    [Fact]
    public void ALoaderDelivers()
    {
        var (loader, _) = Tiny.Loaders();
        Assert.InRange(Throughput.OfLoader(loader, cancellation: Token), 1, double.MaxValue);
    }

    [Fact]
    public void TheDeviceIsNamedAndItsPrecisionsTimed()
    {
        var facts = DeviceCheck.Run().ToDictionary(f => f.What, f => f.Found);
        Assert.Equal(DeviceCheck.Best.ToString(), facts["training on"]);
        Assert.Matches(@"^[\d,]+ GFLOP/s$", facts["float32 matrix product"]);
        Assert.Matches(@"^[\d,]+ GFLOP/s, [\d.]+ times as fast$", facts["bfloat16 matrix product"]);
    }

    [Fact]
    public void ARunIsStoppedInTheMiddleOfAnEpochAndGoesOn()
    {
        using var folder = new TemporaryFolder();
        var options = ExperimentTests.Options;
        using (var stop = new StopInEpoch(2))
            Assert.Throws<OperationCanceledException>(() => Experiment.Run(options, folder.At("stopped"), progress: stop, cancellation: stop.Token));
        Assert.True(File.Exists(folder.At("stopped/last.safetensors")));
        Assert.False(File.Exists(folder.At("stopped/result.json")));
        Experiment.Run(options, folder.At("stopped"), cancellation: Token);
        Experiment.Run(options, folder.At("whole"), cancellation: Token);
        Assert.Equal(File.ReadAllBytes(folder.At("whole/model.safetensors")), File.ReadAllBytes(folder.At("stopped/model.safetensors")));
    }
}
