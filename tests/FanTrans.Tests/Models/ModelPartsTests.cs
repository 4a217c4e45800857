using FanTrans.Models;
using static TorchSharp.torch;

namespace FanTrans.Tests.Models;

[Collection(TorchCollection.Name)]
public class ModelPartsTests
{
    [Fact]
    public void ThePublishedNetworkHasItsKnownSize()
    {
        var fan = ModelParts.Of(FanTransOptions.Paper).Where(p => p.Part.StartsWith("FAN", StringComparison.Ordinal)).ToList();
        Assert.Equal(12_106_504, fan.Sum(p => p.Parameters));
        // 27.8 GFLOP, two for each multiply-add.
        Assert.Equal(27.8, 2 * fan.Sum(p => p.MultiplyAdds) / 1000, 0.05);
    }

    [Theory]
    [InlineData(ClassifierKind.Joint, AttentionDropKind.Learnable)]
    [InlineData(ClassifierKind.JointHidden, AttentionDropKind.InputDependent)]
    [InlineData(ClassifierKind.Shared, AttentionDropKind.None)]
    public void NoParameterIsLeftOutOrCountedTwice(ClassifierKind classifier, AttentionDropKind drop)
    {
        var options = ModelSizes.Tiny with { Classifier = classifier, AttentionDrop = drop };
        using var model = new FanTransModel(options);
        ModelPart[] parts = [.. ModelParts.Of(options)];
        Assert.Equal(model.parameters().Sum(p => p.numel()), parts[..^1].Sum(p => p.Parameters));
        Assert.Equal(parts[..^1].Sum(p => p.Parameters), parts[^1].Parameters);
        Assert.All(parts, p => Assert.True(p.MultiplyAdds >= 0));
    }

    [Fact]
    public void TheShapesAreThoseOfTheModel()
    {
        using var scope = NewDisposeScope();
        var options = FanTransOptions.Small;
        using var model = new FanTransModel(options);
        model.eval();
        using var features = model.Fan.Features(rand(1, 3, 96, 96));
        var parts = ModelParts.Of(options).ToDictionary(p => p.Part, p => p.Output);
        Assert.Equal(string.Join(" x ", features.shape[1..]), parts["FAN features, stem and weighed stacks"]);
        Assert.Equal(string.Join(" x ", model.Head.Tokens(features).shape[1..]), parts["AU tokens"]);
    }
}
