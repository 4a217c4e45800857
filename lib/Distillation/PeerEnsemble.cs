// The peers of the online distillation. PAPER: online knowledge distillation during training; its form is not
// published. Chosen by this kit: M peers, each its own subnet, transformer and classifier, over one shared FAN pass;
// the teacher is the peers' mean or a learned gate (ONE, Lan et al. 2018).
using FanTrans.Models;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace FanTrans.Distillation;

/// <summary>Peers over one feature source: images (B, 3, S, S), RGB in [0, 1],
/// to every peer's output and the teacher's logits.</summary>
public sealed class PeerEnsemble : nn.Module<Tensor, PeerOutput>
{
    private readonly FeatureSource fan;
    private readonly ModuleList<AuHead> peers;

    [ComponentName(Name = "gate")] // its name in the state dict
    private readonly Teacher teacher;
    private IFrozenFeatures? elsewhere;

    /// <summary>A new ensemble with random weights, each peer's its own; the feature source is frozen.</summary>
    /// <exception cref="ArgumentException">The options are not valid.</exception>
    public PeerEnsemble(FanTransOptions options, DistillationOptions distillation)
        : base(nameof(PeerEnsemble))
    {
        Options = options.Validate();
        Distillation = distillation.Validate();
        fan = FeatureSources.Table.Find(options.FeatureSource)(options);
        fan.Freeze();
        peers = nn.ModuleList([.. Enumerable.Range(0, distillation.Peers).Select(_ => new AuHead(options, fan.Shape))]);
        teacher = Teachers.Table.Find(distillation.Teacher)(distillation, fan.Shape.Channels);
        RegisterComponents();
    }

    /// <summary>The shape of each peer's model.</summary>
    public FanTransOptions Options { get; }

    /// <summary>The number of peers and the teacher.</summary>
    public DistillationOptions Distillation { get; }

    /// <summary>The shared feature source; frozen unless <see cref="FeatureSource.Unfreeze"/> was called.</summary>
    public FeatureSource Source => fan;

    /// <summary>The face alignment network that is the feature source.</summary>
    /// <exception cref="InvalidOperationException">Another feature source stands in its place.</exception>
    public FaceAlignmentNetwork Fan => Source.AsFan();

    /// <summary>What the peers take of the source: its features' channels and, where their tokens use heatmaps, the
    /// landmarks, in cells after pooling.</summary>
    public FeatureShape Taken =>
        fan.Shape with
        {
            Landmarks = peers[0].UsesHeatmaps ? fan.Shape.Landmarks : 0,
            Side = fan.Shape.Side / Options.FeaturePooling,
        };

    /// <summary>What the FAN computes the peers' features in;
    /// float32 unless <see cref="ComputeFanIn"/> was called.</summary>
    public FanPrecision FanPrecision => elsewhere is BFloat16Fan ? FanPrecision.BFloat16 : FanPrecision.Float32;

    /// <summary>What runs the FAN for the peers: PyTorch unless it is frozen
    /// and <c>RunFanOn</c> chose ONNX Runtime.</summary>
    public FanRuntime FanRuntime =>
        fan.Frozen && elsewhere is not (null or BFloat16Fan) ? FanRuntime.Onnx : FanRuntime.Torch;

    /// <summary>Lets the frozen FAN compute in another precision, with the weights and on the device that it has now:
    /// call it after both are settled. Weights that are saved, and <see cref="Fan"/> itself, stay float32.</summary>
    /// <exception cref="InvalidOperationException">bfloat16 for a FAN that is not frozen.</exception>
    public void ComputeFanIn(FanPrecision precision)
    {
        if (precision is FanPrecision.BFloat16 && !fan.Frozen)
            throw new InvalidOperationException("the FAN is fine-tuned, and only a frozen one computes in bfloat16.");
        ComputeFeaturesBy(precision is FanPrecision.BFloat16 ? new BFloat16Fan(Options, fan) : null);
    }

    /// <summary>Lets something else compute the features while the source is frozen; this ensemble owns it.</summary>
    /// <param name="features">Null for the source itself.</param>
    internal void ComputeFeaturesBy(IFrozenFeatures? features)
    {
        elsewhere?.Dispose();
        elsewhere = features;
    }

    /// <summary>Peer m as a model of its own, sharing weights and mode with this ensemble; disposing it leaves them
    /// alone. Its state dict is what a single model loads.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such peer.</exception>
    public FanTransModel Peer(int m)
    {
        if (m < 0 || m >= peers.Count)
            throw new ArgumentOutOfRangeException(nameof(m), m, $"Expected 0 to {peers.Count - 1}.");
        return FanTransModel.Over(Options, fan, peers[m]);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The images have another shape.</exception>
    public override PeerOutput forward(Tensor images)
    {
        using var features = Features(images);
        return FromFeatures(features);
    }

    /// <summary>What <see cref="FromFeatures"/> takes, in float32: see <see cref="Taken"/>.</summary>
    /// <param name="images">(B, 3, S, S), RGB in [0, 1].</param>
    /// <exception cref="ArgumentException">The images have another shape.</exception>
    public Tensor Features(Tensor images)
    {
        var (pooling, heatmaps) = (Options.FeaturePooling, peers[0].UsesHeatmaps);
        return (fan.Frozen ? elsewhere : null)?.Features(images, pooling, heatmaps)
            ?? fan.Features(images, pooling, heatmaps);
    }

    /// <summary>The same from a pass of the source that was made already.</summary>
    internal Tensor Features(FanOutput output) =>
        FeatureSource.Taken(output, Options.FeaturePooling, peers[0].UsesHeatmaps);

    /// <summary>As <c>call</c>, from features, fresh or from a cache.</summary>
    /// <param name="features">(B, C, h, w), or (B, C + L, h, w) with heatmaps; see <see cref="Taken"/>.</param>
    /// <exception cref="ArgumentException">The features have another number of channels.</exception>
    public PeerOutput FromFeatures(Tensor features)
    {
        using var scope = NewDisposeScope();
        FanTransOutput[] outputs = [.. peers.Select(peer => peer.call(features))];
        var logits = stack([.. outputs.Select(output => output.Logits)], dim: 1); // (B, M, N)
        var (joint, weights) = teacher.call(logits, features.narrow(1, 0, fan.Shape.Channels));
        var output = new PeerOutput(outputs, joint, weights);
        scope.MoveToOuter(output.Tensors);
        return output;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            elsewhere?.Dispose();
        base.Dispose(disposing);
    }
}

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
