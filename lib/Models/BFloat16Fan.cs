// TorchSharp has no automatic mixed precision. Chosen by this kit: the frozen FAN, most of a step's work, in bfloat16,
// and what is trained in float32, which needs no scaling of losses and leaves weights, gradients and checkpoints as
// they are.
using TorchSharp;
using static TorchSharp.torch;

namespace FanTrans.Models;

/// <summary>The features of a frozen feature source, computed in bfloat16 by a copy of its weights.</summary>
internal sealed class BFloat16Fan : IFrozenFeatures
{
    private readonly FeatureSource copy;

    /// <summary>Copies the source as it is now, on its device.</summary>
    public BFloat16Fan(FanTransOptions options, FeatureSource source)
    {
        copy = FeatureSources.Table.Find(options.FeatureSource)(options);
        copy.Freeze();
        copy.load_state_dict(source.state_dict());
        copy.to(source.parameters().FirstOrDefault()?.device ?? CPU);
        copy.bfloat16();
    }

    public Tensor Features(Tensor images, int pooling, bool heatmaps)
    {
        using var scope = NewDisposeScope();
        var maps = copy.Features(images.bfloat16(), pooling, heatmaps);
        return maps.to_type(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    public void Dispose() => copy.Dispose();
}
