using System.Runtime.InteropServices;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.PixelFormats;
using SixLabors.ImageSharp.Processing;

namespace FanTrans.Data;

/// <summary>A picture as plain bytes: 8-bit RGB, row after row from the top, no padding.</summary>
public sealed class RgbImage
{
    /// <summary>Wraps pixels without copying them.</summary>
    /// <param name="width">Columns, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="pixels">Height x Width x 3 bytes: R, G, B of the first row's first pixel, and so on.</param>
    /// <exception cref="ArgumentException">A side is below 1, or the bytes do not fill the sides.</exception>
    public RgbImage(int width, int height, byte[] pixels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        if (width < 1 || height < 1)
            throw new ArgumentException($"an image of {width} x {height} pixels has no content; each side is at least 1.");
        if (pixels.LongLength != 3L * width * height)
            throw new ArgumentException(
                $"pixels: expected {3L * width * height} bytes for {width} x {height} RGB, found {pixels.LongLength}.",
                nameof(pixels));
        (Width, Height, Pixels) = (width, height, pixels);
    }

    /// <summary>A black picture.</summary>
    /// <param name="width">Columns, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <exception cref="ArgumentException">A side is below 1.</exception>
    public RgbImage(int width, int height)
        : this(width, height, new byte[3L * Math.Max(width, 0) * Math.Max(height, 0)])
    {
    }

    /// <summary>A picture from three planes of numbers, as a loader gives them to a network.</summary>
    /// <param name="width">Columns, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="planes">3 x Height x Width values, 0 to 1 (beyond is clipped): the red plane, the green one, the blue one.</param>
    /// <exception cref="ArgumentException">A side is below 1, or the planes do not fill the sides.</exception>
    public static RgbImage FromPlanes(int width, int height, ReadOnlySpan<float> planes)
    {
        var image = new RgbImage(width, height);
        if (planes.Length != image.Pixels.Length)
            throw new ArgumentException(
                $"planes: expected {image.Pixels.Length} values for 3 x {height} x {width}, found {planes.Length}.", nameof(planes));
        var pixels = image.Pixels;
        ReadOnlySpan<float> red = planes[..(width * height)], green = planes.Slice(red.Length, red.Length), blue = planes[(2 * red.Length)..];
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
    /// <param name="planes">Takes 3 x Height x Width values, 0 to 1: the red plane, the green one, the blue one.</param>
    /// <exception cref="ArgumentException">The planes have another size.</exception>
    public void ToPlanes(Span<float> planes)
    {
        if (planes.Length != Pixels.Length)
            throw new ArgumentException(
                $"planes: expected {Pixels.Length} values for 3 x {Height} x {Width}, found {planes.Length}.", nameof(planes));
        const float Scale = 1f / 255;
        Span<float> red = planes[..(Width * Height)], green = planes.Slice(red.Length, red.Length), blue = planes[(2 * red.Length)..];
        for (var i = 0; i < red.Length; i++)
        {
            red[i] = Pixels[3 * i] * Scale;
            green[i] = Pixels[(3 * i) + 1] * Scale;
            blue[i] = Pixels[(3 * i) + 2] * Scale;
        }
    }

    /// <summary>Whether a file is a picture that <see cref="Load"/> reads, by its ending.</summary>
    /// <param name="path">The file.</param>
    public static bool IsPicture(string path) => PictureFolder.IsPicture(path);

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

    /// <summary>Reads a JPEG or PNG file, turned upright by its EXIF orientation.</summary>
    /// <param name="path">The file; grey pictures become RGB, transparency is dropped.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The content is no picture, or a broken one; the message names the file.</exception>
    public static RgbImage Load(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!File.Exists(path))
            throw new FileNotFoundException($"{path}: no such picture.", path);
        try
        {
            return Decode(File.ReadAllBytes(path));
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"{path}: {error.Message}", error);
        }
    }

    /// <summary>Reads the bytes of a JPEG or PNG file, turned upright by its EXIF orientation.</summary>
    /// <param name="file">The whole file.</param>
    /// <exception cref="InvalidDataException">The content is no picture, or a broken one.</exception>
    public static RgbImage Decode(ReadOnlySpan<byte> file)
    {
        if (file.IsEmpty)
            throw new InvalidDataException("expected a JPEG or PNG picture, found an empty file");
        try
        {
            using var image = Image.Load<Rgb24>(file);
            image.Mutate(steps => steps.AutoOrient());
            return FromImage(image);
        }
        catch (Exception error) when (error is UnknownImageFormatException or InvalidImageContentException)
        {
            throw new InvalidDataException($"expected a JPEG or PNG picture, found: {error.Message}", error);
        }
    }

    /// <summary>Writes a PNG file, which keeps every pixel exactly.</summary>
    /// <param name="path">The file to write or replace.</param>
    public void SavePng(string path) => File.WriteAllBytes(path, ToPng());

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
