using FanTrans.Data;
using FanTrans.Models;
using static TorchSharp.torch;

namespace FanTrans.Training.Anatomy;

/// <summary>Where on a face each action unit's token is taken from.</summary>
public static class UnitMaps
{
    /// <summary>Runs a crop through the model's tokens.</summary>
    /// <param name="model">The model; put into evaluation mode for the run and back after it.</param>
    /// <param name="crop">A square picture of the face, of any size.</param>
    /// <param name="device">The model's device; null is the processor.</param>
    /// <returns>For each action unit a map of h x w cells, at least 0, that sums to 1.</returns>
    /// <exception cref="ArgumentException">The picture is not square.</exception>
    public static IReadOnlyList<double[,]> Of(FanTransModel model, RgbImage crop, Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        using var mode = new EvaluationMode(model);
        using var scope = NewDisposeScope();
        var features = model.Features(CropTensor.Of(crop, model.Options.Fan.ImageSize, device));
        return FanTrace.Maps(model.Head.Maps(features));
    }
}
