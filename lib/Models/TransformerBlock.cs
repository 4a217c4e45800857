// The transformer block. PAPER: the per-AU features go through transformer blocks with a learnable attention drop.
// Chosen by this kit: pre-norm, layer norm with eps 1e-5, the number of blocks and heads, the MLP's ratio.
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanTrans.Models;

/// <summary>Pre-norm attention and MLP, each with a residual: tokens (B, N, D) to tokens (B, N, D), the attention
/// after the drop (B, H, N, N) and the keep probabilities (H, N, N).</summary>
internal sealed class TransformerBlock : nn.Module<Tensor, (Tensor Tokens, Tensor Attention, Tensor Keep)>
{
    private readonly LayerNorm norm1;
    private readonly MultiHeadAttention attention;
    private readonly LayerNorm norm2;
    private readonly Mlp mlp;

    /// <param name="width">Token width D: a multiple of the heads.</param>
    /// <param name="heads">Heads H.</param>
    /// <param name="hidden">Hidden width of the MLP.</param>
    /// <param name="drop">What of the attention is dropped; this module owns it.</param>
    public TransformerBlock(int width, int heads, int hidden, AttentionDrop drop)
        : base(nameof(TransformerBlock))
    {
        norm1 = nn.LayerNorm(width);
        attention = new MultiHeadAttention(width, heads, drop);
        norm2 = nn.LayerNorm(width);
        mlp = new Mlp(width, hidden, width);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override (Tensor Tokens, Tensor Attention, Tensor Keep) forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var (attended, map, keep) = attention.call(norm1.call(x));
        var tokens = x.Plus(attended);
        tokens = tokens.Plus(mlp.call(norm2.call(tokens)));
        return scope.MoveToOuter(tokens, map, keep);
    }
}
