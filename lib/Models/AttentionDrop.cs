// The attention drop. PAPER: "a learnable attention drop" inside the transformer block learns the correlation between
// the features of different AUs; its form is not published. Chosen by this kit:
//   a learned logit Θ (H, N, N) for each block, keep probability P = σ(Θ), the diagonal always kept;
//   training: M from the binary concrete relaxation (Maddison et al. 2017, Jang et al. 2017) at temperature τ with the
//   straight-through estimator; evaluation: M = 1[P ≥ ½]; both renormalise, A' = A ⊙ M / Σ_j (A ⊙ M).
// Variants for ablation, chosen by this kit: none; random (fixed probability, training only); input-dependent, where
// the logit gets the term <a_i, c_j>/√r of two linear maps of the block's normalised input.
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanTrans.Models;

/// <summary>
/// Drops pairs from attention: attention maps (B, H, N, N) and the block's normalised input (B, N, D) to the attention
/// after the drop (B, H, N, N), each row summing to 1, and the keep probabilities (H, N, N), their diagonal 1.
/// Where P depends on the input, its mean over the batch is reported. Without learned logits P is a constant: 1 for
/// <see cref="AttentionDropKind.None"/>, 1 - p for <see cref="AttentionDropKind.Random"/>.
/// </summary>
public sealed class AttentionDrop : nn.Module<Tensor, Tensor, (Tensor Attention, Tensor Keep)>
{
    private readonly Parameter? logits;
    private readonly Linear? query;
    private readonly Linear? key;
    private readonly AttentionDropKind kind;
    private readonly double probability;
    private readonly double temperature;
    private readonly int units;
    private readonly int heads;
    private readonly int rank;

    /// <param name="options">The model's options; they are valid.</param>
    public AttentionDrop(FanTransOptions options) : base(nameof(AttentionDrop))
    {
        (kind, probability, temperature) = (options.AttentionDrop, options.DropProbability, options.Temperature);
        (units, heads, rank) = (options.ActionUnits.Count, options.Heads, options.GateRank);
        if (kind is AttentionDropKind.Learnable or AttentionDropKind.InputDependent)
        {
            double start = Math.Log(options.InitialKeep / (1 - options.InitialKeep));
            logits = nn.Parameter(full([heads, units, units], start));
        }
        if (kind is AttentionDropKind.InputDependent)
        {
            query = nn.Linear(options.TokenWidth, heads * rank);
            key = nn.Linear(options.TokenWidth, heads * rank);
        }
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override (Tensor Attention, Tensor Keep) forward(Tensor attention, Tensor x)
    {
        using var scope = NewDisposeScope();
        var diagonal = eye(units, dtype: ScalarType.Bool, device: attention.device);                // (N, N)
        var (dropped, keep) = kind switch
        {
            AttentionDropKind.None => (attention.alias(), Constant(1, attention)),
            AttentionDropKind.Random => DropAtRandom(attention, diagonal),
            _ => DropLearned(attention, Logits(x), diagonal),
        };
        return scope.MoveToOuter(dropped, keep);
    }

    private (Tensor, Tensor) DropAtRandom(Tensor attention, Tensor diagonal)
    {
        var keep = Constant(1 - probability, attention).masked_fill_(diagonal, 1);
        if (!training)
            return (attention.alias(), keep);
        var mask = Uniform(attention).ge(probability).to_type(attention.dtype);                     // (B, H, N, N)
        return (Renormalise(attention, mask, diagonal), keep);
    }

    private (Tensor, Tensor) DropLearned(Tensor attention, Tensor theta, Tensor diagonal)
    {
        var keep = theta.sigmoid();                                             // (H, N, N) or (B, H, N, N)
        var mask = training ? Sample(theta, attention) : keep.ge(0.5).to_type(attention.dtype);
        var reported = keep.dim() == 4 ? keep.mean([0]) : keep;                                     // (H, N, N)
        return (Renormalise(attention, mask, diagonal), reported.masked_fill(diagonal, 1));
    }

    private Tensor Logits(Tensor x)
    {
        if (query is null || key is null)
            return logits!;                                                                         // (H, N, N)
        var a = Split(query.call(x));                                                               // (B, H, N, r)
        var c = Split(key.call(x));                                                                 // (B, H, N, r)
        return logits! + a.matmul(c.transpose(-2, -1)) / Math.Sqrt(rank);                           // (B, H, N, N)
    }

    private Tensor Split(Tensor x) => x.view(-1, units, heads, rank).transpose(1, 2);               // (B, H, N, r)

    /// <summary>A binary mask whose gradient is that of its relaxation: (B, H, N, N).</summary>
    private Tensor Sample(Tensor theta, Tensor attention)
    {
        var uniform = Uniform(attention).clamp_(1e-6, 1 - 1e-6);
        var noise = uniform.log() - (1 - uniform).log();
        var soft = (theta + noise).div(temperature).sigmoid();
        var hard = soft.detach().ge(0.5).to_type(soft.dtype);
        // In this order the sum is exactly 0 or 1 in floating point, too.
        return soft + (hard - soft.detach());
    }

    private Tensor Constant(double keep, Tensor attention) =>
        full([heads, units, units], keep, dtype: attention.dtype, device: attention.device);

    private static Tensor Uniform(Tensor attention) =>
        rand(attention.shape, dtype: attention.dtype, device: attention.device);

    private static Tensor Renormalise(Tensor attention, Tensor mask, Tensor diagonal)
    {
        var kept = attention * mask.masked_fill(diagonal, 1);                                       // (B, H, N, N)
        return kept / kept.sum(-1, keepdim: true).clamp_min(1e-12);
    }
}
