using System.Globalization;
using FanTrans.Data;

namespace FanTrans.Training;

/// <summary>Training met a loss or a gradient that is not a finite number, and stopped before it reached the weights.</summary>
/// <param name="what">What is not finite and how, for example "the loss is NaN".</param>
/// <param name="epoch">The epoch, from 1.</param>
/// <param name="batch">The batch of the epoch, from 1.</param>
/// <param name="samples">The batch's frames.</param>
/// <param name="gradientNorms">
/// L2 norm of each parameter's gradient, those that are not finite first, then from the largest: of this batch, or of the
/// step before where the loss itself is not finite.
/// </param>
public sealed class NonFiniteLossException(
    string what, int epoch, int batch, IReadOnlyList<FaceKey> samples, IReadOnlyList<(string Parameter, double Norm)> gradientNorms)
    : Exception($"{what} at epoch {epoch}, batch {batch}; its samples: {string.Join(", ", samples)}.{Largest(gradientNorms)}")
{
    /// <summary>The epoch, from 1.</summary>
    public int Epoch { get; } = epoch;

    /// <summary>The batch of the epoch, from 1.</summary>
    public int Batch { get; } = batch;

    /// <summary>The batch's frames.</summary>
    public IReadOnlyList<FaceKey> Samples { get; } = samples;

    /// <summary>Gradient norms by parameter, the worst first; empty before the first step.</summary>
    public IReadOnlyList<(string Parameter, double Norm)> GradientNorms { get; } = gradientNorms;

    private static string Largest(IReadOnlyList<(string Parameter, double Norm)> norms) => norms.Count == 0
        ? ""
        : " Largest gradient norms: " + string.Join(
            ", ", norms.Take(5).Select(n => $"{n.Parameter} {n.Norm.ToString("g4", CultureInfo.InvariantCulture)}")) + ".";
}
