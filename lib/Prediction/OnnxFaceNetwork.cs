using System.Globalization;
using Microsoft.ML.OnnxRuntime;

namespace FanTrans.Prediction;

/// <summary>A whole model on ONNX Runtime: one pass gives landmarks and action units.</summary>
internal sealed class OnnxFaceNetwork : IFaceNetwork, IDisposable
{
    private static readonly string[] Outputs = ["landmarks", "confidence", "logits"];

    private readonly InferenceSession session;

    /// <summary>Opens what <c>FanTrans.Interop.OnnxExport</c> makes of a model.</summary>
    /// <param name="model">The file's bytes.</param>
    /// <param name="threads">Threads for one pass.</param>
    /// <param name="name">What it is called in messages.</param>
    /// <param name="gpu">The number of the GPU to run on; null is the processor.</param>
    /// <exception cref="InvalidDataException">It is no such file.</exception>
    /// <exception cref="InvalidOperationException">There is no GPU that this build can use.</exception>
    public OnnxFaceNetwork(byte[] model, int threads, string name = "the model", int? gpu = null)
    {
        try
        {
            session = OnnxSessions.Make(model, threads, gpu);
        }
        catch (OnnxRuntimeException error)
        {
            throw new InvalidDataException($"{name}: expected an ONNX file, found: {error.Message}", error);
        }
        var says = session.ModelMetadata.CustomMetadataMap;
        var missing = Outputs
            .Except(session.OutputNames)
            .Concat(new[] { "image_size", "action_units" }.Where(key => !says.ContainsKey(key)))
            .ToList();
        if (missing.Count > 0)
        {
            session.Dispose();
            throw new InvalidDataException(
                $"{name}: expected a model of action units such as export.cs writes, "
                    + $"found no {string.Join(", ", missing)} in it."
            );
        }
        ImageSize = int.Parse(says["image_size"], CultureInfo.InvariantCulture);
        ActionUnits =
        [
            .. says["action_units"].Split(',').Select(unit => int.Parse(unit, CultureInfo.InvariantCulture)),
        ];
    }

    public int ImageSize { get; }

    public IReadOnlyList<int> ActionUnits { get; }

    public CropReading[] Read(float[] images, int count)
    {
        using var input = OrtValue.CreateTensorValueFromMemory(
            OrtMemoryInfo.DefaultInstance,
            images.AsMemory(0, count * 3 * ImageSize * ImageSize),
            [count, 3, ImageSize, ImageSize]
        );
        using var run = new RunOptions();
        using var outputs = session.Run(run, session.InputNames, [input], Outputs);
        return [.. Enumerable.Range(0, count).Select(i => new CropReading(Of(0, i), Of(1, i), Of(2, i)))];

        float[] Of(int output, int crop)
        {
            var values = outputs[output].GetTensorDataAsSpan<float>();
            var each = values.Length / count;
            return values.Slice(crop * each, each).ToArray();
        }
    }

    public void Dispose() => session.Dispose();
}
