using FanTrans.Models;
using FanTrans.Tests.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace FanTrans.Tests.Gradients;

/// <summary>
/// Gradients of the head against difference quotients, in training mode, for every attention drop and classifier.
/// A learned drop's mask is a step function of its logits; the straight-through gradient is the gradient of
/// M = M_hard + soft(Θ + ε) - soft(Θ), with M_hard and soft(Θ) held at the values of the pass. The quotients are
/// taken of the loss with that real-valued mask, put in the drop's place by a forward hook.
/// </summary>
[Collection(TorchCollection.Name)]
public class HeadGradientTests
{
    private const int Seed = 5;
    private const int Batch = 2;

    public static MatrixTheoryData<string, string> Variants => new(BuiltIn.Drops, BuiltIn.Classifiers);

    [Theory]
    [MemberData(nameof(Variants))]
    public void MatchesDifferenceQuotients(string drop, string classifier) => Check(TinyOptions.Of(drop, classifier));

    [Theory]
    [InlineData("landmark", 2, true)]
    [InlineData("landmark", 0, false)]
    [InlineData("attention", 2, true)]
    [InlineData("attention", 0, false)]
    [InlineData("strict", 2, true)]
    [InlineData("global", 0, true)]
    public void SoDoesEachFormOfTokens(string tokens, int blocks, bool norm) =>
        Check(TinyOptions.Of(tokens: tokens, blocks: blocks) with { SubnetNorm = norm });

    private static void Check(FanTransOptions options)
    {
        using var scope = NewDisposeScope();
        var drop = options.AttentionDrop;
        manual_seed(1);
        using var head = new AuHead(options);
        head.to(ScalarType.Float64);
        head.train();
        RandomWeights.Move(head);
        var landmarks = head.UsesHeatmaps ? options.Fan.Landmarks : 0;
        // Heatmaps are positive.
        var features = cat(
                [
                    randn([Batch, options.Fan.FeatureChannels, 4, 4], dtype: ScalarType.Float64),
                    rand([Batch, landmarks, 4, 4], dtype: ScalarType.Float64).Plus(0.1),
                ],
                dim: 1
            )
            .requires_grad_();
        using var measure = new Measure(options, Batch);

        manual_seed(Seed);
        using var output = head.call(features);
        var loss = measure.Of(output);
        loss.backward();

        using var masks = drop is "learnable" or "input-dependent" ? new RealMasks(head, options, Batch, Seed) : null;
        double Loss()
        {
            using var inner = NewDisposeScope();
            using var mode = no_grad();
            manual_seed(Seed);
            return measure.Of(head.call(features)).item<double>();
        }
        Assert.Equal(loss.item<double>(), Loss(), 1e-12);
        FiniteDifference.Check(Loss, [.. FiniteDifference.Of(head), FiniteDifference.Of("features", features)], Seed);
    }

    /// <summary>A scalar of everything that the head gives, each entry with a weight of its own.</summary>
    private sealed class Measure : IDisposable
    {
        private readonly Tensor logits;
        private readonly Tensor tokens;
        private readonly Tensor maps;
        private readonly Tensor keep;

        public Measure(FanTransOptions options, int batch)
        {
            long units = options.ActionUnits.Count;
            Tensor Normal(params long[] shape) => randn(shape, dtype: ScalarType.Float64);
            logits = Normal(batch, units);
            tokens = Normal(batch, units, options.TokenWidth);
            maps = Normal(options.TransformerBlocks, batch, options.Heads, units, units);
            keep = Normal(options.TransformerBlocks, options.Heads, units, units);
        }

        public Tensor Of(FanTransOutput output) =>
            new[]
            {
                (output.Logits * logits).sum(),
                (output.Tokens * tokens).sum(),
                (Stacked(output.Attention, maps) * maps).sum(),
                (Stacked(output.Keep, keep) * keep).sum(),
            }.Sum();

        /// <summary>Stacked over blocks, of which there may be none.</summary>
        private static Tensor Stacked(IReadOnlyList<Tensor> blocks, Tensor like) =>
            blocks.Count > 0 ? stack(blocks) : like;

        public void Dispose()
        {
            foreach (var tensor in new[] { logits, tokens, maps, keep })
                tensor.Dispose();
        }
    }
}
