using FanTrans.Models;
using TorchSharp;
using static FanTrans.Tests.Models.TensorTesting;
using static TorchSharp.torch;

namespace FanTrans.Tests.Models;

[Collection(TorchCollection.Name)]
public class FanTransModelTests
{
    public static TheoryData<string, string, int> Variants
    {
        get
        {
            var data = new TheoryData<string, string, int>();
            foreach (var drop in BuiltIn.Drops)
            {
                foreach (var classifier in BuiltIn.Classifiers)
                    data.Add(drop, classifier, (data.Count + 1) % 3);
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void EveryVariantHasItsShapesAndLearns(string drop, string classifier, int blocks)
    {
        using var scope = NewDisposeScope();
        var options = ModelSizes.Tiny with
        {
            AttentionDrop = drop,
            Classifier = classifier,
            TransformerBlocks = blocks,
        };
        using var model = new FanTransModel(options);
        model.train();
        var output = model.call(Images(options.Fan, batch: 3));
        Assert.Equal([3, 5], output.Logits.shape);
        Assert.Equal([3, 5, 12], output.Tokens.shape);
        Assert.Equal(blocks, output.Attention.Count);
        Assert.All(output.Attention, map => Assert.Equal([3, 3, 5, 5], map.shape));
        Assert.Equal(blocks, output.Keep.Count);
        Assert.All(output.Keep, keep => Assert.Equal([3, 5, 5], keep.shape));

        output.Keep.Select(keep => keep.sum()).Prepend(output.Logits.Squared().sum()).Sum().backward();
        Assert.All(model.Head.named_parameters(), pair => Assert.True(pair.parameter.grad is not null, pair.name));
        Assert.All(model.Fan.named_parameters(), pair => Assert.True(pair.parameter.grad is null, pair.name));
    }

    [Fact]
    public void TheHeadOnCachedFeaturesGivesWhatTheModelGives()
    {
        using var scope = NewDisposeScope();
        using var model = new FanTransModel(ModelSizes.Tiny);
        FillBuffers(model);
        model.eval();
        var images = Images(ModelSizes.TinyFan);
        Assert.Equal(Values(model.call(images).Logits), Values(model.Head.call(model.Fan.Features(images)).Logits));
    }

    [Fact]
    public void FeaturesOfAnotherFanAreRefused()
    {
        using var scope = NewDisposeScope();
        using var head = new AuHead(ModelSizes.Tiny);
        var error = Assert.Throws<ArgumentException>(() => head.call(zeros(2, 32, 8, 8)));
        Assert.Contains("(2, 32, 8, 8)", error.Message);
        Assert.Contains("(B, 48, h, w)", error.Message);
    }

    [Fact]
    public void AFineTunedFanReceivesGradients()
    {
        using var scope = NewDisposeScope();
        using var model = new FanTransModel(ModelSizes.Tiny);
        Assert.True(model.Fan.Frozen);
        model.Fan.Unfreeze();
        model.train();
        model.call(Images(ModelSizes.TinyFan)).Logits.Squared().sum().backward();
        Assert.True(model.Fan.get_parameter("conv1.weight")!.grad is not null);
    }

    [Fact]
    public void DisposingAViewLeavesItsPartsAlone()
    {
        using var scope = NewDisposeScope();
        using var fan = new FaceAlignmentNetwork(ModelSizes.TinyFan);
        using var head = new AuHead(ModelSizes.Tiny);
        double[] expected;
        var images = Images(ModelSizes.TinyFan);
        using (var view = FanTransModel.Over(ModelSizes.Tiny, fan, head))
        {
            view.eval();
            expected = Values(view.call(images).Logits);
        }
        Assert.Equal(expected, Values(head.call(fan.Features(images)).Logits));
    }

    [Fact]
    public void AModelInDoublePrecisionAgreesWithItself()
    {
        using var scope = NewDisposeScope();
        using var model = new FanTransModel(ModelSizes.Tiny with { AttentionDrop = "input-dependent" });
        model.eval();
        var images = Images(ModelSizes.TinyFan);
        double[] single = Values(model.call(images).Logits);
        model.to(ScalarType.Float64);
        var output = model.call(images.to_type(ScalarType.Float64));
        Assert.Equal(ScalarType.Float64, output.Logits.dtype);
        Tolerance.AssertClose("logits", single, Values(output.Logits), Tolerance.Float32);
    }

    [Fact]
    public void ForwardMovesExactlyItsOutputOutwards()
    {
        using var model = new FanTransModel(ModelSizes.Tiny);
        using var images = Images(ModelSizes.TinyFan);
        using var mode = no_grad();
        long before = LiveTensors.Settled();
        using (var output = model.call(images))
            Assert.Equal(before + output.Tensors.Count(), Tensor.TotalCount);
        Assert.Equal(before, Tensor.TotalCount);
    }
}
