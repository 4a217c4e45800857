using FanTrans.Data;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanTrans.Training;

/// <summary>Parameters that share a learning rate.</summary>
/// <param name="Parameters">Names as in the module's state dict, and the parameters.</param>
/// <param name="RateFactor">Times the run's learning rate.</param>
/// <param name="WeightDecay">Their own weight decay; null is the run's.</param>
public sealed record ParameterSet(
    IReadOnlyList<(string Name, Parameter Parameter)> Parameters,
    double RateFactor = 1,
    double? WeightDecay = null
);

/// <summary>The loss of a batch.</summary>
/// <param name="Total">Scalar to call <c>backward</c> on; not recorded for the backward pass outside training.</param>
/// <param name="Terms">What it consists of, for the log: scalars, which are read only where the log needs them.</param>
public sealed record StepLoss(Tensor Total, IReadOnlyList<(string Name, Tensor Value)> Terms);

/// <summary>
/// What a <see cref="Trainer"/> trains: a module, its loss and its validation. The trainer owns neither the task nor
/// the module.
/// </summary>
public abstract class TrainingTask
{
    /// <summary>A short name for logs and checkpoints, for example "fan".</summary>
    public abstract string Name { get; }

    /// <summary>The module that is trained.</summary>
    public abstract nn.Module Module { get; }

    /// <summary>What training changes of the module's state dict, which is what a checkpoint keeps: names and live
    /// tensors. What is left out has to be part of <see cref="Description"/>.</summary>
    public virtual IReadOnlyDictionary<string, Tensor> State() => Module.state_dict();

    /// <summary>Everything that makes the module and the loss, as JSON: two tasks of equal text train alike.</summary>
    public abstract string Description { get; }

    /// <summary>The validation metric that chooses the best epoch.</summary>
    public abstract string Criterion { get; }

    /// <summary>Whether a higher <see cref="Criterion"/> is better.</summary>
    public abstract bool HigherIsBetter { get; }

    /// <summary>What the optimizer changes. Asked once, when the trainer is made.</summary>
    public abstract IReadOnlyList<ParameterSet> Parameters { get; }

    /// <summary>What a run cannot learn as its options are, each in one sentence.</summary>
    /// <param name="travel">The sum of the run's learning rates: about how far Adam moves a parameter at most.</param>
    public virtual IEnumerable<string> Warnings(double travel) => [];

    /// <summary>The loss of a batch; the tensors it makes belong to the caller's dispose scope.</summary>
    /// <param name="batch">The batch, on the module's device.</param>
    /// <param name="epoch">Epochs done; a fraction counts.</param>
    public abstract StepLoss Loss(BatchTensors batch, double epoch);

    /// <summary>Metrics over held-out frames, by name. The module is in evaluation mode
    /// and no gradient is recorded.</summary>
    /// <param name="loader">The frames, unshuffled and without augmentation.</param>
    /// <param name="device">The module's device.</param>
    /// <param name="cancellation">Ends it early.</param>
    public abstract IReadOnlyDictionary<string, double> Validate(
        IAuBatches loader,
        Device device,
        CancellationToken cancellation
    );
}

/// <summary>Puts a module into evaluation mode without gradients, and back as it was on disposal.</summary>
internal sealed class EvaluationMode : IDisposable
{
    private readonly nn.Module module;
    private readonly bool training;
    private readonly IDisposable gradients;

    public EvaluationMode(nn.Module module)
    {
        (this.module, training) = (module, module.training);
        module.eval();
        gradients = no_grad();
    }

    public void Dispose()
    {
        gradients.Dispose();
        module.train(training);
    }
}
