using FanTrans.Data;

namespace FanTrans.Prediction;

/// <summary>A picture with what was found in it: the landmarks, the crop, and for each action unit its number and probability.</summary>
public static class FaceOverlay
{
    private static readonly (byte R, byte G, byte B) Green = (60, 220, 90), Grey = (150, 150, 150), White = (255, 255, 255), Black = (0, 0, 0);

    // Five rows of three pixels each, the top row in the highest bits.
    private static readonly int[] Digits = [0x7B6F, 0x2C97, 0x73E7, 0x73CF, 0x5BC9, 0x79CF, 0x79EF, 0x7249, 0x7BEF, 0x7BCF];

    /// <summary>Draws onto a copy.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="prediction">What was found in it.</param>
    /// <param name="threshold">A probability of at least this is drawn as present.</param>
    public static RgbImage Draw(RgbImage image, FacePrediction prediction, double threshold = 0.5)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(prediction);
        var copy = new RgbImage(image.Width, image.Height, [.. image.Pixels]);
        // At this unit the column of bars takes at most half of the picture's height.
        var unit = Math.Max(1, Math.Min(image.Width, image.Height) / (2 * 7 * Math.Max(12, prediction.ActionUnits.Count)));
        var crop = prediction.Face.Crop;
        int left = (int)(crop.CenterX - (crop.Side / 2)), top = (int)(crop.CenterY - (crop.Side / 2)), side = (int)crop.Side;
        Fill(copy, left, top, side, unit, Grey);
        Fill(copy, left, top + side, side, unit, Grey);
        Fill(copy, left, top, unit, side, Grey);
        Fill(copy, left + side, top, unit, side, Grey);
        for (var k = 0; k < Ibug68.Count; k++)
        {
            var (x, y) = ((int)prediction.Face.Landmarks[2 * k], (int)prediction.Face.Landmarks[(2 * k) + 1]);
            Fill(copy, x - unit, y - unit, 1 + (2 * unit), 1 + (2 * unit), Green);
        }
        for (var n = 0; n < prediction.ActionUnits.Count; n++)
        {
            var y = unit * (1 + (7 * n));
            var p = prediction.Probabilities[n];
            Fill(copy, 0, y - unit, 52 * unit, 7 * unit, Black);
            Write(copy, unit, y, unit, prediction.ActionUnits[n]);
            Fill(copy, 11 * unit, y + unit, (int)(40 * unit * p), 3 * unit, p >= threshold ? Green : Grey);
        }
        return copy;
    }

    private static void Write(RgbImage image, int x, int y, int unit, int number)
    {
        foreach (var digit in $"{number,2}")
        {
            for (var bit = 0; bit < 15 && digit != ' '; bit++)
            {
                if ((Digits[digit - '0'] >> (14 - bit) & 1) == 1)
                    Fill(image, x + (unit * (bit % 3)), y + (unit * (bit / 3)), unit, unit, White);
            }
            x += 4 * unit;
        }
    }

    private static void Fill(RgbImage image, int left, int top, int width, int height, (byte R, byte G, byte B) color)
    {
        for (var y = Math.Max(0, top); y < Math.Min(image.Height, top + height); y++)
        {
            for (var x = Math.Max(0, left); x < Math.Min(image.Width, left + width); x++)
            {
                var at = 3 * ((y * image.Width) + x);
                (image.Pixels[at], image.Pixels[at + 1], image.Pixels[at + 2]) = color;
            }
        }
    }
}
