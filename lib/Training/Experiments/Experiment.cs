using FanTrans.Data;
using FanTrans.Distillation;
using FanTrans.Evaluation;
using FanTrans.Interop;
using TorchSharp;
using static TorchSharp.torch;

namespace FanTrans.Training.Experiments;

/// <summary>What an experiment's folder says in "result.json" once it is done.</summary>
public sealed record ExperimentResult
{
    /// <summary>Macro F1 on the test subjects at 0.5, by protocol; NaN is null.</summary>
    public required double? F1 { get; init; }

    /// <summary>Macro F1 of the best constant predictor.</summary>
    public required double? ConstantF1 { get; init; }

    /// <summary>Mean area under the ROC curve.</summary>
    public required double? Auc { get; init; }

    /// <summary>F1 of each action unit at 0.5, by its number.</summary>
    public required IReadOnlyDictionary<string, double?> UnitF1 { get; init; }

    /// <summary>Macro F1 of each peer alone.</summary>
    public required IReadOnlyList<double?> PeerF1 { get; init; }

    /// <summary>The epoch whose weights were kept.</summary>
    public required int BestEpoch { get; init; }

    /// <summary>Epochs trained.</summary>
    public required int Epochs { get; init; }

    /// <summary>Seconds from the data to these results, of the call that finished it.</summary>
    public required double Seconds { get; init; }
}

/// <summary>
/// One run from data to test results in a folder of its own: "options.json", the checkpoints and logs of
/// <see cref="Trainer"/>, "model.safetensors", "test.csv" and "validation.csv" with every prediction, those of each of
/// several peers in "test-peer1.csv" …, and "result.json".
/// It may be killed and run again at any time, and a finished one is only read.
/// </summary>
public static class Experiment
{
    /// <summary>The file whose presence says that an experiment is done.</summary>
    public const string ResultFile = "result.json";

    private const string OptionsFile = "options.json",
        IdentityFile = "identity.txt";

    /// <summary>Whether a folder's experiment is done.</summary>
    /// <param name="folder">The folder.</param>
    public static bool IsDone(string folder) => File.Exists(Path.Combine(folder, ResultFile));

    /// <summary>Whether a folder says what its experiment was.</summary>
    internal static bool HasOptions(string folder) => File.Exists(Path.Combine(folder, OptionsFile));

    /// <summary>The options of a folder's experiment.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="IOException">There is no experiment.</exception>
    /// <exception cref="InvalidDataException">Its options are another version's, or damaged.</exception>
    public static ExperimentOptions OptionsOf(string folder)
    {
        RefuseOlder(folder);
        return OptionsJson.Read<ExperimentOptions>(File.ReadAllText(Path.Combine(folder, OptionsFile)));
    }

    /// <summary>Runs an experiment, or resumes it, or reads its result.</summary>
    /// <param name="options">What to do.</param>
    /// <param name="folder">Its folder; made if it is not there.</param>
    /// <param name="device">Where to train; null is the CPU.</param>
    /// <param name="data">The dataset where the options name none,
    /// or what they name where it is open already; null opens it.</param>
    /// <param name="progress">Receives every batch and epoch.</param>
    /// <param name="cancellation">Stops after the current batch.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="InvalidDataException">
    /// The folder is another experiment's, a file is damaged, or the weights to start from have seen a test subject.
    /// </exception>
    /// <exception cref="NonFiniteLossException">A loss or gradient is not finite;
    /// log.jsonl has the details.</exception>
    /// <exception cref="RunInUseException">The experiment is running already.</exception>
    public static ExperimentResult Run(
        ExperimentOptions options,
        string folder,
        Device? device = null,
        ExperimentData? data = null,
        IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var identity = RunIdentity.Of(options, data);
        Directory.CreateDirectory(folder);
        // Held from its FAN to its test; the checkpoints hold it while it trains, whoever trains there.
        using var hold = IsDone(folder)
            ? null
            : FileHold.Try(Path.Combine(folder, "in-use")) ?? throw new RunInUseException(folder);
        Claim(folder, options, identity);
        var done = Path.Combine(folder, ResultFile);
        if (IsDone(folder))
            return OptionsJson.Read<ExperimentResult>(File.ReadAllText(done));

        var clock = System.Diagnostics.Stopwatch.StartNew();
        TorchThreads.Use();
        data ??= ExperimentData.Open(options);
        RefuseOtherUnits(options.Model.ActionUnits, data.Source.ActionUnits);
        var fold = data.Fold(options.Fold);
        if (options.LandmarkLoss > 0)
            FanTask.RequireLandmarks(data.Source, fold.Train);
        var (ensemble, seen) = Start(options, folder, device, data, progress, cancellation);
        using var owned = ensemble;
        var training = Train(options, folder, device, data.Source, fold, ensemble, progress, cancellation);
        TrainedModel.Save(
            ensemble,
            Path.Combine(folder, TrainedModel.FileName),
            [.. seen, .. SeenSubjects.Of(data.Source, fold)]
        );
        var (validation, _) = Predict(fold.Validation);
        PredictionsFile.Save(Path.Combine(folder, "validation.csv"), validation);
        var (test, peers) = Predict(fold.Test);
        for (var m = 0; peers.Count > 1 && m < peers.Count; m++)
            PredictionsFile.Save(Path.Combine(folder, $"test-peer{m + 1}.csv"), peers[m]);
        PredictionsFile.Save(Path.Combine(folder, "test.csv"), test);
        var evaluation = test.Evaluate();
        var result = new ExperimentResult
        {
            F1 = Finite(evaluation.MacroF1),
            ConstantF1 = Finite(evaluation.MacroConstantF1),
            Auc = Finite(evaluation.MacroAuc),
            UnitF1 = evaluation.Units.ToDictionary(u => $"{u.ActionUnit}", u => Finite(u.F1)),
            PeerF1 = [.. peers.Select(p => Finite(p.Evaluate().MacroF1))],
            BestEpoch = training.BestEpoch,
            Epochs = training.Epochs.Count,
            Seconds = Math.Round(clock.Elapsed.TotalSeconds, 1),
        };
        WholeFile.Write(done, OptionsJson.Write(result) + "\n");
        return result;

        (AuPredictions Ensemble, IReadOnlyList<AuPredictions> Peers) Predict(IReadOnlyList<int> frames)
        {
            var images = new AuLoader(data.Source, options.StillLoading(), frames);
            using var features = Kept(options, folder, ensemble, images, device, progress, cancellation);
            return EnsemblePrediction.All(
                ensemble,
                (IAuBatches?)features ?? images,
                device,
                options.FlipTest,
                cancellation: cancellation
            );
        }
    }

