using System.Numerics;
using FanTrans.Data;

namespace FanTrans.Synthetic;

/// <summary>The light of a scene: one main light that casts shadows,
/// a fill from another side, and the surroundings.</summary>
internal sealed record Lighting
{
    /// <summary>Unit vector towards the main light: x right, y down, z to the camera.</summary>
    public required Vector3 Key { get; init; }

    public required Vector3 KeyColour { get; init; }

    /// <summary>How blurred the shadows' edges are, in millimetres.</summary>
    public required float Softness { get; init; }

    public required Vector3 Fill { get; init; }

    public required Vector3 FillColour { get; init; }

    public required Vector3 Sky { get; init; }

    public required Vector3 Ground { get; init; }

    public static Lighting Draw(ref SeededRandom r)
    {
        // Mostly from above and the front, sometimes hard from a side.
        var side = (float)(r.Uniform(-1, 1) * (r.Chance(0.3) ? 1.15 : 0.7));
        var above = (float)r.Uniform(-0.1, 0.95);
        var key = Vec.Unit(new Vector3(side, -above, 0.75f));
        var warm = (float)r.Uniform(-1, 1);
        var strength = (float)r.Uniform(0.55, 1.25);
        var contrast = (float)r.NextDouble();
        var keyColour = new Vector3(1 + (0.12f * warm), 1, 1 - (0.17f * warm)) * strength;
        var fillSide = r.Chance(0.7) ? -side : side;
        var cool = warm - (float)r.Uniform(-0.5, 1.2);
        var fill =
            new Vector3(1 + (0.10f * cool), 1, 1 - (0.14f * cool))
            * (FixedMath.Lerp(0.5f, 0.08f, contrast) * (float)r.Uniform(0.7, 1.3));
        var sky = new Vector3(1 + (0.08f * cool), 1, 1 - (0.1f * cool)) * FixedMath.Lerp(0.5f, 0.16f, contrast);
        var ground = new Vector3(1.05f, 1, 0.92f) * FixedMath.Lerp(0.30f, 0.06f, contrast);
        return new Lighting
        {
            Key = key,
            KeyColour = keyColour,
            Softness = (float)r.Uniform(2, 9),
            Fill = Vec.Unit(new Vector3(fillSide + (float)r.Uniform(-0.4, 0.4), (float)r.Uniform(-0.6, 0.5), 0.7f)),
            FillColour = fill,
            Sky = sky,
            Ground = ground,
        };
    }
}
