using FanTrans.Data;
using static TorchSharp.torch;

namespace FanTrans.Training.Anatomy;

/// <summary>One square picture as a network takes it.</summary>
internal static class CropTensor
{
    /// <summary>The picture at the network's size: (1, 3, size, size), RGB in [0, 1].</summary>
    /// <exception cref="ArgumentException">The picture is not square.</exception>
    public static Tensor Of(RgbImage crop, int size, Device? device)
    {
        ArgumentNullException.ThrowIfNull(crop);
        if (crop.Width != crop.Height)
            throw new ArgumentException($"crop: expected a square, found {crop.Width} x {crop.Height}.", nameof(crop));
        var planes = new float[3 * size * size];
        ImageWarp.Sample(crop, Affine.Scaling((double)crop.Width / size, (double)crop.Width / size), size, planes);
        return BatchTensors.Copy(planes, [1, 3, size, size], device);
    }
}
