using FanTrans.Models;
using FanTrans.Synthetic;
using FanTrans.Training;
using FanTrans.Training.Experiments;

namespace FanTrans.Benchmarks.Models;

/// <summary>
/// A cell of an ablation that trains and tests again, with the FAN's features kept from the cell before it, beside the
/// same cell on images that are in memory already; and the F1 of both.
/// </summary>
internal sealed class CacheBenchmark : IBenchmark
{
    public string Name => "kept-features";

    public IEnumerable<Measurement> Run(Setting setting)
    {
        TorchThreads.Use(setting.Threads);
        var options = ExperimentOptions.Small with
        {
            Faces = new SynthOptions { Subjects = 12, FramesPerSubject = 32, Recordings = 1, ImageSize = 96 },
            Model = FanTransOptions.Small with { FeaturePooling = 3, Classifier = ClassifierKind.Independent },
        };
        var kept = options with { KeepFeatures = 2 };
        var data = ExperimentData.Open(options);
        foreach (var index in Enumerable.Range(0, data.Source.Count))
            data.Source.Read(index);
        var folder = Directory.CreateTempSubdirectory("fantrans-").FullName;
        try
        {
            // The cell before it leaves the features.
            Experiment.Run(kept with { Model = kept.Model with { Classifier = ClassifierKind.Joint } }, Path.Combine(folder, "first"), data: data);
            ExperimentResult with = null!, without = null!;
            var seconds = Timing.Clock(() => with = Experiment.Run(kept, Path.Combine(folder, "kept"), data: data));
            var images = Timing.Clock(() => without = Experiment.Run(options, Path.Combine(folder, "images"), data: data));
            yield return new Measurement("ablation cell, kept features over images", seconds, images, "s");
            yield return new Measurement("ablation cell, its macro F1", 100 * with.F1!.Value, 100 * without.F1!.Value, "%");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
