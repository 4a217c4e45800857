using System.Diagnostics;
using FanTrans.Data;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanTrans.Training;

/// <summary>
/// Trains a task's module with AdamW: <see cref="Fit"/>, one epoch, or evaluation alone. The same seed, loaders and
/// number of torch threads give the same bits on one machine, whatever the number of loader workers, and whether or not
/// the run was stopped and resumed in between.
/// </summary>
public sealed partial class Trainer : IDisposable
{
    private readonly TrainingTask _task;
    private readonly Device _device;
    private readonly AdamW _optimizer;
    private readonly (string Name, Parameter Parameter, int Set)[] _parameters;
    private readonly double[] _rateFactors;
    private readonly List<EpochReport> _history = [];
    private readonly WeightAverage? _average;
    private Dictionary<string, Tensor> _best = [];
    private long _step;

    /// <summary>Makes the optimizer. The module is moved to the device first; it stays the caller's.</summary>
    /// <param name="task">What to train.</param>
    /// <param name="options">How.</param>
    /// <param name="device">Where; null is the processor.</param>
    /// <exception cref="ArgumentException">An option is out of its range, or the task has nothing to train.</exception>
    public Trainer(TrainingTask task, TrainingOptions options, Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(options);
        (_task, Options, _device) = (task, options.Validate(), device ?? CPU);
        TorchThreads.Use();
        if (_device.type != DeviceType.CPU)
            task.Module.to(_device);
        var sets = task.Parameters;
        _parameters = [.. sets.SelectMany((set, number) => set.Parameters.Select(p => (p.Name, p.Parameter, number)))];
        _rateFactors = [.. sets.Select(s => s.RateFactor)];
        if (_parameters.Length == 0)
            throw new ArgumentException($"the task {task.Name} has no parameter to train.", nameof(task));
        _optimizer = optim.AdamW(
            sets.Select(set => new AdamW.ParamGroup(
                set.Parameters.Select(p => p.Parameter), options.LearningRate * set.RateFactor, options.Beta1, options.Beta2,
                weight_decay: set.WeightDecay ?? options.WeightDecay)),
            options.LearningRate, options.Beta1, options.Beta2, weight_decay: options.WeightDecay);
        if (options.AverageDecay > 0)
            _average = new WeightAverage(task.Module, options.AverageDecay);
    }

    /// <summary>How the run trains.</summary>
    public TrainingOptions Options { get; }

    /// <summary>The epochs done so far, those of a resumed run included.</summary>
    public IReadOnlyList<EpochReport> History => _history;

    /// <summary>
    /// Trains to the last epoch, validating after each. With a folder, a checkpoint "last.safetensors" is written there
    /// after every epoch, beside the one before it, "previous.safetensors", and "history.json" with the metrics so far;
    /// an existing checkpoint is taken up where it ended. A process may be killed at any moment: the run that takes up
    /// its checkpoint ends in the same bits.
    /// </summary>
    /// <param name="train">The training frames.</param>
    /// <param name="validation">
    /// Frames of other subjects, cut from the training part, to choose the best epoch by; null for none. Never the test
    /// fold: an epoch chosen there makes the reported figure too good.
    /// </param>
    /// <param name="folder">Where to keep the run; null keeps nothing.</param>
    /// <param name="progress">Hears of every batch and epoch.</param>
    /// <param name="cancellation">Stops after the current batch; the last checkpoint stays.</param>
    /// <returns>Every epoch's report. The module has the best epoch's weights if the options say so.</returns>
    /// <exception cref="ArgumentException">Training and validation share a subject, or the options need a validation part.</exception>
    /// <exception cref="InvalidDataException">A frame cannot be read, or the folder's checkpoint is damaged or of another run.</exception>
    /// <exception cref="IOException">Another run is training in the folder.</exception>
    /// <exception cref="NonFiniteLossException">A loss or gradient is not finite.</exception>
    public TrainingResult Fit(
        IAuBatches train, IAuBatches? validation = null, string? folder = null, IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(train);
        RefuseSharedSubjects(train, validation);
        if (Options.Patience > 0 && validation is null)
            throw new ArgumentException($"Patience is {Options.Patience}, but there are no validation frames to stop by.", nameof(validation));
        var data = DataFingerprint.Of(train, validation);
        using var files = folder is null ? null : new CheckpointFiles(folder);
        if (files?.Newest is { } newest)
            Resume(files, newest, data);
        var pace = new Pace(Options.Epochs - _history.Count);
        while (_history.Count < Options.Epochs && !OutOfPatience)
        {
            var report = TrainOneEpoch(train, _history.Count, progress, pace, cancellation);
            using (_average?.InPlace())
            {
                if (validation is not null)
                {
                    var clock = Stopwatch.StartNew();
                    report = report with
                    {
                        Validation = Evaluate(validation, cancellation),
                        ValidationSeconds = clock.Elapsed.TotalSeconds,
                    };
                }
                _history.Add(report);
                KeepIfBest();
            }
            if (files is not null)
            {
                files.Replace(path => Save(path, data));
                new TrainingResult(_history, BestOrLast).Save(Path.Combine(folder!, "history.json"));
            }
            pace.EpochDone();
            progress?.Report(new TrainingProgress(
                _task.Name, report.Epoch, Options.Epochs, train.Batches, train.Batches, report.Losses["total"], pace.Elapsed,
                pace.Remaining, report)
            {
                Step = _step,
                LearningRate = report.LearningRate,
                GradientNorm = report.GradientNorm,
            });
        }
        if (KeptEpoch > 0)
            LoadState(_best);
        else
            _average?.CopyIn();
        return new TrainingResult([.. _history], BestOrLast);
    }

