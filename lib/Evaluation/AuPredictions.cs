using FanTrans.Data;

namespace FanTrans.Evaluation;

/// <summary>What a model said about a set of frames, beside their labels: all that any metric needs.</summary>
/// <param name="ActionUnits">The N FACS numbers, in the columns' order.</param>
/// <param name="Keys">Each frame's name.</param>
/// <param name="Probabilities">One row a frame: N probabilities, 0 to 1.</param>
/// <param name="Labels">One row a frame: N labels of 0, 1 or 9.</param>
public sealed record AuPredictions(
    IReadOnlyList<int> ActionUnits, IReadOnlyList<FaceKey> Keys,
    IReadOnlyList<float[]> Probabilities, IReadOnlyList<sbyte[]> Labels)
{
    /// <summary>The frame-based metrics; see <see cref="AuEvaluation"/>.</summary>
    /// <param name="threshold">A probability of at least this counts as present; the protocol's is 0.5.</param>
    /// <exception cref="ArgumentException">Rows or columns do not match, or a value is none that is allowed.</exception>
    public AuEvaluation Evaluate(double threshold = 0.5) => AuEvaluation.Of(Probabilities, Labels, ActionUnits, threshold);
}
