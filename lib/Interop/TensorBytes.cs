using static TorchSharp.torch;

namespace FanTrans.Interop;

/// <summary>Takes a span of bytes.</summary>
internal delegate void UseBytes(ReadOnlySpan<byte> bytes);

/// <summary>The bytes of a tensor as files hold them: on the processor, contiguous, little endian.</summary>
internal static class TensorBytes
{
    public static void Use(string name, Tensor tensor, UseBytes use)
    {
        long bytes = tensor.numel() * ElementTypes.Of(tensor, name).Size;
        if (bytes > int.MaxValue)
            throw new ArgumentException($"Tensor {name} has {bytes} bytes, expected at most {int.MaxValue}.");
        if (bytes == 0)
        {
            use([]);
            return;
        }
        using var scope = NewDisposeScope();
        use(tensor.detach().cpu().contiguous().bytes);
    }
}
