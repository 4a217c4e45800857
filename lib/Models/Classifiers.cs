// The classifiers. PAPER: the classifier predicts each AU from all AUs' features, to model label dependency: Joint.
// Chosen by this kit: that it is one linear map of the joined tokens; the variants for ablation.
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace FanTrans.Models;

/// <summary>Makes the classifier that the options name: tokens (B, N, D) to logits (B, N).</summary>
public static class Classifiers
{
    /// <param name="options">The model's options; they are valid.</param>
    public static nn.Module<Tensor, Tensor> Create(FanTransOptions options)
    {
        int units = options.ActionUnits.Count, width = options.TokenWidth;
        return options.Classifier switch
        {
            ClassifierKind.Joint => new JointClassifier(units, width),
            ClassifierKind.Independent => new IndependentClassifier(units, width),
            ClassifierKind.Shared => new SharedClassifier(width),
            ClassifierKind.JointHidden => new JointHiddenClassifier(units, width, options.HiddenWidth),
            var other => throw new ArgumentException($"Classifier {other} is not known.", nameof(options)),
        };
    }

    /// <summary>Uniform in ±1/√inputs: what PyTorch's Linear starts from.</summary>
    internal static Parameter Uniform(int inputs, params long[] shape) =>
        nn.Parameter(rand(shape).mul(2).sub(1).div(Math.Sqrt(inputs)));
}

/// <summary>Each unit from all tokens: logits = vec(tokens) Wᵀ + b, with W (N, N·D).</summary>
public sealed class JointClassifier : nn.Module<Tensor, Tensor>
{
    private readonly Parameter weight;
    private readonly Parameter bias;

    /// <param name="units">Action units N.</param>
    /// <param name="width">Token width D.</param>
    public JointClassifier(int units, int width) : base(nameof(JointClassifier))
    {
        weight = Classifiers.Uniform(units * width, units, units * width);
        bias = Classifiers.Uniform(units * width, units);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor tokens)
    {
        using var scope = NewDisposeScope();
        return F.linear(tokens.flatten(1), weight, bias).MoveToOuterDisposeScope();     // (B, N·D) to (B, N)
    }
}

/// <summary>Each unit from its own token: logit_n = ⟨w_n, t_n⟩ + b_n, with w (N, D).</summary>
public sealed class IndependentClassifier : nn.Module<Tensor, Tensor>
{
    private readonly Parameter weight;
    private readonly Parameter bias;

    /// <param name="units">Action units N.</param>
    /// <param name="width">Token width D.</param>
    public IndependentClassifier(int units, int width) : base(nameof(IndependentClassifier))
    {
        weight = Classifiers.Uniform(width, units, width);
        bias = Classifiers.Uniform(width, units);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor tokens)
    {
        using var scope = NewDisposeScope();
        return (tokens * weight).sum(2).add(bias).MoveToOuterDisposeScope();            // (B, N, D) to (B, N)
    }
}

/// <summary>Each unit from its own token by weights that all share: logit_n = ⟨w, t_n⟩ + b, with w (1, D).</summary>
public sealed class SharedClassifier : nn.Module<Tensor, Tensor>
{
    private readonly Parameter weight;
    private readonly Parameter bias;

    /// <param name="width">Token width D.</param>
    public SharedClassifier(int width) : base(nameof(SharedClassifier))
    {
        weight = Classifiers.Uniform(width, 1, width);
        bias = Classifiers.Uniform(width, 1);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor tokens)
    {
        using var scope = NewDisposeScope();
        return F.linear(tokens, weight, bias).squeeze(2).MoveToOuterDisposeScope();     // (B, N, 1) to (B, N)
    }
}

/// <summary>Each unit from all tokens through a hidden layer with GELU.</summary>
public sealed class JointHiddenClassifier : nn.Module<Tensor, Tensor>
{
    private readonly Linear hidden;
    private readonly Linear output;

    /// <param name="units">Action units N.</param>
    /// <param name="width">Token width D.</param>
    /// <param name="hiddenWidth">Width of the hidden layer.</param>
    public JointHiddenClassifier(int units, int width, int hiddenWidth) : base(nameof(JointHiddenClassifier))
    {
        hidden = nn.Linear(units * width, hiddenWidth);
        output = nn.Linear(hiddenWidth, units);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor tokens)
    {
        using var scope = NewDisposeScope();
        return output.call(F.gelu(hidden.call(tokens.flatten(1)))).MoveToOuterDisposeScope(); // (B, N·D) to (B, N)
    }
}
