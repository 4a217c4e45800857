using static TorchSharp.torch;

namespace FanTrans.Models;

/// <summary>What a face alignment network gives for a batch.</summary>
/// <param name="Heatmaps">For each stack, first to last, the raw heatmaps (B, L, S/4, S/4).</param>
/// <param name="Features">The FAN features (B, F·(1+stacks), S/4, S/4): the stem's output, then each stack's
/// feature times the sum of the last stack's heatmaps.</param>
public sealed record FanOutput(IReadOnlyList<Tensor> Heatmaps, Tensor Features) : IDisposable
{
    internal IEnumerable<Tensor> Tensors => [.. Heatmaps, Features];

    /// <summary>Frees every tensor.</summary>
    public void Dispose()
    {
        foreach (var tensor in Tensors)
            tensor.Dispose();
    }
}
