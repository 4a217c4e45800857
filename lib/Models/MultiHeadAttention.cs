// Multi-head self-attention over the action units' tokens (Vaswani et al. 2017). PAPER: the per-AU features go through
// transformer blocks with an attention drop inside. Chosen by this kit: one joint qkv map in the order q, k, v, the
// drop on the attention after its softmax.
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanTrans.Models;

/// <summary>Tokens (B, N, D) to tokens (B, N, D), the attention after the drop (B, H, N, N) and the keep
/// probabilities (H, N, N).</summary>
internal sealed class MultiHeadAttention : nn.Module<Tensor, (Tensor Tokens, Tensor Attention, Tensor Keep)>
{
    private readonly Linear qkv;
    private readonly AttentionDrop drop;
    private readonly Linear proj;
    private readonly int heads;
    private readonly int width;

    /// <param name="width">Token width D: a multiple of the heads.</param>
    /// <param name="heads">Heads H.</param>
    /// <param name="drop">What is dropped; this module owns it.</param>
    public MultiHeadAttention(int width, int heads, AttentionDrop drop)
        : base(nameof(MultiHeadAttention))
    {
        (this.width, this.heads, this.drop) = (width, heads, drop);
        qkv = nn.Linear(width, 3 * width);
        proj = nn.Linear(width, width);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override (Tensor Tokens, Tensor Attention, Tensor Keep) forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        long units = x.shape[1],
            each = width / heads;
        var parts = qkv.call(x).view(-1, units, 3, heads, each).permute(2, 0, 3, 1, 4); // (3, B, H, N, d)
        var q = parts.select(0, 0).Times(1 / Math.Sqrt(each)); // (B, H, N, d)
        var k = parts.select(0, 1);
        var v = parts.select(0, 2);
        var softened = q.matmul(k.transpose(-2, -1)).softmax(-1); // (B, H, N, N)
        var (attention, keep) = drop.call(softened, x);
        var joined = attention.matmul(v).transpose(1, 2).reshape(-1, units, width); // (B, N, D)
        return scope.MoveToOuter(proj.call(joined), attention, keep);
    }
}
