namespace FanTrans.Data;

/// <summary>A batch's features in half precision, (B, C, h, w) row-major.</summary>
/// <param name="Values">B·C·h·w values.</param>
/// <param name="Channels">C.</param>
/// <param name="Height">h.</param>
/// <param name="Width">w.</param>
/// <param name="Mirrored">The same of the images mirrored left to right, or null where they were not kept.</param>
public sealed record KeptFeatures(Half[] Values, int Channels, int Height, int Width, Half[]? Mirrored = null);
