// Everything behind the FAN features. PAPER: subnet, transformer blocks, classifier. Chosen by this kit: that each peer
// of the online distillation owns one of these; the layer norm after the last block, usual where blocks are pre-norm.
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanTrans.Models;

/// <summary>FAN features (B, C, h, w), fresh or from a cache, to logits, tokens, attention and keep probabilities.
/// Where <see cref="UsesHeatmaps"/> says so, the landmarks' heatmaps follow the features: (B, C + L, h, w).</summary>
public sealed class AuHead : nn.Module<Tensor, FanTransOutput>
{
    private readonly AuTokens tokens;
    private readonly ModuleList<TransformerBlock> blocks;
    private readonly LayerNorm norm;
    private readonly Classifier classifier;

    /// <summary>A head over a FAN's features.</summary>
    /// <exception cref="ArgumentException">The options are not valid.</exception>
    public AuHead(FanTransOptions options)
        : this(options.Validate(), options.Fan.Shape) { }

    /// <summary>A head over a feature source's maps.</summary>
    /// <param name="options">The model's options.</param>
    /// <param name="maps">What the source gives.</param>
    /// <exception cref="ArgumentException">The options are not valid, or the tokens need heatmaps
    /// and the source has none.</exception>
    public AuHead(FanTransOptions options, FeatureShape maps)
        : this(options, TokenForms.Table.Find(options.Validate().Tokens)(options, maps))
    {
        if (UsesHeatmaps && maps.Landmarks == 0)
        {
            throw new ArgumentException(
                $"Tokens '{options.Tokens}' need the heatmaps of landmarks, and the feature source "
                    + $"'{options.FeatureSource}' gives none; use 'attention' or 'global'.",
                nameof(options)
            );
        }
    }

    /// <summary>A head over tokens that are made some other way.</summary>
    /// <param name="options">The model's options.</param>
    /// <param name="tokens">The head's input to tokens (B, N, D); the head owns it.</param>
    public AuHead(FanTransOptions options, AuTokens tokens)
        : base(nameof(AuHead))
    {
        this.tokens = tokens;
        int width = options.TokenWidth,
            hidden = options.MlpRatio * width;
        var drop = AttentionDrops.Table.Find(options.AttentionDrop);
        blocks = nn.ModuleList([
            .. Enumerable
                .Range(0, options.TransformerBlocks)
                .Select(_ => new TransformerBlock(width, options.Heads, hidden, drop(options))),
        ]);
        norm = nn.LayerNorm(width);
        classifier = Classifiers.Table.Find(options.Classifier)(options);
        RegisterComponents();
    }

    /// <summary>Whether the landmarks' heatmaps are concatenated after the features.</summary>
    public bool UsesHeatmaps => tokens.UsesHeatmaps;

    /// <summary>The tokens (B, N, D) as the subnet makes them, before any block.</summary>
    /// <param name="features">As <c>forward</c> takes them.</param>
    /// <exception cref="ArgumentException">The features have another number of channels.</exception>
    public Tensor Tokens(Tensor features) => tokens.call(features);

    /// <summary>Where each action unit looks: (B, N, h, w), at least 0; each unit's map sums to 1.</summary>
    /// <param name="features">As <c>forward</c> takes them.</param>
    /// <exception cref="ArgumentException">The features have another number of channels.</exception>
    public Tensor Maps(Tensor features) => tokens.Maps(features);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The features have another number of channels.</exception>
    public override FanTransOutput forward(Tensor features)
    {
        using var scope = NewDisposeScope();
        var attention = new Tensor[blocks.Count];
        var keep = new Tensor[blocks.Count];
        var x = tokens.call(features); // (B, N, D)
        for (int b = 0; b < blocks.Count; b++)
            (x, attention[b], keep[b]) = blocks[b].call(x);
        x = norm.call(x);
        var output = new FanTransOutput(classifier.call(x), x, attention, keep);
        scope.MoveToOuter(output.Tensors);
        return output;
    }
}
