namespace FanTrans.Charts;

/// <summary>One value for every pair of action units.</summary>
/// <param name="Name">What it is, for example "labels" or "learned keep probability".</param>
/// <param name="Values">N x N, rows and columns in the figure's order of action units; NaN leaves a cell empty.</param>
public sealed record UnitMatrix(string Name, double[,] Values);
