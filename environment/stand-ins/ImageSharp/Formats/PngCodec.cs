using System.Buffers.Binary;
using System.Runtime.InteropServices;
using SixLabors.ImageSharp.PixelFormats;

namespace SixLabors.ImageSharp.Formats;

/// <summary>PNG through libpng's simplified interface, which needs no setjmp and so can be called from managed code.</summary>
internal static unsafe class PngCodec
{
    // Values of png.h.
    private const uint Version = 1;
    private const uint FormatGray = 0;
    private const uint FormatRgb = 2;
    private const uint FormatRgba = 3;
    private const uint SixteenBitIsSrgb = 4;

    private const int ChunkOverhead = 12;

    private static ReadOnlySpan<byte> Signature => [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    internal static bool Matches(ReadOnlySpan<byte> data) => data.StartsWith(Signature);

    internal static Image<TPixel> Decode<TPixel>(ReadOnlySpan<byte> data)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        data = WithoutColorSpace(data, out var orientation);
        var header = new PngImage { Version = Version };
        fixed (byte* png = data)
        {
            try
            {
                if (Native.png_image_begin_read_from_memory(&header, png, (nuint)data.Length) == 0)
                    throw Broken(&header);
                PixelBuffer.CheckSides("PNG", header.Width, header.Height);

                // Always with alpha: without it libpng would blend transparent pixels with a background.
                header.Format = FormatRgba;
                header.Flags |= SixteenBitIsSrgb;
                var size = new Size((int)header.Width, (int)header.Height);
                var pixels = new Rgba32[size.Width * size.Height];
                fixed (Rgba32* target = pixels)
                {
                    if (Native.png_image_finish_read(&header, null, target, 0, null) == 0)
                        throw Broken(&header);
                }
                return new Image<TPixel>(PixelBuffer.FromRgba<TPixel>(pixels), size) { Orientation = orientation };
            }
            finally
            {
                Native.png_image_free(&header);
            }
        }
    }

    internal static byte[] Encode<TPixel>(Image<TPixel> image)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        var header = new PngImage
        {
            Version = Version,
            Width = (uint)image.Width,
            Height = (uint)image.Height,
            Format = sizeof(TPixel) switch { 1 => FormatGray, 3 => FormatRgb, _ => FormatRgba },
        };

        // Deflate grows data that it cannot shrink by less than 1 in 1000, and each row has a filter byte.
        var raw = ((long)image.Width * sizeof(TPixel) + 1) * image.Height;
        var png = new byte[checked((int)(raw + (raw / 500) + 4096))];
        var size = (nuint)png.Length;
        fixed (TPixel* source = image.Pixels)
        fixed (byte* target = png)
        {
            var written = Native.png_image_write_to_memory(&header, target, &size, 0, source, 0, null);
            Native.png_image_free(&header);
            if (written == 0)
                throw new ImageProcessingException($"PNG: {Marshal.PtrToStringUTF8((nint)header.Message)}");
        }
        return png[..(int)size];
    }

    // The pixels are wanted as they are stored, as ImageSharp gives them, and libpng would convert them by these
    // chunks. The walk also finds the EXIF orientation, and a file that ends inside a chunk.
    private static ReadOnlySpan<byte> WithoutColorSpace(ReadOnlySpan<byte> data, out int orientation)
    {
        orientation = 1;
        var kept = new MemoryStream(data.Length);
        kept.Write(Signature);
        var at = Signature.Length;
        while (at < data.Length)
        {
            var length = data.Length - at < ChunkOverhead ? -1 : BinaryPrimitives.ReadInt32BigEndian(data[at..]);
            if (length < 0 || length > data.Length - at - ChunkOverhead)
                throw new InvalidImageContentException(
                    $"PNG: the data ends inside the chunk that begins at byte {at} of {data.Length}.");
            var chunk = data.Slice(at, length + ChunkOverhead);
            var type = chunk.Slice(4, 4);
            if (type.SequenceEqual("eXIf"u8))
                orientation = ExifOrientation.Read(chunk.Slice(8, length));
            if (!type.SequenceEqual("gAMA"u8) && !type.SequenceEqual("cHRM"u8)
                && !type.SequenceEqual("sRGB"u8) && !type.SequenceEqual("iCCP"u8))
                kept.Write(chunk);
            at += chunk.Length;
            if (type.SequenceEqual("IEND"u8))
                return kept.GetBuffer().AsSpan(0, (int)kept.Length);
        }
        throw new InvalidImageContentException($"PNG: the data ends after {data.Length} bytes without its end chunk.");
    }

    private static InvalidImageContentException Broken(PngImage* header) =>
        new($"PNG: {Marshal.PtrToStringUTF8((nint)header->Message)}");
}
