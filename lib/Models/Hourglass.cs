// An hourglass of Bulat and Tzimiropoulos' FAN (ICCV 2017). Known: at each level a block at full resolution (b1) runs
// beside 2 x 2 pooling, block (b2), the next level (or, at level 1, the block b2_plus_1), block (b3), nearest-neighbour
// up-sampling; their sum is the result. The names are the published state-dict keys.
// Chosen by this kit: the depth of the Small preset (3; published is 4).
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace FanTrans.Models;

/// <summary>One hourglass: (B, F, H, W) to (B, F, H, W), H and W multiples of 2^depth.</summary>
internal sealed class Hourglass : nn.Module<Tensor, Tensor>
{
    // Arrays are not registered by themselves, so each block is registered once, under its published name.
    private readonly ConvBlock[] beside; // [level]: b1
    private readonly ConvBlock[] down; // [level]: b2; [0]: b2_plus_1
    private readonly ConvBlock[] up; // [level]: b3
    private readonly int depth;
    private readonly FanPooling pooling;

    /// <param name="depth">Levels, at least 1.</param>
    /// <param name="features">Channels F.</param>
    /// <param name="pooling">How each level halves the resolution.</param>
    public Hourglass(int depth, int features, FanPooling pooling = FanPooling.Max)
        : base(nameof(Hourglass))
    {
        (this.depth, this.pooling) = (depth, pooling);
        (beside, down, up) = (new ConvBlock[depth + 1], new ConvBlock[depth + 1], new ConvBlock[depth + 1]);
        for (int level = depth; level >= 1; level--)
        {
            beside[level] = Register($"b1_{level}", features);
            down[level] = Register($"b2_{level}", features);
        }
        down[0] = Register("b2_plus_1", features);
        for (int level = 1; level <= depth; level++)
            up[level] = Register($"b3_{level}", features);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        return Level(depth, x).MoveToOuterDisposeScope();
    }

    private Tensor Level(int level, Tensor x)
    {
        using var full = beside[level].call(x); // (B, F, H, W)
        using var half = Halve(x, pooling).Into(down[level]); // (B, F, H/2, W/2)
        var below = level == 1 ? down[0].call(half) : Level(level - 1, half);
        using var low = below.Into(up[level]);
        return F.interpolate(low, scale_factor: [2, 2], mode: InterpolationMode.Nearest).PlusInPlace(full);
    }

    /// <summary>(B, C, H, W) to (B, C, H/2, W/2).</summary>
    internal static Tensor Halve(Tensor x, FanPooling pooling) =>
        pooling == FanPooling.Average
            ? F.avg_pool2d(x, kernel_size: 2, stride: 2)
            : F.max_pool2d(x, kernel_size: 2, stride: 2);

    private ConvBlock Register(string name, int features)
    {
        var block = new ConvBlock(features, features);
        register_module(name, block);
        return block;
    }
}
