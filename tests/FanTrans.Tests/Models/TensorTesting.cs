using FanTrans.Models;
using static TorchSharp.torch;

namespace FanTrans.Tests.Models;

/// <summary>Values out of tensors, for assertions.</summary>
internal static class TensorTesting
{
    public static double[] Values(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.detach().cpu().to_type(ScalarType.Float64).flatten().data<double>().ToArray();
    }

    public static Tensor Images(FanOptions options, int batch = 2)
    {
        manual_seed(1);
        return rand(batch, 3, options.ImageSize, options.ImageSize);
    }

    /// <summary>Random values in every batch norm's running statistics,
    /// so that evaluation differs from training.</summary>
    public static void FillBuffers(nn.Module module)
    {
        foreach (var (name, buffer) in module.named_buffers())
        {
            if (name.EndsWith("running_mean", StringComparison.Ordinal))
                buffer.normal_(0, 0.1);
            else if (name.EndsWith("running_var", StringComparison.Ordinal))
                buffer.uniform_(0.5, 1.5);
        }
    }
}
