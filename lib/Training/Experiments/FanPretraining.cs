using FanTrans.Data;
using FanTrans.Evaluation;
using FanTrans.Interop;
using FanTrans.Models;
using static TorchSharp.torch;

namespace FanTrans.Training.Experiments;

/// <summary>Pre-training of a face alignment network on an experiment's data,
/// for its later runs to start from.</summary>
public static class FanPretraining
{
    /// <summary>The file with the trained network.</summary>
    public const string WeightsFileName = "fan.safetensors";

    /// <summary>The Small preset's network, for rendered faces. Chosen by this kit.</summary>
    public static ExperimentOptions Default { get; } =
        ExperimentOptions.Small with
        {
            // No JPEG: rendered pictures bring its traces along.
            Augmentation = AugmentationOptions.Landmarks with
            {
                Jpeg = 0,
            },
            Training = ExperimentOptions.Small.Training with { Epochs = 6, WeightDecay = 1e-4, ClipNorm = 10 },
        };

    /// <summary>
    /// The pre-training that belongs to an experiment: on the same frames, fold and network, trained as
    /// <see cref="Default"/>. The experiment's seed and all that concerns action units are left out, so that every
    /// variant and seed of a comparison starts from the same features.
    /// </summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="epochs">Epochs of the pre-training; null as many as the default.</param>
    public static ExperimentOptions For(ExperimentOptions experiment, int? epochs = null)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        return Default with
        {
            Data = experiment.Data,
            Protocol = experiment.Protocol,
            Fold = experiment.Fold,
            ValidationShare = experiment.ValidationShare,
            Stride = experiment.Stride,
            Model = Default.Model with { Fan = experiment.Model.Fan },
            Training = Default.Training with { Epochs = epochs ?? Default.Training.Epochs },
        };
    }

    /// <summary>The folder of a pre-training among others: it is named after its options,
    /// so that no two share one.</summary>
    /// <param name="options">The pre-training, such as <see cref="For"/> gives.</param>
    /// <param name="root">The folder of all pre-trainings.</param>
    /// <param name="data">The dataset, where the options name none.</param>
    public static string FolderOf(ExperimentOptions options, string root, ExperimentData? data = null) =>
        Path.Combine(root, Name(options, data));

    internal static string Name(ExperimentOptions options, ExperimentData? data)
    {
        ArgumentNullException.ThrowIfNull(options);
        var identity = OptionsJson.Write(options with { Data = RunIdentity.OfData(options, data) });
        return $"fold-{options.Fold}-{Fingerprints.Of([identity, options.Training.Identity()])[..8]}";
    }

    /// <summary>
    /// The weights of an experiment's own face alignment network: those that its pre-training left under the root, or
    /// else pre-trained now. A stopped pre-training is resumed.
    /// </summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="root">The folder of all pre-trainings, each in a folder of its own.</param>
    /// <param name="epochs">Epochs of the pre-training; null as many as the default.</param>
    /// <param name="device">Where to train; null is the CPU.</param>
    /// <param name="data">The experiment's frames where they are open already;
    /// null opens them where they are needed.</param>
    /// <param name="progress">Receives every batch and epoch.</param>
    /// <param name="cancellation">Stops after the current batch.</param>
    /// <returns>The path, for <see cref="ExperimentOptions.FanWeights"/>.</returns>
    /// <inheritdoc cref="Experiment.Run" path="/exception"/>
    internal static string WeightsFor(
        ExperimentOptions experiment,
        string root,
        int? epochs = null,
        Device? device = null,
        ExperimentData? data = null,
        IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(experiment);
        var options = For(experiment, epochs);
        var folder = FolderOf(options, root, data);
        var weights = Path.Combine(folder, WeightsFileName);
        if (File.Exists(weights))
            return weights;
        // Experiments that run at the same time share one network, and one of them trains it.
        using var hold = FileHold.Wait(Path.Combine(folder, "making"), "fan", progress, cancellation);
        if (!File.Exists(weights))
            Run(options, folder, device, data, progress, cancellation);
        return weights;
    }

    /// <summary>Trains on the fold's training subjects, or resumes;
    /// the folder gets checkpoints, logs and the weights.</summary>
    /// <param name="options">Data, fold, seed, batches, training and the network;
    /// what concerns action units is not used.</param>
    /// <param name="folder">Where to.</param>
    /// <param name="device">Where to train; null is the CPU.</param>
    /// <param name="data">The frames where they are open already, from equal options; null opens them.</param>
    /// <param name="progress">Receives every batch and epoch.</param>
    /// <param name="cancellation">Stops after the current batch.</param>
    /// <inheritdoc cref="Experiment.Run" path="/exception"/>
    public static TrainingResult Run(
        ExperimentOptions options,
        string folder,
        Device? device = null,
        ExperimentData? data = null,
        IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(options);
        TorchThreads.Use();
        data ??= ExperimentData.Open(options);
        var fold = data.Fold(options.Fold);
        FanTask.RequireLandmarks(data.Source, fold.Train);
        random.manual_seed(new SeededRandom(options.Seed, 0xFA4).NextSeed());
        using var fan = new FaceAlignmentNetwork(options.Model.Fan);
        using var trainer = new Trainer(new FanTask(fan), options.Training with { Seed = options.Seed }, device);
        using var log = new RunLog(folder, progress);
        var result = trainer.Fit(
            new AuLoader(data.Source, options.TrainLoading(), fold.Train),
            new AuLoader(data.Source, options.StillLoading(), fold.Validation),
            folder,
            log,
            cancellation
        );
        fan.Save(
            Path.Combine(folder, WeightsFileName),
            new Dictionary<string, string>
            {
                [SeenSubjects.Key] = SeenSubjects.Write(SeenSubjects.Of(data.Source, fold)),
            }
        );
        return result;
    }

    /// <summary>A network's landmarks on the fold's test subjects, and their errors.</summary>
    /// <param name="fan">The network; put into evaluation mode for the run and back after it.</param>
    /// <param name="options">The fold and the batches are used.</param>
    /// <param name="data">The frames, opened with the same options.</param>
    /// <param name="device">The network's device; null is the CPU.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="ArgumentException">There is no such fold.</exception>
    public static LandmarkEvaluation Test(
        FaceAlignmentNetwork fan,
        ExperimentOptions options,
        ExperimentData data,
        Device? device = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(fan);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(data);
        return FanTask.Evaluate(
            fan,
            new AuLoader(data.Source, options.StillLoading(fan.Options.ImageSize), data.Fold(options.Fold).Test),
            device,
            cancellation
        );
    }
}
