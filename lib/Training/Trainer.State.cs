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
            foreach (var report in history)
            {
                if (
                    report.Validation.TryGetValue(task.Criterion, out var found)
                    && !double.IsNaN(found)
                    && (best == 0 || (task.HigherIsBetter ? found > value : found < value))
                )
                    (best, value) = (report.Epoch, found);
            }
            return best;
        }
    }

    /// <summary>The epoch whose weights are kept apart, 0 for none.</summary>
    private int KeptEpoch => Options.KeepBest ? BestEpoch : 0;

    private int BestOrLast => KeptEpoch > 0 ? KeptEpoch : history.Count;

    private bool OutOfPatience => Options.Patience > 0 && history.Count - BestEpoch >= Options.Patience;

    private void KeepIfBest()
    {
        if (KeptEpoch != history.Count)
            return;
        DisposeBest();
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        best = task.State().ToDictionary(t => t.Key, t => t.Value.cpu().clone().DetachFromDisposeScope());
    }

    /// <summary>Puts in what training changes; the rest of the module keeps its values.</summary>
    private void LoadState(IReadOnlyDictionary<string, Tensor> state)
    {
        var changing = task.State();
        StateDict.LoadInto(
            task.Module,
            state.Concat(task.Module.state_dict().Where(t => !changing.ContainsKey(t.Key))).ToDictionary()
        );
    }

    private void DisposeBest()
    {
        foreach (var tensor in best.Values)
            tensor.Dispose();
        best = [];
    }

    private void Save(string path, string data)
    {
        using var scope = NewDisposeScope();
        var tensors = new Dictionary<string, Tensor> { ["optimizer"] = OptimizerState() };
        foreach (var (name, tensor) in task.State())
            tensors.Add($"model.{name}", tensor);
        foreach (var (name, tensor) in best)
            tensors.Add($"best.{name}", tensor);
        foreach (var (name, tensor) in average?.Tensors ?? [])
            tensors.Add($"average.{name}", tensor);
        Checkpoint.Save(
            path,
            new CheckpointHeader
            {
                Task = task.Name,
                Description = task.Description,
                Options = Options,
                Data = data,
                Threads = TorchThreads.Count,
                Step = step,
                History = history,
                BestEpoch = KeptEpoch,
            },
            tensors
        );
    }

    private void Resume(CheckpointFiles files, string path, string data)
    {
        var (header, tensors) = files.Load(path);
        using (tensors)
        {
            using var scope = NewDisposeScope();
            Same(path, "task", task.Name, header.Task);
            Same(path, "description of the task", task.Description, header.Description);
            Same(path, "training options", Options.ToString(), header.Options.ToString());
            Same(path, "data", data, header.Data);
            if (header.Threads != TorchThreads.Count)
                throw new InvalidDataException(
                    $"{path} was trained with {header.Threads} processor threads, and this run has "
                        + $"{TorchThreads.Count}: another number rounds differently. Use that number "
                        + $"(--threads {header.Threads}, "
                        + $"TorchThreads.Use({header.Threads})), or another folder."
                );
            LoadState(Part("model."));
            using var mode = no_grad();
            LoadOptimizer(tensors["optimizer"]);
            foreach (var (name, tensor) in average?.Tensors ?? [])
                tensor.copy_(tensors[$"average.{name}"]);
            DisposeBest();
            best = Part("best.").ToDictionary(t => t.Key, t => t.Value.clone().DetachFromDisposeScope());
        }
        history.Clear();
        history.AddRange(header.History);
        step = header.Step;

        Dictionary<string, Tensor> Part(string prefix) =>
            tensors
                .Where(t => t.Key.StartsWith(prefix, StringComparison.Ordinal))
                .ToDictionary(t => t.Key[prefix.Length..], t => t.Value);
    }

    /// <summary>What the optimizer writes of itself, whichever it is, as bytes.</summary>
    private Tensor OptimizerState()
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream))
            Resumable.save_state_dict(writer);
        return tensor(stream.ToArray());
    }

    private void LoadOptimizer(Tensor state)
    {
        using var reader = new BinaryReader(new MemoryStream(state.data<byte>().ToArray()));
        Resumable.load_state_dict(reader);
    }

    private OptimizerHelper Resumable =>
        optimizer as OptimizerHelper
        ?? throw new InvalidOperationException(
            $"{optimizer.GetType().Name} is no {nameof(OptimizerHelper)} and "
                + "cannot be written to a checkpoint: train without a folder."
        );

    private static void Same(string path, string what, string expected, string found)
    {
        if (expected != found)
            throw new InvalidDataException(
                $"{path} is the checkpoint of another run, by its {what}: expected {expected}, found {found}. "
                    + "Use another folder, or remove this one to start anew."
            );
    }
}
