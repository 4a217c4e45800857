using FanTrans.Models;
using static TorchSharp.torch;

namespace FanTrans.Distillation;

/// <summary>What an ensemble gives for a batch.</summary>
/// <param name="Peers">Each peer's output.</param>
/// <param name="TeacherLogits">The teacher's logits z_T (B, N), the ensemble's own prediction.</param>
/// <param name="GateWeights">The gate's weights (B, M), rows sum to 1; null where the teacher has none.</param>
public sealed record PeerOutput(IReadOnlyList<FanTransOutput> Peers, Tensor TeacherLogits, Tensor? GateWeights)
    : IDisposable
{
    internal IEnumerable<Tensor> Tensors
    {
        get
        {
            Tensor[] all = [.. Peers.SelectMany(peer => peer.Tensors), TeacherLogits];
            return GateWeights is null ? all : [.. all, GateWeights];
        }
    }

    /// <summary>Frees every tensor.</summary>
    public void Dispose()
    {
        foreach (var tensor in Tensors)
            tensor.Dispose();
    }
}
