using FanTrans.Distillation;
using FanTrans.Models;

namespace FanTrans.Benchmarks.Models;

/// <summary>
/// A training step or a forward pass beside PyTorch in Python on the same libtorch and threads: seconds a round and
/// peak memory, each side in a process of its own, taking turns.
/// </summary>
internal sealed class ModelBenchmark(string preset, FanTransOptions model, bool training, int batch, int rounds)
    : IBenchmark
{
    /// <summary>Those that the kit reports.</summary>
    public static IEnumerable<IBenchmark> All { get; } =
    [
        new ModelBenchmark("Small", FanTransOptions.Small, training: true, batch: 32, rounds: 15),
        new ModelBenchmark("Small", FanTransOptions.Small, training: false, batch: 1, rounds: 51),
        new ModelBenchmark("Small", FanTransOptions.Small, training: false, batch: 8, rounds: 31),
        new ModelBenchmark("Paper", FanTransOptions.Paper, training: true, batch: 4, rounds: 7),
        new ModelBenchmark("Paper", FanTransOptions.Paper, training: false, batch: 1, rounds: 11),
        new ModelBenchmark("Paper", FanTransOptions.Paper, training: false, batch: 8, rounds: 5),
    ];

    public string Name => $"{(training ? "step" : "inference")}-{preset.ToLowerInvariant()}-{batch}";

    private string Title => $"{(training ? "training step" : "inference")}, {preset}, batch {batch}";

    public IEnumerable<Measurement> Run(Setting setting)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(
                file,
                OptionsJson.Write(
                    new ModelCase
                    {
                        Model = model,
                        // Inference needs one model; a step is that of the published method, two peers.
                        Distillation = training ? DistillationOptions.Paper : DistillationOptions.None,
                        Training = training,
                        Batch = batch,
                        Threads = setting.Threads,
                    }
                )
            );
            using var kit = Worker(file);
            using var peer = Peer(file, setting);
            var seconds = Timing.Seconds(
                () => kit.Ask("round"),
                peer is null ? null : () => peer.Ask("round"),
                Math.Min(rounds, setting.Rounds)
            );
            yield return new Measurement(Title, seconds.Kit * 1000, seconds.Peer * 1000, "ms");
            yield return new Measurement($"{Title}, peak memory", kit.Ask("memory"), peer?.Ask("memory"), "MB");
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>This program as a worker.</summary>
    internal static WorkerProcess Worker(string caseFile) =>
        new("dotnet", Path.Combine(AppContext.BaseDirectory, "Benchmarks.dll"), "--worker", caseFile);

    private WorkerProcess? Peer(string caseFile, Setting setting) =>
        PythonPeer.Find("torch", setting, Title) is { } python
            ? new(python, Path.Combine(Folders.Reference, "bench.py"), caseFile)
            : null;
}
