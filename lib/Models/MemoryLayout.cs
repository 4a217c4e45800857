using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace FanTrans.Models;

/// <summary>How images and feature maps lie in memory. Chosen by this kit, for speed;
/// no value changes beyond rounding.</summary>
internal static partial class MemoryLayout
{
    /// <summary>
    /// The same maps (B, C, H, W) with their channels side by side in memory on a processor, and unchanged on another
    /// device. PyTorch's convolutions and max-pools keep that layout from layer to layer, and on a processor they are
    /// a quarter faster in it.
    /// </summary>
    public static Tensor ChannelsLast(Tensor maps) =>
        maps.device_type == DeviceType.CPU
            ? maps.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2) // (B, C, H, W), stored as (B, H, W, C)
            : maps;

    /// <summary>
    /// From now on blocks of memory of this size go back to the system when they are freed. glibc's own way is to keep
    /// those of up to 32 MB, between which small ones come to lie: training a large model held a third more memory so.
    /// A small model only waits for the system then.
    /// </summary>
    /// <param name="from">Bytes.</param>
    internal static void ReturnBlocks(int from)
    {
        if (!OperatingSystem.IsLinux())
            return;
        const int trimThreshold = -1,
            mmapThreshold = -3; // M_TRIM_THRESHOLD, M_MMAP_THRESHOLD of malloc.h
        if (Environment.GetEnvironmentVariable("MALLOC_MMAP_THRESHOLD_") is null)
        {
            _ = SetAllocation(mmapThreshold, from);
            _ = SetAllocation(trimThreshold, 64 << 20);
        }
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetAllocation(int parameter, int value);
}
