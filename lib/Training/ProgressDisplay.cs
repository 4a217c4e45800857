using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace FanTrans.Training;

/// <summary>Shows training as it goes: a live bar on a terminal, and a line an epoch elsewhere, as in a notebook or a log.</summary>
public static class ProgressDisplay
{
    /// <summary>Runs work that reports its progress, and shows it.</summary>
    /// <typeparam name="T">What the work gives.</typeparam>
    /// <param name="work">For example <c>p => trainer.Fit(train, validation, folder, p)</c>.</param>
    /// <param name="console">Where to show it; null is the process's console.</param>
    public static T Run<T>(Func<IProgress<TrainingProgress>, T> work, IAnsiConsole? console = null)
    {
        ArgumentNullException.ThrowIfNull(work);
        console ??= AnsiConsole.Console;
        if (!console.Profile.Capabilities.Interactive || !console.Profile.Out.IsTerminal)
            return work(new Lines(console.Profile.Out.Writer));
        return console.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn())
            .Start(context => work(new Bars(console, context)));
    }

    /// <summary>Writes plain lines: one an epoch, and one every half a minute of an epoch that takes longer.</summary>
    /// <param name="writer">Where to.</param>
    public static IProgress<TrainingProgress> To(TextWriter writer) => new Lines(writer);

    /// <summary>For example "fan 3/8: loss 1.204, nme 0.061, 142 faces/s, 2:10 gone, 3:40 left".</summary>
    internal static string Line(TrainingProgress progress)
    {
        var parts = new List<string> { $"loss {Number(progress.Loss)}" };
        if (progress.Finished is { } report)
        {
            // What concerns a part, such as "f1_peer1", is for the history: the line stays short.
            parts.AddRange(report.Validation.Where(m => !m.Key.Contains('_')).Select(m => $"{m.Key} {Number(m.Value)}"));
            parts.Add($"{report.FramesPerSecond:f0} faces/s");
        }
        else
        {
            parts.Add($"batch {progress.Batch} of {progress.Batches}");
        }
        parts.Add($"{Clock(progress.Elapsed)} gone");
        if (progress.Remaining is { TotalSeconds: >= 0.5 } left)
            parts.Add($"{Clock(left)} left");
        return $"{progress.Task} {progress.Epoch}/{progress.Epochs}: {string.Join(", ", parts)}";
    }

    private static string Number(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);

    private static string Clock(TimeSpan time) =>
        time.TotalHours >= 1 ? $"{(int)time.TotalHours}:{time:mm\\:ss}" : $"{time.Minutes}:{time:ss}";

    private sealed class Lines(TextWriter writer) : IProgress<TrainingProgress>
    {
        private readonly Stopwatch _sinceLine = Stopwatch.StartNew();

        public void Report(TrainingProgress value)
        {
            if (value.Finished is null && _sinceLine.Elapsed < TimeSpan.FromSeconds(30))
            {
                writer.Flush(); // a notebook host stops an interrupted cell where it writes: here, between two steps
                return;
            }
            writer.WriteLine(Line(value));
            writer.Flush();
            _sinceLine.Restart();
        }
    }

    private sealed class Bars(IAnsiConsole console, ProgressContext context) : IProgress<TrainingProgress>
    {
        private readonly Dictionary<string, ProgressTask> _tasks = [];
        private readonly Stopwatch _sinceUpdate = Stopwatch.StartNew();

        public void Report(TrainingProgress value)
        {
            if (value.Finished is not null)
                console.WriteLine(Line(value));
            else if (_sinceUpdate.ElapsedMilliseconds < 100 && _tasks.ContainsKey(value.Task))
                return;
            _sinceUpdate.Restart();
            if (!_tasks.TryGetValue(value.Task, out var task))
                _tasks[value.Task] = task = context.AddTask(Markup.Escape(value.Task), maxValue: value.Epochs * (double)value.Batches);
            task.Value = ((value.Epoch - 1) * (double)value.Batches) + value.Batch;
            task.Description = Markup.Escape(Line(value with { Finished = null }));
        }
    }
}
