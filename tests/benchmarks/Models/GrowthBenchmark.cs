using FanTrans.Distillation;
using FanTrans.Interop;
using FanTrans.Models;
using FanTrans.Prediction;
using FanTrans.Synthetic;
using FanTrans.Training;
using MathNet.Numerics;
using static TorchSharp.torch;

namespace FanTrans.Benchmarks.Models;

/// <summary>
/// How cost grows, at the Small preset with a frozen FAN: milliseconds of a training step with action units, peers and
/// faces in the batch, and of a prediction with frames; and for each the exponent k of cost ~ size^k, fitted by least
/// squares. Below 1 the fixed part is the larger one.
/// </summary>
internal sealed class GrowthBenchmark : IBenchmark
{
    private const int Rounds = 7;

    public string Name => "growth";

    public IEnumerable<Measurement> Run(Setting setting)
    {
        TorchThreads.Use(setting.Threads);
        var rounds = Math.Min(Rounds, setting.Rounds);
        return
        [
            .. Grown("training step, action units", [4, 8, 16, 32], units => Step(units, peers: 2, batch: 8)),
            .. Grown("training step, peers", [1, 2, 4, 8], peers => Step(units: 12, peers, batch: 8)),
            .. Grown("training step, batch", [4, 8, 16, 32], batch => Step(units: 12, peers: 2, batch)),
            .. Grown("prediction, frames", [8, 16, 32], Predict),
        ];

        double Step(int units, int peers, int batch)
        {
            random.manual_seed(1);
            var model = FanTransOptions.Small with { ActionUnits = [.. ActionUnits.All.Take(units)] };
            var options = peers == 1 ? DistillationOptions.None : DistillationOptions.Small with { Peers = peers };
            using var ensemble = new PeerEnsemble(model, options);
            ensemble.RunFanOn(FanRuntime.Automatic);
            ensemble.train();
            using var images = rand([batch, 3, model.Fan.ImageSize, model.Fan.ImageSize]);
            using var labels = ones([batch, model.ActionUnits.Count]);
            using var optimizer = optim.AdamW(ensemble.parameters().Where(p => p.requires_grad), 1e-4);
            var loss = new OnlineDistillation(options, [.. Enumerable.Repeat(1.0, model.ActionUnits.Count)]);
            return Timing.Seconds(
                () =>
                {
                    using var scope = NewDisposeScope();
                    optimizer.zero_grad();
                    loss.Compute(ensemble.call(images), labels, labels, 1).Total.backward();
                    optimizer.step();
                },
                rounds
            );
        }

        double Predict(int frames)
        {
            var people = new SynthFaces(
                new SynthOptions
                {
                    Subjects = 1,
                    Recordings = 1,
                    FramesPerSubject = frames,
                    ImageSize = 256,
                }
            );
            var film = Enumerable
                .Range(0, frames)
                .Select(i => new InputFrame("film", i + 1, i / 25.0, people.Read(i).Image))
                .ToArray();
            using var predictor = new FacePredictor();
            return Timing.Seconds(() => predictor.Predict(film).Count(), rounds);
        }
    }

    private static IEnumerable<Measurement> Grown(string title, int[] sizes, Func<int, double> seconds)
    {
        var measured = Array.ConvertAll(sizes, size => seconds(size));
        foreach (var (size, value) in sizes.Zip(measured))
            yield return new Measurement($"{title}: {size}", value * 1000, null, "ms");
        var (_, exponent) = Fit.Line(
            Array.ConvertAll(sizes, size => Math.Log(size)),
            Array.ConvertAll(measured, Math.Log)
        );
        yield return new Measurement($"{title}: exponent", exponent, null, "");
    }
}
