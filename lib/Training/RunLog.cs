using System.Text.Json;
using System.Text.Json.Serialization;

namespace FanTrans.Training;

/// <summary>
/// A run on disk as it goes: "log.jsonl", one JSON object a line, and a TensorBoard event file. A line "start" says from
/// which step on the lines below it count, so that a run which was killed and taken up again reads as one.
/// </summary>
/// <param name="folder">The run's folder; made if it is not there.</param>
/// <param name="then">Hears of everything too, such as the display; null for none.</param>
/// <param name="everyBatches">How many batches there are between two lines "batch", at least 1.</param>
public sealed class RunLog(string folder, IProgress<TrainingProgress>? then = null, int everyBatches = 10)
    : IProgress<TrainingProgress>, IDisposable
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    private StreamWriter? _lines;
    private TensorBoardWriter? _board;

    /// <inheritdoc/>
    public void Report(TrainingProgress value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (value.Finished is { } report)
        {
            Start(value);
            Line(new { Event = "epoch", Time = DateTimeOffset.UtcNow, value.Task, Report = report });
            _board!.Scalars(report.Step,
            [
                .. report.Losses.Select(l => ($"loss/{l.Key}", l.Value)),
                .. report.Validation.Select(v => ($"validation/{v.Key}", v.Value)),
                ("speed/faces per second", report.FramesPerSecond),
            ]);
        }
        else if (value.Batch % everyBatches == 0 || _lines is null)
        {
            Start(value);
            Line(new
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
            });
            _board!.Scalars(value.Step, [("batch/loss", value.BatchLoss), ("batch/learning rate", value.LearningRate), ("batch/gradient norm", value.GradientNorm)]);
        }
        then?.Report(value);
    }

    /// <summary>Writes a line about why the run ended, such as a loss that is not finite.</summary>
    /// <param name="error">What stopped it.</param>
    public void Stopped(Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        Open();
        Line(new
        {
            Event = "stopped",
            Time = DateTimeOffset.UtcNow,
            Error = error.Message,
            GradientNorms = (error as NonFiniteLossException)?.GradientNorms.Select(n => new { n.Parameter, n.Norm }),
        });
    }

    /// <summary>Closes the files.</summary>
    public void Dispose()
    {
        _lines?.Dispose();
        _board?.Dispose();
    }

    private void Start(TrainingProgress first)
    {
        if (_board is not null)
            return;
        Open();
        Line(new { Event = "start", Time = DateTimeOffset.UtcNow, first.Task, first.Step, first.Epochs, first.Batches });
        _board = new TensorBoardWriter(folder, first.Step);
    }

    private void Open()
    {
        if (_lines is not null)
            return;
        Directory.CreateDirectory(folder);
        var file = new FileStream(Path.Combine(folder, "log.jsonl"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        // A process that was killed may have left half a line.
        while (file.Length > 0)
        {
            file.Seek(-1, SeekOrigin.End);
            if (file.ReadByte() == '\n')
                break;
            file.SetLength(file.Length - 1);
        }
        file.Seek(0, SeekOrigin.End);
        _lines = new StreamWriter(file) { AutoFlush = true, NewLine = "\n" };
    }

    private void Line<T>(T line) => _lines!.WriteLine(JsonSerializer.Serialize(line, Json));
}
