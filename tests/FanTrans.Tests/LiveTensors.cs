using static TorchSharp.torch;

namespace FanTrans.Tests;

/// <summary>How many tensors are alive in this process.</summary>
internal static class LiveTensors
{
    /// <summary>The count once what other tests left to the garbage collector is gone, to compare
    /// <see cref="Tensor.TotalCount"/> with later.</summary>
    public static long Settled()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Tensor.TotalCount;
    }
}
