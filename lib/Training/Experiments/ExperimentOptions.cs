using FanTrans.Data;
using FanTrans.Distillation;
using FanTrans.Models;

namespace FanTrans.Training.Experiments;

/// <summary>Everything that one run from data to test results depends on.
/// Its field names are the scripts' option names.</summary>
public sealed record ExperimentOptions
{
    /// <summary>
    /// The dataset: the folder of a prepared set, or a registered name such as "synthfaces?Subjects=9"; see
    /// <see cref="Datasets"/>. Empty, as in the presets, for one that the program passes.
    /// </summary>
    public string Data { get; init; } = "";

    /// <summary>For a prepared set: the published system whose folds are used,
    /// such as "me-graphau" or "au-net".</summary>
    public string Protocol { get; init; } = "me-graphau";

    /// <summary>The fold whose subjects are tested on, from 1.</summary>
    public int Fold { get; init; } = 1;

    /// <summary>Share of the training subjects that chooses the best epoch and tunes thresholds.</summary>
    public double ValidationShare { get; init; } = 0.15;

    /// <summary>Seed of the weights, the batches and the training;
    /// rendered faces have their own, and so has the split.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The model; its action units are taken from the data.</summary>
    public FanTransOptions Model { get; init; } = FanTransOptions.Small;

    /// <summary>The peers.</summary>
    public DistillationOptions Distillation { get; init; } = DistillationOptions.Small;

    /// <summary>
    /// The face alignment network: a file of weights; "shipped", the one that the library carries, trained on people
    /// whom no dataset has; "pretrain", one that is trained on the fold's training subjects first and kept beside the
    /// runs; or "random". Null is "shipped" where the network is of its size, else "pretrain".
    /// </summary>
    public string? FanWeights { get; init; }

    /// <summary>
    /// A trained model, or the folder of a run, whose weights everything behind the FAN starts from, as the authors'
    /// AU-Net does for DISFA from BP4D; action units are matched by number. Null starts at random.
    /// </summary>
    public string? StartFrom { get; init; }

    /// <summary>0 keeps the FAN frozen; else it is fine-tuned at this factor of the learning rate.</summary>
    public double FanRateFactor { get; init; }

    /// <summary>Weight of the landmarks' loss beside the units' while the FAN is fine-tuned; 0 leaves it out.</summary>
    public double LandmarkLoss { get; init; }

    /// <summary>What a frozen FAN computes in; BFloat16 pays on GPUs that have it.</summary>
    public FanPrecision FanPrecision { get; init; }

    /// <summary>What runs a frozen FAN; one that is fine-tuned runs on PyTorch.</summary>
    public FanRuntime FanRuntime { get; init; }

    /// <summary>Crops in a training batch.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>Every k-th frame of each recording in training.</summary>
    public int Stride { get; init; } = 1;

    /// <summary>How training crops are varied.</summary>
    public AugmentationOptions Augmentation { get; init; } = AugmentationOptions.Paper;

    /// <summary>How the peers are trained; its seed is taken from <see cref="Seed"/>.</summary>
    public TrainingOptions Training { get; init; } = TrainingOptions.Paper;

    /// <summary>
    /// In how many ways each frame's FAN features are kept for later runs, see <see cref="FeatureCache"/>; 0 keeps
    /// none.
    /// </summary>
    public int KeepFeatures { get; init; }

    /// <summary>Tests with logits averaged over each crop and its mirror image,
    /// as the authors' other work does.</summary>
    public bool FlipTest { get; init; } = true;

