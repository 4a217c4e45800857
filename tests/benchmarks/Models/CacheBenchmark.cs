using FanTrans.Distillation;
using FanTrans.Models;
using FanTrans.Synthetic;
using FanTrans.Training;
using FanTrans.Training.Experiments;

namespace FanTrans.Benchmarks.Models;

/// <summary>
/// A cell of an ablation over one model of the Paper preset, features averaged over 4 x 4 cells, two epochs: with the
/// features that the cell before it left, beside the same cell on images that are in memory already.
/// </summary>
internal sealed class CacheBenchmark : IBenchmark
{
    public string Name => "kept-features";

    public IEnumerable<Measurement> Run(Setting setting)
    {
        TorchThreads.Use(setting.Threads);
        var options = ExperimentOptions.Paper with
        {
            Data = new SynthOptions
            {
                Subjects = 9,
                FramesPerSubject = 24,
                Recordings = 1,
            }.ToData(),
            Model = FanTransOptions.Paper with { FeaturePooling = 4, Classifier = "independent" },
            Training = TrainingOptions.Paper with { Epochs = 2 },
            Distillation = DistillationOptions.None,
            BatchSize = 8,
            // Pre-trained on so few faces its features may leave half precision's range; cost does not depend on it.
            FanWeights = "random",
        };
        var kept = options with { KeepFeatures = 1 };
        var data = ExperimentData.Open(options);
        foreach (var index in Enumerable.Range(0, data.Source.Count))
            data.Source.Read(index);
        var folder = Directory.CreateTempSubdirectory("fantrans-").FullName;
        try
        {
            // The cell before it leaves the features.
            Experiment.Run(
                kept with
                {
                    Model = kept.Model with { Classifier = "joint" },
                },
                Path.Combine(folder, "first"),
                data: data
            );
            // A round that does not count, and three that do.
            var cells = 0;
            var seconds = Timing.Seconds(
                () => Experiment.Run(kept, Path.Combine(folder, $"kept-{++cells}"), data: data),
                Math.Min(3, setting.Rounds)
            );
            var images = Timing.Clock(() => Experiment.Run(options, Path.Combine(folder, "images"), data: data));
            yield return new Measurement("ablation cell, kept features over images", seconds, images, "s");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
