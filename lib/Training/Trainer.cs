// The training loop: Fit, TrainOneEpoch and Evaluate, as in DeiT's engine.py. It can be read from top to bottom;
// what a checkpoint keeps is in Trainer.State.cs, and notebook 08 has a loop in a cell.
using System.Diagnostics;
using FanTrans.Data;
using FanTrans.Models;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanTrans.Training;

/// <summary>
/// Trains a task's module: <see cref="Fit"/>, one epoch, or evaluation alone. The same seed, loaders and number of
/// torch threads give the same bits on one machine, whatever the number of loader workers, and whether or not the run
/// was stopped and resumed in between.
/// </summary>
public sealed partial class Trainer : IDisposable
{
    private const int ReadEvery = 10;

    private readonly TrainingTask task;
    private readonly Device device;
    private readonly optim.Optimizer optimizer;
    private readonly double[] rates;
    private readonly Func<double, double, double> schedule;
    private readonly (string Name, Parameter Parameter)[] parameters;
    private readonly List<EpochReport> history = [];
    private readonly WeightAverage? average;
    private Stopwatch clock = Stopwatch.StartNew();
    private Dictionary<string, Tensor> best = [];
    private int resumedAt;
    private long step;

    /// <summary>Makes the optimizer. The module is moved to the device first; it stays the caller's.</summary>
    /// <param name="task">What to train.</param>
    /// <param name="options">How.</param>
    /// <param name="device">Where; null is the CPU.</param>
    /// <param name="optimizer">Makes the optimizer, with a group of parameters at its own rate for each set; null is
    /// the one that the options name.</param>
    /// <param name="schedule">
    /// The factor of every rate, from the epochs done, a fraction counts, and the epochs of the run; null is the
    /// options'.
    /// </param>
    /// <exception cref="ArgumentException">An option is out of its range, or the task has nothing to train.</exception>
    public Trainer(
        TrainingTask task,
        TrainingOptions options,
        Device? device = null,
        Func<IReadOnlyList<ParameterSet>, optim.Optimizer>? optimizer = null,
        Func<double, double, double>? schedule = null
    )
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(options);
        (this.task, Options, this.device) = (task, options.Validate(), device ?? CPU);
        TorchThreads.Use();
        if (this.device.type != DeviceType.CPU)
            task.Module.to(this.device);
        var sets = task.Parameters;
        parameters = [.. sets.SelectMany(set => set.Parameters)];
        if (parameters.Length == 0)
            throw new ArgumentException($"the task {task.Name} has no parameter to train.", nameof(task));
        this.optimizer = optimizer?.Invoke(sets) ?? Optimizers.Create(sets, options);
        this.schedule = schedule ?? options.Schedule.At;
        rates = [.. this.optimizer.ParamGroups.Select(group => group.LearningRate)];
        if (options.AverageDecay > 0)
            average = new WeightAverage(task, options.AverageDecay);
    }

    /// <summary>How the run trains.</summary>
    public TrainingOptions Options { get; }

    /// <summary>
    /// Trains to the last epoch, validating after each. With a folder, a checkpoint "last.safetensors" is written there
    /// after every epoch, beside the one before it, "previous.safetensors", and "history.json" with the metrics so far;
    /// an existing checkpoint is resumed. A process may be killed at any moment: the run that resumes its checkpoint
    /// ends in the same bits.
    /// </summary>
    /// <param name="train">The training frames.</param>
    /// <param name="validation">
    /// Frames of other subjects, cut from the training part, to choose the best epoch by; null for none. Never the test
    /// fold: an epoch chosen there makes the reported figure too good.
    /// </param>
    /// <param name="folder">Where to keep the run; null keeps nothing.</param>
    /// <param name="progress">Receives every batch and epoch.</param>
    /// <param name="cancellation">Stops after the current batch; the last checkpoint stays.</param>
    /// <returns>Every epoch's report. The module has the best epoch's weights if the options say so.</returns>
    /// <exception cref="ArgumentException">Training and validation share a subject,
    /// or the options need a validation part.</exception>
    /// <exception cref="InvalidDataException">A frame cannot be read, or
    /// the folder's checkpoint is damaged or of another run.</exception>
    /// <exception cref="RunInUseException">Another run is training in the folder.</exception>
    /// <exception cref="NonFiniteLossException">A loss or gradient is not finite.</exception>
    public TrainingResult Fit(
        IAuBatches train,
        IAuBatches? validation = null,
        string? folder = null,
        IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(train);
        RefuseSharedSubjects(train, validation);
        if (Options.Patience > 0 && validation is null)
            throw new ArgumentException(
                $"Patience is {Options.Patience}, but there are no validation frames to stop by.",
                nameof(validation)
            );
        var data = DataFingerprint.Of(train, validation);
        using var files = folder is null ? null : new CheckpointFiles(folder);
        if (files?.Newest is { } newest)
            Resume(files, newest, data);
        (clock, resumedAt) = (Stopwatch.StartNew(), history.Count);
        Warn(train, progress);
        for (var epoch = history.Count; epoch < Options.Epochs && !OutOfPatience; epoch++)
        {
            var report = TrainOneEpoch(train, epoch, progress, cancellation);
            using (average?.InPlace())
            {
                if (validation is not null)
                {
                    var validating = Stopwatch.StartNew();
                    report = report with
                    {
                        Validation = Evaluate(validation, cancellation),
                        ValidationSeconds = validating.Elapsed.TotalSeconds,
                    };
                }
                history.Add(report);
                KeepIfBest();
            }
            // Before the checkpoint: a run that is killed between the two does the epoch again, and none is missing.
            if (folder is not null)
                new TrainingResult(history, BestOrLast).Save(Path.Combine(folder, "history.json"));
            files?.Replace(path => Save(path, data));
            progress?.Report(
                Progress(
                    train,
                    epoch,
                    train.Batches,
                    report.Losses["total"],
                    double.NaN,
                    report.LearningRate,
                    report.GradientNorm
                ) with
                {
                    Finished = report,
                }
            );
        }
        if (KeptEpoch > 0)
            LoadState(best);
        else
            average?.CopyIn();
        return new TrainingResult([.. history], BestOrLast);
    }

    /// <summary>One pass over the training frames.</summary>
    /// <param name="train">The frames.</param>
    /// <param name="epoch">The epoch, from 0: decides order, augmentation, learning rate and ramps.</param>
    /// <param name="progress">Receives every batch.</param>
    /// <param name="cancellation">Stops after the current batch.</param>
    /// <exception cref="NonFiniteLossException">A loss or gradient is not finite.</exception>
    public EpochReport TrainOneEpoch(
        IAuBatches train,
        int epoch,
        IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(train);
        task.Module.train();
        var (training, waiting) = (Stopwatch.StartNew(), new Stopwatch());
        using var losses = new LossMeter();
        var samples = new List<long>();
        double rate = 0,
            norm = 0,
            norms = 0,
            mean = 0,
            last = 0;
        var steps = 0;
        foreach (var batch in Awaited(train.Epoch(epoch, cancellation), waiting))
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var moment = epoch + ((double)batch.Number / train.Batches);
            // The last group of an epoch may be smaller.
            var place = batch.Number % Options.AccumulateBatches;
            var group = Math.Min(Options.AccumulateBatches, train.Batches - (batch.Number - place));
            if (place == 0)
            {
                optimizer.zero_grad();
                samples.Clear();
            }
            samples.AddRange(batch.Indices);
            // Random numbers follow from the seed and the batch alone, so a resumed run draws the same ones.
            random.manual_seed(new SeededRandom(Options.Seed, ((long)epoch * train.Batches) + batch.Number).NextSeed());
            var loss = task.Loss(BatchTensors.From(batch, device), moment);
            (group == 1 ? loss.Total : loss.Total.Over(group)).backward();
            losses.Add(loss, batch.Count);
            if (place == group - 1)
            {
                rate = SetRates(schedule(moment, Options.Epochs));
                norm = GradientNorm();
                // A loss that is not finite has such gradients, too; the weights have not been touched.
                if (!double.IsFinite(norm))
                    throw NonFinite(train, epoch, batch.Number, samples, norm, losses);
                if (Options.ClipNorm > 0 && norm > Options.ClipNorm)
                    ScaleGradients(Options.ClipNorm / norm);
                optimizer.step();
                step++;
                average?.Update(step);
                norms += norm;
                steps++;
            }
            // Reading a loss waits for the device.
            if (batch.Number == 0 || (batch.Number + 1) % ReadEvery == 0 || batch.Number + 1 == train.Batches)
                (mean, last) = losses.Read();
            progress?.Report(Progress(train, epoch, batch.Number + 1, mean, last, rate, norm));
        }
        return new EpochReport(
            epoch + 1,
            step,
            rate,
            losses.Means(),
            norms / steps,
            new Dictionary<string, double>(),
            losses.Frames,
            training.Elapsed.TotalSeconds,
            waiting.Elapsed.TotalSeconds,
            0
        );
    }

    /// <summary>The task's metrics over held-out frames, in evaluation mode and
    /// without gradients; the mode is restored.</summary>
    /// <param name="loader">The frames.</param>
    /// <param name="cancellation">Ends it early.</param>
    public IReadOnlyDictionary<string, double> Evaluate(IAuBatches loader, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(loader);
        using var mode = new EvaluationMode(task.Module);
        return task.Validate(loader, device, cancellation);
    }

    /// <summary>Frees the optimizer and the best epoch's copy; the module stays.</summary>
    public void Dispose()
    {
        optimizer.Dispose();
        average?.Dispose();
        DisposeBest();
    }

    /// <summary>Reports what is missing of the data, and what the run cannot learn. Only under Adam do
    /// the rates tell how far a parameter travels.</summary>
    private void Warn(IAuBatches train, IProgress<TrainingProgress>? progress)
    {
        if (progress is null)
            return;
        var batches = train.Batches;
        var travel = Enumerable
            .Range(0, Options.Epochs * batches)
            .Where(number => number % batches % Options.AccumulateBatches == 0)
            .Sum(number => Options.LearningRate * schedule((double)number / batches, Options.Epochs));
        foreach (var warning in train.Source.Warnings.Concat(optimizer is AdamW or Adam ? task.Warnings(travel) : []))
            progress.Report(
                new(task.Name, history.Count + 1, Options.Epochs, 0, batches, double.NaN, default, default)
                {
                    Warning = warning,
                    Step = step,
                }
            );
    }

    /// <summary>Each batch until the next is asked for, and the time that they were waited for.</summary>
    private static IEnumerable<AuBatch> Awaited(IEnumerable<AuBatch> batches, Stopwatch waiting)
    {
        using var all = batches.GetEnumerator();
        while (true)
        {
            waiting.Start();
            var more = all.MoveNext();
            waiting.Stop();
            if (!more)
                yield break;
            using var batch = all.Current;
            yield return batch;
        }
    }

    /// <summary>Sets every group's rate and returns the first's.</summary>
    private double SetRates(double factor)
    {
        foreach (var (group, rate) in optimizer.ParamGroups.Zip(rates))
            group.LearningRate = rate * factor;
        return rates[0] * factor;
    }

    /// <summary>The L2 norm of all gradients together; the one number that each step waits for.</summary>
    private double GradientNorm() =>
        stack([.. Gradients().Select(g => g.Gradient.norm().to_type(ScalarType.Float32))]).norm().item<float>();

    private void ScaleGradients(double factor)
    {
        using var kept = factor.ToScalar();
        foreach (var (_, gradient) in Gradients())
            gradient.mul_(kept);
    }

    private IEnumerable<(string Name, Tensor Gradient)> Gradients() =>
        parameters.Where(p => p.Parameter.grad is not null).Select(p => (p.Name, p.Parameter.grad!));

    private TrainingProgress Progress(
        IAuBatches train,
        int epoch,
        int batch,
        double mean,
        double last,
        double rate,
        double norm
    )
    {
        var done = epoch - resumedAt + ((double)batch / train.Batches);
        return new TrainingProgress(
            task.Name,
            epoch + 1,
            Options.Epochs,
            batch,
            train.Batches,
            mean,
            clock.Elapsed,
            clock.Elapsed * ((Options.Epochs - resumedAt - done) / done)
        )
        {
            Step = step,
            BatchLoss = last,
            LearningRate = rate,
            GradientNorm = norm,
        };
    }

    private NonFiniteLossException NonFinite(
        IAuBatches train,
        int epoch,
        int batch,
        List<long> samples,
        double norm,
        LossMeter losses
    )
    {
        using var scope = NewDisposeScope();
        var norms = Gradients()
            .Select(g => (g.Name, Norm: (double)g.Gradient.norm().to_type(ScalarType.Float32).item<float>()))
            .OrderBy(n => double.IsFinite(n.Norm))
            .ThenByDescending(n => n.Norm);
        var (_, last) = losses.Read();
        var what = double.IsFinite(last)
            ? $"the gradients' norm is {norm} at a loss of {last}"
            : "the loss is "
                + string.Join(", ", losses.Last().Select((t, i) => i == 0 ? $"{t.Value}" : $"{t.Name} {t.Value}"));
        return new NonFiniteLossException(
            what,
            epoch + 1,
            batch + 1,
            [.. samples.Select(i => train.Source.Key((int)i))],
            [.. norms]
        );
    }

    private static void RefuseSharedSubjects(IAuBatches train, IAuBatches? validation)
    {
        if (validation is null)
            return;
        var subjects = train.Indices.Select(i => train.Source.Key(i).Subject).ToHashSet();
        if (
            validation.Indices.Select(i => validation.Source.Key(i).Subject).FirstOrDefault(subjects.Contains) is
            { } shared
        )
            throw new ArgumentException(
                $"subject {shared} is in the training and in the validation frames.",
                nameof(validation)
            );
    }

    /// <summary>Sums of the loss and its terms over an epoch's frames, kept on the device:
    /// reading them waits for it.</summary>
    private sealed class LossMeter : IDisposable
    {
        private string[] names = [];
        private Tensor? sums,
            last;

        public long Frames { get; private set; }

        public void Add(StepLoss loss, int frames)
        {
            using var scope = NewDisposeScope();
            using var mode = no_grad();
            names = ["total", .. loss.Terms.Select(term => term.Name)];
            // One value per term.
            var values = stack([loss.Total, .. loss.Terms.Select(term => term.Value)]).to_type(ScalarType.Float64);
            last?.Dispose();
            last = values.DetachFromDisposeScope();
            sums ??= zeros_like(values).DetachFromDisposeScope();
            using var count = frames.ToScalar();
            sums.add_(values, count);
            Frames += frames;
        }

        /// <summary>The mean loss so far, and the last batch's.</summary>
        public (double Mean, double Last) Read()
        {
            using var scope = NewDisposeScope();
            var read = stack([sums![0], last![0]]).cpu().data<double>();
            return (read[0] / Frames, read[1]);
        }

        public Dictionary<string, double> Means() =>
            names.Zip(Values(sums!)).ToDictionary(v => v.First, v => v.Second / Frames);

        public IEnumerable<(string Name, double Value)> Last() => names.Zip(Values(last!));

        public void Dispose()
        {
            sums?.Dispose();
            last?.Dispose();
        }

        private static double[] Values(Tensor tensor)
        {
            using var scope = NewDisposeScope();
            return tensor.cpu().data<double>().ToArray();
        }
    }
}
