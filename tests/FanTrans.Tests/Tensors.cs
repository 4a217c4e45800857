using TorchSharp;
using static TorchSharp.torch;

namespace FanTrans.Tests;

/// <summary>As the library's arithmetic, numbers that live until the call is done; see there.</summary>
internal static class Tensors
{
    /// <summary>One number everywhere, in place.</summary>
    public static Tensor Set(this Tensor tensor, double value)
    {
        using var number = value.ToScalar();
        return tensor.fill_(number);
    }
}
