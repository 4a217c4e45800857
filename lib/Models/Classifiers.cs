// The classifiers. PAPER: the classifier predicts each AU from all AUs' features, to model label dependency: Joint.
// Chosen by this kit: that it is one linear map of the joined tokens; the variants for ablation.
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace FanTrans.Models;

/// <summary>
/// Tokens (B, N, D) to logits (B, N). A classifier of your own derives from this class and is named in the options:
/// <c>options with { Classifier = Classifiers.Register(o => new MyClassifier(o.ActionUnits.Count, o.TokenWidth)) }</c>.
/// </summary>
/// <param name="name">The class's name.</param>
public abstract class Classifier(string name) : nn.Module<Tensor, Tensor>(name)
{
    /// <summary>Uniform in ±1/√inputs: what PyTorch's Linear starts from.</summary>
    protected static Parameter Uniform(int inputs, params long[] shape) =>
        nn.Parameter(rand(shape).Times(2).Minus(1).Over(Math.Sqrt(inputs)));
}

/// <summary>The classifiers by name.</summary>
public static class Classifiers
{
    internal static readonly PartTable<Func<FanTransOptions, Classifier>> Table = new(
        nameof(Classifier),
        nameof(Classifiers)
    )
    {
        { "joint", o => new JointClassifier(o.ActionUnits.Count, o.TokenWidth) },
        { "independent", o => new IndependentClassifier(o.ActionUnits.Count, o.TokenWidth) },
        { "shared", o => new SharedClassifier(o.TokenWidth) },
        { "joint-hidden", o => new JointHiddenClassifier(o.ActionUnits.Count, o.TokenWidth, o.HiddenWidth) },
    };

    /// <summary>The names that <see cref="FanTransOptions.Classifier"/> may have.</summary>
    public static IReadOnlyList<string> Names => Table.Names;

    /// <summary>Names a classifier of your own; the same name again replaces it.</summary>
    /// <param name="name">For example "my-classifier".</param>
    /// <param name="create">Makes one, of the sizes in the options.</param>
    /// <returns>The name.</returns>
    /// <exception cref="ArgumentException">The name is a built-in classifier's.</exception>
    public static string Register(string name, Func<FanTransOptions, Classifier> create) =>
        Table.Register(name, create);

    /// <summary>Names a classifier of your own after its class.</summary>
    /// <inheritdoc cref="Register(string, Func{FanTransOptions, Classifier})"/>
    public static string Register<T>(Func<FanTransOptions, T> create)
        where T : Classifier => Table.Register(typeof(T).Name, create);
}

/// <summary>Each unit from all tokens: logits = vec(tokens) Wᵀ + b, with W (N, N·D).</summary>
internal sealed class JointClassifier : Classifier
{
    private readonly Parameter weight;
    private readonly Parameter bias;

    /// <param name="units">Action units N.</param>
    /// <param name="width">Token width D.</param>
    public JointClassifier(int units, int width)
        : base(nameof(JointClassifier))
    {
        weight = Uniform(units * width, units, units * width);
        bias = Uniform(units * width, units);
        RegisterComponents();
    }

    public override Tensor forward(Tensor tokens)
    {
        using var scope = NewDisposeScope();
        return F.linear(tokens.flatten(1), weight, bias).MoveToOuterDisposeScope(); // (B, N·D) to (B, N)
    }
}

/// <summary>Each unit from its own token: logit_n = ⟨w_n, t_n⟩ + b_n, with w (N, D).</summary>
internal sealed class IndependentClassifier : Classifier
{
    private readonly Parameter weight;
    private readonly Parameter bias;

    /// <param name="units">Action units N.</param>
    /// <param name="width">Token width D.</param>
    public IndependentClassifier(int units, int width)
        : base(nameof(IndependentClassifier))
    {
        weight = Uniform(width, units, width);
        bias = Uniform(width, units);
        RegisterComponents();
    }

    public override Tensor forward(Tensor tokens)
    {
        using var scope = NewDisposeScope();
        return (tokens * weight).sum(2).Plus(bias).MoveToOuterDisposeScope(); // (B, N, D) to (B, N)
    }
}

/// <summary>Each unit from its own token by weights that all share: logit_n = ⟨w, t_n⟩ + b,
/// with w (1, D).</summary>
internal sealed class SharedClassifier : Classifier
{
    private readonly Parameter weight;
    private readonly Parameter bias;

    /// <param name="width">Token width D.</param>
    public SharedClassifier(int width)
        : base(nameof(SharedClassifier))
    {
        weight = Uniform(width, 1, width);
        bias = Uniform(width, 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor tokens)
    {
        using var scope = NewDisposeScope();
        return F.linear(tokens, weight, bias).squeeze(2).MoveToOuterDisposeScope(); // (B, N, 1) to (B, N)
    }
}

/// <summary>Each unit from all tokens through a hidden layer with GELU.</summary>
internal sealed class JointHiddenClassifier : Classifier
{
    private readonly Linear hidden;
    private readonly Linear output;

    /// <param name="units">Action units N.</param>
    /// <param name="width">Token width D.</param>
    /// <param name="hiddenWidth">Width of the hidden layer.</param>
    public JointHiddenClassifier(int units, int width, int hiddenWidth)
        : base(nameof(JointHiddenClassifier))
    {
        hidden = nn.Linear(units * width, hiddenWidth);
        output = nn.Linear(hiddenWidth, units);
        RegisterComponents();
    }

    public override Tensor forward(Tensor tokens)
    {
        using var scope = NewDisposeScope();
        return output.call(F.gelu(hidden.call(tokens.flatten(1)))).MoveToOuterDisposeScope(); // (B, N·D) to (B, N)
    }
}
