using FanTrans.Distillation;
using FanTrans.Interop;
using FanTrans.Models;
using static TorchSharp.torch;

namespace FanTrans.Training.Experiments;

/// <summary>The face alignment network that an experiment starts from; see
/// <see cref="ExperimentOptions.FanWeights"/>.</summary>
internal static class FanStart
{
    /// <summary>What names the network that is pre-trained for each fold.</summary>
    public const string Pretrain = "pretrain";

    /// <summary>What names a network of random weights.</summary>
    public const string Random = "random";

    /// <summary>What tells the weights from others: of a file its content, of a pre-training its options.</summary>
    public static string IdentityOf(ExperimentOptions options, ExperimentData? data)
    {
        switch (Chosen(options))
        {
            case Random:
                return Random;
            case Pretrain:
                return $"{Pretrain} {FanPretraining.Name(FanPretraining.For(options), data)}";
            case ShippedWeights.Name:
                using (var shipped = ShippedWeights.Open(ShippedWeights.Fan))
                    return $"{ShippedWeights.Name} {shipped.Metadata["sha256"]}";
            case var path:
                var (file, key) = WeightsFile.Split(path);
                return RunIdentity.OfFile(file) + (key is null ? "" : $"#{key}");
        }
    }

    /// <summary>Loads the weights into an ensemble and returns whom they have seen.</summary>
    /// <param name="options">The experiment.</param>
    /// <param name="ensemble">Its peers, on the CPU.</param>
    /// <param name="root">Where pre-trained networks lie.</param>
    /// <param name="device">Where to pre-train; null is the CPU.</param>
    /// <param name="data">The experiment's frames.</param>
    /// <param name="progress">Receives every batch and epoch of a pre-training.</param>
    /// <param name="cancellation">Stops a pre-training after the current batch.</param>
    public static IReadOnlyList<string> Load(
        ExperimentOptions options,
        PeerEnsemble ensemble,
        string root,
        Device? device,
        ExperimentData data,
        IProgress<TrainingProgress>? progress,
        CancellationToken cancellation
    )
    {
        var chosen = Chosen(options);
        if (chosen == Random)
            return [];
        if (chosen == Pretrain)
            chosen = FanPretraining.WeightsFor(
                options,
                root,
                device: device,
                data: data,
                progress: progress,
                cancellation: cancellation
            );
        using var fan =
            chosen == ShippedWeights.Name
                ? FaceAlignmentNetwork.LoadShipped()
                : FaceAlignmentNetwork.Load(chosen, options.Model.Fan);
        StateDict.LoadInto(ensemble.Fan, fan.state_dict());
        using var file =
            chosen == ShippedWeights.Name ? ShippedWeights.Open(ShippedWeights.Fan) : WeightsFile.Load(chosen);
        var seen = SeenSubjects.Read(file.Metadata);
        SeenSubjects.Refuse(
            $"the face alignment network {chosen}",
            seen,
            data.Source,
            data.Fold(options.Fold).TestSubjects,
            $"Use one for each fold (FanWeights = {Pretrain}), or weights of other people."
        );
        return seen;
    }

    /// <summary>What is meant where nothing is said, too. Features that come
    /// from something else start as that makes them.</summary>
    private static string Chosen(ExperimentOptions options) =>
        options.Model.FeatureSource != "fan"
            ? Random
            : options.FanWeights ?? (IsShipped(options.Model.Fan) ? ShippedWeights.Name : Pretrain);

    private static bool IsShipped(FanOptions fan)
    {
        if (!ShippedWeights.Has(ShippedWeights.Fan))
            return false;
        using var shipped = ShippedWeights.Open(ShippedWeights.Fan);
        return OptionsJson.Read<FanOptions>(shipped.Metadata[FaceAlignmentNetworkWeights.OptionsKey]) == fan;
    }
}
