using static TorchSharp.torch;

namespace FanTrans.Models;

/// <summary>What runs a frozen face alignment network. The features are the same within 1e-4 relative; what is trained
/// always runs on PyTorch.</summary>
public enum FanRuntime
{
    /// <summary>ONNX Runtime on a processor, which takes about 0.6 of PyTorch's time there, PyTorch on a GPU.</summary>
    Automatic,

    /// <summary>PyTorch.</summary>
    Torch,

    /// <summary>ONNX Runtime, on a processor.</summary>
    Onnx,
}

/// <summary>The features of a frozen feature source, computed by something else than the source itself.</summary>
internal interface IFrozenFeatures : IDisposable
{
    /// <inheritdoc cref="FeatureSource.Features"/>
    /// <returns>In float32.</returns>
    Tensor Features(Tensor images, int pooling, bool heatmaps);
}

/// <summary>What a frozen face alignment network computes in; all that is trained stays in float32.</summary>
public enum FanPrecision
{
    /// <summary>Single precision.</summary>
    Float32,

    /// <summary>
    /// bfloat16: float32's range with 8 of its 24 binary digits. Features differ by less than one in a hundred; GPUs
    /// with matrix units for it (NVIDIA from Ampere on) are several times faster, others and most processors are
    /// slower.
    /// </summary>
    BFloat16,
}
