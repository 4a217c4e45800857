using FanTrans.Models;
using static FanTrans.Tests.Models.TensorTesting;
using static TorchSharp.torch;

namespace FanTrans.Tests.Models;

[Collection(TorchCollection.Name)]
public class FaceAlignmentNetworkTests
{
    [Fact]
    public void TheTwoStackNetworkHasThePublishedNumberOfParameters()
    {
        using var fan = new FaceAlignmentNetwork(FanOptions.Paper);
        Assert.Equal(12_106_504, fan.parameters().Sum(parameter => parameter.numel()));
    }

    [Fact]
    public void PoolingHalvesByTheGreatestOrTheMean()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new[] { 1f, 2f, 3f, 6f }).reshape(1, 1, 2, 2);
        Assert.Equal(6, Hourglass.Halve(x, FanPooling.Max).item<float>());
        Assert.Equal(3, Hourglass.Halve(x, FanPooling.Average).item<float>());
    }

    [Fact]
    public void TheNamesAreThePublishedOnes()
    {
        using var fan = new FaceAlignmentNetwork(ModelSizes.TinyFan);
        var names = fan.state_dict().Keys.ToHashSet();
        foreach (
            string name in new[]
            {
                "conv1.weight",
                "conv1.bias",
                "bn1.running_mean",
                "bn1.num_batches_tracked",
                "conv2.conv1.weight",
                "conv2.downsample.0.weight",
                "conv2.downsample.2.weight",
                "conv4.bn3.bias",
                "m0.b1_2.conv3.weight",
                "m0.b2_1.bn1.weight",
                "m0.b2_plus_1.conv1.weight",
                "m1.b3_1.conv2.weight",
                "top_m_0.conv1.weight",
                "conv_last0.bias",
                "bn_end1.running_var",
                "l0.weight",
                "l1.bias",
                "bl0.weight",
                "al0.bias",
            }
        )
        {
            Assert.Contains(name, names);
        }
        Assert.DoesNotContain("bl1.weight", names);
        Assert.DoesNotContain("m0.b2_plus_2.conv1.weight", names);
        Assert.DoesNotContain("conv3.downsample.0.weight", names);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void EveryStackGivesHeatmapsAndFeatures(int stacks)
    {
        using var scope = NewDisposeScope();
        var options = ModelSizes.TinyFan with { Stacks = stacks };
        using var fan = new FaceAlignmentNetwork(options);
        var images = Images(options, batch: 3);
        var output = fan.call(images);
        Assert.Equal(stacks, output.Heatmaps.Count);
        Assert.All(output.Heatmaps, heatmap => Assert.Equal([3, 68, 8, 8], heatmap.shape));
        Assert.Equal([3, options.FeatureChannels, 8, 8], output.Features.shape);
    }

    [Fact]
    public void TheThreeWaysToRunAgree()
    {
        using var scope = NewDisposeScope();
        using var fan = new FaceAlignmentNetwork(ModelSizes.TinyFan);
        FillBuffers(fan);
        fan.eval();
        var images = Images(fan.Options);
        var output = fan.call(images);
        Assert.Equal(Values(output.Features), Values(fan.Features(images)));
        var heatmaps = fan.Heatmaps(images);
        Assert.Equal(Values(output.Heatmaps[0]), Values(heatmaps[0]));
        Assert.Equal(Values(output.Heatmaps[1]), Values(heatmaps[1]));
    }

    [Fact]
    public void TheFeaturesBeginWithTheStemAndWeighTheStacks()
    {
        using var scope = NewDisposeScope();
        using var fan = new FaceAlignmentNetwork(ModelSizes.TinyFan);
        fan.eval();
        var images = Images(fan.Options);
        var before = fan.call(images);
        using (no_grad())
        {
            fan.get_parameter("l1.weight")!.zero_();
            fan.get_parameter("l1.bias")!.Set(1.0 / 68);
        }
        // The last heatmaps now sum to 1, so the stacks' features appear unweighted.
        var after = fan.call(images);
        int width = ModelSizes.TinyFan.Features;
        Assert.Equal(Values(before.Features.narrow(1, 0, width)), Values(after.Features.narrow(1, 0, width)));
        var weight = before.Heatmaps[1].sum(1, keepdim: true);
        Assert.True(
            (after.Features.narrow(1, width, 2 * width) * weight).allclose(
                before.Features.narrow(1, width, 2 * width),
                rtol: 1e-4,
                atol: 1e-5
            )
        );
    }

    [Fact]
    public void AFrozenNetworkStaysInEvaluationModeAndOutsideTheGraph()
    {
        using var scope = NewDisposeScope();
        using var fan = new FaceAlignmentNetwork(ModelSizes.TinyFan);
        fan.Freeze();
        fan.train();
        Assert.True(fan.Frozen);
        Assert.False(fan.training);
        Assert.All(fan.modules(), module => Assert.False(module.training));
        Assert.All(fan.parameters(), parameter => Assert.False(parameter.requires_grad));

        var images = Images(fan.Options).requires_grad_();
        double[] before = Statistics(fan);
        var output = fan.call(images);
        Assert.False(output.Features.requires_grad);
        Assert.All(output.Heatmaps, heatmap => Assert.False(heatmap.requires_grad));
        Assert.Equal(before, Statistics(fan));
    }

    [Fact]
    public void AnUnfrozenNetworkTrainsAgain()
    {
        using var scope = NewDisposeScope();
        using var fan = new FaceAlignmentNetwork(ModelSizes.TinyFan);
        fan.Freeze();
        fan.Unfreeze();
        Assert.False(fan.training);
        fan.train();
        Assert.True(fan.training);
        double[] before = Statistics(fan);
        fan.Features(Images(fan.Options)).mean().backward();
        Assert.NotEqual(before, Statistics(fan));
        Assert.All(fan.named_parameters(), pair => Assert.True(pair.parameter.grad is not null, pair.name));
    }

    [Fact]
    public void ImagesOfAnotherShapeAreRefused()
    {
        using var scope = NewDisposeScope();
        using var fan = new FaceAlignmentNetwork(ModelSizes.TinyFan);
        foreach (long[] shape in new long[][] { [2, 3, 32, 64], [2, 1, 32, 32], [3, 32, 32] })
        {
            var error = Assert.Throws<ArgumentException>(() => fan.call(zeros(shape)));
            Assert.Contains($"({string.Join(", ", shape)})", error.Message);
            Assert.Contains("expected (B, 3, 32, 32)", error.Message);
        }
    }

    private static double[] Statistics(FaceAlignmentNetwork fan) => Values(fan.get_buffer("bn1.running_mean")!);
}
