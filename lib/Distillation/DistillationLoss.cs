using static TorchSharp.torch;

namespace FanTrans.Distillation;

/// <summary>The loss of a batch and its parts, scalars all.</summary>
/// <param name="Total">What to call <c>backward</c> on.</param>
/// <param name="Terms">The parts by name, each as it enters the total, its weight and ramp included.</param>
public sealed record DistillationLoss(Tensor Total, IReadOnlyList<(string Name, Tensor Value)> Terms) : IDisposable
{
    internal IEnumerable<Tensor> Tensors => [Total, .. Terms.Select(term => term.Value)];

    /// <summary>A term by its name.</summary>
    /// <exception cref="InvalidOperationException">There is none of that name.</exception>
    public Tensor this[string name] => Terms.First(term => term.Name == name).Value;

    /// <summary>The values by name, total first, for a log.</summary>
    public IReadOnlyList<(string Name, double Value)> Values =>
        [("total", Value(Total)), .. Terms.Select(term => (term.Name, Value(term.Value)))];

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
