using FanTrans.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanTrans.Tests.Models;

[Collection(TorchCollection.Name)]
public class ModelPartsTests
{
    [Fact]
    public void ThePublishedNetworkHasItsKnownSize()
    {
        var fan = ModelParts
            .Of(FanTransOptions.Paper)
            .Where(p => p.Part.StartsWith("FAN", StringComparison.Ordinal))
            .ToList();
        Assert.Equal(12_106_504, fan.Sum(p => p.Parameters));
        // 27.8 GFLOP, two for each multiply-add.
        Assert.Equal(27.8, 2 * fan.Sum(p => p.MultiplyAdds) / 1000, 0.05);
    }

    [Theory]
    [InlineData("joint", "learnable", "global")]
    [InlineData("joint-hidden", "input-dependent", "landmark")]
    [InlineData("shared", "none", "attention")]
    [InlineData("independent", "off", "strict")]
    public void NoParameterIsLeftOutOrCountedTwice(string classifier, string drop, string tokens)
    {
        var options = ModelSizes.Tiny with { Classifier = classifier, AttentionDrop = drop, Tokens = tokens };
        using var model = new FanTransModel(options);
        ModelPart[] parts = [.. ModelParts.Of(options)];
        Assert.Equal(model.parameters().Sum(p => p.numel()), parts[..^1].Sum(p => p.Parameters));
        Assert.Equal(parts[..^1].Sum(p => p.Parameters), parts[^1].Parameters);
        Assert.All(parts, p => Assert.True(p.MultiplyAdds >= 0));
    }

    [Fact]
    public void AnotherFeatureSourceIsDescribedInTheFansPlace()
    {
        var options = ModelSizes.Tiny with
        {
            Tokens = "global",
            FeaturePooling = 2,
            FeatureSource = FeatureSources.Register(_ => new Stem()),
        };
        using var model = new FanTransModel(options);
        ModelPart[] parts = [.. ModelParts.Of(options)];
        Assert.Equal(new ModelPart("feature source, Stem", "6 x 8 x 8", 168, 0), parts[0]);
        Assert.Equal(new ModelPart("features", "6 x 4 x 4", 0, 0), parts[1]);
        Assert.Equal(model.parameters().Sum(p => p.numel()), parts[^1].Parameters);
    }

    [Fact]
    public void TheShapesAreThoseOfTheModel()
    {
        using var scope = NewDisposeScope();
        var options = FanTransOptions.Small;
        using var model = new FanTransModel(options);
        model.eval();
        using var features = model.Features(rand(1, 3, 96, 96));
        var parts = ModelParts.Of(options).ToDictionary(p => p.Part, p => p.Output);
        Assert.Equal("128 x 12 x 12, 68 heatmaps", parts["FAN features, stem and weighed stacks"]);
        Assert.Equal([1, 128 + 68, 12, 12], features.shape);
        Assert.Equal("48 x 12 x 12", parts["subnet"]);
        Assert.Equal(string.Join(" x ", model.Head.Tokens(features).shape[1..]), parts["AU tokens, landmark"]);
    }

    private sealed class Stem : FeatureSource
    {
        private readonly Conv2d conv = nn.Conv2d(3, 6, kernel_size: 3, stride: 4, padding: 1);

        public Stem()
            : base(nameof(Stem)) => RegisterComponents();

        public override FeatureShape Shape => new(6, 0, 8);

        public override FanOutput forward(Tensor images) => new([], conv.call(images));
    }
}
