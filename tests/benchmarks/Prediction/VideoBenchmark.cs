using FanTrans.Distillation;
using FanTrans.Interop;
using FanTrans.Models;
using FanTrans.Prediction;
using FanTrans.Synthetic;
using FanTrans.Training;

namespace FanTrans.Benchmarks.Prediction;

/// <summary>
/// A video of one 256-pixel face from the file to action units, decoder and detector included: on ONNX Runtime, the
/// default on a processor, beside PyTorch. Each frame is read with its mirror image.
/// </summary>
internal sealed class VideoBenchmark : IBenchmark
{
    private const int Frames = 48,
        Rounds = 5;

    public string Name => "video-small";

    public IEnumerable<Measurement> Run(Setting setting)
    {
        TorchThreads.Use(setting.Threads);
        var folder = Directory.CreateTempSubdirectory("fantrans-").FullName;
        try
        {
            var film = SynthVideo.Make(new SynthOptions { Subjects = 3, ImageSize = 256 }, folder, Frames);
            using var ensemble = new PeerEnsemble(FanTransOptions.Small, DistillationOptions.None);
            using (var fan = FaceAlignmentNetwork.LoadShipped())
                ensemble.Fan.load_state_dict(fan.state_dict());
            using var onnx = ensemble.ToPredictor(runtime: FanRuntime.Onnx);
            using var torch = ensemble.ToPredictor(runtime: FanRuntime.Torch);
            var seconds = Timing.Seconds(() => Predict(onnx), () => Predict(torch), Math.Min(Rounds, setting.Rounds));
            yield return new Measurement(
                "video, Small: on ONNX Runtime beside PyTorch",
                Frames / seconds.Kit,
                Frames / seconds.Peer,
                "frames/s"
            );

            double Predict(FacePredictor predictor) =>
                Timing.Clock(() =>
                {
                    var read = predictor
                        .Predict(PredictionInputs.Frames([film.Path]))
                        .Count(frame => frame.Faces.Count > 0);
                    if (read == 0)
                        throw new InvalidOperationException(
                            $"{film.Path}: no face was found in any of {Frames} frames."
                        );
                });
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
