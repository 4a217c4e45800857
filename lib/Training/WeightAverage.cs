using TorchSharp;
using static TorchSharp.torch;

namespace FanTrans.Training;

/// <summary>
/// The exponential moving average of a task's trained weights and of their buffers. Early on the decay is lower,
/// (1 + t) / (10 + t) after t steps, so that the random start is soon forgotten.
/// </summary>
internal sealed class WeightAverage : IDisposable
{
    private readonly double decay;
    private readonly (string Name, Tensor Live, Tensor Average)[] tensors;

    public WeightAverage(TrainingTask task, double decay)
    {
        this.decay = decay;
        using var mode = no_grad();
        var frozen = task
            .Module.named_parameters()
            .Where(p => !p.parameter.requires_grad)
            .Select(p => p.name)
            .ToHashSet();
        tensors =
        [
            .. task.State()
                .Where(t => !frozen.Contains(t.Key) && t.Value.is_floating_point())
                .Select(t => (t.Key, t.Value, t.Value.detach().clone().DetachFromDisposeScope())),
        ];
    }

    public IEnumerable<(string Name, Tensor Average)> Tensors => tensors.Select(t => (t.Name, t.Average));

    /// <summary>Moves the average towards the weights.</summary>
    /// <param name="step">Optimizer steps done, this one included.</param>
    public void Update(long step)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var decay = Math.Min(this.decay, (1.0 + step) / (10 + step));
        // Numbers that live until the last call has read them; see Arithmetic.
        using Scalar kept = decay.ToScalar(),
            added = (1 - decay).ToScalar();
        foreach (var (_, live, average) in tensors)
            average.mul_(kept).add_(live, added);
    }

    /// <summary>Puts the average into the module until the result is disposed.</summary>
    public IDisposable InPlace()
    {
        Exchange();
        return new Undo(this);
    }

    /// <summary>Copies the average into the module for good.</summary>
    public void CopyIn()
    {
        using var mode = no_grad();
        foreach (var (_, live, average) in tensors)
            live.copy_(average);
    }

    public void Dispose()
    {
        foreach (var (_, _, average) in tensors)
            average.Dispose();
    }

    private void Exchange()
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        foreach (var (_, live, average) in tensors)
        {
            var kept = live.clone();
            live.copy_(average);
            average.copy_(kept);
        }
    }

    private sealed class Undo(WeightAverage average) : IDisposable
    {
        public void Dispose() => average.Exchange();
    }
}
