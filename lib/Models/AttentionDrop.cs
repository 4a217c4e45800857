// The attention drop. PAPER: "a learnable attention drop" inside the transformer block learns the correlation between
// the features of different AUs; its form is not published. Chosen by this kit: LearnableDrop, and for ablation the
// others below and InputDependentDrop.
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanTrans.Models;

/// <summary>
/// Drops pairs of action units from attention: attention maps (B, H, N, N), each row summing to 1, and the block's
/// normalised input (B, N, D) to the attention after the drop (B, H, N, N), each row summing to 1, and the keep
/// probabilities (H, N, N), their diagonal 1.
/// <para>
/// A drop of your own derives from this class, writes <c>forward</c>, and is named in the options:
/// <c>options with { AttentionDrop = AttentionDrops.Register(o => new MyDrop(o.Heads)) }</c>.
/// </para>
/// </summary>
/// <param name="name">The class's name.</param>
public abstract class AttentionDrop(string name) : nn.Module<Tensor, Tensor, (Tensor Attention, Tensor Keep)>(name)
{
    /// <summary>Learned logits of keep probabilities, if there are any. They train at their own rate,
    /// <see cref="FanTransOptions.KeepRate"/>, and without weight decay.</summary>
    public virtual IReadOnlyList<Parameter> KeepLogits => [];

    /// <summary>A' = A ⊙ M / Σ_j (A ⊙ M), where M's diagonal counts as 1.</summary>
    /// <param name="attention">A (B, H, N, N).</param>
    /// <param name="mask">M (H, N, N) or (B, H, N, N), at least 0.</param>
    protected static Tensor Masked(Tensor attention, Tensor mask)
    {
        var kept = attention * WithFullDiagonal(mask); // (B, H, N, N)
        return kept / kept.sum(-1, keepdim: true).NoLess(1e-12);
    }

    /// <summary>The same with ones on the diagonal, which carry no gradient.</summary>
    /// <param name="pairs">(…, N, N).</param>
    protected static Tensor WithFullDiagonal(Tensor pairs) =>
        pairs.Filled(eye(pairs.shape[^1], dtype: ScalarType.Bool, device: pairs.device), 1);

    /// <summary>Uniform in [0, 1), of the attention's shape.</summary>
    protected static Tensor Uniform(Tensor attention) =>
        rand(attention.shape, dtype: attention.dtype, device: attention.device);

    /// <summary>One keep probability for every pair of different units: (H, N, N).</summary>
    /// <param name="attention">(B, H, N, N).</param>
    /// <param name="keep">The probability.</param>
    protected static Tensor Constant(Tensor attention, double keep) =>
        WithFullDiagonal(Arithmetic.Full(attention.shape[1..], keep, like: attention));
}

/// <summary>The attention drops by name.</summary>
public static class AttentionDrops
{
    internal static readonly PartTable<Func<FanTransOptions, AttentionDrop>> Table = new(
        nameof(AttentionDrop),
        nameof(AttentionDrops)
    )
    {
        { "none", _ => new NoDrop() },
        { "random", o => new RandomDrop(o.DropProbability) },
        { "learnable", o => new LearnableDrop(o.Heads, o.ActionUnits.Count, o.InitialKeep, o.Temperature) },
        {
            "input-dependent",
            o => new InputDependentDrop(
                o.Heads,
                o.ActionUnits.Count,
                o.InitialKeep,
                o.Temperature,
                o.TokenWidth,
                o.GateRank
            )
        },
        { "off", _ => new AttentionOff() },
    };

    /// <summary>The names that <see cref="FanTransOptions.AttentionDrop"/> may have.</summary>
    public static IReadOnlyList<string> Names => Table.Names;

    /// <summary>Names a drop of your own; the same name again replaces it.</summary>
    /// <param name="name">For example "my-drop".</param>
    /// <param name="create">Makes one, of the sizes in the options. Called once for each transformer block.</param>
    /// <returns>The name.</returns>
    /// <exception cref="ArgumentException">The name is a built-in drop's.</exception>
    public static string Register(string name, Func<FanTransOptions, AttentionDrop> create) =>
        Table.Register(name, create);

    /// <summary>Names a drop of your own after its class.</summary>
    /// <inheritdoc cref="Register(string, Func{FanTransOptions, AttentionDrop})"/>
    public static string Register<T>(Func<FanTransOptions, T> create)
        where T : AttentionDrop => Table.Register(typeof(T).Name, create);
}

/// <summary>Plain attention; P is 1.</summary>
internal sealed class NoDrop() : AttentionDrop(nameof(NoDrop))
{
    public override (Tensor Attention, Tensor Keep) forward(Tensor attention, Tensor x)
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(attention.alias(), Constant(attention, 1));
    }
}

/// <summary>Each token attends to itself alone: the control that has a block's depth and none of its mixing; P is 0
/// off the diagonal.</summary>
internal sealed class AttentionOff() : AttentionDrop(nameof(AttentionOff))
{
    public override (Tensor Attention, Tensor Keep) forward(Tensor attention, Tensor x)
    {
        using var scope = NewDisposeScope();
        var own = Constant(attention, 0); // (H, N, N)
        return scope.MoveToOuter(own.expand(attention.shape).clone(), own);
    }
}

/// <summary>Drops each pair with one fixed probability, in training only; P is 1 less that.</summary>
internal sealed class RandomDrop(double probability) : AttentionDrop(nameof(RandomDrop))
{
    public override (Tensor Attention, Tensor Keep) forward(Tensor attention, Tensor x)
    {
        using var scope = NewDisposeScope();
        var keep = Constant(attention, 1 - probability);
        if (!training)
            return scope.MoveToOuter(attention.alias(), keep);
        var mask = Uniform(attention).AtLeast(probability).to_type(attention.dtype); // (B, H, N, N)
        return scope.MoveToOuter(Masked(attention, mask), keep);
    }
}
