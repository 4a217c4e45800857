using static TorchSharp.torch;

namespace FanTrans.Models;

/// <summary>For intermediates that nothing else needs: freed at once,
/// a pass holds no more memory than in Python.</summary>
internal static class TensorChain
{
    /// <summary>Calls a module on a tensor and frees the tensor; what the backward pass needs of it stays.</summary>
    public static Tensor Into(this Tensor x, nn.Module<Tensor, Tensor> next)
    {
        using (x)
            return next.call(x);
    }
}
