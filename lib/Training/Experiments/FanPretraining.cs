using FanTrans.Data;
using FanTrans.Interop;
using FanTrans.Models;
using static TorchSharp.torch;

namespace FanTrans.Training.Experiments;

/// <summary>Pre-training of a face alignment network on an experiment's data, for its later runs to start from.</summary>
public static class FanPretraining
{
    /// <summary>The file with the trained network.</summary>
    public const string WeightsFileName = "fan.safetensors";

    /// <summary>Rendered faces and the Small preset, as the quickstart trains it. Chosen by this kit.</summary>
    public static ExperimentOptions Default { get; } = ExperimentOptions.Small with
    {
        Augmentation = QuickstartRecipe.Default.LandmarkAugmentation,
        Training = QuickstartRecipe.Default.LandmarkTraining,
    };

    /// <summary>Trains on the fold's training subjects, or goes on with it; the folder gets checkpoints, logs and the weights.</summary>
    /// <param name="options">Data, fold, seed, batches, training and the network; what concerns action units is not used.</param>
    /// <param name="folder">Where to.</param>
    /// <param name="device">Where to train; null is the processor.</param>
    /// <param name="progress">Hears of every batch and epoch.</param>
    /// <param name="cancellation">Stops after the current batch.</param>
    /// <inheritdoc cref="Experiment.Run" path="/exception"/>
    public static TrainingResult Run(
        ExperimentOptions options, string folder, Device? device = null, IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        var data = ExperimentData.Open(options);
        var fold = data.Fold(options.Fold);
        random.manual_seed(new SeededRandom(options.Seed, 0xFA4).NextSeed());
        using var fan = new FaceAlignmentNetwork(options.Model.Fan);
        var loading = options.TrainLoading();
        var still = new AuLoaderOptions { ImageSize = loading.ImageSize, BatchSize = 2 * loading.BatchSize };
        using var trainer = new Trainer(new FanTask(fan), options.Training with { Seed = options.Seed }, device);
        using var log = new RunLog(folder, progress);
        var result = trainer.Fit(
            new AuLoader(data.Source, loading, fold.Train), new AuLoader(data.Source, still, fold.Validation), folder, log, cancellation);
        WeightsFile.Save(Path.Combine(folder, WeightsFileName), fan.state_dict());
        return result;
    }
}
