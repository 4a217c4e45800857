using System.Runtime.CompilerServices;
using SixLabors.ImageSharp.PixelFormats;

namespace SixLabors.ImageSharp.Formats;

/// <summary>Makes an image of any pixel type from decoded RGB or RGBA bytes.</summary>
internal static class PixelBuffer
{
    // An array of .NET holds at most 2^31 elements, and a header that asks for more is broken or hostile.
    private const long MostPixels = 1L << 28;

    internal static void CheckSides(string format, long width, long height)
    {
        if (width < 1 || height < 1 || width * height > MostPixels)
            throw new InvalidImageContentException(
                $"{format}: the header says {width} x {height} pixels; expected 1 to {MostPixels} in all.");
    }

    internal static TPixel[] FromRgb<TPixel>(Rgb24[] source)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        if (typeof(TPixel) == typeof(Rgb24))
            return Unsafe.As<TPixel[]>(source);
        var pixels = new TPixel[source.Length];
        for (var i = 0; i < pixels.Length; i++)
            pixels[i].FromRgb24(source[i]);
        return pixels;
    }

    internal static TPixel[] FromRgba<TPixel>(Rgba32[] source)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        if (typeof(TPixel) == typeof(Rgba32))
            return Unsafe.As<TPixel[]>(source);
        var pixels = new TPixel[source.Length];
        for (var i = 0; i < pixels.Length; i++)
            pixels[i].FromRgba32(source[i]);
        return pixels;
    }
}
