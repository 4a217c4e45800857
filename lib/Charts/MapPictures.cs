using FanTrans.Data;

namespace FanTrans.Charts;

/// <summary>Maps of numbers as pictures, for figures of many of them.</summary>
internal static class MapPictures
{
    private const int LeastSide = 96;
    private const int Shades = 256;

    private static readonly (double R, double G, double B, double Opacity)[] Heat = ShadesOf(Palette.Heat),
        FromBlueToRed = ShadesOf(Palette.Signed);

    /// <summary>A map laid over a picture in the colours of heat, its cells blended into each other.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="heat">Rows x columns, spread evenly over the picture.</param>
    /// <param name="largest">The value of the darkest colour; none is 0 or below.</param>
    public static RgbImage Over(RgbImage image, double[,] heat, double largest)
    {
        var picture = new RgbImage(image.Width, image.Height);
        for (var y = 0; y < image.Height; y++)
        {
            for (var x = 0; x < image.Width; x++)
            {
                var value = Between(
                    heat,
                    ((x + 0.5) * heat.GetLength(1) / image.Width) - 0.5,
                    ((y + 0.5) * heat.GetLength(0) / image.Height) - 0.5
                );
                var (r, g, b, opacity) = Heat[Shade(value / largest)];
                var at = 3 * ((y * image.Width) + x);
                picture.Pixels[at] = Blend(image.Pixels[at], r, opacity);
                picture.Pixels[at + 1] = Blend(image.Pixels[at + 1], g, opacity);
                picture.Pixels[at + 2] = Blend(image.Pixels[at + 2], b, opacity);
            }
        }
        return picture;
    }

    /// <summary>A map by itself: blue below 0, white at 0, red above,
    /// up to its own largest magnitude; each cell a square.</summary>
    public static RgbImage Signed(double[,] map)
    {
        var (rows, columns) = (map.GetLength(0), map.GetLength(1));
        var largest = Math.Max(map.Cast<double>().Max(Math.Abs), 1e-12);
        var cell = Math.Max(1, (LeastSide + Math.Max(rows, columns) - 1) / Math.Max(rows, columns));
        var picture = new RgbImage(columns * cell, rows * cell);
        for (var y = 0; y < picture.Height; y++)
        {
            for (var x = 0; x < picture.Width; x++)
            {
                var (r, g, b, _) = FromBlueToRed[Shade(((map[y / cell, x / cell] / largest) + 1) / 2)];
                var at = 3 * ((y * picture.Width) + x);
                (picture.Pixels[at], picture.Pixels[at + 1], picture.Pixels[at + 2]) = ((byte)r, (byte)g, (byte)b);
            }
        }
        return picture;
    }

    private static (double R, double G, double B, double Opacity)[] ShadesOf(object[][] scale) =>
        [.. Enumerable.Range(0, Shades).Select(i => Palette.ColorAt(scale, i / (Shades - 1.0)))];

    private static int Shade(double share) => (int)Math.Round(Math.Clamp(share, 0, 1) * (Shades - 1));

    private static double Between(double[,] map, double x, double y)
    {
        int rows = map.GetLength(0),
            columns = map.GetLength(1);
        double At(int row, int column) => map[Math.Clamp(row, 0, rows - 1), Math.Clamp(column, 0, columns - 1)];

        var (left, top) = ((int)Math.Floor(x), (int)Math.Floor(y));
        var (fx, fy) = (x - left, y - top);
        var above = (At(top, left) * (1 - fx)) + (At(top, left + 1) * fx);
        var below = (At(top + 1, left) * (1 - fx)) + (At(top + 1, left + 1) * fx);
        return (above * (1 - fy)) + (below * fy);
    }

    private static byte Blend(byte under, double over, double opacity) =>
        (byte)Math.Round((under * (1 - opacity)) + (over * opacity));
}
