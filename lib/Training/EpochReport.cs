using System.Text.Json;
using System.Text.Json.Serialization;
using FanTrans.Data;

namespace FanTrans.Training;

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
    int Epoch, long Step, double LearningRate, IReadOnlyDictionary<string, double> Losses, double GradientNorm,
    IReadOnlyDictionary<string, double> Validation, long Frames, double TrainSeconds, double WaitSeconds, double ValidationSeconds)
{
    /// <summary>Training frames a second.</summary>
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
        .. Epochs.Select(e => name.StartsWith("loss.", StringComparison.Ordinal)
            ? e.Losses.GetValueOrDefault(name[5..], double.NaN)
            : e.Validation.GetValueOrDefault(name, double.NaN)),
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
