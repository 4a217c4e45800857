using System.Diagnostics;
using FanTrans.Data;
using FanTrans.Interop;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanTrans.Training;

/// <summary>
/// Trains a task's module with AdamW: <see cref="Fit"/>, one epoch, or evaluation alone. The same seed, loaders and
/// number of torch threads give the same bits on one machine, whatever the number of loader workers, and whether or not
/// the run was stopped and resumed in between.
/// </summary>
public sealed class Trainer : IDisposable
{
    private readonly TrainingTask _task;
    private readonly Device _device;
    private readonly AdamW _optimizer;
    private readonly (string Name, Parameter Parameter, int Set)[] _parameters;
    private readonly double[] _rateFactors;
    private readonly List<EpochReport> _history = [];
    private Dictionary<string, Tensor> _best = [];
    private int _bestEpoch;
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
                weight_decay: options.WeightDecay)),
            options.LearningRate, options.Beta1, options.Beta2, weight_decay: options.WeightDecay);
    }

    /// <summary>How the run trains.</summary>
    public TrainingOptions Options { get; }

    /// <summary>The epochs done so far, those of a resumed run included.</summary>
    public IReadOnlyList<EpochReport> History => _history;

    /// <summary>
    /// Trains to the last epoch, validating after each. With a folder, a checkpoint "last.safetensors" is written there
    /// after every epoch, and "history.json" with the metrics so far; an existing checkpoint is taken up where it ended.
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
    /// <exception cref="ArgumentException">Training and validation share a subject.</exception>
    /// <exception cref="InvalidDataException">A frame cannot be read, or the folder's checkpoint is damaged or of another run.</exception>
    /// <exception cref="NonFiniteLossException">A loss or gradient is not finite.</exception>
    public TrainingResult Fit(
        AuLoader train, AuLoader? validation = null, string? folder = null, IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(train);
        RefuseSharedSubjects(train, validation);
        var data = DataFingerprint.Of(train, validation);
        var checkpoint = folder is null ? null : Path.Combine(folder, "last.safetensors");
        if (checkpoint is not null)
        {
            Directory.CreateDirectory(folder!);
            if (File.Exists(checkpoint))
                Resume(checkpoint, data);
        }
        var pace = new Pace(Options.Epochs - _history.Count);
        while (_history.Count < Options.Epochs)
        {
            var report = TrainOneEpoch(train, _history.Count, progress, pace, cancellation);
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
            KeepIfBest(report);
            if (checkpoint is not null)
            {
                Save(checkpoint, data);
                new TrainingResult(_history, BestOrLast).Save(Path.Combine(folder!, "history.json"));
            }
            pace.EpochDone();
            progress?.Report(new TrainingProgress(
                _task.Name, report.Epoch, Options.Epochs, train.Batches, train.Batches, report.Losses["total"], pace.Elapsed,
                pace.Remaining, report));
        }
        if (_bestEpoch > 0)
            StateDict.LoadInto(_task.Module, _best);
        return new TrainingResult([.. _history], BestOrLast);
    }

    /// <summary>One pass over the training frames.</summary>
    /// <param name="train">The frames.</param>
    /// <param name="epoch">The epoch, from 0: decides order, augmentation, learning rate and ramps.</param>
    /// <param name="progress">Hears of every batch.</param>
    /// <param name="cancellation">Stops after the current batch.</param>
    /// <exception cref="NonFiniteLossException">A loss or gradient is not finite.</exception>
    public EpochReport TrainOneEpoch(
        AuLoader train, int epoch, IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default) =>
        TrainOneEpoch(train, epoch, progress, new Pace(1), cancellation);

    /// <summary>The task's metrics over held-out frames, in evaluation mode and without gradients; the mode is restored.</summary>
    /// <param name="loader">The frames.</param>
    /// <param name="cancellation">Ends it early.</param>
    public IReadOnlyDictionary<string, double> Evaluate(AuLoader loader, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(loader);
        using var mode = new EvaluationMode(_task.Module);
        return _task.Validate(loader, _device, cancellation);
    }

    private int BestOrLast => _bestEpoch > 0 ? _bestEpoch : _history.Count;

    /// <summary>Frees the optimizer and the best epoch's copy; the module stays.</summary>
    public void Dispose()
    {
        _optimizer.Dispose();
        DisposeBest();
    }

    private EpochReport TrainOneEpoch(
        AuLoader train, int epoch, IProgress<TrainingProgress>? progress, Pace pace, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(train);
        _task.Module.train();
        var clock = Stopwatch.StartNew();
        var waiting = new Stopwatch();
        var losses = new Dictionary<string, double>();
        double norms = 0, rate = 0;
        long frames = 0;
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
            rate = Options.LearningRate * Options.Schedule.At(moment, Options.Epochs);
            norms += Step(train, batch, epoch, moment, rate, losses);
            frames += batch.Count;
            pace.BatchDone((batch.Number + 1.0) / train.Batches);
            progress?.Report(new TrainingProgress(
                _task.Name, epoch + 1, Options.Epochs, batch.Number + 1, train.Batches, losses["total"] / frames, pace.Elapsed,
                pace.Remaining));
        }
        return new EpochReport(
            epoch + 1, _step, rate, losses.ToDictionary(l => l.Key, l => l.Value / frames), norms / train.Batches,
            new Dictionary<string, double>(), frames, clock.Elapsed.TotalSeconds, waiting.Elapsed.TotalSeconds, 0);
    }

    /// <summary>One optimizer step. Returns the gradients' norm and adds the losses, times the frames.</summary>
    private double Step(
        AuLoader train, AuBatch batch, int epoch, double moment, double rate, Dictionary<string, double> losses)
    {
        using var scope = NewDisposeScope();
        // Random numbers follow from the seed and the step alone, so a resumed run draws the same ones.
        random.manual_seed(new SeededRandom(Options.Seed, _step).NextSeed());
        foreach (var (group, factor) in _optimizer.ParamGroups.Zip(_rateFactors))
            group.LearningRate = rate * factor;
        _optimizer.zero_grad();
        var loss = _task.Loss(BatchTensors.From(batch, _device), moment);
        var total = (double)loss.Total.detach().to_type(ScalarType.Float32).item<float>();
        if (!double.IsFinite(total))
        {
            var terms = string.Concat(loss.Terms.Select(t => $", {t.Name} {t.Value}"));
            throw Stopped($"the loss is {total}{terms}");
        }
        loss.Total.backward();
        var norm = nn.utils.clip_grad_norm_(_parameters.Select(p => p.Parameter), Options.ClipNorm > 0 ? Options.ClipNorm : double.MaxValue);
        if (!double.IsFinite(norm))
            throw Stopped($"the gradients' norm is {norm} at a loss of {total}");
        _optimizer.step();
        _step++;
        foreach (var (name, value) in loss.Terms.Prepend(("total", total)))
            losses[name] = losses.GetValueOrDefault(name) + (value * batch.Count);
        return norm;

        NonFiniteLossException Stopped(string what) => new(
            what, epoch + 1, batch.Number + 1, [.. batch.Indices.Select(i => train.Source.Key((int)i))]);
    }

    private static void RefuseSharedSubjects(AuLoader train, AuLoader? validation)
    {
        if (validation is null)
            return;
        var subjects = train.Indices.Select(i => train.Source.Key(i).Subject).ToHashSet();
        if (validation.Indices.Select(i => validation.Source.Key(i).Subject).FirstOrDefault(subjects.Contains) is { } shared)
            throw new ArgumentException($"subject {shared} is in the training and in the validation frames.", nameof(validation));
    }

    private void KeepIfBest(EpochReport report)
    {
        if (!Options.KeepBest || !report.Validation.TryGetValue(_task.Criterion, out var value) || double.IsNaN(value))
            return;
        if (_bestEpoch > 0)
        {
            var best = _history[_bestEpoch - 1].Validation[_task.Criterion];
            if (_task.HigherIsBetter ? value <= best : value >= best)
                return;
        }
        DisposeBest();
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        _best = _task.Module.state_dict().ToDictionary(t => t.Key, t => t.Value.cpu().clone().DetachFromDisposeScope());
        _bestEpoch = report.Epoch;
    }

    private void DisposeBest()
    {
        foreach (var tensor in _best.Values)
            tensor.Dispose();
        _best = [];
    }

    private void Save(string path, string data)
    {
        var states = States();
        var tensors = new Dictionary<string, Tensor>();
        foreach (var (name, tensor) in _task.Module.state_dict())
            tensors.Add($"model.{name}", tensor);
        foreach (var (name, tensor) in _best)
            tensors.Add($"best.{name}", tensor);
        for (var i = 0; i < states.Length; i++)
        {
            tensors.Add($"optimizer.{_parameters[i].Name}.exp_avg", states[i].exp_avg);
            tensors.Add($"optimizer.{_parameters[i].Name}.exp_avg_sq", states[i].exp_avg_sq);
        }
        Checkpoint.Save(path, new CheckpointHeader
        {
            Task = _task.Name,
            Description = _task.Description,
            Options = Options,
            Data = data,
            Threads = TorchThreads.Count,
            Step = _step,
            OptimizerSteps = [.. states.Select(s => s.step)],
            History = _history,
            BestEpoch = _bestEpoch,
        }, tensors);
    }

    private void Resume(string path, string data)
    {
        var (header, tensors) = Checkpoint.Load(path);
        using (tensors)
        {
            using var scope = NewDisposeScope();
            Same(path, "task", _task.Name, header.Task);
            Same(path, "description of the task", _task.Description, header.Description);
            Same(path, "training options", Options.ToString(), header.Options.ToString());
            Same(path, "data", data, header.Data);
            Same(path, "number of torch threads", $"{TorchThreads.Count}", $"{header.Threads}");
            var states = States();
            if (header.OptimizerSteps.Count != states.Length)
                throw new InvalidDataException($"{path}: expected {states.Length} optimizer states, found {header.OptimizerSteps.Count}.");
            StateDict.LoadInto(_task.Module, Part("model."));
            using var mode = no_grad();
            for (var i = 0; i < states.Length; i++)
            {
                states[i].step = header.OptimizerSteps[i];
                states[i].exp_avg.copy_(Moment(i, "exp_avg", states[i].exp_avg));
                states[i].exp_avg_sq.copy_(Moment(i, "exp_avg_sq", states[i].exp_avg_sq));
            }
            DisposeBest();
            _best = Part("best.").ToDictionary(t => t.Key, t => t.Value.clone().DetachFromDisposeScope());
        }
        _history.Clear();
        _history.AddRange(header.History);
        (_step, _bestEpoch) = (header.Step, header.BestEpoch);

        Dictionary<string, Tensor> Part(string prefix) => tensors
            .Where(t => t.Key.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary(t => t.Key[prefix.Length..], t => t.Value);

        Tensor Moment(int parameter, string moment, Tensor like)
        {
            var name = $"optimizer.{_parameters[parameter].Name}.{moment}";
            return tensors.TryGetValue(name, out var found) && found.shape.SequenceEqual(like.shape)
                ? found
                : throw new InvalidDataException($"{path}: expected {name} of shape ({string.Join(", ", like.shape)}).");
        }
    }

    private static void Same(string path, string what, string expected, string found)
    {
        if (expected != found)
            throw new InvalidDataException(
                $"{path} is the checkpoint of another run, by its {what}: expected {expected}, found {found}. " +
                "Use another folder, or remove the file to start anew.");
    }

    private AdamW.State[] States() => [.. _optimizer.state_dict().State.Cast<AdamW.State>()];

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
