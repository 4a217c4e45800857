namespace FanTrans.Charts;

/// <summary>
/// The kit's figures. Each takes plain arrays and gives a finished <see cref="Figure"/>, at most 820 pixels wide;
/// action units always come in the order given, which should be that of the data.
/// </summary>
public static partial class Figures
{
    private const int PageWidth = 820;
}
