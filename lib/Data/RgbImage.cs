using System.Buffers.Binary;
using System.Runtime.InteropServices;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats.Gif;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.Formats.Tiff;
using SixLabors.ImageSharp.Memory;
using SixLabors.ImageSharp.Metadata;
using SixLabors.ImageSharp.PixelFormats;
using SixLabors.ImageSharp.Processing;

namespace FanTrans.Data;

/// <summary>An image as plain bytes: 8-bit RGB, row after row from the top, no padding.</summary>
public sealed class RgbImage
{
    // 2^27 pixels: over 100 megapixels, and 400 MB as RGB.
    private const long MostPixels = 1L << 27;

    // No photograph is emptier than this; a few bytes that claim a huge image are an attack or damage.
    private const long PixelsOfAnyFile = 1L << 22,
        PixelsPerByte = 1000;
    private const int MostMegabytes = 2048;
    private const string Formats = "JPEG, PNG, WebP, BMP, TIFF, GIF or TGA";

    private static readonly HashSet<string> Endings = new(
        [
            ".jpg",
            ".jpeg",
            ".jpe",
            ".jfif",
            ".png",
            ".webp",
            ".bmp",
            ".dib",
            ".tif",
            ".tiff",
            ".gif",
            ".tga",
            ".pbm",
            ".pgm",
            ".ppm",
            ".heic",
            ".heif",
            ".avif",
        ],
        StringComparer.OrdinalIgnoreCase
    );

    private static readonly Configuration Decoding = FirstFramesWithLimits();

    /// <summary>Wraps pixels without copying them.</summary>
    /// <param name="width">Columns, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="pixels">Height x Width x 3 bytes: R, G, B of the first row's first pixel, and so on.</param>
    /// <exception cref="ArgumentException">A side is below 1, or the bytes do not fill the sides.</exception>
    public RgbImage(int width, int height, byte[] pixels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        if (width < 1 || height < 1)
            throw new ArgumentException(
                $"an image of {width} x {height} pixels has no content; each side is at least 1."
            );
        if (pixels.LongLength != 3L * width * height)
            throw new ArgumentException(
                $"pixels: expected {3L * width * height} bytes for {width} x {height} RGB, found {pixels.LongLength}.",
                nameof(pixels)
            );
        (Width, Height, Pixels) = (width, height, pixels);
    }

    /// <summary>A black picture.</summary>
    /// <param name="width">Columns, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <exception cref="ArgumentException">A side is below 1.</exception>
    public RgbImage(int width, int height)
        : this(width, height, new byte[3L * Math.Max(width, 0) * Math.Max(height, 0)]) { }

    /// <summary>A picture from three planes of numbers, as a loader gives them to a network.</summary>
    /// <param name="width">Columns, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="planes">3 x Height x Width values, 0 to 1 (beyond is clipped): the red plane,
    /// the green one, the blue one.</param>
    /// <exception cref="ArgumentException">A side is below 1, or the planes do not fill the sides.</exception>
    public static RgbImage FromPlanes(int width, int height, ReadOnlySpan<float> planes)
    {
        var image = new RgbImage(width, height);
        if (planes.Length != image.Pixels.Length)
            throw new ArgumentException(
                $"planes: expected {image.Pixels.Length} values for 3 x {height} x {width}, found {planes.Length}.",
                nameof(planes)
            );
        var pixels = image.Pixels;
        var red = planes[..(width * height)];
        ReadOnlySpan<float> green = planes.Slice(red.Length, red.Length),
            blue = planes[(2 * red.Length)..];
        for (var i = 0; i < red.Length; i++)
        {
            pixels[3 * i] = Byte(red[i]);
            pixels[(3 * i) + 1] = Byte(green[i]);
            pixels[(3 * i) + 2] = Byte(blue[i]);
        }
        return image;

        static byte Byte(float value) => (byte)Math.Clamp((int)((255 * value) + 0.5f), 0, 255);
    }

    /// <summary>The picture as three planes of numbers, as networks take it.</summary>
    /// <param name="planes">Takes 3 x Height x Width values, 0 to 1: the red plane,
    /// the green one, the blue one.</param>
    /// <exception cref="ArgumentException">The planes have another size.</exception>
    public void ToPlanes(Span<float> planes)
    {
        if (planes.Length != Pixels.Length)
            throw new ArgumentException(
                $"planes: expected {Pixels.Length} values for 3 x {Height} x {Width}, found {planes.Length}.",
                nameof(planes)
            );
        const float Scale = 1f / 255;
        var red = planes[..(Width * Height)];
        Span<float> green = planes.Slice(red.Length, red.Length),
            blue = planes[(2 * red.Length)..];
        for (var i = 0; i < red.Length; i++)
        {
            red[i] = Pixels[3 * i] * Scale;
            green[i] = Pixels[(3 * i) + 1] * Scale;
            blue[i] = Pixels[(3 * i) + 2] * Scale;
        }
    }

