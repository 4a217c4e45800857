namespace FanTrans.Charts;

/// <summary>The kit's colours, chosen so that colour-blind readers can tell them apart.</summary>
internal static class Palette
{
    public const string Blue = "#0072B2";
    public const string Vermillion = "#D55E00";
    public const string Grey = "#9A9A9A";
    public const string PaleBlue = "#B9D5E8";
    public const string Ink = "#333333";

    /// <summary>Okabe and Ito's set without its yellow, which is faint on white; black comes last.</summary>
    private static readonly string[] Series = [Blue, Vermillion, "#009E73", "#E69F00", "#56B4E9", "#CC79A7", "#000000"];

    /// <summary>ColorBrewer's RdBu, reversed: blue at -1, white at 0, red at 1.</summary>
    public static object[][] Signed { get; } =
        Scale(
            "#053061",
            "#2166ac",
            "#4393c3",
            "#92c5de",
            "#d1e5f0",
            "#ffffff",
            "#fddbc7",
            "#f4a582",
            "#d6604d",
            "#b2182b",
            "#67001f"
        );

    /// <summary>ColorBrewer's Blues from white: light at 0, dark at 1.</summary>
    public static object[][] Share { get; } =
        Scale("#ffffff", "#deebf7", "#c6dbef", "#9ecae1", "#6baed6", "#4292c6", "#2171b5", "#08519c", "#08306b");

    /// <summary>For heat over a photograph: nothing at 0, so that the face stays visible,
    /// then yellow to dark red.</summary>
    public static object[][] Heat { get; } =
        Scale(
            "rgba(255,255,178,0)",
            "rgba(254,217,118,0.35)",
            "rgba(253,141,60,0.6)",
            "rgba(227,26,28,0.75)",
            "rgba(128,0,38,0.85)"
        );

    public static string At(int series) => Series[series % Series.Length];

    /// <summary>Black or white, whichever stands out more on the colour at a share, 0 to 1,
    /// of a scale of opaque colours.</summary>
    public static string InkOn(object[][] scale, double share)
    {
        var at = Math.Clamp(share, 0, 1) * (scale.Length - 1);
        var below = Math.Min((int)at, scale.Length - 2);
        var (from, to) = (Luminance((string)scale[below][1]), Luminance((string)scale[below + 1][1]));
        var luminance = from + ((to - from) * (at - below));

        // WCAG 2: the contrast of two colours is (L1 + 0.05) / (L2 + 0.05).
        return (luminance + 0.05) / 0.05 > 1.05 / (luminance + 0.05) ? "black" : "white";
    }

    /// <summary>The colour at a share, 0 to 1, of a scale: channels 0 to 255 and an opacity of 0 to 1.</summary>
    public static (double R, double G, double B, double Opacity) ColorAt(object[][] scale, double share)
    {
        var at = Math.Clamp(share, 0, 1) * (scale.Length - 1);
        var below = Math.Min((int)at, scale.Length - 2);
        var (from, to) = (Parse((string)scale[below][1]), Parse((string)scale[below + 1][1]));
        double Mix(int channel) => from[channel] + ((to[channel] - from[channel]) * (at - below));
        return (Mix(0), Mix(1), Mix(2), Mix(3));
    }

    /// <summary>Red, green, blue and opacity of "#rrggbb" or "rgba(r,g,b,a)".</summary>
    private static double[] Parse(string color) =>
        color[0] == '#'
            ?
            [
                Convert.ToInt32(color.Substring(1, 2), 16),
                Convert.ToInt32(color.Substring(3, 2), 16),
                Convert.ToInt32(color.Substring(5, 2), 16),
                1,
            ]
            :
            [
                .. color["rgba(".Length..^1]
                    .Split(',')
                    .Select(c => double.Parse(c, System.Globalization.CultureInfo.InvariantCulture)),
            ];

    private static double Luminance(string color)
    {
        double Channel(int at)
        {
            var value = Convert.ToInt32(color.Substring(at, 2), 16) / 255.0;
            return value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);
        }
        return (0.2126 * Channel(1)) + (0.7152 * Channel(3)) + (0.0722 * Channel(5));
    }

    private static object[][] Scale(params string[] colors) =>
        [.. colors.Select((color, i) => new object[] { i / (colors.Length - 1.0), color })];
}
