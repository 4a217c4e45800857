using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using FanTrans.Data;

namespace FanTrans.Training;

/// <summary>Where a run, or the making of kept features, stands; sent after every batch, and of a run with
/// <see cref="Finished"/> after every epoch.</summary>
/// <param name="Task">The task's name.</param>
/// <param name="Epoch">The current epoch, from 1.</param>
/// <param name="Epochs">Epochs of the run.</param>
/// <param name="Batch">Batches done in this epoch.</param>
/// <param name="Batches">Batches of an epoch.</param>
/// <param name="Loss">Mean loss of this epoch, read every ten batches; NaN where nothing is trained.</param>
/// <param name="Elapsed">Time since this call of Fit, or the making, began.</param>
/// <param name="Remaining">What is left at the pace so far.</param>
public sealed record TrainingProgress(
    string Task,
    int Epoch,
    int Epochs,
    int Batch,
    int Batches,
    double Loss,
    TimeSpan Elapsed,
    TimeSpan Remaining
)
{
    /// <summary>The epoch's report once it is over, validation included; null before.</summary>
    public EpochReport? Finished { get; init; }

    /// <summary>Something that the data lacks, that the run cannot learn as its options are, or that it waits for,
    /// said once before it begins; else null.</summary>
    public string? Warning { get; init; }

    /// <summary>Optimizer steps of the run so far.</summary>
    public long Step { get; init; }

    /// <summary>Loss of one batch alone, read every ten batches.</summary>
    public double BatchLoss { get; init; }

    /// <summary>The rate of the last step.</summary>
    public double LearningRate { get; init; }

    /// <summary>L2 norm of all gradients of the last step, before clipping.</summary>
    public double GradientNorm { get; init; }

    /// <summary>Writes progress as lines: one per epoch, and one every half a minute
    /// of an epoch that takes longer.</summary>
    /// <param name="writer">Where to; null is the console of the moment,
    /// which a notebook changes from cell to cell.</param>
    public static IProgress<TrainingProgress> Lines(TextWriter? writer = null) =>
        new ProgressLines<TrainingProgress>(
            p => p.ToString(),
            p => p.Finished is not null || p.Warning is not null,
            writer
        );

    /// <summary>For example "fan 3/8: loss 1.204, nme 0.061, 142 faces/s, 2:10 elapsed, 3:40 left".</summary>
    public override string ToString()
    {
        if (Warning is not null)
            return $"{Task}: {Warning}";
        // What concerns a part, such as "f1_peer1", is for the history: the line stays short.
        string[] parts = Finished is { } report
            ?
            [
                .. report.Validation.Where(m => !m.Key.Contains('_')).Select(m => $"{m.Key} {Number(m.Value)}"),
                $"{report.FramesPerSecond:f0} faces/s",
            ]
            : [$"batch {Batch} of {Batches}"];
        string[] left = Remaining.TotalSeconds >= 0.5 ? [$"{Clock(Remaining)} left"] : [];
        string[] loss = double.IsNaN(Loss) ? [] : [$"loss {Number(Loss)}"];
        string[] all = [.. loss, .. parts, $"{Clock(Elapsed)} elapsed", .. left];
        return $"{Task} {Epoch}/{Epochs}: {string.Join(", ", all)}";
    }

    private static string Number(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);

    private static string Clock(TimeSpan time) =>
        time.TotalHours >= 1 ? $"{(int)time.TotalHours}:{time:mm\\:ss}" : $"{time.Minutes}:{time:ss}";
}