    /// <summary>Whether the ending of a file's name is one of an image that <see cref="Load"/> reads.</summary>
    /// <param name="path">The file; it is not opened.</param>
    public static bool IsImage(string path) => Endings.Contains(Path.GetExtension(path));

    /// <summary>Whether a file's content is an image, whatever its name.</summary>
    /// <param name="path">The file; only its beginning is read.</param>
    internal static bool HoldsImage(string path)
    {
        using var file = File.OpenRead(path);
        var head = new byte[Math.Min(64, file.Length)];
        file.ReadExactly(head);
        return StillFormat(head) is not null || Image.DetectFormat(Decoding, head) is not null;
    }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Height x Width x 3 bytes, 0 to 255; changing them changes the picture.</summary>
    public byte[] Pixels { get; }

    /// <summary>The colour of one pixel.</summary>
    /// <param name="x">Column, from 0 at the left.</param>
    /// <param name="y">Row, from 0 at the top.</param>
    /// <exception cref="ArgumentOutOfRangeException">The pixel lies outside the picture.</exception>
    public (byte R, byte G, byte B) this[int x, int y]
    {
        get
        {
            var at = Offset(x, y);
            return (Pixels[at], Pixels[at + 1], Pixels[at + 2]);
        }
        set
        {
            var at = Offset(x, y);
            (Pixels[at], Pixels[at + 1], Pixels[at + 2]) = value;
        }
    }