    /// <summary>What a finished experiment's model learned about which action units belong together,
    /// over its validation subjects.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="device">Where to run; null is the CPU.</param>
    /// <param name="data">The frames where they are open already, from equal options; null opens them.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="IOException">The folder has no finished experiment.</exception>
    public static LearnedCorrelations LearnedCorrelations(
        string folder,
        Device? device = null,
        ExperimentData? data = null,
        CancellationToken cancellation = default
    )
    {
        var options = OptionsOf(folder);
        using var ensemble = TrainedModel.Load(folder);
        if (device is not null)
            ensemble.to(device);
        ensemble.ComputeFanIn(options.FanPrecision);
        ensemble.RunFanOn(options.FanRuntime);
        data ??= ExperimentData.Open(options);
        var images = new AuLoader(data.Source, options.StillLoading(), data.Fold(options.Fold).Validation);
        using var features = Kept(options, folder, ensemble, images, device, null, cancellation);
        return Training.LearnedCorrelations.Of(ensemble, (IAuBatches?)features ?? images, device, cancellation);
    }

    /// <summary>The ensemble of an experiment as it is before training, and whom its weights have seen.</summary>
    private static (PeerEnsemble Ensemble, IReadOnlyList<string> Seen) Start(
        ExperimentOptions options,
        string folder,
        Device? device,
        ExperimentData data,
        IProgress<TrainingProgress>? progress,
        CancellationToken cancellation
    )
    {
        random.manual_seed(new SeededRandom(options.Seed, 0x40DE1).NextSeed());
        var ensemble = new PeerEnsemble(
            options.Model with
            {
                ActionUnits = data.Source.ActionUnits,
            },
            options.Distillation
        );
        try
        {
            var seen = FanStart.Load(options, ensemble, Beside(folder, "fan"), device, data, progress, cancellation);
            if (options.StartFrom is { } start)
            {
                var before = TrainedModel.SubjectsOf(start);
                SeenSubjects.Refuse(
                    start,
                    before,
                    data.Source,
                    data.Fold(options.Fold).TestSubjects,
                    "Start from a model of other people."
                );
                seen = [.. seen, .. before];
                WholeFile.Write(
                    Path.Combine(folder, "start.txt"),
                    $"From {start}: {TrainedModel.Start(ensemble, start)}\n"
                );
            }
            if (device is not null)
                ensemble.to(device);
            ensemble.ComputeFanIn(options.FanPrecision);
            ensemble.RunFanOn(options.FanRuntime);
            return (ensemble, seen);
        }
        catch
        {
            ensemble.Dispose();
            throw;
        }
    }

