using FanTrans.Interop;
using FanTrans.Models;
using FanTrans.Tests.Models;
using static TorchSharp.torch;

namespace FanTrans.Tests.Interop;

[Collection(TorchCollection.Name)]
public sealed class FaceAlignmentNetworkWeightsTests : IDisposable
{
    private static readonly FanOptions Shape = ModelSizes.TinyFan with { ImageSize = 256, Stacks = 3 };
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(3, FanPooling.Max)]
    [InlineData(4, FanPooling.Average)] // 2dfan4 was published with it
    public void ANetworksShapeIsReadFromItsWeights(int stacks, FanPooling pooling)
    {
        var shape = Shape with { Stacks = stacks, Pooling = pooling };
        using var scope = NewDisposeScope();
        using var fan = new FaceAlignmentNetwork(shape);
        TensorTesting.FillBuffers(fan);
        fan.eval();
        foreach (byte[] file in new[] { PyTorchWriter.Zip(fan.state_dict()), PyTorchWriter.Legacy(fan.state_dict()) })
        {
            File.WriteAllBytes(folder.At("fan.pth"), file);
            var said = new List<string>();
            using var loaded = FaceAlignmentNetwork.Load(folder.At("fan.pth"), guessed: said.Add);
            Assert.Equal(shape, loaded.Options);
            Assert.Contains($"guessed {pooling.ToString().ToLowerInvariant()} pooling", Assert.Single(said));
            Assert.False(loaded.training);
            var images = TensorTesting.Images(shape, batch: 1);
            Assert.Equal(TensorTesting.Values(fan.Features(images)), TensorTesting.Values(loaded.Features(images)));
        }
    }

    [Fact]
    public void APublishedFileOfOldPyTorchLoads()
    {
        using var scope = NewDisposeScope();
        using var fan = new FaceAlignmentNetwork(Shape);
        var old = fan.state_dict()
            .Where(pair => !pair.Key.EndsWith("num_batches_tracked", StringComparison.Ordinal))
            .ToDictionary(pair => "module." + pair.Key, pair => pair.Value);
        File.WriteAllBytes(folder.At("old.pth"), PyTorchWriter.Legacy(old));
        using var loaded = FaceAlignmentNetwork.Load(folder.At("old.pth"), guessed: _ => { });
        Assert.Equal(Shape, loaded.Options);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void PoolingIsNeverGuessedInSilence(int stacks)
    {
        using var fan = new FaceAlignmentNetwork(Shape with { Stacks = stacks, Pooling = FanPooling.Average });
        File.WriteAllBytes(folder.At("fan.pth"), PyTorchWriter.Zip(fan.state_dict()));
        var error = Assert.Throws<InvalidDataException>(() => FaceAlignmentNetwork.Load(folder.At("fan.pth")));
        Assert.Contains("fan.pth: weights do not tell how the network halves its maps", error.Message);
        Assert.Contains("say it by FanOptions.Pooling", error.Message);
        using var loaded = FaceAlignmentNetwork.Load(folder.At("fan.pth"), fan.Options);
        Assert.Equal(FanPooling.Average, loaded.Options.Pooling);
    }

    [Fact]
    public void AFileOfThisKitSaysItsOptions()
    {
        var shape = Shape with { ImageSize = 128, Stacks = 2, Pooling = FanPooling.Average };
        using var fan = new FaceAlignmentNetwork(shape);
        fan.Save(folder.At("fan.safetensors"), new Dictionary<string, string> { ["subjects"] = "F001" });
        using (var loaded = FaceAlignmentNetwork.Load(folder.At("fan.safetensors")))
            Assert.Equal(shape, loaded.Options);
        using (var weights = WeightsFile.Load(folder.At("fan.safetensors")))
            Assert.Equal("F001", weights.Metadata["subjects"]);
        var error = Assert.Throws<InvalidDataException>(() =>
            FaceAlignmentNetwork.Load(folder.At("fan.safetensors"), shape with { Pooling = FanPooling.Max })
        );
        Assert.Contains("\"Pooling\": \"Average\"", error.Message);
    }

    [Fact]
    public void AnotherShapeThanTheOptionsIsRefused()
    {
        using var scope = NewDisposeScope();
        using var fan = new FaceAlignmentNetwork(Shape);
        File.WriteAllBytes(folder.At("fan.pth"), PyTorchWriter.Zip(fan.state_dict()));
        string message = Assert
            .Throws<InvalidDataException>(() =>
                FaceAlignmentNetwork.Load(folder.At("fan.pth"), Shape with { Stacks = 2 })
            )
            .Message;
        Assert.Contains("l2.weight is unexpected", message);
        Assert.Contains("fan.pth", message);
    }

    [Fact]
    public void OtherWeightsAreRefused()
    {
        using var scope = NewDisposeScope();
        WeightsFile.Save(folder.At("w.safetensors"), new Dictionary<string, Tensor> { ["fc.weight"] = ones(2, 2) });
        Assert.Contains(
            "does not hold a face alignment network",
            Assert.Throws<InvalidDataException>(() => FaceAlignmentNetwork.Load(folder.At("w.safetensors"))).Message
        );
        var wrong = new Dictionary<string, Tensor>
        {
            ["conv_last0.weight"] = ones(30, 30, 1, 1),
            ["m0.b1_1.conv1.weight"] = ones(1),
            ["l0.weight"] = ones(68, 30, 1, 1),
        };
        WeightsFile.Save(folder.At("w.safetensors"), wrong);
        Assert.Contains(
            "Features is 30",
            Assert.Throws<InvalidDataException>(() => FaceAlignmentNetwork.Load(folder.At("w.safetensors"))).Message
        );
    }
}
