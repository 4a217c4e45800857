using FanTrans.Data;
using FanTrans.Distillation;
using FanTrans.Models;
using FanTrans.Tests.Data;
using FanTrans.Training;
using static TorchSharp.torch;

namespace FanTrans.Tests.Training;

/// <summary>Models and loaders so small that a step takes milliseconds.</summary>
internal static class Tiny
{
    public static readonly FanOptions Fan = FanOptions.Small with { ImageSize = 32, Features = 16, Depth = 1 };

    public static readonly FanTransOptions Model = FanTransOptions.Small with
    {
        ActionUnits = [1, 2, 4],
        Fan = Fan,
        SubnetWidth = 8,
        SubnetBlocks = 2,
        TokenWidth = 8,
        TransformerBlocks = 1,
        Heads = 2,
    };

    public static readonly TrainingOptions Options = new()
    {
        Epochs = 4,
        LearningRate = 2e-3,
        Schedule = new LearningRateSchedule { Kind = "cosine" },
        ClipNorm = 5,
        Seed = 3,
    };

    public static AuLoaderOptions Loading(bool train, int workers = 2) =>
        new()
        {
            ImageSize = Fan.ImageSize,
            BatchSize = 8,
            Seed = 5,
            Workers = workers,
            Shuffle = train,
            DropLast = train,
            Augmentation = train ? AugmentationOptions.Paper : AugmentationOptions.None,
        };

    /// <summary>Loaders of disjoint subjects.</summary>
    public static (AuLoader Train, AuLoader Validation) Loaders(AuDataset? source = null, int workers = 2)
    {
        source ??= new DotFaces(56);
        var fold = Folds.Random([.. Enumerable.Range(0, source.Count).Select(i => source.Key(i).Subject)])[0];
        return (
            new(source, Loading(train: true, workers), fold.Train),
            new(source, Loading(train: false, workers), fold.Test)
        );
    }

    public static FaceAlignmentNetwork NewFan(int seed = 1)
    {
        random.manual_seed(seed);
        return new FaceAlignmentNetwork(Fan);
    }

    public static PeerEnsemble NewEnsemble(int seed = 1, string teacher = "mean")
    {
        random.manual_seed(seed);
        return new PeerEnsemble(Model, DistillationOptions.Small with { Teacher = teacher });
    }

    public static Dictionary<string, float[]> Weights(nn.Module module)
    {
        using var scope = NewDisposeScope();
        return module
            .state_dict()
            .ToDictionary(t => t.Key, t => t.Value.to_type(ScalarType.Float32).cpu().data<float>().ToArray());
    }
}