    private static TrainingResult Train(
        ExperimentOptions options,
        string folder,
        Device? device,
        AuDataset source,
        Fold fold,
        PeerEnsemble ensemble,
        IProgress<TrainingProgress>? progress,
        CancellationToken cancellation
    )
    {
        var train = new AuLoader(source, options.TrainLoading(), fold.Train);
        var validation = new AuLoader(source, options.StillLoading(), fold.Validation);
        // Kept crops are those of one seed, so that runs of other seeds, which order them otherwise, find them again.
        var crops = new AuLoader(source, train.Options with { Seed = 0 }, fold.Train);
        using var trainFeatures =
            options.KeepFeatures == 0
                ? null
                : FeatureCache.Open(
                    ensemble,
                    crops,
                    Beside(folder, "features"),
                    Variants(),
                    orderSeed: options.Seed,
                    device: device,
                    progress: progress,
                    cancellation: cancellation
                );
        using var validationFeatures = Kept(options, folder, ensemble, validation, device, progress, cancellation);
        var task = new FanTransTask(
            ensemble,
            FanTransTask.ClassWeightsOf(source, fold.Train),
            options.FanRateFactor,
            options.LandmarkLoss
        );
        using var trainer = new Trainer(task, options.Training with { Seed = options.Seed }, device);
        using var log = new RunLog(folder, progress);
        try
        {
            return trainer.Fit(
                (IAuBatches?)trainFeatures ?? train,
                (IAuBatches?)validationFeatures ?? validation,
                folder,
                log,
                cancellation
            );
        }
        catch (NonFiniteLossException error)
        {
            log.Stopped(error);
            throw;
        }

        // Frames without augmentation look alike in every variant.
        int Variants() => options.Augmentation == AugmentationOptions.None ? 1 : options.KeepFeatures;
    }

    /// <summary>Beside the experiments of a sweep, which share it.</summary>
    private static string Beside(string folder, string name) =>
        Path.Combine(Path.GetDirectoryName(Path.GetFullPath(folder))!, name);

    /// <summary>The kept features of frames that are not trained on; null where the options keep none.</summary>
    private static FeatureCache? Kept(
        ExperimentOptions options,
        string folder,
        PeerEnsemble ensemble,
        AuLoader images,
        Device? device,
        IProgress<TrainingProgress>? progress,
        CancellationToken cancellation
    ) =>
        options.KeepFeatures == 0
            ? null
            : FeatureCache.Open(
                ensemble,
                images,
                Beside(folder, "features"),
                mirrored: options.FlipTest,
                device: device,
                progress: progress,
                cancellation: cancellation
            );

    /// <summary>Writes options and identity on first use, and refuses a folder that has others.</summary>
    private static void Claim(string folder, ExperimentOptions options, string identity)
    {
        RefuseOlder(folder);
        var path = Path.Combine(folder, IdentityFile);
        if (!File.Exists(path))
            WholeFile.Write(path, identity + "\n");
        RefuseOther($"{folder} is another experiment's", identity, IdentityIn(folder));
        if (!HasOptions(folder))
            WholeFile.Write(Path.Combine(folder, OptionsFile), OptionsJson.Write(options) + "\n");
    }

    /// <summary>Refuses an experiment that is of other options; a file or dataset may have moved meanwhile.</summary>
    internal static void RefuseOther(string folder, ExperimentOptions options, string whose)
    {
        var (expected, found) = (OptionsJson.Write(options), OptionsJson.Write(OptionsOf(folder)));
        if (expected != found && !Moved())
            RefuseOther($"{folder} is of other options than {whose}", expected, found);

        bool Moved()
        {
            try
            {
                return RunIdentity.Of(options, null) == IdentityIn(folder);
            }
            catch (Exception error)
                when (error is IOException or ArgumentException or InvalidDataException or UnauthorizedAccessException)
            {
                return false;
            }
        }
    }

    private static string IdentityIn(string folder) =>
        File.ReadAllText(Path.Combine(folder, IdentityFile)).TrimEnd('\n');

    /// <summary>Refuses a folder that says another thing than is expected, with the first line in which they differ.
    /// </summary>
    /// <param name="what">The folder, and what it is instead.</param>
    /// <param name="expected">Lines of JSON.</param>
    /// <param name="found">Lines of JSON.</param>
    /// <exception cref="InvalidDataException">They differ.</exception>
    private static void RefuseOther(string what, string expected, string found)
    {
        if (found == expected)
            return;
        var (here, there) = (expected.Split('\n'), found.Split('\n'));
        var line = Enumerable
            .Range(0, int.MaxValue)
            .First(i => here.ElementAtOrDefault(i) != there.ElementAtOrDefault(i));
        throw new InvalidDataException($"{what}: it has {Line(there)}, expected {Line(here)}. Use another folder.");

        string Line(string[] lines) => lines.ElementAtOrDefault(line)?.Trim().TrimEnd(',') ?? "nothing more";
    }

    /// <summary>A model has its dataset's units. BP4D's are what every preset starts with, and no choice.</summary>
    private static void RefuseOtherUnits(IReadOnlyList<int> chosen, IReadOnlyList<int> dataset)
    {
        if (!chosen.SequenceEqual(dataset) && !chosen.SequenceEqual(ActionUnits.Bp4d))
            throw new ArgumentException(
                $"Model.ActionUnits is {string.Join(",", chosen)}, but the dataset has {string.Join(",", dataset)}, "
                    + "and the model learns those; of a table, TABLE.csv?ActionUnits=1,2 chooses some."
            );
    }

    private static void RefuseOlder(string folder)
    {
        if (HasOptions(folder) && !File.Exists(Path.Combine(folder, IdentityFile)))
        {
            throw new InvalidDataException(
                $"{folder} holds a run of an earlier version of the kit, whose options had other names: use another "
                    + "folder, or read it with that version."
            );
        }
    }

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;
}
