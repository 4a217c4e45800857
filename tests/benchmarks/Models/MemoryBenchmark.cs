using FanTrans.Data;
using FanTrans.Distillation;
using FanTrans.Models;
using FanTrans.Synthetic;
using FanTrans.Training;

namespace FanTrans.Benchmarks.Models;

/// <summary>Resident memory after 5,000 training steps of a tiny model,
/// beside that after the first 500: it does not grow.</summary>
internal sealed class MemoryBenchmark : IBenchmark
{
    public string Name => "memory-5000-steps";

    public IEnumerable<Measurement> Run(Setting setting)
    {
        TorchThreads.Use(1);
        var faces = new CachedDataset(
            new SynthFaces(
                new SynthOptions
                {
                    Subjects = 8,
                    FramesPerSubject = 25,
                    Recordings = 1,
                    ImageSize = 32,
                }
            )
        );
        var model = FanTransOptions.Small with
        {
            Fan = FanOptions.Small with { ImageSize = 32, Features = 16, Depth = 1 },
            SubnetWidth = 8,
            SubnetBlocks = 2,
            TokenWidth = 8,
            Heads = 2,
        };
        using var ensemble = new PeerEnsemble(model, DistillationOptions.Small);
        using var trainer = new Trainer(
            new FanTransTask(ensemble, [.. Enumerable.Repeat(1.0, model.ActionUnits.Count)]),
            TrainingOptions.Paper with
            {
                Epochs = 1,
            }
        );
        var loader = new AuLoader(
            faces,
            new AuLoaderOptions
            {
                ImageSize = 32,
                BatchSize = 4,
                Shuffle = true,
                Augmentation = AugmentationOptions.Paper,
            }
        );
        var epoch = 0;
        long steps = 0;
        var early = After(500);
        yield return new Measurement("resident memory, after 5,000 steps over after 500", After(5000), early, "MB");

        double After(long count)
        {
            while (steps < count)
                steps = trainer.TrainOneEpoch(loader, epoch++).Step;
            // Managed garbage comes and goes by the collector's own clock; what leaks is what stays after it.
            GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
            GC.Collect();
            return Environment.WorkingSet / 1048576.0;
        }
    }
}
