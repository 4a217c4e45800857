using System.Runtime.InteropServices;
using SixLabors.ImageSharp.Formats;
using SixLabors.ImageSharp.PixelFormats;

namespace SixLabors.ImageSharp;

/// <summary>A picture of any pixel type, and the ways to make one.</summary>
public abstract class Image : IDisposable
{
    private protected Image(Size size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size.Width, 1, "width");
        ArgumentOutOfRangeException.ThrowIfLessThan(size.Height, 1, "height");
        Size = size;
    }

    public Size Size { get; private protected set; }

    public int Width => Size.Width;

    public int Height => Size.Height;

    public Rectangle Bounds => new(0, 0, Width, Height);

    /// <summary>The EXIF orientation that the file carried, 1 to 8; 1 is upright.</summary>
    internal int Orientation { get; set; } = 1;

    public static Image<TPixel> Load<TPixel>(string path)
        where TPixel : unmanaged, IPixel<TPixel> => Load<TPixel>(File.ReadAllBytes(path));

    public static Image<TPixel> Load<TPixel>(Stream stream)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var buffer = new MemoryStream();
        stream.CopyTo(buffer);
        return Load<TPixel>(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }

    public static Image<TPixel> Load<TPixel>(ReadOnlySpan<byte> data)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        if (JpegCodec.Matches(data))
            return JpegCodec.Decode<TPixel>(data);
        if (PngCodec.Matches(data))
            return PngCodec.Decode<TPixel>(data);
        throw new UnknownImageFormatException(
            $"The data ({data.Length} bytes) is neither a JPEG nor a PNG, the formats that can be read here.");
    }

    public static Image<TPixel> LoadPixelData<TPixel>(ReadOnlySpan<TPixel> data, int width, int height)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        var image = new Image<TPixel>(width, height);
        if (data.Length < image.Pixels.Length)
            throw new ArgumentException(
                $"expected {image.Pixels.Length} pixels for {width} x {height}, found {data.Length}.", nameof(data));
        data[..image.Pixels.Length].CopyTo(image.Pixels);
        return image;
    }

    public static Image<TPixel> LoadPixelData<TPixel>(ReadOnlySpan<byte> data, int width, int height)
        where TPixel : unmanaged, IPixel<TPixel> =>
        LoadPixelData(MemoryMarshal.Cast<byte, TPixel>(data), width, height);

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);

    internal abstract byte[] EncodePng();

    internal abstract byte[] EncodeJpeg(int quality);
}
