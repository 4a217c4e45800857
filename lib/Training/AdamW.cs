using TorchSharp;
using static TorchSharp.torch;
using Modules = TorchSharp.Modules;

namespace FanTrans.Training;

/// <summary>
/// TorchSharp's AdamW with numbers that live until they are used. TorchSharp 0.107 turns each number of a step into an
/// object that may be collected before the native call has read it: on a busy machine that ended one run in some
/// hundred steps ("Expected false to be true" from Scalar.h), or could have used another number. The update is the same
/// in every bit, and its checkpoints are.
/// </summary>
internal sealed class AdamW(IEnumerable<Modules.AdamW.ParamGroup> groups) : Modules.AdamW(groups)
{
    private IEnumerable<State>? states;

    /// <inheritdoc/>
    public override Tensor step(Func<Tensor>? closure = null)
    {
        states ??= [.. state_dict().State.Cast<State>()];
        using var state = states.GetEnumerator();
        return _step<ParamGroup>(
            group =>
            {
                var options = (Options)group.Options;
                var (beta1, beta2, rate) = (options.beta1!.Value, options.beta2!.Value, options.LearningRate!.Value);
                using Scalar shrink = (1 - (rate * options.weight_decay!.Value)).ToScalar(),
                    epsilon = options.eps!.Value.ToScalar();
                using Scalar one = 1.ToScalar();
                using Scalar first = beta1.ToScalar(),
                    firstRest = (1 - beta1).ToScalar();
                using Scalar second = beta2.ToScalar(),
                    secondRest = (1 - beta2).ToScalar();
                foreach (var parameter in group.Parameters)
                {
                    state.MoveNext();
                    if (parameter.grad is not { } gradient)
                        continue;
                    var (mean, square) = (state.Current.exp_avg, state.Current.exp_avg_sq);
                    var steps = ++state.Current.step;
                    using Scalar size = (-rate / (1 - Math.Pow(beta1, steps))).ToScalar(),
                        root = Math.Sqrt(1 - Math.Pow(beta2, steps)).ToScalar();
                    parameter.mul_(shrink);
                    mean.mul_(first).add_(gradient, firstRest);
                    square.mul_(second).addcmul_(gradient, gradient, secondRest);
                    parameter.addcdiv_(mean, square.sqrt().div_(root).add_(epsilon, one), size);
                }
            },
            closure
        );
    }
}
