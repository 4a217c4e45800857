// TorchSharp has no automatic mixed precision. Chosen by this kit: the frozen FAN, most of a step's work, in bfloat16, and
// what is trained in float32, which needs no scaling of losses and leaves weights, gradients and checkpoints as they are.
using TorchSharp;
using static TorchSharp.torch;

namespace FanTrans.Models;

/// <summary>The features of a frozen face alignment network, computed in bfloat16 by a copy of its weights.</summary>
internal sealed class BFloat16Fan : IDisposable
{
    private readonly FaceAlignmentNetwork copy;

    /// <summary>Copies the network as it is now, on its device.</summary>
    public BFloat16Fan(FaceAlignmentNetwork fan)
    {
        copy = new FaceAlignmentNetwork(fan.Options);
        copy.Freeze();
        copy.load_state_dict(fan.state_dict());
        copy.to(fan.parameters().First().device);
        copy.bfloat16();
    }

    /// <inheritdoc cref="FaceAlignmentNetwork.Features"/>
    /// <returns>(B, C, S/4/p, S/4/p) in float32.</returns>
    public Tensor Features(Tensor images, int pooling)
    {
        using var scope = NewDisposeScope();
        return copy.Features(images.bfloat16(), pooling).to_type(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    public void Dispose() => copy.Dispose();
}
