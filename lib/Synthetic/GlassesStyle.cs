using FanTrans.Data;

namespace FanTrans.Synthetic;

/// <summary>A pair of glasses.</summary>
/// <param name="Width">Half the width of one glass, millimetres.</param>
/// <param name="Height">Half its height.</param>
/// <param name="Squareness">2 is an ellipse, larger is squarer.</param>
/// <param name="Rim">Thickness of the rim, millimetres.</param>
/// <param name="Colour">Of the rim, linear.</param>
internal sealed record GlassesStyle(
    float Width,
    float Height,
    float Squareness,
    float Rim,
    (float R, float G, float B) Colour
)
{
    public static GlassesStyle Draw(ref SeededRandom r)
    {
        var dark = r.Chance(0.6);
        var shade = dark ? (float)r.Uniform(0.005, 0.04) : (float)r.Uniform(0.1, 0.5);
        return new GlassesStyle(
            (float)r.Uniform(23, 28),
            (float)r.Uniform(15, 22),
            (float)r.Uniform(2, 5),
            (float)r.Uniform(0.9, 3.2),
            (shade, shade * (float)r.Uniform(0.6, 1), shade * (float)r.Uniform(0.4, 1))
        );
    }
}
