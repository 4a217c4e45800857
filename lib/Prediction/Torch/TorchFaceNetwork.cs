using FanTrans.Distillation;
using FanTrans.Models;
using FanTrans.Training;
using static TorchSharp.torch;

namespace FanTrans.Prediction;

/// <summary>A network that TorchSharp runs.</summary>
/// <param name="fan">The landmarks' network; not changed.</param>
/// <param name="ensemble">The heads over it; null for landmarks alone.</param>
/// <param name="device">Where they are; null is the processor.</param>
internal sealed class TorchFaceNetwork(FaceAlignmentNetwork fan, PeerEnsemble? ensemble, Device? device) : IFaceNetwork
{
    public int ImageSize => fan.Options.ImageSize;

    public IReadOnlyList<int> ActionUnits => ensemble?.Options.ActionUnits ?? [];

    public CropReading[] Read(float[] images, int count)
    {
        TorchThreads.Use();
        using var mode = new EvaluationMode((nn.Module?)ensemble ?? fan);
        using var scope = NewDisposeScope();
        var input = BatchTensors.Copy(
            images.AsSpan(0, count * 3 * ImageSize * ImageSize),
            [count, 3, ImageSize, ImageSize],
            device
        );
        var (heatmaps, logits) = Run(input);
        var (landmarks, confidence) = LandmarkHeatmaps.Read(heatmaps, ImageSize);
        var (points, sure) = (landmarks.cpu().data<float>().ToArray(), confidence.cpu().data<float>().ToArray());
        var units = logits?.cpu().data<float>().ToArray() ?? [];
        var n = ActionUnits.Count;
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(i => new CropReading(
                    points[(136 * i)..(136 * (i + 1))],
                    sure[(68 * i)..(68 * (i + 1))],
                    units[(n * i)..(n * (i + 1))]
                )),
        ];
    }

    /// <summary>The last stack's heatmaps (B, 68, S/4, S/4), and the teacher's logits (B, N).</summary>
    private (Tensor Heatmaps, Tensor? Logits) Run(Tensor images)
    {
        if (ensemble is null)
            return (fan.Heatmaps(images)[^1], null);
        var output = fan.call(images);
        return (output.Heatmaps[^1], ensemble.FromFeatures(ensemble.Features(output)).TeacherLogits);
    }
}
