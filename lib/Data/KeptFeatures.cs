namespace FanTrans.Data;

/// <summary>A batch's features in half precision, (B, C, h, w) row-major.</summary>
/// <param name="Values">B·C·h·w values.</param>
/// <param name="Channels">C.</param>
/// <param name="Height">h.</param>
/// <param name="Width">w.</param>
public sealed record KeptFeatures(Half[] Values, int Channels, int Height, int Width);
