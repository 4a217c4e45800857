// The loss of online distillation. PAPER: online knowledge distillation during training; its form is not published.
// Chosen by this kit, since action units are multi-label and so the distance is per unit and binary:
//   L = Σ_m BCE_w(z_m, y) [+ BCE_w(z_T, y) with the gate]
//     + λ_p · ramp · T² · mean_m KL(Bern σ(z_T/T) ‖ Bern σ(z_m/T))
//     + λ_f · ramp · mean_m ‖norm(tokens_m) - norm(mean tokens)‖²
//     + λ_s · mean off-diagonal P
// with no gradient into the teacher or the mean tokens. Unknown labels are masked out of every term but the last:
// each is a sum over the known (frame, unit) pairs divided by max(their number, 1).
using FanTrans.Models;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace FanTrans.Distillation;

/// <summary>
/// Online distillation. Terms "classification", every peer against the labels; "teacher", the teacher against the
/// labels where it weighs the peers, else 0; "logits", the peers' logits against the teacher's; "features", the peers'
/// tokens against their mean; "sparsity", the mean keep probability off the diagonal.
/// </summary>
internal sealed class OnlineDistillation : PeerLoss
{
    private readonly DistillationOptions options;

    /// <param name="options">Weights, temperature and ramp.</param>
    /// <param name="classWeights">For each unit its weight; see <see cref="ClassWeights"/>.</param>
    /// <exception cref="ArgumentException">The options are not valid,
    /// or a weight is negative or not finite.</exception>
    public OnlineDistillation(DistillationOptions options, IReadOnlyList<double> classWeights)
        : base(classWeights) => this.options = options.Validate();

    /// <inheritdoc/>
    protected override IEnumerable<(string Name, Tensor Value)> Terms(
        PeerOutput output,
        KnownLabels labels,
        double epoch
    )
    {
        double ramp = Ramp.At(epoch, options.RampEpochs),
            heat = options.Temperature * options.Temperature;
        var zero = zeros([], dtype: labels.Targets.dtype, device: labels.Targets.device);
        Tensor Weighted(double weight, Func<Tensor> term) => weight == 0 ? zero.clone() : term().Times(weight);
        return
        [
            ("classification", output.Peers.Select(peer => labels.CrossEntropy(peer.Logits)).Sum()),
            ("teacher", output.GateWeights is null ? zero.clone() : labels.CrossEntropy(output.TeacherLogits)),
            ("logits", Weighted(options.LogitWeight * ramp * heat, () => Divergence(output, labels))),
            ("features", Weighted(options.FeatureWeight * ramp, () => TokenDistance(output, labels))),
            ("sparsity", Weighted(options.SparsityWeight, () => OffDiagonalKeep(output) ?? zero)),
        ];
    }

    /// <summary>mean_m Σ known · KL(teacher ‖ peer m) / pairs, of the softened Bernoulli distributions.</summary>
    private Tensor Divergence(PeerOutput output, KnownLabels labels)
    {
        var a = output.TeacherLogits.detach().Over(options.Temperature);
        var p = a.sigmoid();
        var own = F.binary_cross_entropy_with_logits(a, p, reduction: nn.Reduction.None); // the teacher's entropy
        var peers = output.Peers.Select(peer =>
        {
            var b = peer.Logits.Over(options.Temperature);
            var cross = F.binary_cross_entropy_with_logits(b, p, reduction: nn.Reduction.None);
            return labels.Mean(cross - own);
        });
        return peers.Sum().Over(output.Peers.Count);
    }

    /// <summary>mean_m Σ known · ‖norm(t_m) - norm(mean t)‖² / pairs.</summary>
    private static Tensor TokenDistance(PeerOutput output, KnownLabels labels)
    {
        var all = stack([.. output.Peers.Select(peer => peer.Tokens)], dim: 0); // (M, B, N, D)
        var mean = F.normalize(all.detach().mean([0]), dim: -1); // (B, N, D)
        var distance = (F.normalize(all, dim: -1) - mean).Squared().sum(-1); // (M, B, N)
        return labels.Mean(distance.mean([0]));
    }

    /// <summary>Mean of P over peers, blocks, heads and pairs of different units; null where there is none.</summary>
    private static Tensor? OffDiagonalKeep(PeerOutput output)
    {
        Tensor[] blocks = [.. output.Peers.SelectMany(peer => peer.Keep)];
        if (blocks.Length == 0 || blocks[0].shape[^1] == 1)
            return null;
        var keep = stack(blocks, dim: 0); // (M·L, H, N, N)
        long units = keep.shape[^1],
            maps = keep.numel() / (units * units);
        // The diagonal is 1 everywhere.
        return keep.sum().Minus(maps * units).Over(maps * units * (units - 1));
    }
}
