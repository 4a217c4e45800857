using static TorchSharp.torch;

namespace FanTrans.Distillation;

/// <summary>The loss of a batch and its parts, scalars all. Each part is as it enters the total, its weight and ramp
/// included, so <see cref="Total"/> is their sum.</summary>
/// <param name="Total">What to call <c>backward</c> on.</param>
/// <param name="Classification">Σ_m BCE_w(z_m, y): every peer against the labels.</param>
/// <param name="Teacher">BCE_w(z_T, y): the gated teacher against the labels; 0 where the teacher is the mean.</param>
/// <param name="Logits">The peers' logits against the teacher's.</param>
/// <param name="Features">The peers' tokens against their mean.</param>
/// <param name="Sparsity">The mean keep probability off the diagonal.</param>
public sealed record DistillationLoss(
    Tensor Total, Tensor Classification, Tensor Teacher, Tensor Logits, Tensor Features, Tensor Sparsity) : IDisposable
{
    internal IEnumerable<Tensor> Tensors => [Total, Classification, Teacher, Logits, Features, Sparsity];

    /// <summary>The values by name, total first, for a log.</summary>
    public IReadOnlyList<(string Name, double Value)> Values =>
    [
        ("total", Value(Total)), ("classification", Value(Classification)), ("teacher", Value(Teacher)),
        ("logits", Value(Logits)), ("features", Value(Features)), ("sparsity", Value(Sparsity)),
    ];

    /// <summary>Frees every tensor.</summary>
    public void Dispose()
    {
        foreach (var tensor in Tensors)
            tensor.Dispose();
    }

    private static double Value(Tensor scalar)
    {
        using var detached = scalar.detach();
        using var wide = detached.to_type(ScalarType.Float64);
        return wide.item<double>();
    }
}