    /// <summary>
    /// Reads an image of any format that the kit knows, by its content: JPEG (CMYK too), PNG, WebP, BMP, TIFF, GIF or
    /// TGA of any depth, and HEIC or AVIF where ffmpeg can. Turned upright by its EXIF orientation; the first frame of
    /// several; grey becomes RGB, transparency is dropped.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The content is no image, a broken one or a too large one; the message
    /// names the file.</exception>
    public static RgbImage Load(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!File.Exists(path))
            throw new FileNotFoundException($"{path}: no such image.", path);
        var file = File.ReadAllBytes(path);
        if (StillFormat(file) is { } format)
            return LoadStill(path, format, file);
        try
        {
            return Decode(file);
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"{path}: {error.Message}", error);
        }
    }

    /// <summary>Reads the bytes of an image file, as <see cref="Load"/> does but for HEIC and AVIF.</summary>
    /// <param name="file">The whole file.</param>
    /// <exception cref="InvalidDataException">The content is no image, a broken one or a too large one.</exception>
    public static RgbImage Decode(byte[] file)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (file.Length == 0)
            throw new InvalidDataException($"expected an image ({Formats}), found an empty file");
        // A bitmap's colours stand before its pixels: ImageSharp makes room for as many as fit.
        if (
            file.Length >= 14
            && file.AsSpan().StartsWith("BM"u8)
            && BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(10)) is var start
            && start > file.Length
        )
        {
            throw new InvalidDataException(
                $"expected a whole image, found one of {file.Length} bytes with pixels from {start}"
            );
        }
        try
        {
            if (Image.Identify(Decoding, new CutOffGuard(file)) is not { } info)
                throw new InvalidDataException(
                    $"expected an image ({Formats}), found {StillFormat(file) ?? "something else"}"
                );
            var most = Math.Min(MostPixels, Math.Max(PixelsOfAnyFile, PixelsPerByte * file.Length));
            if ((long)info.Width * info.Height > most)
            {
                throw new InvalidDataException(
                    $"an image of {info.Width} x {info.Height} pixels in {file.Length} bytes, expected at most "
                        + $"{most} pixels"
                );
            }
            PngRows.Check(file);
            using var image = Image.Load<Rgb24>(Decoding, new CutOffGuard(file));
            image.Mutate(steps => steps.AutoOrient());
            return FromImage(image);
        }
        // Broken images end ImageSharp's decoders in many ways, an index out of range and more memory than there is
        // among them (a lossless WebP of any size may ask for 1.5 GB of Huffman tables).
        catch (Exception error) when (error is not InvalidDataException)
        {
            throw new InvalidDataException(
                $"expected an image ({Formats}), found a broken one: {FirstLine(error)}",
                error
            );
        }
    }

    /// <summary>Writes a PNG file, which keeps every pixel exactly.</summary>
    /// <param name="path">The file to write or replace.</param>
    public void SavePng(string path) => WholeFile.Write(path, file => file.Write(ToPng()), toDisk: false);

    /// <summary>The bytes of a PNG file, which keeps every pixel exactly.</summary>
    public byte[] ToPng()
    {
        using var image = ToImage();
        using var file = new MemoryStream();
        image.SaveAsPng(file);
        return file.ToArray();
    }

    /// <summary>The bytes of a JPEG file, which keeps the pixels roughly.</summary>
    /// <param name="quality">1, smallest, to 100, best.</param>
    /// <exception cref="ArgumentOutOfRangeException">The quality lies outside 1 to 100.</exception>
    public byte[] ToJpeg(int quality)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(quality, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quality, 100);
        using var image = ToImage();
        using var file = new MemoryStream();
        image.SaveAsJpeg(file, new JpegEncoder { Quality = quality });
        return file.ToArray();
    }

    /// <summary>
    /// The picture at another size, by linear interpolation when enlarging and by a triangle-weighted mean
    /// of every source pixel when reducing, so that small pictures do not alias.
    /// </summary>
    /// <param name="width">Columns, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side is below 1.</exception>
    public RgbImage Resize(int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        using var image = ToImage();
        image.Mutate(steps => steps.Resize(width, height, KnownResamplers.Triangle));
        return FromImage(image);
    }

    private static Configuration FirstFramesWithLimits()
    {
        var configuration = Configuration.Default.Clone();
        configuration.MemoryAllocator = MemoryAllocator.Create(
            new MemoryAllocatorOptions { AllocationLimitMegabytes = MostMegabytes }
        );
        configuration.StreamProcessingBufferSize = CutOffGuard.BufferSize;
        configuration.ImageFormatsManager.SetDecoder(
            GifFormat.Instance,
            new GifDecoder { DecodingMode = FrameDecodingMode.First }
        );
        configuration.ImageFormatsManager.SetDecoder(
            TiffFormat.Instance,
            new TiffDecoder { DecodingMode = FrameDecodingMode.First }
        );
        return configuration;
    }

    /// <summary>"HEIC" or "AVIF" for a still picture in an ISO container, else null.</summary>
    private static string? StillFormat(ReadOnlySpan<byte> file)
    {
        if (file.Length < 16 || !file[4..8].SequenceEqual("ftyp"u8))
            return null;
        var brands = file[8..Math.Min(file.Length, Math.Clamp(BinaryPrimitives.ReadInt32BigEndian(file), 16, 64))];
        return brands.IndexOf("avif"u8) >= 0 ? "AVIF"
            : brands.IndexOf("heic"u8) >= 0 || brands.IndexOf("heix"u8) >= 0 || brands.IndexOf("mif1"u8) >= 0 ? "HEIC"
            : null;
    }

    private static RgbImage LoadStill(string path, string format, ReadOnlySpan<byte> file)
    {
        var reason = "";
        // ffmpeg gives the first tile of a tiled image for the whole, and does not turn it.
        var head = file[..Math.Min(file.Length, 1 << 16)];
        if (head.IndexOf("grid"u8) >= 0 || head.IndexOf("irot"u8) >= 0)
        {
            reason = "it is made of tiles or turned";
        }
        else
        {
            try
            {
                return Ffmpeg.Picture(path);
            }
            catch (Exception error) when (error is InvalidDataException or InvalidOperationException)
            {
                reason = error.Message;
            }
        }
        throw new InvalidDataException(
            $"{path}: a picture in {format}, which ffmpeg here does not read ({reason}); convert it first, for example "
                + $"with 'heif-convert {Path.GetFileName(path)} "
                + $"{Path.GetFileNameWithoutExtension(path)}.png' (libheif) or ImageMagick."
        );
    }

    private static string FirstLine(Exception error) => error.Message.Split('\n')[0].TrimEnd();

    private static RgbImage FromImage(Image<Rgb24> image)
    {
        var pixels = GC.AllocateUninitializedArray<byte>(3 * image.Width * image.Height);
        image.CopyPixelDataTo(pixels);
        return new RgbImage(image.Width, image.Height, pixels);
    }

    private Image<Rgb24> ToImage() =>
        Image.LoadPixelData<Rgb24>(MemoryMarshal.Cast<byte, Rgb24>(Pixels), Width, Height);

    private int Offset(int x, int y)
    {
        if ((uint)x >= (uint)Width || (uint)y >= (uint)Height)
            throw new ArgumentOutOfRangeException(nameof(x), $"pixel ({x}, {y}) lies outside {Width} x {Height}.");
        return 3 * ((y * Width) + x);
    }
}
