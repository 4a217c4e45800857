using FanTrans.Data;
using FanTrans.Distillation;
using static TorchSharp.torch;

namespace FanTrans.Training.Anatomy;

/// <summary>What every peer and the teacher say about one crop.</summary>
/// <param name="ActionUnits">The N FACS numbers.</param>
/// <param name="Peers">N probabilities of each peer.</param>
/// <param name="Teacher">N probabilities of the teacher, the ensemble's own prediction.</param>
/// <param name="Attention">For each peer, block and head the attention after the drop, N x N, rows adding up to 1.</param>
public sealed record PeerTrace(
    IReadOnlyList<int> ActionUnits, IReadOnlyList<float[]> Peers, float[] Teacher, IReadOnlyList<IReadOnlyList<IReadOnlyList<double[,]>>> Attention)
{
    /// <summary>Runs a crop through the ensemble.</summary>
    /// <param name="ensemble">The peers; put into evaluation mode for the run and back after it.</param>
    /// <param name="crop">A square picture of the face, of any size.</param>
    /// <param name="device">The ensemble's device; null is the processor.</param>
    /// <exception cref="ArgumentException">The picture is not square.</exception>
    public static PeerTrace Of(PeerEnsemble ensemble, RgbImage crop, Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(ensemble);
        using var mode = new EvaluationMode(ensemble);
        using var scope = NewDisposeScope();
        var output = ensemble.call(CropTensor.Of(crop, ensemble.Options.Fan.ImageSize, device));
        return new PeerTrace(
            ensemble.Options.ActionUnits, [.. output.Peers.Select(peer => Probabilities(peer.Logits))], Probabilities(output.TeacherLogits),
            [.. output.Peers.Select(peer => peer.Attention.Select(Heads).ToArray())]);
    }

    /// <summary>(1, H, N, N) as a matrix a head.</summary>
    private static double[][,] Heads(Tensor attention) =>
        [.. Enumerable.Range(0, (int)attention.shape[1]).Select(head => MaskDraws.Matrix(attention[0, head]))];

    private static float[] Probabilities(Tensor logits) => logits.sigmoid().cpu().data<float>().ToArray();
}
