using FanTrans.Interop;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanTrans.Training;

// The state of a run beside the module: the best epoch, and how all of it goes into a checkpoint and back.
public sealed partial class Trainer
{
    /// <summary>The best epoch so far by the task's criterion, 0 for none; of equally good ones the first.</summary>
    private int BestEpoch
    {
        get
        {
            var (best, value) = (0, double.NaN);
            foreach (var report in _history)
            {
                if (report.Validation.TryGetValue(_task.Criterion, out var found) && !double.IsNaN(found)
                    && (best == 0 || (_task.HigherIsBetter ? found > value : found < value)))
                    (best, value) = (report.Epoch, found);
            }
            return best;
        }
    }

    /// <summary>The epoch whose weights are kept apart, 0 for none.</summary>
    private int KeptEpoch => Options.KeepBest ? BestEpoch : 0;

    private int BestOrLast => KeptEpoch > 0 ? KeptEpoch : _history.Count;

    private bool OutOfPatience => Options.Patience > 0 && _history.Count - BestEpoch >= Options.Patience;

    private void KeepIfBest()
    {
        if (KeptEpoch != _history.Count)
            return;
        DisposeBest();
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        _best = _task.State().ToDictionary(t => t.Key, t => t.Value.cpu().clone().DetachFromDisposeScope());
    }

    /// <summary>Puts in what training changes; the rest of the module keeps its values.</summary>
    private void LoadState(IReadOnlyDictionary<string, Tensor> state)
    {
        var changing = _task.State();
        StateDict.LoadInto(_task.Module, state.Concat(_task.Module.state_dict().Where(t => !changing.ContainsKey(t.Key))).ToDictionary());
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
        foreach (var (name, tensor) in _task.State())
            tensors.Add($"model.{name}", tensor);
        foreach (var (name, tensor) in _best)
            tensors.Add($"best.{name}", tensor);
        foreach (var (name, tensor) in _average?.Tensors ?? [])
            tensors.Add($"average.{name}", tensor);
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
            BestEpoch = KeptEpoch,
        }, tensors);
    }

    private void Resume(CheckpointFiles files, string path, string data)
    {
        var (header, tensors) = files.Load(path);
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
            LoadState(Part("model."));
            using var mode = no_grad();
            for (var i = 0; i < states.Length; i++)
            {
                states[i].step = header.OptimizerSteps[i];
                var name = $"optimizer.{_parameters[i].Name}";
                states[i].exp_avg.copy_(Kept($"{name}.exp_avg", states[i].exp_avg));
                states[i].exp_avg_sq.copy_(Kept($"{name}.exp_avg_sq", states[i].exp_avg_sq));
            }
            foreach (var (name, tensor) in _average?.Tensors ?? [])
                tensor.copy_(Kept($"average.{name}", tensor));
            DisposeBest();
            _best = Part("best.").ToDictionary(t => t.Key, t => t.Value.clone().DetachFromDisposeScope());
        }
        _history.Clear();
        _history.AddRange(header.History);
        _step = header.Step;

        Dictionary<string, Tensor> Part(string prefix) => tensors
            .Where(t => t.Key.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary(t => t.Key[prefix.Length..], t => t.Value);

        Tensor Kept(string name, Tensor like) =>
            tensors.TryGetValue(name, out var found) && found.shape.SequenceEqual(like.shape)
                ? found
                : throw new InvalidDataException($"{path}: expected {name} of shape ({string.Join(", ", like.shape)}).");
    }

    private static void Same(string path, string what, string expected, string found)
    {
        if (expected != found)
            throw new InvalidDataException(
                $"{path} is the checkpoint of another run, by its {what}: expected {expected}, found {found}. " +
                "Use another folder, or remove the file to start anew.");
    }

    private AdamW.State[] States() => [.. _optimizer.state_dict().State.Cast<AdamW.State>()];
}
