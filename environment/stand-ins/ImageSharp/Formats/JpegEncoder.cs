namespace SixLabors.ImageSharp.Formats.Jpeg;

/// <summary>How a JPEG is written.</summary>
public sealed class JpegEncoder
{
    internal const int DefaultQuality = 75;

    /// <summary>1 to 100; 75 where nothing is said.</summary>
    public int? Quality
    {
        get;
        init => field = value is null or (>= 1 and <= 100)
            ? value
            : throw new ArgumentException("Quality factor must be in [1..100] range.");
    }
}
