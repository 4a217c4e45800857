using System.Runtime.InteropServices;
using FanTrans.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace FanTrans.Training;

/// <summary>A batch as tensors on a device, owned by the dispose scope they were made in or by this record.</summary>
/// <param name="Images">(B, 3, S, S), RGB in [0, 1].</param>
/// <param name="Labels">(B, N): 1 present, 0 absent or unknown.</param>
/// <param name="Known">(B, N): 1 where the label is known, else 0.</param>
/// <param name="Landmarks">(B, 68, 2), x and y in crop pixels.</param>
/// <param name="Visible">(B, 68): 1 where the landmark is known, visible and inside the crop, else 0.</param>
public sealed record BatchTensors(Tensor Images, Tensor Labels, Tensor Known, Tensor Landmarks, Tensor Visible)
    : IDisposable
{
    /// <summary>(B, C, h, w): features that were kept in place of the images,
    /// which are then empty; else null.</summary>
    public Tensor? Features { get; init; }

    /// <summary>The same of the images mirrored left to right; null where they were not kept.</summary>
    public Tensor? MirroredFeatures { get; init; }

    /// <summary>Copies a batch's arrays.</summary>
    /// <param name="batch">The batch; it may be disposed afterwards.</param>
    /// <param name="device">Where to; null is the CPU.</param>
    public static BatchTensors From(AuBatch batch, Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(batch);
        long count = batch.Count,
            side = batch.ImageSize;
        return new BatchTensors(
            Copy(batch.Images, [count, 3, side, side], device),
            Copy(batch.Labels, [count, batch.Units], device),
            Copy(batch.Known, [count, batch.Units], device),
            Copy(batch.Landmarks, [count, Ibug68.Count, 2], device),
            Copy(batch.Visible, [count, Ibug68.Count], device)
        )
        {
            Features = batch.Features is { } kept ? Copy(kept, kept.Values, count, device) : null,
            MirroredFeatures = batch.Features is { Mirrored: { } mirrored } both
                ? Copy(both, mirrored, count, device)
                : null,
        };
    }

    /// <summary>The same batch with the images mirrored left to right; labels and landmarks stay as they are.</summary>
    /// <exception cref="InvalidOperationException">The batch has features in place of the images,
    /// and none of the mirrored ones.</exception>
    public BatchTensors Flipped() =>
        Features is null
            ? this with
            {
                Images = Images.flip(3),
            }
            : this with
            {
                Features =
                    MirroredFeatures
                    ?? throw new InvalidOperationException(
                        "the features of the mirrored images were not kept: keep them "
                            + "too, or evaluate with flip on images."
                    ),
            };

    /// <summary>Frees every tensor.</summary>
    public void Dispose()
    {
        foreach (var tensor in new[] { Images, Labels, Known, Landmarks, Visible, Features, MirroredFeatures })
            tensor?.Dispose();
    }

    /// <summary>A tensor of an array's values.</summary>
    internal static Tensor Copy(ReadOnlySpan<float> values, ReadOnlySpan<long> shape, Device? device) =>
        On(device, Made(MemoryMarshal.AsBytes(values), shape, ScalarType.Float32));

    /// <summary>Kept features in single precision; half of the bytes cross to the device.</summary>
    private static Tensor Copy(KeptFeatures kept, Half[] values, long count, Device? device)
    {
        using var half = On(
            device,
            Made(
                MemoryMarshal.AsBytes(values.AsSpan()),
                [count, kept.Channels, kept.Height, kept.Width],
                ScalarType.Float16
            )
        );
        return half.to_type(ScalarType.Float32);
    }

    private static Tensor Made(ReadOnlySpan<byte> values, ReadOnlySpan<long> shape, ScalarType type)
    {
        var tensor = empty(shape, dtype: type);
        values.CopyTo(tensor.bytes);
        return tensor;
    }

    private static Tensor On(Device? device, Tensor tensor)
    {
        if (device is null || device.type == DeviceType.CPU)
            return tensor;
        using (tensor)
            return tensor.to(device);
    }
}
