using System.Runtime.InteropServices;
using SixLabors.ImageSharp.Formats;
using SixLabors.ImageSharp.PixelFormats;

namespace SixLabors.ImageSharp;

/// <summary>A picture: rows of pixels from the top, without padding.</summary>
public sealed class Image<TPixel> : Image
    where TPixel : unmanaged, IPixel<TPixel>
{
    private TPixel[]? pixels;

    public Image(int width, int height)
        : this(new TPixel[(long)Math.Max(width, 0) * Math.Max(height, 0)], new Size(width, height))
    {
    }

    public Image(int width, int height, TPixel backgroundColor)
        : this(width, height) => Pixels.AsSpan().Fill(backgroundColor);

    internal Image(TPixel[] pixels, Size size)
        : base(size) => this.pixels = pixels;

    internal TPixel[] Pixels
    {
        get
        {
            ObjectDisposedException.ThrowIf(pixels is null, this);
            return pixels;
        }
    }

    public TPixel this[int x, int y]
    {
        get => Pixels[Offset(x, y)];
        set => Pixels[Offset(x, y)] = value;
    }

    public Image<TPixel> Clone() => new((TPixel[])Pixels.Clone(), Size) { Orientation = Orientation };

    public void CopyPixelDataTo(Span<TPixel> destination) => Pixels.CopyTo(destination);

    public void CopyPixelDataTo(Span<byte> destination) =>
        MemoryMarshal.AsBytes<TPixel>(Pixels).CopyTo(destination);

    public bool DangerousTryGetSinglePixelMemory(out Memory<TPixel> memory)
    {
        memory = Pixels;
        return true;
    }

    public void ProcessPixelRows(PixelAccessorAction<TPixel> processPixels)
    {
        ArgumentNullException.ThrowIfNull(processPixels);
        processPixels(new PixelAccessor<TPixel>(Pixels, Width, Height));
    }

    public override string ToString() => $"Image<{typeof(TPixel).Name}>: {Width}x{Height}";

    protected override void Dispose(bool disposing) => pixels = null;

    internal void Replace(TPixel[] newPixels, Size size) => (pixels, Size) = (newPixels, size);

    internal override byte[] EncodePng() => PngCodec.Encode(this);

    internal override byte[] EncodeJpeg(int quality) => JpegCodec.Encode(this, quality);

    private int Offset(int x, int y)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(x);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(x, Width);
        ArgumentOutOfRangeException.ThrowIfNegative(y);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(y, Height);
        return (y * Width) + x;
    }
}
