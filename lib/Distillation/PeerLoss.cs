// What trains the peers: the frame of every loss, which masks out what is not known of the labels.
using FanTrans.Models;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace FanTrans.Distillation;

/// <summary>A batch's labels for a loss.</summary>
/// <param name="Targets">(B, N): 1 present, 0 absent or not known.</param>
/// <param name="Known">(B, N): 1 where the label is known, else 0.</param>
/// <param name="Weights">(N): each unit's class weight.</param>
public sealed record KnownLabels(Tensor Targets, Tensor Known, Tensor Weights)
{
    /// <summary>Σ over known pairs of values (B, N), divided by max(their number, 1).</summary>
    public Tensor Mean(Tensor values) => (values * Known).sum() / Known.sum().NoLess(1);

    /// <summary>Weighted binary cross-entropy of logits (B, N), the mean over known pairs.</summary>
    public Tensor CrossEntropy(Tensor logits) =>
        Mean(F.binary_cross_entropy_with_logits(logits, Targets, reduction: nn.Reduction.None) * Weights);
}

/// <summary>
/// The loss that trains a <see cref="PeerEnsemble"/>. One of your own derives from this class, writes
/// <see cref="Terms"/>, and is named in the options:
/// <c>options with { Loss = PeerLosses.Register((o, weights) => new MyLoss(weights)) }</c>.
/// </summary>
public abstract class PeerLoss
{
    private readonly float[] classWeights;

    /// <param name="classWeights">For each unit its weight; see <see cref="ClassWeights"/>.</param>
    /// <exception cref="ArgumentException">A weight is negative or not finite.</exception>
    protected PeerLoss(IReadOnlyList<double> classWeights)
    {
        if (classWeights.FirstOrDefault(weight => !(weight >= 0 && double.IsFinite(weight)), 0) is var bad && bad != 0)
            throw new ArgumentException($"Class weight {bad}, expected finite and at least 0.", nameof(classWeights));
        this.classWeights = [.. classWeights.Select(weight => (float)weight)];
    }

    /// <summary>The loss of a batch.</summary>
    /// <param name="output">What the ensemble gave.</param>
    /// <param name="labels">(B, N): 1 present, 0 absent; anything where not known.</param>
    /// <param name="known">(B, N): 1 where the label is known, else 0.</param>
    /// <param name="epoch">Epoch, from 0, for ramps; a fraction counts.</param>
    /// <exception cref="ArgumentException">Labels, mask, logits and class weights do not have one shape.</exception>
    public DistillationLoss Compute(PeerOutput output, Tensor labels, Tensor known, double epoch)
    {
        CheckShapes(output, labels, known);
        using var scope = NewDisposeScope();
        var like = output.TeacherLogits;
        var mask = known.to(like.dtype, like.device); // (B, N)
        var targets = labels.to(like.dtype, like.device).Filled(mask.logical_not(), 0); // (B, N)
        var weights = tensor(classWeights).to(like.dtype, like.device); // (N)
        (string Name, Tensor Value)[] terms = [.. Terms(output, new KnownLabels(targets, mask, weights), epoch)];
        var total = terms.Select(term => term.Value).Sum();
        var loss = new DistillationLoss(terms.Length == 1 ? total.alias() : total, terms);
        scope.MoveToOuter(loss.Tensors);
        return loss;
    }

    /// <summary>The terms by name: scalars, at least one, whose sum is the loss.</summary>
    /// <param name="output">What the ensemble gave.</param>
    /// <param name="labels">The labels.</param>
    /// <param name="epoch">Epoch, from 0; a fraction counts.</param>
    protected abstract IEnumerable<(string Name, Tensor Value)> Terms(
        PeerOutput output,
        KnownLabels labels,
        double epoch
    );

    private void CheckShapes(PeerOutput output, Tensor labels, Tensor known)
    {
        long[] expected = [output.TeacherLogits.shape[0], classWeights.Length];
        foreach (
            var (name, shape) in new[]
            {
                ("Logits", output.TeacherLogits.shape),
                ("Labels", labels.shape),
                ("Known", known.shape),
            }
        )
        {
            if (!shape.SequenceEqual(expected))
            {
                throw new ArgumentException(
                    $"{name} have shape ({string.Join(", ", shape)}), expected ({string.Join(", ", expected)}): "
                        + "frames and class weights."
                );
            }
        }
    }
}

/// <summary>The losses by name.</summary>
public static class PeerLosses
{
    internal static readonly PartTable<Func<DistillationOptions, IReadOnlyList<double>, PeerLoss>> Table = new(
        nameof(DistillationOptions.Loss),
        nameof(PeerLosses)
    )
    {
        { "distillation", (o, weights) => new OnlineDistillation(o, weights) },
    };

    /// <summary>The names that <see cref="DistillationOptions.Loss"/> may have.</summary>
    public static IReadOnlyList<string> Names => Table.Names;

    /// <summary>The loss that options name.</summary>
    /// <param name="options">The options.</param>
    /// <param name="classWeights">For each unit its weight; see <see cref="ClassWeights"/>.</param>
    /// <exception cref="ArgumentException">The options are not valid,
    /// or a weight is negative or not finite.</exception>
    public static PeerLoss Create(DistillationOptions options, IReadOnlyList<double> classWeights) =>
        Table.Find(options.Validate().Loss)(options, classWeights);

    /// <summary>Names a loss of your own; the same name again replaces it.</summary>
    /// <param name="name">For example "my-loss".</param>
    /// <param name="create">Makes one, from the options and each unit's class weight.</param>
    /// <returns>The name.</returns>
    /// <exception cref="ArgumentException">The name is a built-in loss's.</exception>
    public static string Register(string name, Func<DistillationOptions, IReadOnlyList<double>, PeerLoss> create) =>
        Table.Register(name, create);

    /// <summary>Names a loss of your own after its class.</summary>
    /// <inheritdoc cref="Register(string, Func{DistillationOptions, IReadOnlyList{double}, PeerLoss})"/>
    public static string Register<T>(Func<DistillationOptions, IReadOnlyList<double>, T> create)
        where T : PeerLoss => Table.Register(typeof(T).Name, create);

    /// <summary>As <see cref="Parts.IdentityOf"/>, of teacher and loss.</summary>
    /// <param name="options">The options.</param>
    /// <exception cref="ArgumentException">A name is not registered here.</exception>
    public static string IdentityOf(DistillationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Parts.Joined(Teachers.Table.IdentityOf(options.Teacher), Table.IdentityOf(options.Loss));
    }
}
