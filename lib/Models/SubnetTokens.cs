// The convolutional subnet that the built-in forms of tokens share, and the form that was built first. Known from the
// authors' AU-Net: a 1x1 convolution to 256, then four times (ConvBlock 256, 2x2 max-pool), average pool. Chosen by
// this kit: batch normalisation before and behind them, the ReLU at the end, the 1x1 convolution to N·D, the learned
// embedding of each AU; that a form which pools by maps of its own does not pool in between.
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace FanTrans.Models;

/// <summary>Sizes of a subnet.</summary>
/// <param name="Channels">Channels C of the features.</param>
/// <param name="Width">Channels W of the subnet.</param>
/// <param name="Blocks">Blocks K.</param>
/// <param name="Norm">Whether it batch-normalises what it takes in and what its last block gives.</param>
/// <param name="Units">Action units N.</param>
/// <param name="TokenWidth">Width D of a token.</param>
internal sealed record SubnetSizes(int Channels, int Width, int Blocks, bool Norm, int Units, int TokenWidth);

/// <summary>Tokens from a convolutional subnet.</summary>
internal abstract class SubnetTokens : AuTokens
{
    // Protected, so that TorchSharp finds them in derived classes, too.
    protected readonly BatchNorm2d? bn_in;
    protected readonly Conv2d reduce;
    protected readonly ModuleList<ConvBlock> blocks;
    protected readonly BatchNorm2d? bn_end;
    protected readonly Conv2d project;
    protected readonly Parameter embedding;

    protected SubnetTokens(string name, SubnetSizes sizes)
        : base(name)
    {
        Sizes = sizes;
        if (sizes.Norm)
            (bn_in, bn_end) = (nn.BatchNorm2d(sizes.Channels, affine: false), nn.BatchNorm2d(sizes.Width));
        // Every way on from here ends in a batch norm, which would take a bias away again.
        reduce = nn.Conv2d(sizes.Channels, sizes.Width, kernel_size: 1, bias: !sizes.Norm);
        blocks = nn.ModuleList([
            .. Enumerable.Range(0, sizes.Blocks).Select(_ => new ConvBlock(sizes.Width, sizes.Width)),
        ]);
        project = nn.Conv2d(sizes.Width, sizes.Units * sizes.TokenWidth, kernel_size: 1);
        embedding = nn.Parameter(randn(sizes.Units, sizes.TokenWidth).Times(0.02));
    }

    protected SubnetSizes Sizes { get; }

    /// <summary>Features (B, C, h, w) to (B, W, h, w), or halved at each block;
    /// at least 0 where it normalises.</summary>
    protected Tensor Subnet(Tensor features, bool halve)
    {
        var x = MemoryLayout.ChannelsLast(features);
        x = reduce.call(bn_in is null ? x : bn_in.call(x)); // (B, W, h, w)
        foreach (var block in blocks)
            x = halve ? F.max_pool2d(block.call(x), kernel_size: 2, stride: 2) : block.call(x);
        return bn_end is null ? x : bn_end.call(x).relu_();
    }
}

/// <summary>
/// One mean of the whole map for all units: the baseline. All N tokens are linear codes of one vector, so that each
/// reveals all of every other, and nothing behind them can add to it.
/// </summary>
internal sealed class GlobalTokens : SubnetTokens
{
    public GlobalTokens(SubnetSizes sizes)
        : base(nameof(GlobalTokens), sizes) => RegisterComponents();

    public override Tensor forward(Tensor maps)
    {
        CheckChannels(maps, Sizes.Channels);
        using var scope = NewDisposeScope();
        var x = Subnet(maps, halve: true); // (B, W, h/2^K, w/2^K)
        // A 1x1 convolution and an average over space commute; this order costs one pixel instead of all.
        x = project.call(x.mean([2, 3], keepdim: true)); // (B, N·D, 1, 1)
        return x.reshape(-1, Sizes.Units, Sizes.TokenWidth).Plus(embedding).MoveToOuterDisposeScope(); // (B, N, D)
    }

    public override Tensor Maps(Tensor maps)
    {
        CheckChannels(maps, Sizes.Channels);
        long[] shape = [maps.shape[0], Sizes.Units, maps.shape[2], maps.shape[3]];
        return Arithmetic.Full(shape, 1.0 / (shape[2] * shape[3]), like: maps);
    }
}