    /// <summary>One pass over the training frames.</summary>
    /// <param name="train">The frames.</param>
    /// <param name="epoch">The epoch, from 0: decides order, augmentation, learning rate and ramps.</param>
    /// <param name="progress">Hears of every batch.</param>
    /// <param name="cancellation">Stops after the current batch.</param>
    /// <exception cref="NonFiniteLossException">A loss or gradient is not finite.</exception>
    public EpochReport TrainOneEpoch(
        IAuBatches train, int epoch, IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default) =>
        TrainOneEpoch(train, epoch, progress, new Pace(1), cancellation);

    /// <summary>The task's metrics over held-out frames, in evaluation mode and without gradients; the mode is restored.</summary>
    /// <param name="loader">The frames.</param>
    /// <param name="cancellation">Ends it early.</param>
    public IReadOnlyDictionary<string, double> Evaluate(IAuBatches loader, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(loader);
        using var mode = new EvaluationMode(_task.Module);
        return _task.Validate(loader, _device, cancellation);
    }

    /// <summary>Frees the optimizer and the best epoch's copy; the module stays.</summary>
    public void Dispose()
    {
        _optimizer.Dispose();
        _average?.Dispose();
        DisposeBest();
    }

    private EpochReport TrainOneEpoch(
        IAuBatches train, int epoch, IProgress<TrainingProgress>? progress, Pace pace, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(train);
        _task.Module.train();
        var clock = Stopwatch.StartNew();
        var waiting = new Stopwatch();
        var losses = new Dictionary<string, double>();
        double norm = 0, norms = 0, rate = 0;
        long frames = 0, steps = 0;
        using var batches = train.Epoch(epoch, cancellation).GetEnumerator();
        while (true)
        {
            waiting.Start();
            var more = batches.MoveNext();
            waiting.Stop();
            if (!more)
                break;
            using var batch = batches.Current;
            cancellation.ThrowIfCancellationRequested();
            var moment = epoch + (batch.Number / (double)train.Batches);
            // The last group of an epoch may be smaller.
            var place = batch.Number % Options.AccumulateBatches;
            var group = Math.Min(Options.AccumulateBatches, train.Batches - (batch.Number - place));
            var loss = AddGradients(train, batch, epoch, moment, place == 0, group, losses);
            if (place == group - 1)
            {
                rate = Options.LearningRate * Options.Schedule.At(moment, Options.Epochs);
                norm = Step(train, batch, epoch, rate, loss);
                norms += norm;
                steps++;
            }
            frames += batch.Count;
            pace.BatchDone((batch.Number + 1.0) / train.Batches);
            progress?.Report(new TrainingProgress(
                _task.Name, epoch + 1, Options.Epochs, batch.Number + 1, train.Batches, losses["total"] / frames, pace.Elapsed,
                pace.Remaining)
            {
                Step = _step,
                BatchLoss = loss,
                LearningRate = rate,
                GradientNorm = norm,
            });
        }
        return new EpochReport(
            epoch + 1, _step, rate, losses.ToDictionary(l => l.Key, l => l.Value / frames), norms / steps,
            new Dictionary<string, double>(), frames, clock.Elapsed.TotalSeconds, waiting.Elapsed.TotalSeconds, 0);
    }

