using System.Text.Json;
using System.Text.Json.Serialization;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanTrans.Training;

/// <summary>
/// A run on disk as it goes: "log.jsonl", one JSON object on each line, and TensorBoard's event files. A line "start"
/// says from which step on the lines below it count, so that a run which was killed and resumed reads as one.
/// TensorBoard gets an epoch's values when the epoch is over and its checkpoint written, so that no step comes twice.
/// </summary>
/// <param name="folder">The run's folder; made if it is not there.</param>
/// <param name="then">Told of everything too, such as the display; null for none.</param>
internal sealed class RunLog(string folder, IProgress<TrainingProgress>? then = null)
    : IProgress<TrainingProgress>,
        IDisposable
{
    private const int EveryBatches = 10;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    private readonly List<TrainingProgress> batches = [];
    private StreamWriter? lines;
    private SummaryWriter? board;
    private bool started;

    /// <inheritdoc/>
    public void Report(TrainingProgress value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (value.Finished is { } report)
        {
            Start(value);
            Line(
                new
                {
                    Event = "epoch",
                    Time = DateTimeOffset.UtcNow,
                    value.Task,
                    Report = report,
                }
            );
            ToBoard(report);
        }
        else if (value.Warning is { } warning)
        {
            Start(value with { Step = value.Step + 1 }); // It is said before that step.
            Line(
                new
                {
                    Event = "warning",
                    Time = DateTimeOffset.UtcNow,
                    value.Task,
                    Warning = warning,
                }
            );
        }
        else if (value.Batch == 1 || value.Batch % EveryBatches == 0 || value.Batch == value.Batches)
        {
            Start(value);
            Line(
                new
                {
                    Event = "batch",
                    Time = DateTimeOffset.UtcNow,
                    value.Task,
                    value.Epoch,
                    value.Batch,
                    value.Step,
                    Loss = value.BatchLoss,
                    value.LearningRate,
                    value.GradientNorm,
                }
            );
            batches.Add(value);
        }
        then?.Report(value);
    }

    /// <summary>Writes a line about why the run ended, such as a loss that is not finite.</summary>
    /// <param name="error">What stopped it.</param>
    public void Stopped(NonFiniteLossException error)
    {
        ArgumentNullException.ThrowIfNull(error);
        Line(
            new
            {
                Event = "stopped",
                Time = DateTimeOffset.UtcNow,
                Error = error.Message,
                GradientNorms = error.GradientNorms.Select(n => new { n.Parameter, n.Norm }),
            }
        );
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => lines?.Dispose();

    private void Start(TrainingProgress first)
    {
        if (!started)
            Line(
                new
                {
                    Event = "start",
                    Time = DateTimeOffset.UtcNow,
                    first.Task,
                    first.Step,
                    first.Epochs,
                    first.Batches,
                }
            );
        started = true;
    }

    private void ToBoard(EpochReport report)
    {
        board ??= utils.tensorboard.SummaryWriter(folder);
        foreach (var batch in batches)
        {
            Add("batch/loss", batch.BatchLoss, batch.Step);
            Add("batch/learning rate", batch.LearningRate, batch.Step);
            Add("batch/gradient norm", batch.GradientNorm, batch.Step);
        }
        batches.Clear();
        foreach (var (name, value) in report.Losses)
            Add($"loss/{name}", value, report.Step);
        foreach (var (name, value) in report.Validation)
            Add($"validation/{name}", value, report.Step);
        Add("speed/faces per second", report.FramesPerSecond, report.Step);

        void Add(string tag, double value, long step)
        {
            if (!double.IsNaN(value))
                board.add_scalar(tag, (float)value, (int)step);
        }
    }

    private void Line<T>(T line)
    {
        if (lines is null)
        {
            Directory.CreateDirectory(folder);
            var file = new FileStream(
                Path.Combine(folder, "log.jsonl"),
                FileMode.OpenOrCreate,
                FileAccess.ReadWrite,
                FileShare.Read
            );
            // A process that was killed may have left half a line.
            while (file.Length > 0)
            {
                file.Seek(-1, SeekOrigin.End);
                if (file.ReadByte() == '\n')
                    break;
                file.SetLength(file.Length - 1);
            }
            file.Seek(0, SeekOrigin.End);
            lines = new StreamWriter(file) { AutoFlush = true, NewLine = "\n" };
        }
        lines.WriteLine(JsonSerializer.Serialize(line, Json));
    }
}
