namespace FanTrans.Charts;

/// <summary>One score an action unit, of one method.</summary>
/// <param name="Name">The method, for example "FAN-Trans".</param>
/// <param name="Values">One value an action unit, 0 to 1; NaN where it is not defined.</param>
/// <param name="Lower">Lower ends of the confidence intervals, or null.</param>
/// <param name="Upper">Upper ends of the confidence intervals, or null.</param>
public sealed record UnitScores(
    string Name,
    IReadOnlyList<double> Values,
    IReadOnlyList<double>? Lower = null,
    IReadOnlyList<double>? Upper = null
);
