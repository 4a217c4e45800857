// The learnable attention drop. Chosen by this kit, since the paper does not publish its form:
//   a learned logit Θ (H, N, N) for each block, keep probability P = σ(Θ), the diagonal always kept;
//   training: M from the binary concrete relaxation (Maddison et al. 2017, Jang et al. 2017) at temperature τ with the
//   straight-through estimator; evaluation: M = 1[P ≥ ½]; both renormalise, A' = A ⊙ M / Σ_j (A ⊙ M).
// Under Adam a logit travels at most about the sum of the learning rates. So that Θ can cross 0, where the decision
// changes, it starts near it, learns at a rate of its own and has no weight decay.
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanTrans.Models;

/// <summary>A learned keep probability for each head and pair of action units, the same for every image.</summary>
public class LearnableDrop : AttentionDrop
{
    // Protected, so that TorchSharp finds it in derived classes, too.
    /// <summary>Θ (H, N, N).</summary>
    protected readonly Parameter logits;

    private readonly double temperature;

    /// <param name="heads">Heads H.</param>
    /// <param name="units">Action units N.</param>
    /// <param name="initialKeep">The keep probability to start from, between 0 and 1.</param>
    /// <param name="temperature">Temperature τ of the relaxation, above 0.</param>
    public LearnableDrop(int heads, int units, double initialKeep, double temperature)
        : base(nameof(LearnableDrop))
    {
        this.temperature = temperature;
        logits = nn.Parameter(zeros(heads, units, units).Plus(Math.Log(initialKeep / (1 - initialKeep))));
        register_parameter(nameof(logits), logits);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> KeepLogits => [logits];

    /// <summary>The keep probabilities that a logit can reach: σ(Θ ± travel). Where ½ is not between them, the pair
    /// ends on the side that it started on, whatever the data.</summary>
    /// <param name="logit">Θ to start from.</param>
    /// <param name="travel">How far it travels: under Adam, about the sum of its learning rates.</param>
    public static (double Low, double High) Reach(double logit, double travel) =>
        (Sigmoid(logit - travel), Sigmoid(logit + travel));

    /// <inheritdoc/>
    public override (Tensor Attention, Tensor Keep) forward(Tensor attention, Tensor x)
    {
        using var scope = NewDisposeScope();
        var theta = Logits(x); // (H, N, N) or (B, H, N, N)
        var keep = theta.sigmoid();
        var mask = training ? Sample(theta, attention) : keep.AtLeast(0.5).to_type(attention.dtype);
        // Where P depends on the image, its mean over the batch is reported.
        var reported = keep.dim() == 4 ? keep.mean([0]) : keep; // (H, N, N)
        return scope.MoveToOuter(Masked(attention, mask), WithFullDiagonal(reported));
    }

    /// <summary>Logits of the keep probabilities, (H, N, N) or (B, H, N, N).</summary>
    /// <param name="x">The block's normalised input (B, N, D).</param>
    protected virtual Tensor Logits(Tensor x) => logits;

    /// <summary>A binary mask whose gradient is that of its relaxation: (B, H, N, N).</summary>
    private Tensor Sample(Tensor theta, Tensor attention)
    {
        var uniform = Uniform(attention).Within(1e-6, 1 - 1e-6);
        var noise = uniform.log() - uniform.Complement().log();
        var soft = theta.Plus(noise).Over(temperature).sigmoid();
        var hard = soft.detach().AtLeast(0.5).to_type(soft.dtype);
        // In this order the sum is exactly 0 or 1 in floating point, too.
        return soft.Plus(hard - soft.detach());
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
}

/// <summary>As <see cref="LearnableDrop"/>, with a term that depends on the image: ⟨a_i, c_j⟩/√r of two
/// linear maps of the block's normalised input.</summary>
internal sealed class InputDependentDrop : LearnableDrop
{
    private readonly Linear query;
    private readonly Linear key;
    private readonly int heads;
    private readonly int units;
    private readonly int rank;

    public InputDependentDrop(int heads, int units, double initialKeep, double temperature, int width, int rank)
        : base(heads, units, initialKeep, temperature)
    {
        (this.heads, this.units, this.rank) = (heads, units, rank);
        query = nn.Linear(width, heads * rank);
        key = nn.Linear(width, heads * rank);
        RegisterComponents();
    }

    protected override Tensor Logits(Tensor x)
    {
        var a = Split(query.call(x)); // (B, H, N, r)
        var c = Split(key.call(x)); // (B, H, N, r)
        return logits.Plus(a.matmul(c.transpose(-2, -1)).Over(Math.Sqrt(rank))); // (B, H, N, N)
    }

    private Tensor Split(Tensor x) => x.view(-1, units, heads, rank).transpose(1, 2); // (B, H, N, r)
}
