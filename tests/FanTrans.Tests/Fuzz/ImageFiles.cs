using System.Buffers.Binary;
using FanTrans.Data;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats;
using SixLabors.ImageSharp.Formats.Bmp;
using SixLabors.ImageSharp.Formats.Gif;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.Formats.Pbm;
using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.Formats.Tga;
using SixLabors.ImageSharp.Formats.Tiff;
using SixLabors.ImageSharp.Formats.Tiff.Constants;
using SixLabors.ImageSharp.Formats.Webp;
using SixLabors.ImageSharp.PixelFormats;

namespace FanTrans.Tests.Fuzz;

/// <summary>A small image in every format, by the format's name.</summary>
internal static class ImageFiles
{
    public const int Width = 20,
        Height = 12;

    public static IReadOnlyDictionary<string, byte[][]> All { get; } =
        new Dictionary<string, IImageEncoder[]>
        {
            ["JPEG"] =
            [
                new JpegEncoder(),
                new JpegEncoder { ColorType = JpegColorType.Cmyk },
                new JpegEncoder { ColorType = JpegColorType.Luminance },
            ],
            ["PNG"] =
            [
                new PngEncoder(),
                new PngEncoder { ColorType = PngColorType.Palette },
                new PngEncoder { InterlaceMethod = PngInterlaceMode.Adam7, BitDepth = PngBitDepth.Bit16 },
                new PngEncoder { InterlaceMethod = PngInterlaceMode.Adam7, ColorType = PngColorType.Palette },
            ],
            ["WebP"] = [new WebpEncoder(), new WebpEncoder { FileFormat = WebpFileFormatType.Lossless }],
            ["BMP"] = [new BmpEncoder(), new BmpEncoder { BitsPerPixel = BmpBitsPerPixel.Pixel8 }],
            ["GIF"] = [new GifEncoder()],
            ["TIFF"] =
            [
                .. new[]
                {
                    TiffCompression.None,
                    TiffCompression.Lzw,
                    TiffCompression.Deflate,
                    TiffCompression.PackBits,
                }.Select(compression => new TiffEncoder { Compression = compression }),
            ],
            ["TGA and PBM"] = [new TgaEncoder { Compression = TgaCompression.RunLength }, new PbmEncoder()],
        }.ToDictionary(format => format.Key, format => Array.ConvertAll(format.Value, Encoded));

    /// <summary>Gives each chunk of a PNG file the checksum of its content.</summary>
    public static byte[] RepairPng(byte[] file)
    {
        file = [.. file];
        for (long at = 8; at + 12 <= file.Length; )
        {
            long length = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan((int)at)),
                end = at + 8 + length;
            if (end + 4 > file.Length)
                break;
            BinaryPrimitives.WriteUInt32BigEndian(
                file.AsSpan((int)end),
                Crc32(file.AsSpan((int)at + 4, (int)length + 4))
            );
            at = end + 4;
        }
        return file;
    }

    private static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ (0xEDB88320 & (0 - (crc & 1)));
        }
        return ~crc;
    }

    private static byte[] Encoded(IImageEncoder encoder)
    {
        var pixels = new byte[3 * Width * Height];
        var random = new SeededRandom(1);
        for (var i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)((i / 4) + random.Below(8));
        using var image = Image.LoadPixelData<Rgb24>(pixels, Width, Height);
        using var file = new MemoryStream();
        image.Save(file, encoder);
        return file.ToArray();
    }
}
