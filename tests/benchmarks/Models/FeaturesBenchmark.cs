using FanTrans.Distillation;
using FanTrans.Interop;
using FanTrans.Models;
using FanTrans.Training;
using Microsoft.ML.OnnxRuntime;
using static TorchSharp.torch;

namespace FanTrans.Benchmarks.Models;

/// <summary>
/// The features of a frozen FAN on a processor: on ONNX Runtime as the kit uses it beside the kit's own pass on PyTorch
/// and beside a call of ONNX Runtime with nothing around it, in one process, and beside PyTorch in Python.
/// </summary>
internal sealed class FeaturesBenchmark(string preset, FanTransOptions model, int batch, int rounds) : IBenchmark
{
    public static IEnumerable<IBenchmark> All { get; } =
    [
        new FeaturesBenchmark("Small", FanTransOptions.Small, batch: 8, rounds: 31),
        new FeaturesBenchmark("Paper", FanTransOptions.Paper, batch: 1, rounds: 11),
        new FeaturesBenchmark("Paper", FanTransOptions.Paper, batch: 8, rounds: 5),
    ];

    public string Name => $"features-{preset.ToLowerInvariant()}-{batch}";

    public IEnumerable<Measurement> Run(Setting setting)
    {
        TorchThreads.Use(setting.Threads);
        var counted = Math.Min(rounds, setting.Rounds);
        var side = model.Fan.ImageSize;
        // As where features are kept or faces predicted; what a training step costs is measured by itself.
        using var mode = no_grad();
        using var images = rand([batch, 3, side, side]);
        using var torch = new PeerEnsemble(model, DistillationOptions.None);
        using var onnx = new PeerEnsemble(model, DistillationOptions.None);
        torch.eval();
        onnx.eval();
        onnx.RunFanOn(FanRuntime.Onnx);
        yield return Beside("PyTorch in the kit", () => torch.Features(images).Dispose());

        using var options = new SessionOptions { IntraOpNumThreads = setting.Threads };
        // Else its threads would still spin when it is the kit's turn, on the kit's cores.
        options.AddSessionConfigEntry("session.force_spinning_stop", "1");
        var heatmaps = onnx.Taken.Landmarks > 0;
        using var session = new InferenceSession(
            OnnxExport.Features(onnx.Source, model.Fan, model.FeaturePooling, heatmaps),
            options
        );
        var values = images.data<float>().ToArray();
        yield return Beside(
            "onnxruntime alone",
            () =>
            {
                using var run = new RunOptions();
                using var input = OrtValue.CreateTensorValueFromMemory(values, [batch, 3, side, side]);
                session.Run(run, session.InputNames, [input], session.OutputNames).Dispose();
            }
        );

        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(
                file,
                OptionsJson.Write(
                    new ModelCase
                    {
                        Model = model,
                        Distillation = DistillationOptions.None,
                        Training = false,
                        Features = true,
                        Batch = batch,
                        Threads = setting.Threads,
                    }
                )
            );
            if (PythonPeer.Find("torch", setting, Name) is not { } python)
                yield break;
            using var kit = ModelBenchmark.Worker(file);
            using var peer = new WorkerProcess(python, Path.Combine(Folders.Reference, "bench.py"), file);
            var seconds = Timing.Seconds(() => kit.Ask("round"), () => peer.Ask("round"), counted);
            yield return Row("python3-torch", seconds);
            yield return new Measurement(
                $"FAN features, {preset}, batch {batch}: peak memory",
                kit.Ask("memory"),
                peer.Ask("memory"),
                "MB"
            );
        }
        finally
        {
            File.Delete(file);
        }

        Measurement Beside(string other, Action work) =>
            Row(
                other,
                Timing.Seconds(
                    () => Timing.Clock(() => onnx.Features(images).Dispose()),
                    () => Timing.Clock(work),
                    counted
                )
            );

        Measurement Row(string other, (double Kit, double? Peer) seconds) =>
            new(
                $"FAN features, {preset}, batch {batch}: beside {other}",
                seconds.Kit * 1000,
                seconds.Peer * 1000,
                "ms"
            );
    }
}
