// FAN-Trans: Yang, Shen, Lin, Hristov, Pantic, "FAN-Trans: Online Knowledge Distillation for Facial Action Unit
// Detection", WACV 2023 (arXiv 2211.06143). The authors published no code. PAPER fixes the chain: pre-trained FAN,
// add-on subnet to one feature per AU, transformer blocks with a learnable attention drop, a classifier of each AU from
// all. Known from the authors' other work: FAN is frozen. What this kit chose is in each part's own file.
using static TorchSharp.torch;

namespace FanTrans.Models;

/// <summary>The model: images (B, 3, S, S), RGB in [0, 1], to logits, tokens,
/// attention and keep probabilities.</summary>
public sealed class FanTransModel : nn.Module<Tensor, FanTransOutput>
{
    private readonly FeatureSource fan;
    private readonly AuHead head;
    private readonly bool ownsParts;

    /// <summary>A new model with random weights, of the parts that the options name;
    /// its feature source is frozen.</summary>
    /// <param name="options">Sizes, and the parts by name.</param>
    /// <exception cref="ArgumentException">The options are not valid.</exception>
    public FanTransModel(FanTransOptions options)
        : this(options, FeatureSources.Table.Find(options.Validate().FeatureSource)(options)) { }

    private FanTransModel(FanTransOptions options, FeatureSource source)
        : this(options, source, new AuHead(options, source.Shape), ownsParts: true) => source.Freeze();

    private FanTransModel(FanTransOptions options, FeatureSource fan, AuHead head, bool ownsParts)
        : base(nameof(FanTransModel))
    {
        (Options, this.fan, this.head, this.ownsParts) = (options, fan, head, ownsParts);
        RegisterComponents();
    }

    /// <summary>The shape of this model.</summary>
    public FanTransOptions Options { get; }

    /// <summary>Where the features come from; frozen unless <see cref="FeatureSource.Unfreeze"/> was called.</summary>
    public FeatureSource Source => fan;

    /// <summary>The face alignment network that is the feature source.</summary>
    /// <exception cref="InvalidOperationException">Another feature source stands in its place.</exception>
    public FaceAlignmentNetwork Fan => Source.AsFan();

    /// <summary>Everything behind the FAN features; callable on cached features.</summary>
    public AuHead Head => head;

    /// <summary>A model over parts that someone else owns: it shares their weights and mode,
    /// and disposing it leaves them alone.</summary>
    /// <param name="options">The options that both parts were made with.</param>
    /// <param name="fan">The feature source; its frozen state stays as it is.</param>
    /// <param name="head">The head.</param>
    public static FanTransModel Over(FanTransOptions options, FeatureSource fan, AuHead head) =>
        new(options, fan, head, ownsParts: false);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The images have another shape.</exception>
    public override FanTransOutput forward(Tensor images)
    {
        using var features = Features(images);
        return head.call(features);
    }

    /// <summary>What the head takes: (B, C, h, w), or (B, C + L, h, w) with the landmarks' heatmaps.</summary>
    /// <param name="images">(B, 3, S, S), RGB in [0, 1].</param>
    /// <exception cref="ArgumentException">The images have another shape.</exception>
    public Tensor Features(Tensor images) => fan.Features(images, Options.FeaturePooling, head.UsesHeatmaps);

    /// <summary>Frees the parts, unless this is a view made by <see cref="Over"/>.</summary>
    protected override void Dispose(bool disposing)
    {
        if (disposing && !ownsParts)
            ClearModules();
        base.Dispose(disposing);
    }
}

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
