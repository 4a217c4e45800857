using FanTrans.Data;
using FanTrans.Distillation;
using FanTrans.Interop;
using FanTrans.Models;
using FanTrans.Prediction;
using FanTrans.Synthetic;
using FanTrans.Training;

namespace FanTrans.Benchmarks.Prediction;

/// <summary>
/// A video of one 256-pixel face from the file to action units, decoder and detector included: on ONNX Runtime, the
/// default on a processor, beside PyTorch; with each face's mirror image and without.
/// </summary>
/// <param name="size">Name of the size.</param>
/// <param name="model">The model. Its weights are random, which costs the same.</param>
/// <param name="frames">Frames of the video.</param>
internal sealed class VideoBenchmark(string size, FanTransOptions model, int frames) : IBenchmark
{
    private const int Rounds = 5;

    public static IEnumerable<IBenchmark> All { get; } =
    [new VideoBenchmark("Small", FanTransOptions.Small, 192), new VideoBenchmark("Paper", FanTransOptions.Paper, 48)];

    public string Name => $"video-{size.ToLowerInvariant()}";

    public IEnumerable<Measurement> Run(Setting setting)
    {
        TorchThreads.Use(setting.Threads);
        var folder = Directory.CreateTempSubdirectory("fantrans-").FullName;
        try
        {
            var people = new SynthOptions { Subjects = 3, ImageSize = 256 };
            var film = SynthVideo.Make(people, folder, frames);
            using var ensemble = new PeerEnsemble(model, DistillationOptions.None);
            using var network = new OnnxFaceNetwork(OnnxExport.Bytes(ensemble), setting.Threads);
            using var onnx = new FacePredictor(new FixedLandmarks(network), null)
            {
                LeastConfidence = double.NegativeInfinity,
            };
            using var torch = new FacePredictor(
                new FixedLandmarks(new TorchFaceNetwork(ensemble.Fan, ensemble, null)),
                null
            )
            {
                LeastConfidence = double.NegativeInfinity,
            };
            foreach (var mirrored in new[] { true, false })
            {
                (onnx.Mirrored, torch.Mirrored) = (mirrored, mirrored);
                var rounds = Math.Min(Rounds, setting.Rounds);
                var seconds = Timing.Seconds(() => Predict(onnx), () => Predict(torch), rounds);
                var looks = mirrored ? "with mirror images" : "without";
                yield return new Measurement(
                    $"video, {size}, {looks}: on ONNX Runtime beside PyTorch",
                    frames / seconds.Kit,
                    frames / seconds.Peer,
                    "frames/s"
                );
            }

            double Predict(FacePredictor predictor) =>
                Timing.Clock(() =>
                {
                    var read = predictor
                        .Predict(PredictionInputs.Frames([film.Path]))
                        .Count(frame => frame.Faces.Count == 1);
                    if (read < frames)
                        throw new InvalidOperationException(
                            $"{film.Path}: expected one face in each of {frames} frames, found it in {read}."
                        );
                });
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A network whose landmarks are those of a face that fills the crop as in training, since random weights
    /// would lose the face.</summary>
    private sealed class FixedLandmarks(IFaceNetwork network) : IFaceNetwork
    {
        private readonly float[] landmarks = Upright(network.ImageSize);

        public int ImageSize => network.ImageSize;

        public IReadOnlyList<int> ActionUnits => network.ActionUnits;

        public CropReading[] Read(float[] images, int count) =>
            [.. network.Read(images, count).Select(crop => crop with { Landmarks = landmarks })];

        private static float[] Upright(int size)
        {
            var face = new SynthFaces(new SynthOptions { Subjects = 1, FramesPerSubject = 1 }).Read(0);
            // The mean of the face and its mirror image, as large as the crop asks for: the crop stays where it is.
            var upright = new float[2 * Ibug68.Count];
            for (var k = 0; k < Ibug68.Count; k++)
            {
                var other = Ibug68.Flipped[k];
                upright[2 * k] = face.Landmarks[2 * k] - face.Landmarks[2 * other];
                upright[(2 * k) + 1] = face.Landmarks[(2 * k) + 1] + face.Landmarks[(2 * other) + 1];
            }
            var crop = new FacePlace(FaceCrop.Around(FacePlace.Box(upright)), 0);
            var toCrop = crop.ToImage(size, mirrored: false).Inverse();
            return
            [
                .. Enumerable
                    .Range(0, Ibug68.Count)
                    .Select(k => toCrop.Map(upright[2 * k], upright[(2 * k) + 1]))
                    .SelectMany(point => new[] { (float)point.X, (float)point.Y }),
            ];
        }
    }
}
