using CsCheck;
using FanTrans.Data;
using FanTrans.Models;
using static FanTrans.Tests.Models.TensorTesting;
using static TorchSharp.torch;

namespace FanTrans.Tests.Models;

[Collection(TorchCollection.Name)]
public class TokensTests
{
    private const int Side = 8,
        Batch = 3;

    private static readonly FanTransOptions Options = ModelSizes.Tiny with
    {
        TransformerBlocks = 0,
        Classifier = "independent",
    };

    [Theory]
    [InlineData("landmark")]
    [InlineData("attention")]
    [InlineData("global")]
    [InlineData("strict")]
    public void EachUnitsMapSumsToOne(string tokens) =>
        Gen.Select(Gen.Long[0, 1 << 20], Gen.Double[0, 100])
            .Sample(
                (seed, scale) =>
                {
                    using var scope = NewDisposeScope();
                    using var head = Head(tokens);
                    manual_seed(seed);
                    // Heatmaps of nothing at all count, too.
                    var maps = Values(head.Maps(Features(head, scale: scale < 10 ? 0 : scale)));
                    return maps.All(value => value >= 0)
                        && maps.Chunk(Side * Side).All(map => Math.Abs(map.Sum() - 1) < 1e-5);
                },
                iter: 20,
                threads: 1
            );

    [Theory]
    [InlineData("landmark", "strict")]
    public void AUnitLooksWhereItsLandmarksAre(params string[] forms)
    {
        using var scope = NewDisposeScope();
        foreach (var tokens in forms)
        {
            using var head = Head(tokens);
            var features = zeros(1, Options.Fan.FeatureChannels + 68, Side, Side);
            // AU 1's landmarks in one cell, AU 12's in another, all others in a third.
            foreach (
                var (landmark, cell) in Enumerable
                    .Range(0, 68)
                    .Select(l =>
                        (
                            l,
                            l is >= 20 and <= 23 ? 9
                            : l is 48 or 49 or 53 or 54 ? 50
                            : 30
                        )
                    )
            )
                features[0, Options.Fan.FeatureChannels + landmark, cell / Side, cell % Side] = 1;
            var maps = Values(head.Maps(features)).Chunk(Side * Side).ToArray();
            Assert.Equal(9, Array.IndexOf(maps[0], maps[0].Max()));
            Assert.Equal(50, Array.IndexOf(maps[3], maps[3].Max()));
            Assert.True(maps[0][9] > 0.8 && maps[3][50] > 0.6);
        }
    }

    [Fact]
    public void AStrictTokenSeesNothingButItsPlaces()
    {
        using var scope = NewDisposeScope();
        using var head = Head("strict");
        head.eval();
        var features = Features(head);
        using (no_grad())
            features.narrow(1, Options.Fan.FeatureChannels, 68).zero_();
        features[.., TensorIndex.Slice(Options.Fan.FeatureChannels), 2, 2] = 1;
        var before = Values(head.Tokens(features));
        using (no_grad())
            features.narrow(1, 0, Options.Fan.FeatureChannels)[.., .., 5, 5] = 9;
        // The floor of a map is a millionth.
        Assert.All(before.Zip(Values(head.Tokens(features))), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        using (no_grad())
            features.narrow(1, 0, Options.Fan.FeatureChannels)[.., .., 2, 2] = 9;
        Assert.NotEqual(before[0], Values(head.Tokens(features))[0], 1e-3);
    }

    [Theory]
    [InlineData("landmark")]
    [InlineData("attention")]
    [InlineData("global")]
    [InlineData("strict")]
    public void EveryUnitOfFacsHasTokensAndGradients(string tokens)
    {
        using var scope = NewDisposeScope();
        using var head = new AuHead(Options with { ActionUnits = [.. ActionUnits.All], Tokens = tokens });
        var output = head.call(Features(head));
        Assert.Equal([Batch, ActionUnits.All.Count], output.Logits.shape);
        output.Logits.Squared().sum().backward();
        Assert.All(head.named_parameters(), pair => Assert.True(pair.parameter.grad is not null, pair.name));
    }

    [Fact]
    public void UnknownUnitsAndOtherLandmarksStartUniform()
    {
        var weights = AuAnatomy.Weights([99, 12], 68);
        Assert.All(Enumerable.Range(0, 68), l => Assert.Equal(1f / 68, weights[0, l]));
        Assert.Equal((1, 0.5f, 0.01f), (weights[1, 48], weights[1, 31], weights[1, 20]));
        Assert.All(AuAnatomy.Weights([12], 5).Cast<float>(), weight => Assert.Equal(0.2f, weight));
    }

    [Fact]
    public void TheAnatomyIsTheSameOnBothSidesOfTheFace()
    {
        foreach (var (unit, (whole, half)) in AuAnatomy.Table)
        {
            foreach (var set in new[] { whole, half })
                Assert.True(set.Order().SequenceEqual(set.Select(l => Ibug68.Flipped[l]).Order()), $"AU {unit}");
            Assert.Empty(whole.Intersect(half));
        }
    }

    [Fact]
    public void SourcesWithoutLandmarksAreRefusedWhereTheyAreNeeded()
    {
        var error = Assert.Throws<ArgumentException>(() =>
            new AuHead(Options with { Tokens = "landmark" }, new FeatureShape(48, 0, 8))
        );
        Assert.Contains("Tokens 'landmark' need the heatmaps of landmarks", error.Message);
        using var head = new AuHead(Options with { Tokens = "attention" }, new FeatureShape(48, 0, 8));
        Assert.False(head.UsesHeatmaps);
    }

    [Fact]
    public void MapsOfAnotherShapeAreRefused()
    {
        using var scope = NewDisposeScope();
        using var head = Head("landmark");
        var error = Assert.Throws<ArgumentException>(() => head.call(zeros(2, 48, 8, 8)));
        Assert.Contains("(2, 48, 8, 8)", error.Message);
        Assert.Contains("expected (B, 116, h, w): 48 channels and the heatmaps of 68 landmarks", error.Message);
    }

    private static AuHead Head(string tokens)
    {
        manual_seed(2);
        return new AuHead(Options with { Tokens = tokens });
    }

    private static Tensor Features(AuHead head, double scale = 1) =>
        cat(
            [
                randn(Batch, Options.Fan.FeatureChannels, Side, Side),
                rand(Batch, head.UsesHeatmaps ? 68 : 0, Side, Side).Times(scale),
            ],
            dim: 1
        );
}