    /// <summary>Forward and backward of one batch. Returns its loss, and adds the loss's terms, times the frames.</summary>
    private double AddGradients(
        IAuBatches train, AuBatch batch, int epoch, double moment, bool fresh, int group, Dictionary<string, double> losses)
    {
        using var scope = NewDisposeScope();
        // Random numbers follow from the seed and the batch alone, so a resumed run draws the same ones.
        random.manual_seed(new SeededRandom(Options.Seed, ((long)epoch * train.Batches) + batch.Number).NextSeed());
        var loss = _task.Loss(BatchTensors.From(batch, _device), moment);
        var total = (double)loss.Total.detach().to_type(ScalarType.Float32).item<float>();
        if (!double.IsFinite(total))
        {
            var terms = string.Concat(loss.Terms.Select(t => $", {t.Name} {t.Value}"));
            throw Stopped(train, batch, epoch, $"the loss is {total}{terms}");
        }
        // Only now, so that a loss that is not finite is reported with the gradients that led to it.
        if (fresh)
            _optimizer.zero_grad();
        (group == 1 ? loss.Total : loss.Total / group).backward();
        foreach (var (name, value) in loss.Terms.Prepend(("total", total)))
            losses[name] = losses.GetValueOrDefault(name) + (value * batch.Count);
        return total;
    }

    /// <summary>One optimizer step. Returns the gradients' norm.</summary>
    private double Step(IAuBatches train, AuBatch batch, int epoch, double rate, double loss)
    {
        using var scope = NewDisposeScope();
        foreach (var (group, factor) in _optimizer.ParamGroups.Zip(_rateFactors))
            group.LearningRate = rate * factor;
        var norm = nn.utils.clip_grad_norm_(_parameters.Select(p => p.Parameter), Options.ClipNorm > 0 ? Options.ClipNorm : float.MaxValue);
        if (!double.IsFinite(norm))
            throw Stopped(train, batch, epoch, $"the gradients' norm is {norm} at a loss of {loss}");
        _optimizer.step();
        _step++;
        _average?.Update(_step);
        return norm;
    }

    private NonFiniteLossException Stopped(IAuBatches train, AuBatch batch, int epoch, string what)
    {
        using var scope = NewDisposeScope();
        var norms = _parameters.Where(p => p.Parameter.grad is not null)
            .Select(p => (p.Name, Norm: (double)p.Parameter.grad!.norm().to_type(ScalarType.Float32).item<float>()))
            .OrderBy(n => double.IsFinite(n.Norm)).ThenByDescending(n => n.Norm);
        return new NonFiniteLossException(
            what, epoch + 1, batch.Number + 1, [.. batch.Indices.Select(i => train.Source.Key((int)i))], [.. norms]);
    }

    private static void RefuseSharedSubjects(IAuBatches train, IAuBatches? validation)
    {
        if (validation is null)
            return;
        var subjects = train.Indices.Select(i => train.Source.Key(i).Subject).ToHashSet();
        if (validation.Indices.Select(i => validation.Source.Key(i).Subject).FirstOrDefault(subjects.Contains) is { } shared)
            throw new ArgumentException($"subject {shared} is in the training and in the validation frames.", nameof(validation));
    }

    /// <summary>Time gone and time left, by the share of the epochs done.</summary>
    private sealed class Pace(int epochs)
    {
        private readonly Stopwatch _clock = Stopwatch.StartNew();
        private double _done, _epochsDone;

        public TimeSpan Elapsed => _clock.Elapsed;

        public TimeSpan? Remaining => _done > 0 ? Elapsed * ((epochs - _done) / _done) : null;

        public void BatchDone(double shareOfEpoch) => _done = _epochsDone + shareOfEpoch;

        public void EpochDone() => _done = ++_epochsDone;
    }
}
