namespace FanTrans.Charts;

/// <summary>One line of a learning curve.</summary>
/// <param name="Name">What was trained, for example "learnable drop";
/// training and validation share it, and a colour.</param>
/// <param name="Values">One value an epoch, from epoch 1; NaN leaves a gap.</param>
/// <param name="Validation">Whether it was measured on the validation frames (solid) or
/// the training ones (dotted).</param>
public sealed record EpochSeries(string Name, IReadOnlyList<double> Values, bool Validation = true);
