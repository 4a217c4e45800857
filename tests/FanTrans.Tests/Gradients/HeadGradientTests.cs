using FanTrans.Models;
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

    public static MatrixTheoryData<AttentionDropKind, ClassifierKind> Variants =>
        new(Enum.GetValues<AttentionDropKind>(), Enum.GetValues<ClassifierKind>());

    [Theory]
    [MemberData(nameof(Variants))]
    public void MatchesDifferenceQuotients(AttentionDropKind drop, ClassifierKind classifier)
    {
        using var scope = NewDisposeScope();
        var options = TinyOptions.Of(drop, classifier);
        manual_seed(1);
        using var head = new AuHead(options);
        head.to(ScalarType.Float64);
        head.train();
        RandomWeights.Move(head);
        var features = randn([Batch, options.Fan.FeatureChannels, 4, 4], dtype: ScalarType.Float64).requires_grad_();
        using var measure = new Measure(options, Batch);

        manual_seed(Seed);
        using var output = head.call(features);
        var loss = measure.Of(output);
        loss.backward();

        using var masks = drop is AttentionDropKind.Learnable or AttentionDropKind.InputDependent
            ? new RealMasks(head, options, Batch, Seed) : null;
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
            (output.Logits * logits).sum() + (output.Tokens * tokens).sum()
            + (stack(output.Attention) * maps).sum() + (stack(output.Keep) * keep).sum();

        public void Dispose()
        {
            foreach (var tensor in new[] { logits, tokens, maps, keep })
                tensor.Dispose();
        }
    }
}
