using TorchSharp;
using static TorchSharp.torch;

namespace FanTrans.Models;

/// <summary>How images and feature maps lie in memory. Chosen by this kit, for speed; no value changes beyond
/// rounding.</summary>
internal static class MemoryLayout
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
}
