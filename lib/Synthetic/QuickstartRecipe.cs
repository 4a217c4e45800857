using FanTrans.Data;
using FanTrans.Distillation;
using FanTrans.Models;
using FanTrans.Training;

namespace FanTrans.Synthetic;

/// <summary>
/// Everything that the quickstart does, as numbers: rendered faces, pre-training of a small FAN on their landmarks, and
/// two peers with online distillation on their action units. Chosen by this kit, for two processor cores.
/// </summary>
public sealed record QuickstartRecipe
{
    /// <summary>Seed of the weights, of the batches and of the validation subjects.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The faces, with a seed of their own.</summary>
    public required SynthOptions Faces { get; init; }

    /// <summary>Which of the three parts of the subjects is held out for the test, from 1.</summary>
    public int TestPart { get; init; } = 3;

    /// <summary>Share of the training subjects that chooses the best epoch.</summary>
    public double ValidationShare { get; init; } = 0.15;

    /// <summary>The model; its action units are those of the faces.</summary>
    public required FanTransOptions Model { get; init; }

    /// <summary>The peers.</summary>
    public required DistillationOptions Distillation { get; init; }

    /// <summary>
    /// PyTorch's processor threads, at least 1: they work on each batch together. For batches this small waiting for each
    /// other takes longer than what they share (measured on two cores: an epoch of the peers 34 s with one, 45 s with two).
    /// </summary>
    public int Threads { get; init; } = 1;

    /// <summary>Faces in a batch.</summary>
    public required int BatchSize { get; init; }

    /// <summary>How crops are varied for the landmarks.</summary>
    public required AugmentationOptions LandmarkAugmentation { get; init; }

    /// <summary>How crops are varied for the action units.</summary>
    public required AugmentationOptions Augmentation { get; init; }

    /// <summary>Pre-training of the FAN.</summary>
    public required TrainingOptions LandmarkTraining { get; init; }

    /// <summary>Training of the peers over the frozen FAN.</summary>
    public required TrainingOptions Training { get; init; }

    /// <summary>About ten minutes on two cores.</summary>
    public static QuickstartRecipe Default { get; } = new()
    {
        Faces = new SynthOptions { ImageSize = 128 },
        Model = FanTransOptions.Small,
        Distillation = DistillationOptions.Small,
        // Small batches: on a processor a step of 8 costs a quarter of a step of 32, and teaches nearly as much.
        BatchSize = 8,
        // No JPEG: rendered pictures bring its traces along.
        LandmarkAugmentation = AugmentationOptions.Landmarks with { Jpeg = 0 },
        Augmentation = AugmentationOptions.Paper with
        {
            Rotation = 10, ScaleLow = 0.9, ScaleHigh = 1.1, ColorJitter = 0.2, Blur = 0.2, Dropout = 0.2, Jpeg = 0,
        },
        LandmarkTraining = new TrainingOptions
        {
            Epochs = 6,
            LearningRate = 2e-3,
            WeightDecay = 1e-4,
            Schedule = new LearningRateSchedule { Kind = "cosine", WarmupEpochs = 0.5 },
            ClipNorm = 10,
        },
        Training = new TrainingOptions
        {
            Epochs = 12,
            LearningRate = 2e-3,
            WeightDecay = 0.02,
            Schedule = new LearningRateSchedule { Kind = "cosine", WarmupEpochs = 0.5 },
            ClipNorm = 5,
        },
    };

    /// <summary>The same with other faces, weights and batches.</summary>
    /// <param name="seed">Replaces both seeds.</param>
    public QuickstartRecipe WithSeed(int seed) => this with { Seed = seed, Faces = Faces with { Seed = seed } };

    /// <summary>The same steps at the least size that still runs all of them, in about a minute: its figures say nothing.</summary>
    public static QuickstartRecipe Smoke { get; } = Default with
    {
        Faces = Default.Faces with { Subjects = 9, FramesPerSubject = 16, ImageSize = 96 },
        LandmarkTraining = Default.LandmarkTraining with { Epochs = 2 },
        Training = Default.Training with { Epochs = 2 },
    };
}
