// What the peers learn from. PAPER: "online knowledge distillation"; its form is not published. Chosen by this kit: the
// mean of the peers, or a learned gate (ONE, Lan et al. 2018).
using FanTrans.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace FanTrans.Distillation;

/// <summary>
/// The peers' logits (B, M, N) and the FAN features (B, C, h, w) to the teacher's logits (B, N) and, where it weighs
/// the peers, their weights (B, M), rows summing to 1. A teacher of your own derives from this class and is named in
/// the options: <c>options with { Teacher = Teachers.Register((o, channels) => new MyTeacher(o.Peers)) }</c>.
/// </summary>
/// <param name="name">The class's name.</param>
public abstract class Teacher(string name) : nn.Module<Tensor, Tensor, (Tensor Logits, Tensor? Weights)>(name);

/// <summary>The teachers by name.</summary>
public static class Teachers
{
    internal static readonly PartTable<Func<DistillationOptions, int, Teacher>> Table = new(
        nameof(Teacher),
        nameof(Teachers)
    )
    {
        { "mean", (_, _) => new MeanTeacher() },
        { "gate", (o, channels) => new GateTeacher(o.Peers, channels) },
    };

    /// <summary>The names that <see cref="DistillationOptions.Teacher"/> may have.</summary>
    public static IReadOnlyList<string> Names => Table.Names;

    /// <summary>Names a teacher of your own; the same name again replaces it.</summary>
    /// <param name="name">For example "my-teacher".</param>
    /// <param name="create">Makes one, from the options and the number of the features' channels.</param>
    /// <returns>The name.</returns>
    /// <exception cref="ArgumentException">The name is a built-in teacher's.</exception>
    public static string Register(string name, Func<DistillationOptions, int, Teacher> create) =>
        Table.Register(name, create);

    /// <summary>Names a teacher of your own after its class.</summary>
    /// <inheritdoc cref="Register(string, Func{DistillationOptions, int, Teacher})"/>
    public static string Register<T>(Func<DistillationOptions, int, T> create)
        where T : Teacher => Table.Register(typeof(T).Name, create);
}

/// <summary>The mean of the peers' logits.</summary>
internal sealed class MeanTeacher() : Teacher(nameof(MeanTeacher))
{
    public override (Tensor Logits, Tensor? Weights) forward(Tensor logits, Tensor features) =>
        (logits.mean([1]), null);
}

/// <summary>The peers' logits weighted by a learned gate, which sees the features averaged over space.</summary>
internal sealed class GateTeacher : Teacher
{
    private readonly Parameter weight;
    private readonly Parameter bias;

    public GateTeacher(int peers, int channels)
        : base(nameof(GateTeacher))
    {
        // Uniform in ±1/√channels: what PyTorch's Linear starts from.
        Parameter Uniform(params long[] shape) => nn.Parameter(rand(shape).Times(2).Minus(1).Over(Math.Sqrt(channels)));
        (weight, bias) = (Uniform(peers, channels), Uniform(peers));
        RegisterComponents();
    }

    public override (Tensor Logits, Tensor? Weights) forward(Tensor logits, Tensor features)
    {
        using var scope = NewDisposeScope();
        var weights = F.linear(features.mean([2, 3]), weight, bias).softmax(1); // (B, M)
        return scope.MoveToOuter((logits * weights.unsqueeze(-1)).sum(1), weights);
    }
}
