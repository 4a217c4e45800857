// The MLP of a transformer block (Vaswani et al. 2017). Chosen by this kit: GELU in its exact form.
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace FanTrans.Models;

/// <summary>Linear, GELU, linear: (…, inputs) to (…, outputs).</summary>
internal sealed class Mlp : nn.Module<Tensor, Tensor>
{
    private readonly Linear fc1;
    private readonly Linear fc2;

    /// <param name="inputs">Width in.</param>
    /// <param name="hidden">Width between.</param>
    /// <param name="outputs">Width out.</param>
    public Mlp(int inputs, int hidden, int outputs)
        : base(nameof(Mlp))
    {
        fc1 = nn.Linear(inputs, hidden);
        fc2 = nn.Linear(hidden, outputs);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        return fc2.call(F.gelu(fc1.call(x))).MoveToOuterDisposeScope();
    }
}
