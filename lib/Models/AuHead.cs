// Everything behind the FAN features: what a peer of the online distillation owns. PAPER: subnet, transformer blocks,
// classifier. Chosen by this kit: the layer norm after the last block, usual where blocks are pre-norm.
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanTrans.Models;

/// <summary>FAN features (B, C, h, w), fresh or from a cache, to logits, tokens, attention and keep
/// probabilities.</summary>
public sealed class AuHead : nn.Module<Tensor, FanTransOutput>
{
    private readonly nn.Module<Tensor, Tensor> tokens;
    private readonly ModuleList<TransformerBlock> blocks;
    private readonly LayerNorm norm;
    private readonly nn.Module<Tensor, Tensor> classifier;

    /// <exception cref="ArgumentException">The options are not valid.</exception>
    public AuHead(FanTransOptions options) : this(options.Validate(), new AuTokens(options))
    {
    }

    /// <summary>A head over tokens that come from something else than FAN features.</summary>
    /// <param name="options">The model's options; they are valid.</param>
    /// <param name="tokens">Its input to tokens (B, N, D); the head owns it.</param>
    internal AuHead(FanTransOptions options, nn.Module<Tensor, Tensor> tokens) : base(nameof(AuHead))
    {
        this.tokens = tokens;
        var range = Enumerable.Range(0, options.TransformerBlocks);
        blocks = nn.ModuleList([.. range.Select(_ => new TransformerBlock(options))]);
        norm = nn.LayerNorm(options.TokenWidth);
        classifier = Classifiers.Create(options);
        RegisterComponents();
    }

    /// <summary>The tokens (B, N, D) as the subnet makes them, before any block.</summary>
    /// <param name="features">(B, C, h, w).</param>
    /// <exception cref="ArgumentException">The features have another number of channels.</exception>
    public Tensor Tokens(Tensor features) => tokens.call(features);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The features have another number of channels.</exception>
    public override FanTransOutput forward(Tensor features)
    {
        using var scope = NewDisposeScope();
        var attention = new Tensor[blocks.Count];
        var keep = new Tensor[blocks.Count];
        var x = tokens.call(features);                                      // (B, N, D)
        for (int b = 0; b < blocks.Count; b++)
            (x, attention[b], keep[b]) = blocks[b].call(x);
        x = norm.call(x);
        var output = new FanTransOutput(classifier.call(x), x, attention, keep);
        scope.MoveToOuter(output.Tensors);
        return output;
    }
}
