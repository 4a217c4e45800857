using FanTrans.Data;
using FanTrans.Distillation;
using FanTrans.Models;
using FanTrans.Training;

namespace FanTrans.Benchmarks.Data;

/// <summary>The share of a training epoch at the Small preset, from a prepared set on disk,
/// in which no batch was ready.</summary>
internal sealed class WaitingBenchmark : IBenchmark
{
    private const int Rounds = 5;

    public string Name => "loader-waiting";

    public IEnumerable<Measurement> Run(Setting setting)
    {
        var options = FanTransOptions.Small;
        using var faces = new PreparedFaces(options.Fan.ImageSize);
        TorchThreads.Use(setting.Threads);
        using var model = new PeerEnsemble(
            options with
            {
                ActionUnits = faces.Set.ActionUnits,
            },
            DistillationOptions.Small
        );
        using var trainer = new Trainer(
            new FanTransTask(model, FanTransTask.ClassWeightsOf(faces.Set, Enumerable.Range(0, faces.Set.Count))),
            TrainingOptions.Paper
        );
        var loader = new AuLoader(
            faces.Set,
            new AuLoaderOptions
            {
                ImageSize = options.Fan.ImageSize,
                Shuffle = true,
                DropLast = true,
                Augmentation = AugmentationOptions.Paper,
            }
        );
        var shares = new List<double>();
        for (var epoch = -1; epoch < Math.Min(Rounds, setting.Rounds); epoch++)
        {
            var report = trainer.TrainOneEpoch(loader, epoch + 1);
            if (epoch >= 0)
                shares.Add(100 * report.WaitSeconds / report.TrainSeconds);
        }
        yield return new Measurement(
            "waiting for batches, training of Small, batch 32",
            shares.Order().ElementAt(shares.Count / 2),
            null,
            "% of the time"
        );
    }
}
