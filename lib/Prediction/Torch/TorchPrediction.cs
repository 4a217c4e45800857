using FanTrans.Distillation;
using FanTrans.Interop;
using FanTrans.Models;
using FanTrans.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace FanTrans.Prediction;

/// <summary>Prediction with models of this process, as training leaves them.</summary>
public static class TorchPrediction
{
    extension(PeerEnsemble ensemble)
    {
        /// <summary>Makes a predictor of trained peers, which are not changed.</summary>
        /// <param name="detector">Finds the faces; null for BlazeFace, or where this build has none, for a slow search
        /// with the ensemble's landmark network.</param>
        /// <param name="device">Where the ensemble is; null is the processor.</param>
        /// <param name="runtime">What runs the ensemble; <see cref="FanRuntime.Automatic"/> is ONNX Runtime on a
        /// processor, with the weights as they are now, unless a part
        /// of your own does not say how it is exported.</param>
        /// <exception cref="NotSupportedException">ONNX Runtime for such a part; the message names it.</exception>
        public FacePredictor ToPredictor(
            IFaceDetector? detector = null,
            Device? device = null,
            FanRuntime runtime = FanRuntime.Automatic
        )
        {
            ArgumentNullException.ThrowIfNull(ensemble);
            return new FacePredictor(Network(ensemble, device, runtime), detector);
        }
    }

    private static IFaceNetwork Network(PeerEnsemble ensemble, Device? device, FanRuntime runtime)
    {
        if (runtime is FanRuntime.Torch || (runtime is FanRuntime.Automatic && device is { type: not DeviceType.CPU }))
        {
            return new TorchFaceNetwork(ensemble.Fan, ensemble, device);
        }
        try
        {
            TorchThreads.Use();
            return new OnnxFaceNetwork(OnnxExport.Bytes(ensemble), TorchThreads.Count);
        }
        catch (NotSupportedException) when (runtime is FanRuntime.Automatic)
        {
            return new TorchFaceNetwork(ensemble.Fan, ensemble, device);
        }
    }
}
