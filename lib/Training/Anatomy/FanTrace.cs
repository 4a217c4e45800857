using FanTrans.Data;
using FanTrans.Models;
using static TorchSharp.torch;

namespace FanTrans.Training.Anatomy;

/// <summary>What a face alignment network makes of one crop, as plain numbers.</summary>
/// <param name="Landmarks">136 values: 68 x (x, y) in pixels of the crop that was given, iBUG order.</param>
/// <param name="Heatmaps">The last stack's raw heatmaps, one a landmark: S/4 x S/4.</param>
/// <param name="HeatSum">Their sum, which weighs the features.</param>
/// <param name="Features">The FAN features: F maps of the stem, then F of each stack, weighed; S/4 x S/4.</param>
public sealed record FanTrace(
    float[] Landmarks, IReadOnlyList<double[,]> Heatmaps, double[,] HeatSum, IReadOnlyList<double[,]> Features)
{
    /// <summary>Runs a crop through the network.</summary>
    /// <param name="fan">The network; put into evaluation mode for the run and back after it.</param>
    /// <param name="crop">A square picture of the face, of any size.</param>
    /// <param name="device">The network's device; null is the processor.</param>
    /// <exception cref="ArgumentException">The picture is not square.</exception>
    public static FanTrace Of(FaceAlignmentNetwork fan, RgbImage crop, Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(fan);
        using var mode = new EvaluationMode(fan);
        using var scope = NewDisposeScope();
        var size = fan.Options.ImageSize;
        var output = fan.call(CropTensor.Of(crop, size, device));
        var heatmaps = output.Heatmaps[^1];
        var (landmarks, _) = LandmarkHeatmaps.Read(heatmaps, size);
        return new FanTrace(
            [.. landmarks.cpu().data<float>().ToArray().Select(v => v * crop.Width / size)],
            Maps(heatmaps), Maps(heatmaps.sum(dim: 1, keepdim: true))[0], Maps(output.Features));
    }

    /// <summary>The maps of the first picture.</summary>
    internal static double[][,] Maps(Tensor maps)
    {
        var (count, rows, columns) = ((int)maps.shape[1], (int)maps.shape[2], (int)maps.shape[3]);
        var values = maps[0].cpu().contiguous().data<float>().ToArray();
        return [.. Enumerable.Range(0, count).Select(map =>
        {
            var own = new double[rows, columns];
            for (var k = 0; k < rows * columns; k++)
                own[k / columns, k % columns] = values[(map * rows * columns) + k];
            return own;
        })];
    }
}
