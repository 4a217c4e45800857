using FanTrans.Data;
using FanTrans.Evaluation;
using static TorchSharp.torch;

namespace FanTrans.Training.Experiments;

/// <summary>One finished run of a variant.</summary>
/// <param name="Fold">The fold that it is tested on.</param>
/// <param name="Seed">Its seed.</param>
/// <param name="F1">Macro F1 on the test subjects.</param>
/// <param name="Peers">Macro F1 of each peer alone.</param>
/// <param name="BestEpoch">The epoch whose weights were kept.</param>
/// <param name="Seconds">What it took, from the data to the results.</param>
/// <param name="Folder">Where it lies; see <see cref="Experiment"/>.</param>
public sealed record AblationRun(
    int Fold,
    int Seed,
    double F1,
    string Peers,
    int BestEpoch,
    double Seconds,
    string Folder
)
{
    /// <summary>Every epoch's metrics.</summary>
    public TrainingResult History() => TrainingResult.Load(Path.Combine(Folder, "history.json"));
}

/// <summary>
/// Variants of an experiment, run one by one over the same seeds and folds, and compared. A run's folder is named by
/// its options: a finished run is only read, a stopped one resumes, a changed option makes a new run beside the old
/// one, and two notebooks that ask for the same run share it. So are the kept features of the frozen FAN.
/// </summary>
/// <param name="folder">Where all runs lie.</param>
/// <param name="options">What the variants start from; its fold and seed are not used.</param>
/// <param name="seeds">Each variant runs once with each.</param>
/// <param name="folds">Folds of the data, from 1; null is the first alone.</param>
/// <param name="device">Where to train; null is the CPU.</param>
/// <param name="data">The dataset where the options name none; null opens what they name.</param>
public sealed class Ablation(
    string folder,
    ExperimentOptions options,
    IReadOnlyList<int> seeds,
    IReadOnlyList<int>? folds = null,
    Device? device = null,
    ExperimentData? data = null
)
{
    private readonly List<(string Name, IReadOnlyList<AblationRun> Runs)> variants = [];
    private (ExperimentOptions Options, ExperimentData Data)? shared;

    /// <summary>The variants that ran, in the order of their first run.</summary>
    /// <exception cref="InvalidOperationException">None ran yet.</exception>
    public IReadOnlyList<string> Variants =>
        variants.Count > 0
            ? [.. variants.Select(v => v.Name)]
            : throw new InvalidOperationException("no variant ran yet: run its cell first.");

    /// <summary>Runs a variant, or reads what is done of it.
    /// The same name again replaces it in the comparison.</summary>
    /// <param name="name">What to call it.</param>
    /// <param name="change">What makes it, of the options with a fold and a seed.</param>
    /// <param name="progress">Receives every batch and epoch.</param>
    /// <param name="cancellation">Stops after the current batch.</param>
    /// <returns>One run per fold and seed.</returns>
    /// <inheritdoc cref="Experiment.Run" path="/exception"/>
    public IReadOnlyList<AblationRun> Run(
        string name,
        Func<ExperimentOptions, ExperimentOptions>? change = null,
        IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var runs = new List<AblationRun>();
        foreach (var fold in folds ?? [1])
        {
            foreach (var seed in seeds)
            {
                var start = options with { Fold = fold, Seed = seed };
                var one = (change?.Invoke(start) ?? start).Validate();
                var place = FolderOf(one);
                // A finished run is read without opening any data.
                var opened = Experiment.IsDone(place) ? data : Open(one);
                var named = progress is null
                    ? null
                    : new Named(progress, $"{name}, {(folds is { Count: > 1 } ? $"fold {fold}, " : "")}seed {seed}");
                var result = Experiment.Run(one, place, device, opened, named, cancellation);
                runs.Add(
                    new AblationRun(
                        fold,
                        seed,
                        result.F1 ?? double.NaN,
                        string.Join("  ", result.PeerF1.Select(f => $"{f:0.000}")),
                        result.BestEpoch,
                        result.Seconds,
                        place
                    )
                );
            }
        }
        var at = variants.FindIndex(v => v.Name == name);
        if (at >= 0)
            variants[at] = (name, runs);
        else
            variants.Add((name, runs));
        return runs;
    }

    /// <summary>The runs of a variant that ran.</summary>
    /// <param name="name">What it was called.</param>
    /// <exception cref="ArgumentException">None of that name ran.</exception>
    /// <exception cref="InvalidOperationException">None ran at all.</exception>
    public IReadOnlyList<AblationRun> RunsOf(string name) =>
        variants.Find(v => v.Name == name).Runs
        ?? throw new ArgumentException($"no variant {name} ran, only {string.Join(", ", Variants)}.", nameof(name));

    /// <summary>What each run of a variant learned about action units that belong together,
    /// over the validation subjects.</summary>
    /// <param name="name">What the variant was called.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="ArgumentException">None of that name ran.</exception>
    public IReadOnlyList<LearnedCorrelations> LearnedCorrelations(
        string name,
        CancellationToken cancellation = default
    ) =>
        [
            .. RunsOf(name)
                .Select(run =>
                    Experiment.LearnedCorrelations(
                        run.Folder,
                        device,
                        Open(Experiment.OptionsOf(run.Folder)),
                        cancellation
                    )
                ),
        ];

    /// <summary>A metric by epoch, the mean over a variant's runs; see <see cref="TrainingResult.Curve"/>.</summary>
    /// <param name="name">What the variant was called.</param>
    /// <param name="metric">For example "f1".</param>
    /// <returns>As many values as the longest run has epochs; NaN where no run has the metric.</returns>
    public double[] Curve(string name, string metric)
    {
        var curves = RunsOf(name).Select(r => r.History().Curve(metric)).ToArray();
        return
        [
            .. Enumerable
                .Range(0, curves.Max(c => c.Length))
                .Select(e =>
                    curves
                        .Where(c => e < c.Length && !double.IsNaN(c[e]))
                        .Select(c => c[e])
                        .DefaultIfEmpty(double.NaN)
                        .Average()
                ),
        ];
    }

    /// <summary>Compares all variants that ran with one of them.</summary>
    /// <param name="baseline">The one to compare with; null is the one that ran first.</param>
    /// <param name="view">The part of the predictions to compare, such as some action units; null is all.</param>
    /// <param name="peer">0 compares the ensembles; m the m-th peer of each,
    /// or the only one of those that have one.</param>
    /// <param name="metrics">What to compare; null is F1 and AUC.</param>
    /// <param name="tuned">Decides at the thresholds that are best for F1
    /// on each run's validation subjects, not at 0.5.</param>
    /// <exception cref="InvalidOperationException">No variant ran yet.</exception>
    /// <exception cref="ArgumentException">None of the baseline's name ran.</exception>
    public SweepTable Compare(
        string? baseline = null,
        Func<AuPredictions, AuPredictions>? view = null,
        int peer = 0,
        IReadOnlyList<Metric>? metrics = null,
        bool tuned = false
    )
    {
        baseline ??= Variants[0];
        var ordered = variants.Where(v => v.Name != baseline).Prepend((Name: baseline, Runs: RunsOf(baseline)));
        return SweepTable.Of(
            [.. ordered.Select(v => VariantRuns.Pool(v.Name, v.Runs.Select(run => (run.Fold, run.Seed, Test(run)))))],
            metrics
        );

        AuPredictions Test(AblationRun run)
        {
            var own = Path.Combine(run.Folder, $"test-peer{peer}.csv");
            var predictions = PredictionsFile.Load(File.Exists(own) ? own : Path.Combine(run.Folder, "test.csv"));
            if (tuned)
                predictions = predictions.At(
                    Thresholds.TunedOn(PredictionsFile.Load(Path.Combine(run.Folder, "validation.csv")))
                );
            return view?.Invoke(predictions) ?? predictions;
        }
    }

    /// <summary>The folder of a run with these options.</summary>
    /// <param name="run">All of its options.</param>
    public string FolderOf(ExperimentOptions run)
    {
        ArgumentNullException.ThrowIfNull(run);
        var name = Fingerprints.Of([RunIdentity.Of(run with { Seed = 1 }, data)])[..12];
        return Path.Combine(folder, $"{name}-fold-{run.Fold}-seed-{run.Seed}");
    }

    /// <summary>Runs on the same data share what is in memory.</summary>
    private ExperimentData Open(ExperimentOptions run)
    {
        if (run.Data.Length == 0 && data is not null)
            return data;
        if (shared is not { } there || !there.Options.SameData(run))
            shared = (run, ExperimentData.Open(run));
        return shared.Value.Data;
    }

    private sealed class Named(IProgress<TrainingProgress> progress, string name) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => progress.Report(value with { Task = $"{name}, {value.Task}" });
    }
}
