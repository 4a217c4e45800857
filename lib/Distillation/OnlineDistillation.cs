// The loss of online distillation. PAPER: online knowledge distillation during training; its form is not published.
// Chosen by this kit, since action units are multi-label and so the distance is per unit and binary:
//   L = Σ_m BCE_w(z_m, y) [+ BCE_w(z_T, y) with the gate]
//     + λ_p · ramp · T² · mean_m KL(Bern σ(z_T/T) ‖ Bern σ(z_m/T))
//     + λ_f · ramp · mean_m ‖norm(tokens_m) - norm(mean tokens)‖²
//     + λ_s · mean off-diagonal P
// with no gradient into the teacher or the mean tokens. Unknown labels are masked out of every term but the last:
// each is a sum over the known (frame, unit) pairs divided by max(their number, 1).
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace FanTrans.Distillation;

/// <summary>The loss that trains a <see cref="PeerEnsemble"/>.</summary>
public sealed class OnlineDistillation
{
    private readonly DistillationOptions options;
    private readonly float[] classWeights;

    /// <param name="options">Weights, temperature and ramp.</param>
    /// <param name="classWeights">For each unit its weight; see <see cref="ClassWeights"/>.</param>
    /// <exception cref="ArgumentException">The options are not valid, or a weight is negative or not
    /// finite.</exception>
    public OnlineDistillation(DistillationOptions options, IReadOnlyList<double> classWeights)
    {
        this.options = options.Validate();
        if (classWeights.FirstOrDefault(weight => !(weight >= 0 && double.IsFinite(weight)), 0) is var bad && bad != 0)
            throw new ArgumentException($"Class weight {bad}, expected finite and at least 0.", nameof(classWeights));
        this.classWeights = [.. classWeights.Select(weight => (float)weight)];
    }

    /// <summary>The loss of a batch.</summary>
    /// <param name="output">What the ensemble gave.</param>
    /// <param name="labels">(B, N): 1 present, 0 absent; anything where not known.</param>
    /// <param name="known">(B, N): 1 where the label is known, else 0.</param>
    /// <param name="epoch">Epoch, from 0, for the ramp; a fraction counts.</param>
    /// <exception cref="ArgumentException">Labels, mask, logits and class weights do not have one shape.</exception>
    public DistillationLoss Compute(PeerOutput output, Tensor labels, Tensor known, double epoch)
    {
        CheckShapes(output, labels, known);
        using var scope = NewDisposeScope();
        var like = output.TeacherLogits;
        var mask = known.to(like.dtype, like.device);                                       // (B, N)
        var targets = labels.to(like.dtype, like.device).masked_fill(mask.eq(0), 0);        // (B, N)
        var pairs = mask.sum().clamp_min(1);
        var weights = mask * tensor(classWeights).to(like.dtype, like.device);              // (B, N)
        double ramp = Ramp.At(epoch, options.RampEpochs), heat = options.Temperature * options.Temperature;

        Tensor Bce(Tensor logits) =>
            F.binary_cross_entropy_with_logits(logits, targets, weights, nn.Reduction.Sum) / pairs;

        var classification = Sum(output.Peers.Select(peer => Bce(peer.Logits)));
        var teacher = output.GateWeights is null ? Zero(like) : Bce(output.TeacherLogits);
        var logits = options.LogitWeight == 0 ? Zero(like)
            : Divergence(output, mask, pairs) * (options.LogitWeight * ramp * heat);
        var features = options.FeatureWeight == 0 ? Zero(like)
            : TokenDistance(output, mask, pairs) * (options.FeatureWeight * ramp);
        var sparsity = options.SparsityWeight == 0 ? Zero(like) : OffDiagonalKeep(output) * options.SparsityWeight;

        var total = classification + teacher + logits + features + sparsity;
        var loss = new DistillationLoss(total, classification, teacher, logits, features, sparsity);
        scope.MoveToOuter(loss.Tensors);
        return loss;
    }

    /// <summary>mean_m Σ known · KL(teacher ‖ peer m) / pairs, of the softened Bernoulli distributions.</summary>
    private Tensor Divergence(PeerOutput output, Tensor mask, Tensor pairs)
    {
        var a = output.TeacherLogits.detach() / options.Temperature;
        var p = a.sigmoid();
        var own = F.binary_cross_entropy_with_logits(a, p, reduction: nn.Reduction.None);   // the teacher's entropy
        var peers = output.Peers.Select(peer =>
        {
            var b = peer.Logits / options.Temperature;
            var cross = F.binary_cross_entropy_with_logits(b, p, reduction: nn.Reduction.None);
            return ((cross - own) * mask).sum();
        });
        return Sum(peers) / (pairs * output.Peers.Count);
    }

    /// <summary>mean_m Σ known · ‖norm(t_m) - norm(mean t)‖² / pairs.</summary>
    private static Tensor TokenDistance(PeerOutput output, Tensor mask, Tensor pairs)
    {
        var all = stack([.. output.Peers.Select(peer => peer.Tokens)], dim: 0);             // (M, B, N, D)
        var mean = F.normalize(all.detach().mean([0]), dim: -1);                            // (B, N, D)
        var distance = (F.normalize(all, dim: -1) - mean).square().sum(-1);                 // (M, B, N)
        return (distance * mask).sum() / (pairs * output.Peers.Count);
    }

    /// <summary>Mean of P over peers, blocks, heads and pairs of different units; 0 with a single unit.</summary>
    private static Tensor OffDiagonalKeep(PeerOutput output)
    {
        var keep = stack([.. output.Peers.SelectMany(peer => peer.Keep)], dim: 0);          // (M·L, H, N, N)
        long units = keep.shape[^1], maps = keep.numel() / (units * units);
        // The diagonal is 1 everywhere.
        return units == 1 ? Zero(keep) : (keep.sum() - maps * units) / (double)(maps * units * (units - 1));
    }

    private static Tensor Zero(Tensor like) => zeros([], dtype: like.dtype, device: like.device);

    private static Tensor Sum(IEnumerable<Tensor> scalars) => scalars.Aggregate((sum, next) => sum + next);

    private void CheckShapes(PeerOutput output, Tensor labels, Tensor known)
    {
        long[] expected = [output.TeacherLogits.shape[0], classWeights.Length];
        foreach (var (name, shape) in new[]
        {
            ("Logits", output.TeacherLogits.shape), ("Labels", labels.shape), ("Known", known.shape),
        })
        {
            if (!shape.SequenceEqual(expected))
            {
                throw new ArgumentException(
                    $"{name} have shape ({string.Join(", ", shape)}), expected ({string.Join(", ", expected)}): "
                    + "frames and class weights.");
            }
        }
    }
}
