using System.Buffers.Binary;
using System.Runtime.InteropServices;
using SixLabors.ImageSharp.PixelFormats;

namespace SixLabors.ImageSharp.Formats;

/// <summary>JPEG through libturbojpeg.</summary>
internal static unsafe class JpegCodec
{
    // Values of turbojpeg.h.
    private const int FormatRgb = 0;
    private const int FormatGray = 6;
    private const int FormatRgba = 7;
    private const int Sampling420 = 2;
    private const int SamplingGray = 3;
    private const int ColorCmyk = 3;
    private const int ErrorIsWarning = 0;

    private const byte StartOfScan = 0xDA;
    private const byte App1 = 0xE1;

    internal static bool Matches(ReadOnlySpan<byte> data) => data.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]);

    internal static Image<TPixel> Decode<TPixel>(ReadOnlySpan<byte> data)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        var handle = Native.tjInitDecompress();
        if (handle == 0)
            throw new OutOfMemoryException("libturbojpeg gave no decoder.");
        try
        {
            fixed (byte* jpeg = data)
            {
                if (Native.tjDecompressHeader3(handle, jpeg, (nuint)data.Length, out var width, out var height, out _, out var color) != 0)
                    throw Broken(handle);
                PixelBuffer.CheckSides("JPEG", width, height);
                if (color >= ColorCmyk)
                    throw new InvalidImageContentException("JPEG: four-channel (CMYK) pictures cannot be read here.");

                var pixels = new Rgb24[width * height];
                fixed (Rgb24* target = pixels)
                {
                    if (Native.tjDecompress2(handle, jpeg, (nuint)data.Length, (byte*)target, width, 0, height, FormatRgb, 0) != 0
                        && !IsHarmless(handle))
                        throw Broken(handle);
                }
                return new Image<TPixel>(PixelBuffer.FromRgb<TPixel>(pixels), new Size(width, height))
                {
                    Orientation = ReadOrientation(data),
                };
            }
        }
        finally
        {
            _ = Native.tjDestroy(handle);
        }
    }

    internal static byte[] Encode<TPixel>(Image<TPixel> image, int quality)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        var handle = Native.tjInitCompress();
        if (handle == 0)
            throw new OutOfMemoryException("libturbojpeg gave no encoder.");
        byte* jpeg = null;
        try
        {
            var format = sizeof(TPixel) switch { 1 => FormatGray, 3 => FormatRgb, _ => FormatRgba };
            var sampling = format == FormatGray ? SamplingGray : Sampling420;
            nuint size = 0;
            fixed (TPixel* source = image.Pixels)
            {
                if (Native.tjCompress2(handle, (byte*)source, image.Width, 0, image.Height, format, &jpeg, &size, sampling, quality, 0) != 0)
                    throw new ImageProcessingException($"JPEG: {Message(handle)}");
            }
            return new ReadOnlySpan<byte>(jpeg, checked((int)size)).ToArray();
        }
        finally
        {
            Native.tjFree(jpeg);
            _ = Native.tjDestroy(handle);
        }
    }

    // Stray bytes between segments and an odd application header leave every pixel decoded; cameras write both.
    // Everything else that libjpeg warns of (data that ends early, codes that do not exist) loses pixels.
    private static bool IsHarmless(nint handle) =>
        Native.tjGetErrorCode(handle) == ErrorIsWarning
        && Message(handle) is var message
        && (message.Contains("extraneous bytes", StringComparison.Ordinal)
            || message.Contains("JFIF", StringComparison.Ordinal)
            || message.Contains("Adobe", StringComparison.Ordinal));

    private static InvalidImageContentException Broken(nint handle) => new($"JPEG: {Message(handle)}");

    private static string Message(nint handle) => Marshal.PtrToStringUTF8(Native.tjGetErrorStr2(handle)) ?? "unknown error";

    private static int ReadOrientation(ReadOnlySpan<byte> data)
    {
        var at = 2;
        while (at + 4 <= data.Length && data[at] == 0xFF)
        {
            var marker = data[at + 1];
            if (marker == 0xFF)
            {
                at++; // a fill byte
                continue;
            }
            var length = BinaryPrimitives.ReadUInt16BigEndian(data[(at + 2)..]);
            if (marker == StartOfScan || length < 2 || at + 2 + length > data.Length)
                return 1;
            var content = data.Slice(at + 4, length - 2);
            if (marker == App1 && content.StartsWith("Exif\0\0"u8))
                return ExifOrientation.Read(content[6..]);
            at += 2 + length;
        }
        return 1;
    }
}
