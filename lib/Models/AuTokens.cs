// The add-on subnet from FAN features to one feature per action unit. PAPER: "a small learnable add-on convolutional
// subnet" gives one feature per AU. Known from the authors' AU-Net: a 1x1 convolution to 256, then four times
// (ConvBlock 256, 2x2 max-pool), average pool. Chosen by this kit: batch normalisation before and behind them, the 1x1
// convolution to N·D, its average over space as the tokens, and the learned embedding of each AU.
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace FanTrans.Models;

/// <summary>FAN features (B, C, h, w) to one token per action unit (B, N, D).</summary>
public sealed class AuTokens : nn.Module<Tensor, Tensor>
{
    private readonly BatchNorm2d? bn_in;
    private readonly Conv2d reduce;
    private readonly ModuleList<ConvBlock> blocks;
    private readonly BatchNorm2d? bn_end;
    private readonly Conv2d project;
    private readonly Parameter embedding;
    private readonly int units;
    private readonly int width;
    private readonly int channels;

    /// <param name="options">The model's options; they are valid.</param>
    public AuTokens(FanTransOptions options) : base(nameof(AuTokens))
    {
        (units, width, channels) = (options.ActionUnits.Count, options.TokenWidth, options.Fan.FeatureChannels);
        int inner = options.SubnetWidth;
        if (options.SubnetNorm)
            (bn_in, bn_end) = (nn.BatchNorm2d(channels, affine: false), nn.BatchNorm2d(inner));
        // Every way on from here ends in a batch norm, which would take a bias away again.
        reduce = nn.Conv2d(channels, inner, kernel_size: 1, bias: !options.SubnetNorm);
        blocks = nn.ModuleList([.. Enumerable.Range(0, options.SubnetBlocks).Select(_ => new ConvBlock(inner, inner))]);
        project = nn.Conv2d(inner, units * width, kernel_size: 1);
        embedding = nn.Parameter(randn(units, width).mul(0.02));
        RegisterComponents();
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The features have another number of channels.</exception>
    public override Tensor forward(Tensor features)
    {
        if (features.dim() != 4 || features.shape[1] != channels)
        {
            throw new ArgumentException(
                $"FAN features have shape ({string.Join(", ", features.shape)}), expected (B, {channels}, h, w).",
                nameof(features));
        }
        using var scope = NewDisposeScope();
        var x = MemoryLayout.ChannelsLast(features);
        x = reduce.call(bn_in is null ? x : bn_in.call(x));                     // (B, W, h, w)
        foreach (var block in blocks)
            x = F.max_pool2d(block.call(x), kernel_size: 2, stride: 2);         // (B, W, h/2, w/2)
        if (bn_end is not null)
            x = bn_end.call(x).relu_();
        // A 1x1 convolution and an average over space commute; this order costs one pixel instead of all.
        x = project.call(x.mean([2, 3], keepdim: true));                        // (B, N·D, 1, 1)
        return x.reshape(-1, units, width).add(embedding).MoveToOuterDisposeScope(); // (B, N, D)
    }
}
