using FanTrans.Distillation;
using FanTrans.Models;
using FanTrans.Prediction;
using Microsoft.ML.OnnxRuntime;
using TorchSharp;
using static TorchSharp.torch;
using OnnxType = Microsoft.ML.OnnxRuntime.Tensors.TensorElementType;

namespace FanTrans.Interop;

/// <summary>Which runtime computes a frozen face alignment network's features.</summary>
public static class FanRuntimes
{
    extension(PeerEnsemble ensemble)
    {
        /// <summary>
        /// Chooses what runs the frozen FAN, with the weights that it has at its next pass and on the device that it is
        /// on now. <see cref="FanRuntime.Automatic"/> leaves a FAN that is fine-tuned, computes in bfloat16 or is a
        /// feature source of your own on PyTorch.
        /// </summary>
        /// <param name="runtime">The runtime.</param>
        /// <exception cref="InvalidOperationException">ONNX Runtime for a FAN that is fine-tuned, is on a GPU or
        /// computes in bfloat16.</exception>
        /// <exception cref="NotSupportedException">ONNX Runtime for a feature source of your own that does not
        /// implement <see cref="IOnnxPart"/>.</exception>
        public void RunFanOn(FanRuntime runtime)
        {
            ArgumentNullException.ThrowIfNull(ensemble);
            var (source, precision) = (ensemble.Source, ensemble.FanPrecision);
            var onProcessor = source.parameters().All(p => p.device_type == DeviceType.CPU);
            var able = source.Frozen && onProcessor && precision is FanPrecision.Float32;
            if (runtime is FanRuntime.Onnx && !able)
            {
                throw new InvalidOperationException(
                    "ONNX Runtime runs a FAN that is frozen, on the processor and in Float32; this one is "
                        + $"{(source.Frozen ? "frozen" : "fine-tuned")}, on {(onProcessor ? "a processor" : "a GPU")} "
                        + $"and in {precision}."
                );
            }
            if (precision is FanPrecision.Float32)
            {
                var onnx =
                    runtime is FanRuntime.Onnx
                    || (runtime is FanRuntime.Automatic && able && source is FaceAlignmentNetwork);
                ensemble.ComputeFeaturesBy(onnx ? new OnnxFan(source, ensemble.Options.Fan) : null);
            }
        }
    }
}

/// <summary>The features of a frozen feature source on ONNX Runtime, written where PyTorch reads them.</summary>
internal sealed class OnnxFan : IFrozenFeatures
{
    private readonly FeatureSource source;
    private readonly FanOptions options;
    private (int Pooling, bool Heatmaps) form;
    private InferenceSession? session;

    public OnnxFan(FeatureSource source, FanOptions options)
    {
        (this.source, this.options) = (source, options);
        if (source is not FaceAlignmentNetwork)
            OnnxExport.Features(source, options, pooling: 1, heatmaps: false);
    }

    public Tensor Features(Tensor images, int pooling, bool heatmaps)
    {
        var (shape, side) = (source.Shape, options.ImageSize);
        if (images.shape is not [var count, 3, var height, var width] || height != side || width != side)
        {
            throw new ArgumentException(
                $"Images have shape ({string.Join(", ", images.shape)}), expected (B, 3, {side}, {side}).",
                nameof(images)
            );
        }
        // As late as this, the weights and PyTorch's number of threads are settled.
        if (session is null || form != (pooling, heatmaps))
        {
            session?.Dispose();
            form = (pooling, heatmaps);
            session = Open();
            GiveBack();
        }
        using var scope = NewDisposeScope();
        var cells = shape.Side / pooling;
        var features = empty(count, shape.Channels + (heatmaps ? shape.Landmarks : 0), cells, cells);
        Run(session, images.detach().contiguous(), ("features", features));
        return features.MoveToOuterDisposeScope();
    }

    private InferenceSession Open()
    {
        var model = OnnxExport.Features(source, options, form.Pooling, form.Heatmaps);
        GiveBack();
        // Where a backward pass follows, it needs the memory that this one worked in, unless that is little.
        return OnnxSessions.Make(model, get_num_threads(), keepsMemory: !is_grad_enabled() || !options.HasLargeMaps);
    }

    /// <summary>An exported network is several times its weights,
    /// all garbage before training takes its memory.</summary>
    private static void GiveBack() => GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);

    public void Dispose() => session?.Dispose();

    /// <summary>Runs a model of one input from and into PyTorch's memory: nothing is copied.</summary>
    /// <param name="session">The model.</param>
    /// <param name="input">Contiguous, float32, on the processor.</param>
    /// <param name="outputs">What to compute, and where to: tensors like the input.</param>
    private static void Run(InferenceSession session, Tensor input, params (string Name, Tensor Value)[] outputs)
    {
        using var from = Over(input);
        var into = Array.ConvertAll(outputs, output => Over(output.Value));
        try
        {
            using var run = new RunOptions();
            session.Run(run, session.InputNames, [from], [.. outputs.Select(output => output.Name)], into);
        }
        finally
        {
            Array.ForEach(into, value => value.Dispose());
        }
    }

    private static unsafe OrtValue Over(Tensor tensor)
    {
        var bytes = tensor.bytes;
        fixed (byte* start = bytes)
        {
            return OrtValue.CreateTensorValueWithData(
                OrtMemoryInfo.DefaultInstance,
                OnnxType.Float,
                tensor.shape,
                (nint)start,
                bytes.Length
            );
        }
    }
}
