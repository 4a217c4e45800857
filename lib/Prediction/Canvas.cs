using FanTrans.Data;

namespace FanTrans.Prediction;

/// <summary>
/// Draws smooth lines, dots and text on a picture. The letters are strokes of this kit's own, so that no font needs to
/// be installed where no screen is.
/// </summary>
internal sealed class Canvas(RgbImage image)
{
    // Points as pairs of digits on a grid 4 wide and 6 high (8 with what hangs below); strokes are parted by blanks.
    private static readonly Dictionary<char, (double X, double Y)[][]> Letters = Parse(
        """
        A062046 1434 B00063645443303 3342413000 C4130100105163645 D00062644422000 E40000646 0333 F400006 0333
        G41301001051636454323 H0006 4046 0343 I1030 2026 1636 J4045361605 K0006 400346 L000646 M0600234046 N06004640
        O103041453616050110 P06003041423303 Q103041453616050110 2446 R06003041423303 2346 S413010010213334445361605
        T0040 2026 U000516364540 V002640 W0016233640 X0046 4006 Y002340 2326 Z00400646
        a1232434616051444 b0006364543321203 c4332120305163645 d4046160503123243 e044443321203051646 f40302126 1242
        g46160503124247381807 h0006 0312324346 i2226 2020 j32372818 3030 k0006 420446 l102026 1636
        m0602 03122326 23324346 n0602 0312324346 o123243453616050312 p0208 0312324345361605 q4248 4332120305163645
        r0602 042242 s4212031434453606 t20253646 1242 u0205163645 4246 v022642 w0216243642 x0246 4206 y0226 4218 z02420646
        0103041453616050110 1112026 1636 201103041420646 301103041423313 334445361605 436300444 5400002324345361605
        6413010010516364544331304 7004016 813020110304142331304051636454433 9051636454130100102133342
        .1616 ,1617 :1313 1616 -1333 +1353 3123 %0640 0101 4545 (30212536 )10212516 /0640 _0747 '2021 =0242 0444 ?011030414224 2626
        """
    );

    // From one letter to the next, in heights of the capitals.
    public const double Advance = 0.87;

    public RgbImage Image => image;

    /// <summary>Draws a text from its upper left corner.</summary>
    public void Text(
        string text,
        double x,
        double y,
        double height,
        (byte R, byte G, byte B) color,
        double weight = 0.13
    )
    {
        var unit = height / 6;
        foreach (var letter in text)
        {
            foreach (var stroke in Letters.GetValueOrDefault(letter, letter == ' ' ? [] : Letters['?']))
            {
                for (var k = 1; k < stroke.Length; k++)
                    Line(
                        x + (unit * stroke[k - 1].X),
                        y + (unit * stroke[k - 1].Y),
                        x + (unit * stroke[k].X),
                        y + (unit * stroke[k].Y),
                        weight * height,
                        color
                    );
            }
            x += Advance * height;
        }
    }

    /// <summary>Draws a line with round ends; of no length it is a dot.</summary>
    public void Line(double x0, double y0, double x1, double y1, double width, (byte R, byte G, byte B) color)
    {
        double dx = x1 - x0,
            dy = y1 - y0,
            square = (dx * dx) + (dy * dy),
            half = width / 2;
        for (
            var y = Lower(Math.Min(y0, y1) - half, image.Height);
            y < Upper(Math.Max(y0, y1) + half, image.Height);
            y++
        )
        {
            for (
                var x = Lower(Math.Min(x0, x1) - half, image.Width);
                x < Upper(Math.Max(x0, x1) + half, image.Width);
                x++
            )
            {
                double px = x + 0.5 - x0,
                    py = y + 0.5 - y0;
                var along = square > 0 ? Math.Clamp(((px * dx) + (py * dy)) / square, 0, 1) : 0;
                var (ex, ey) = (px - (along * dx), py - (along * dy));
                Blend(x, y, color, Math.Clamp(half + 0.5 - Math.Sqrt((ex * ex) + (ey * ey)), 0, 1));
            }
        }
    }

    /// <summary>Fills a rectangle.</summary>
    public void Fill(double left, double top, double width, double height, (byte R, byte G, byte B) color)
    {
        for (var y = Lower(top, image.Height); y < Upper(top + height, image.Height); y++)
        {
            for (var x = Lower(left, image.Width); x < Upper(left + width, image.Width); x++)
            {
                Blend(
                    x,
                    y,
                    color,
                    Math.Clamp(Math.Min(x + 1, left + width) - Math.Max(x, left), 0, 1)
                        * Math.Clamp(Math.Min(y + 1, top + height) - Math.Max(y, top), 0, 1)
                );
            }
        }
    }

    private void Blend(int x, int y, (byte R, byte G, byte B) color, double share)
    {
        if (share <= 0)
            return;
        var at = image.Pixels.AsSpan(3 * ((y * image.Width) + x), 3);
        at[0] = (byte)(at[0] + (share * (color.R - at[0])) + 0.5);
        at[1] = (byte)(at[1] + (share * (color.G - at[1])) + 0.5);
        at[2] = (byte)(at[2] + (share * (color.B - at[2])) + 0.5);
    }

    private static int Lower(double value, int length) => (int)Math.Clamp(Math.Floor(value - 1), 0, length);

    private static int Upper(double value, int length) => (int)Math.Clamp(Math.Ceiling(value + 1), 0, length);

    private static Dictionary<char, (double X, double Y)[][]> Parse(string table)
    {
        var letters = new Dictionary<char, (double X, double Y)[][]>();
        var last = '\0';
        foreach (var word in table.Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries))
        {
            // A stroke has an even number of digits; a word of an odd number of characters begins with its letter.
            var begins = word.Length % 2 == 1;
            if (begins)
                last = word[0];
            var digits = begins ? word[1..] : word;
            (double X, double Y)[] stroke =
            [
                .. Enumerable
                    .Range(0, digits.Length / 2)
                    .Select(k => ((double)(digits[2 * k] - '0'), (double)(digits[(2 * k) + 1] - '0'))),
            ];
            letters[last] = [.. letters.GetValueOrDefault(last, []), stroke];
        }
        return letters;
    }
}
