using static TorchSharp.torch;

namespace FanTrans.Models;

/// <summary>What a model, or one peer of an ensemble, gives for a batch.</summary>
/// <param name="Logits">(B, N); a unit's probability is their sigmoid.</param>
/// <param name="Tokens">(B, N, D), after the last layer norm.</param>
/// <param name="Attention">For each block, none where there are no blocks, the attention after the drop: (B, H, N, N),
/// rows sum to 1.</param>
/// <param name="Keep">For each block, the drop's keep probabilities: (H, N, N), the diagonal 1.</param>
public sealed record FanTransOutput(
    Tensor Logits,
    Tensor Tokens,
    IReadOnlyList<Tensor> Attention,
    IReadOnlyList<Tensor> Keep
) : IDisposable
{
    internal IEnumerable<Tensor> Tensors => [Logits, Tokens, .. Attention, .. Keep];

    /// <summary>Frees every tensor.</summary>
    public void Dispose()
    {
        foreach (var tensor in Tensors)
            tensor.Dispose();
    }
}
