using FanTrans.Evaluation;
using static TorchSharp.torch;

namespace FanTrans.Training.Experiments;

/// <summary>The same experiment on every fold, and its test results pooled.</summary>
public static class CrossValidatedExperiment
{
    /// <summary>
    /// Runs every fold in a folder "fold-1" … of its own, or resumes it, and writes "cross-validation.csv", ".json"
    /// and ".tex" beside them.
    /// </summary>
    /// <param name="options">What to do; the fold is not used.</param>
    /// <param name="folder">Where to.</param>
    /// <param name="system">The own row's name beside the published ones.</param>
    /// <param name="device">Where to train; null is the CPU.</param>
    /// <param name="data">The dataset where the options name none; null opens it.</param>
    /// <param name="progress">Receives every batch and epoch.</param>
    /// <param name="cancellation">Stops after the current batch.</param>
    /// <inheritdoc cref="Experiment.Run" path="/exception"/>
    public static CrossValidation Run(
        ExperimentOptions options,
        string folder,
        string system = "this kit",
        Device? device = null,
        ExperimentData? data = null,
        IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        data ??= ExperimentData.Open(options);
        string[] runs = [.. data.Folds.Select(f => Path.Combine(folder, $"fold-{f.Number}"))];
        foreach (var (fold, run) in data.Folds.Zip(runs))
            Experiment.Run(options with { Fold = fold.Number }, run, device, data, progress, cancellation);
        return Collect(runs, folder, system);
    }

    /// <summary>Pools finished runs, one per fold, and writes the same files.</summary>
    /// <param name="runs">The runs' folders.</param>
    /// <param name="folder">Where to write; null writes nothing.</param>
    /// <param name="system">The own row's name beside the published ones.</param>
    /// <exception cref="FileNotFoundException">A run is not done.</exception>
    /// <exception cref="InvalidDataException">A run's predictions are damaged, or two runs are of different datasets.
    /// </exception>
    /// <exception cref="ArgumentException">Two runs test the same frames, or differ in their action units.</exception>
    public static CrossValidation Collect(IReadOnlyList<string> runs, string? folder, string system = "this kit")
    {
        ArgumentNullException.ThrowIfNull(runs);
        AuPredictions[] test = [.. runs.Select(r => Read(r, "test.csv"))];
        RefuseOtherData(runs);
        var result = CrossValidation.Of(test, [.. runs.Select(r => Read(r, "validation.csv"))]);
        if (folder is not null)
            result.Save(folder, system);
        return result;
    }

    private static void RefuseOtherData(IReadOnlyList<string> runs)
    {
        // Runs of other programs have no options.
        var tested = runs.Where(Experiment.HasOptions)
            .Select(run => (Run: run, Options: Experiment.OptionsOf(run)))
            .Where(r => r.Options.Data.Length > 0)
            .DistinctBy(r => RunIdentity.OfData(r.Options, null))
            .ToArray();
        if (tested is [var first, var other, ..])
            throw new InvalidDataException(
                $"{other.Run} is of {other.Options.Data}, {first.Run} of {first.Options.Data}: only folds of one "
                    + "dataset are pooled."
            );
    }

    private static AuPredictions Read(string run, string name)
    {
        var path = Path.Combine(run, name);
        return File.Exists(path)
            ? PredictionsFile.Load(path)
            : throw new FileNotFoundException($"{run} has no {name}: it is no finished run of train.cs.", path);
    }
}