/// <summary>What one epoch of training gave.</summary>
/// <param name="Epoch">The epoch's number, from 1.</param>
/// <param name="Step">Optimizer steps of the run so far.</param>
/// <param name="LearningRate">The rate of the last step.</param>
/// <param name="Losses">Mean over the epoch's frames: "total", and the loss's terms by name.</param>
/// <param name="GradientNorm">Mean L2 norm of all gradients, before clipping.</param>
/// <param name="Validation">Metrics over the validation frames by name; empty without validation.</param>
/// <param name="Frames">Training frames seen.</param>
/// <param name="TrainSeconds">Time for training, without validation.</param>
/// <param name="WaitSeconds">Of it, time in which no batch was ready.</param>
/// <param name="ValidationSeconds">Time for validation.</param>
public sealed record EpochReport(
    int Epoch,
    long Step,
    double LearningRate,
    IReadOnlyDictionary<string, double> Losses,
    double GradientNorm,
    IReadOnlyDictionary<string, double> Validation,
    long Frames,
    double TrainSeconds,
    double WaitSeconds,
    double ValidationSeconds
)
{
    /// <summary>Training frames per second.</summary>
    [JsonIgnore]
    public double FramesPerSecond => TrainSeconds > 0 ? Frames / TrainSeconds : 0;
}

/// <summary>A finished run.</summary>
/// <param name="Epochs">Every epoch, in order.</param>
/// <param name="BestEpoch">Number of the epoch whose weights the module has now.</param>
public sealed record TrainingResult(IReadOnlyList<EpochReport> Epochs, int BestEpoch)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        RespectNullableAnnotations = true,
    };

    /// <summary>The best epoch's report.</summary>
    [JsonIgnore]
    public EpochReport Best => Epochs.First(e => e.Epoch == BestEpoch);

    /// <summary>One value over the epochs, for a curve; NaN where an epoch lacks it.</summary>
    /// <param name="name">A validation metric, or "loss." and a loss term, such as "loss.total".</param>
    public double[] Curve(string name) =>
        [
            .. Epochs.Select(e =>
                name.StartsWith("loss.", StringComparison.Ordinal)
                    ? e.Losses.GetValueOrDefault(name[5..], double.NaN)
                    : e.Validation.GetValueOrDefault(name, double.NaN)
            ),
        ];

    /// <summary>Writes every epoch's metrics as JSON, whole or not at all.</summary>
    /// <param name="path">The file.</param>
    public void Save(string path) => WholeFile.Write(path, stream => JsonSerializer.Serialize(stream, this, Json));

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">It holds something else; the message says what.</exception>
    public static TrainingResult Load(string path)
    {
        using var stream = File.OpenRead(path);
        try
        {
            return JsonSerializer.Deserialize<TrainingResult>(stream, Json)
                ?? throw new InvalidDataException($"{path}: expected a training history, found null.");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{path} is no training history: {error.Message}", error);
        }
    }
}

/// <summary>Training met a loss or a gradient that is not a finite number,
/// and stopped before it reached the weights.</summary>
/// <param name="what">What is not finite and how, for example "the loss is NaN".</param>
/// <param name="epoch">The epoch, from 1.</param>
/// <param name="batch">The batch of the epoch, from 1.</param>
/// <param name="samples">The frames of the step.</param>
/// <param name="gradientNorms">L2 norm of each parameter's gradient, those that are not finite first,
/// then from the largest.</param>
public sealed class NonFiniteLossException(
    string what,
    int epoch,
    int batch,
    IReadOnlyList<FaceKey> samples,
    IReadOnlyList<(string Parameter, double Norm)> gradientNorms
)
    : Exception(
        $"{what} at epoch {epoch}, batch {batch}; its samples: {string.Join(", ", samples)}.{Largest(gradientNorms)}"
    )
{
    /// <summary>The epoch, from 1.</summary>
    public int Epoch { get; } = epoch;

    /// <summary>The batch of the epoch, from 1.</summary>
    public int Batch { get; } = batch;

    /// <summary>The frames of the step.</summary>
    public IReadOnlyList<FaceKey> Samples { get; } = samples;

    /// <summary>Gradient norms by parameter, the worst first.</summary>
    public IReadOnlyList<(string Parameter, double Norm)> GradientNorms { get; } = gradientNorms;

    private static string Largest(IReadOnlyList<(string Parameter, double Norm)> norms) =>
        norms.Count == 0
            ? ""
            : " Largest gradient norms: "
                + string.Join(
                    ", ",
                    norms.Take(5).Select(n => $"{n.Parameter} {n.Norm.ToString("g4", CultureInfo.InvariantCulture)}")
                )
                + ".";
}
