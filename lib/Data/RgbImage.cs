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

    private int Offset(int x, int y)
    {
        if ((uint)x >= (uint)Width || (uint)y >= (uint)Height)
            throw new ArgumentOutOfRangeException(nameof(x), $"pixel ({x}, {y}) lies outside {Width} x {Height}.");
        return 3 * ((y * Width) + x);
    }
}
