namespace SixLabors.ImageSharp.PixelFormats;

/// <summary>A pixel that converts from and to the formats that the decoders give.</summary>
public interface IPixel
{
    void FromL8(L8 source);

    void FromRgb24(Rgb24 source);

    void FromRgba32(Rgba32 source);

    void ToRgba32(ref Rgba32 dest);
}

/// <summary>A pixel type.</summary>
public interface IPixel<TSelf> : IPixel, IEquatable<TSelf>
    where TSelf : unmanaged, IPixel<TSelf>;
