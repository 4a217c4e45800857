using FanTrans.Models;
using static TorchSharp.torch;

namespace FanTrans.Tests.Gradients;

internal static class RandomWeights
{
    /// <summary>Moves weights that start equal or at zero, so that no gradient vanishes by symmetry and no ReLU gets
    /// exactly zero, where it has no slope.</summary>
    public static void Move(nn.Module module)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        foreach (var parameter in module.parameters())
            parameter.PlusInPlace(randn(parameter.shape, dtype: parameter.dtype).Times(0.2));
    }
}