    /// <summary>For an experiment in minutes on a processor, over rendered faces. Chosen by this kit.</summary>
    public static ExperimentOptions Small { get; } =
        new()
        {
            // On a processor a step of 8 costs less than half of a step of 32, and teaches nearly as much.
            BatchSize = 8,
            // No JPEG: rendered pictures bring its traces along.
            Augmentation = AugmentationOptions.Paper with
            {
                Rotation = 10,
                ScaleLow = 0.9,
                ScaleHigh = 1.1,
                Shift = 10.0 / 256,
                ColorJitter = 0.2,
                Blur = 0.2,
                Dropout = 0.2,
                Jpeg = 0,
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

    /// <summary>
    /// For comparing variants over seeds in minutes on a processor: the FAN's features are averaged over cells and kept
    /// in a few ways, so that only the first run of a fold waits for the FAN. Chosen by this kit.
    /// </summary>
    public static ExperimentOptions Ablation { get; } =
        Small with
        {
            Distillation = DistillationOptions.None,
            KeepFeatures = 4,
            Training = Small.Training with { Epochs = 24 },
        };

    /// <summary><see cref="Ablation"/> with the least training and over a FAN of random weights, in seconds: its
    /// figures say nothing.</summary>
    public static ExperimentOptions Smoke { get; } =
        Ablation with
        {
            Training = Small.Training with { Epochs = 2 },
            KeepFeatures = 1,
            FanWeights = "random",
        };

    /// <summary>The published sizes and schedule, for a prepared set.
    /// What PAPER does not say is chosen by this kit.</summary>
    public static ExperimentOptions Paper { get; } =
        new()
        {
            Model = FanTransOptions.Paper,
            Distillation = DistillationOptions.Paper,
            BatchSize = 64,
        };

    /// <summary>Whether two experiments open the same frames in the same folds.</summary>
    /// <param name="other">The other one.</param>
    public bool SameData(ExperimentOptions other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Data == other.Data && Protocol == other.Protocol && ValidationShare == other.ValidationShare;
    }

    /// <summary>How the training frames are loaded, for the landmarks and for the action units alike.</summary>
    internal AuLoaderOptions TrainLoading() =>
        new()
        {
            ImageSize = Model.Fan.ImageSize,
            BatchSize = BatchSize,
            Stride = Stride,
            Shuffle = true,
            DropLast = true,
            Seed = Seed,
            Augmentation = Augmentation,
        };

    /// <summary>How frames are loaded that are not trained on: as they are, one after the other.</summary>
    /// <param name="imageSize">Side of a crop; null is the model's.</param>
    internal AuLoaderOptions StillLoading(int? imageSize = null) =>
        new()
        {
            ImageSize = imageSize ?? Model.Fan.ImageSize,
            BatchSize = 2 * BatchSize,
            Workers = Environment.ProcessorCount,
        };

    /// <summary>Checks every field.</summary>
    /// <returns>The record itself.</returns>
    /// <exception cref="ArgumentException">A field is out of range; the message names it.</exception>
    public ExperimentOptions Validate()
    {
        new OptionsCheck(nameof(ExperimentOptions))
            .Require(Data is not null, "Data is null, expected a text")
            .AtLeast(nameof(Fold), Fold, 1)
            .Require(
                ValidationShare is > 0 and < 1,
                $"ValidationShare is {ValidationShare}, expected above 0 and below 1"
            )
            .Require(
                FanWeights is null or FanStart.Random || Model.FeatureSource == "fan",
                $"FanWeights is {FanWeights}, but the features come from {Model.FeatureSource}, which has no FAN to "
                    + "load"
            )
            .AtLeast(nameof(FanRateFactor), FanRateFactor, 0)
            .AtLeast(nameof(LandmarkLoss), LandmarkLoss, 0)
            .Require(
                LandmarkLoss == 0 || FanRateFactor > 0,
                $"LandmarkLoss is {LandmarkLoss} and FanRateFactor {FanRateFactor}: a frozen FAN cannot learn landmarks"
            )
            .AtLeast(nameof(BatchSize), BatchSize, 1)
            .AtLeast(nameof(Stride), Stride, 1)
            .AtLeast(nameof(KeepFeatures), KeepFeatures, 0)
            .Require(
                KeepFeatures == 0 || FanRateFactor == 0,
                $"KeepFeatures is {KeepFeatures} and FanRateFactor {FanRateFactor}: the features of a FAN that is "
                    + "fine-tuned cannot be kept"
            )
            .Require(
                FanPrecision == FanPrecision.Float32 || FanRateFactor == 0,
                $"FanPrecision is {FanPrecision} and FanRateFactor {FanRateFactor}: a FAN that is fine-tuned "
                    + "computes in Float32"
            )
            .Defined(nameof(FanRuntime), FanRuntime)
            .Require(
                FanRuntime != FanRuntime.Onnx || (FanRateFactor == 0 && FanPrecision == FanPrecision.Float32),
                $"FanRuntime is Onnx, FanRateFactor {FanRateFactor} and FanPrecision {FanPrecision}: "
                    + "ONNX Runtime runs a frozen FAN in Float32"
            )
            .Throw();
        Model.Validate();
        Distillation.Validate();
        Augmentation.Validate();
        Training.Validate();
        return this;
    }
}
