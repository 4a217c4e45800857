// The block of Bulat and Tzimiropoulos' FAN ("How far are we from solving the 2D & 3D face alignment problem?",
// ICCV 2017). Known: three pre-activated 3x3 convolutions (batch norm, ReLU, convolution without bias) of widths
// C/2, C/4 and C/4, each fed by the one before, concatenated; plus the input, through batch norm, ReLU and a 1x1
// convolution where the widths differ. The field names are the published state-dict keys.
// Known from the authors' AU-Net: the same block in the AU subnet.
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanTrans.Models;

/// <summary>FAN's residual block of three concatenated 3x3 convolutions: (B, inputs, H, W) to
/// (B, outputs, H, W).</summary>
internal sealed class ConvBlock : nn.Module<Tensor, Tensor>
{
    private readonly BatchNorm2d bn1;
    private readonly Conv2d conv1;
    private readonly BatchNorm2d bn2;
    private readonly Conv2d conv2;
    private readonly BatchNorm2d bn3;
    private readonly Conv2d conv3;
    private readonly Sequential? downsample;

    /// <param name="inputs">Channels in.</param>
    /// <param name="outputs">Channels out: a multiple of 4.</param>
    public ConvBlock(int inputs, int outputs)
        : base(nameof(ConvBlock))
    {
        bn1 = nn.BatchNorm2d(inputs);
        conv1 = Conv3x3(inputs, outputs / 2);
        bn2 = nn.BatchNorm2d(outputs / 2);
        conv2 = Conv3x3(outputs / 2, outputs / 4);
        bn3 = nn.BatchNorm2d(outputs / 4);
        conv3 = Conv3x3(outputs / 4, outputs / 4);
        if (inputs != outputs)
        {
            downsample = nn.Sequential(
                nn.BatchNorm2d(inputs),
                nn.ReLU(inplace: true),
                nn.Conv2d(inputs, outputs, kernel_size: 1, bias: false)
            );
        }
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        // relu_ may overwrite its input: the backward pass of batch norm does not read the norm's output.
        var half = bn1.call(x).relu_().Into(conv1); // (B, C/2, H, W)
        var quarter = bn2.call(half).relu_().Into(conv2); // (B, C/4, H, W)
        var last = bn3.call(quarter).relu_().Into(conv3); // (B, C/4, H, W)
        var shortcut = downsample is null ? x : downsample.call(x);
        return cat([half, quarter, last], dim: 1).PlusInPlace(shortcut).MoveToOuterDisposeScope();
    }

    private static Conv2d Conv3x3(int inputs, int outputs) =>
        nn.Conv2d(inputs, outputs, kernel_size: 3, padding: 1, bias: false);
}
