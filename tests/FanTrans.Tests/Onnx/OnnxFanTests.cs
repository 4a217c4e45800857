using FanTrans.Data;
using FanTrans.Distillation;
using FanTrans.Interop;
using FanTrans.Models;
using FanTrans.Synthetic;
using FanTrans.Tests.Models;
using FanTrans.Training;
using static TorchSharp.torch;

namespace FanTrans.Tests.Onnx;

/// <summary>A frozen face alignment network on ONNX Runtime inside an ensemble.</summary>
[Collection(TorchCollection.Name)]
public sealed class OnnxFanTests
{
    [Theory]
    [InlineData("global", 1)]
    [InlineData("landmark", 2)]
    public void ItsFeaturesArePyTorchs(string tokens, int pooling)
    {
        using var scope = NewDisposeScope();
        using var ensemble = Ensemble(tokens, pooling);
        var batches = new[] { 1, 3, 8 }.Select(count => rand(count, 3, 32, 32)).ToArray();
        var expected = batches.Select(ensemble.Features).ToArray();
        ensemble.RunFanOn(FanRuntime.Automatic);
        Assert.Equal(FanRuntime.Onnx, ensemble.FanRuntime);
        foreach (var (images, features) in batches.Zip(expected))
        {
            var found = ensemble.Features(images);
            Assert.Equal(features.shape, found.shape);
            Tolerance.AssertClose("features", Values(features), Values(found), 1e-4);
        }
        // A view of other memory is read in its own order.
        var mirrored = ensemble.Features(
            batches[1].flip(3).flip(3).permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2)
        );
        Tolerance.AssertClose("features", Values(expected[1]), Values(mirrored), 1e-4);
        var error = Assert.Throws<ArgumentException>(() => ensemble.Features(rand(1, 3, 16, 16)));
        Assert.Contains("expected (B, 3, 32, 32)", error.Message);
    }

    [Fact]
    public void HeadsTrainOnThem()
    {
        using var scope = NewDisposeScope();
        using var ensemble = Ensemble("landmark", 1);
        ensemble.RunFanOn(FanRuntime.Onnx);
        ensemble.train();
        ensemble.call(rand(3, 3, 32, 32)).TeacherLogits.sum().backward();
        Assert.All(ensemble.Peer(0).Head.parameters().Where(p => p.requires_grad), p => Assert.NotNull(p.grad));
    }

    [Fact]
    public void KeptFeaturesSayWhichRuntimeMadeThem()
    {
        using var ensemble = Ensemble("global", 1);
        var faces = new SynthFaces(
            new SynthOptions
            {
                Subjects = 2,
                FramesPerSubject = 2,
                Recordings = 1,
                ImageSize = 32,
            }
        );
        var loader = new AuLoader(faces, new AuLoaderOptions { ImageSize = 32, BatchSize = 2 });
        using var torch = FeatureCache.Open(ensemble, loader, cancellation: TestContext.Current.CancellationToken);
        ensemble.RunFanOn(FanRuntime.Onnx);
        using var onnx = FeatureCache.Open(ensemble, loader, cancellation: TestContext.Current.CancellationToken);
        Assert.NotEqual(torch.Key, onnx.Key);
        Assert.Contains("on ONNX Runtime", onnx.Key);
    }

    [Fact]
    public void FineTuningAndBFloat16StayOnPyTorch()
    {
        using var scope = NewDisposeScope();
        using var ensemble = Ensemble("global", 1);
        ensemble.RunFanOn(FanRuntime.Automatic);
        ensemble.Source.Unfreeze();
        Assert.Equal(FanRuntime.Torch, ensemble.FanRuntime);
        Assert.True(ensemble.Features(rand(1, 3, 32, 32)).requires_grad);
        var error = Assert.Throws<InvalidOperationException>(() => ensemble.RunFanOn(FanRuntime.Onnx));
        Assert.Contains("fine-tuned", error.Message);
        ensemble.Source.Freeze();
        ensemble.ComputeFanIn(FanPrecision.BFloat16);
        ensemble.RunFanOn(FanRuntime.Automatic);
        Assert.Equal((FanPrecision.BFloat16, FanRuntime.Torch), (ensemble.FanPrecision, ensemble.FanRuntime));
        Assert.Throws<InvalidOperationException>(() => ensemble.RunFanOn(FanRuntime.Onnx));
    }

    [Fact]
    public void FeaturesAfterFineTuningAreOfTheNewWeights()
    {
        using var scope = NewDisposeScope();
        using var ensemble = Ensemble("global", 1);
        ensemble.RunFanOn(FanRuntime.Onnx);
        var images = rand(1, 3, 32, 32);
        var before = ensemble.Features(images);
        double[] weights = [.. ensemble.Options.ActionUnits.Select(_ => 1.0)];
        _ = new FanTransTask(ensemble, weights, fanRateFactor: 0.1);
        using (no_grad())
            ensemble.Source.parameters().First().PlusInPlace(ones_like(ensemble.Source.parameters().First()));
        _ = new FanTransTask(ensemble, weights);
        Assert.True(ensemble.Source.Frozen);
        Assert.False(before.allclose(ensemble.Features(images)));
    }

    [Fact]
    public void ASourceOfYourOwnStaysOnPyTorchOrIsRefusedByName()
    {
        var options = ModelSizes.Tiny with
        {
            FeatureSource = FeatureSources.Register("onnx-test-source", _ => new Source()),
        };
        using var ensemble = new PeerEnsemble(options, DistillationOptions.None);
        ensemble.RunFanOn(FanRuntime.Automatic);
        Assert.Equal(FanRuntime.Torch, ensemble.FanRuntime);
        var error = Assert.Throws<NotSupportedException>(() => ensemble.RunFanOn(FanRuntime.Onnx));
        Assert.Contains("Source is a part of your own", error.Message);
    }

    private static PeerEnsemble Ensemble(string tokens, int pooling)
    {
        manual_seed(1);
        var ensemble = new PeerEnsemble(
            ModelSizes.Tiny with
            {
                Tokens = tokens,
                FeaturePooling = pooling,
                SubnetBlocks = 1,
            },
            DistillationOptions.None
        );
        TensorTesting.FillBuffers(ensemble);
        ensemble.eval();
        return ensemble;
    }

    private static double[] Values(Tensor tensor) => TensorTesting.Values(tensor);

    private sealed class Source() : FeatureSource(nameof(Source))
    {
        public override FeatureShape Shape => new(Channels: 4, Landmarks: 0, Side: 8);

        public override FanOutput forward(Tensor images) => new([], images.narrow(2, 0, 8).narrow(3, 0, 8));
    }
}
