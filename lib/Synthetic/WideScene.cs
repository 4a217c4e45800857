using System.Numerics;
using FanTrans.Data;

namespace FanTrans.Synthetic;

/// <summary>Light, backdrop and camera of one picture, varied more widely than those of a recording.</summary>
internal static class WideScene
{
    public static Scene Draw(ref SeededRandom r) =>
        new()
        {
            Light = Light(ref r),
            Backdrop = r.Chance(0.4) ? new Backdrop(ref r) : Backdrop.Cluttered(ref r),
            Film = Film(ref r),
            Distance = (float)(500 * Math.Pow(6, r.NextDouble())),
            FaceSize = (float)r.Uniform(0.42, 0.56),
            Offset = ((float)r.Uniform(-0.06, 0.06), (float)r.Uniform(-0.06, 0.06)),
        };

    private static Lighting Light(ref SeededRandom r)
    {
        var kind = r.NextDouble();
        if (kind < 0.35)
            return Lighting.Draw(ref r);
        // From a side, from below, from the camera (a flash) or from all around.
        var flash = kind is >= 0.55 and < 0.7;
        var around = kind >= 0.85;
        var key = flash
            ? new Vector3((float)r.Uniform(-0.15, 0.15), (float)r.Uniform(-0.3, 0.1), 1)
            : new Vector3(
                (float)r.Uniform(-1.6, 1.6),
                (float)r.Uniform(-1.4, kind < 0.45 ? 0.8 : 0.1),
                (float)r.Uniform(0.25, 1)
            );
        var strength = (float)r.Uniform(0.3, 1.6) * (around ? 0.3f : 1);
        var rest = (float)r.Uniform(0.05, around ? 1 : 0.5);
        var tinted = r.Chance(0.3) ? 0.45 : 0.12;
        return new Lighting
        {
            Key = Vec.Unit(key),
            KeyColour = Tint(ref r, tinted) * strength,
            Softness = (float)r.Uniform(1, 14),
            Fill = Vec.Unit(new Vector3((float)r.Uniform(-1.5, 1.5), (float)r.Uniform(-0.8, 0.8), 0.6f)),
            FillColour = Tint(ref r, tinted) * (rest * (float)r.Uniform(0.1, 1.3)),
            Sky = Tint(ref r, tinted / 2) * (rest * (float)r.Uniform(0.6, 1.4)),
            Ground = Tint(ref r, tinted / 2) * (rest * (float)r.Uniform(0.2, 1)),
        };
    }

    private static Vector3 Tint(ref SeededRandom r, double spread)
    {
        var warm = (float)r.Uniform(-spread, spread);
        return new Vector3(1 + warm, 1 + (float)r.Uniform(-spread / 4, spread / 4), 1 - (1.2f * warm));
    }

    private static Film Film(ref SeededRandom r) =>
        new()
        {
            Exposure = (float)Math.Pow(2, r.Uniform(-1.2, 1)),
            Balance = (float)(r.Uniform(-1, 1) * r.Uniform(0, 0.25)),
            Contrast = (float)r.Uniform(0.7, 1.5),
            Blur = r.Chance(0.5) ? 0 : (float)r.Uniform(0, 0.8),
            Noise = r.Chance(0.6) ? (float)r.Uniform(0, 2.5) : (float)r.Uniform(2, 9),
            Jpeg = null,
        };
}
