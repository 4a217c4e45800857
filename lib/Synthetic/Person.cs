using FanTrans.Data;

namespace FanTrans.Synthetic;

/// <summary>One synthetic person: form, colours, hair and whatever else stays the same from frame to frame.</summary>
internal sealed record Person
{
    /// <summary>Decides every fine detail: pores, freckles, strands.</summary>
    public required uint Seed { get; init; }

    public required FaceShape Shape { get; init; }

    /// <summary>Linear reflectance of the skin, red, green, blue.</summary>
    public required (float R, float G, float B) Skin { get; init; }

    /// <summary>0 (lightest) to 1 (darkest).</summary>
    public required float Melanin { get; init; }

    public required (float R, float G, float B) Lips { get; init; }

    public required (float R, float G, float B) HairColour { get; init; }

    public required (float R, float G, float B) BrowColour { get; init; }

    public required (float R, float G, float B) Iris { get; init; }

    /// <summary>0 (thin, sparse) to 1 (thick, dense).</summary>
    public required float BrowThickness { get; init; }

    public required float BrowDensity { get; init; }

    public required float BrowArch { get; init; }

    /// <summary>0 (young) to 1 (old); also part of the form.</summary>
    public float Age => Shape.Age;

    public required bool Male { get; init; }

    /// <summary>Redness of cheeks and nose, 0 to 1.</summary>
    public required float Flush { get; init; }

    public required float Freckles { get; init; }

    public required float Gloss { get; init; }

    /// <summary>Stubble or beard by region, 0 to 1: upper lip, chin, cheeks and jaw.</summary>
    public required (float Lip, float Chin, float Cheek) Beard { get; init; }

    /// <summary>Strength of lash line and eye make-up, 0 to 1.</summary>
    public required float MakeUp { get; init; }

    public required HairStyle Hair { get; init; }

    /// <summary>Glasses' rim, or null.</summary>
    public required GlassesStyle? Glasses { get; init; }

    /// <summary>How deep this face's furrows are, and how strongly it moves; 1 is the mean.</summary>
    public required float Furrows { get; init; }

    public required float Expressivity { get; init; }

    public required (float R, float G, float B) Cloth { get; init; }

    public required int Collar { get; init; }

    /// <summary>A person from a seed, alike on every machine.</summary>
    /// <param name="seed">Decides everything.</param>
    /// <param name="isMale">A man or a woman; null leaves it to the seed.</param>
    /// <param name="shift">-1 to 1: fairer, younger and livelier people, or darker, older and calmer ones.</param>
    public static Person Draw(long seed, bool? isMale, float shift)
    {
        var r = new SeededRandom(seed, 0x9E45);
        float U(double a, double b, ref SeededRandom x) => (float)x.Uniform(a, b);
        float N(ref SeededRandom x) => Normal(ref x);

        var drawn = r.Chance(0.5);
        var male = isMale ?? drawn;
        var sex = male ? 1f : -1f;
        var age = U(0, 1, ref r);
        age = Math.Clamp((age * age) + (0.22f * shift), 0, 1);
        // Four loose groups of looks, each with wide spread, so that traits go together as they do in people.
        var group = r.Below(4);
        var melanin = Math.Clamp(
            group switch
            {
                0 => 0.18f,
                1 => 0.82f,
                2 => 0.30f,
                _ => 0.52f,
            }
                + (0.13f * N(ref r))
                + (0.22f * shift),
            0,
            1
        );
        var shape = new FaceShape
        {
            Width = (0.9f * N(ref r)) + (group == 2 ? 0.6f : 0),
            JawWidth = (0.8f * N(ref r)) + (0.45f * sex),
            ChinLength = (0.8f * N(ref r)) + (0.35f * sex),
            ChinWidth = (0.7f * N(ref r)) + (0.4f * sex),
            ChinForward = 0.8f * N(ref r),
            Cheekbones = (0.7f * N(ref r)) + (group == 2 ? 0.7f : 0) - (0.2f * sex),
            Fullness = (0.8f * N(ref r)) + (0.2f * age),
            ForeheadSlope = (0.7f * N(ref r)) + (0.4f * sex),
            BrowRidge = (0.6f * N(ref r)) + (0.7f * sex),
            BrowHeight = (0.8f * N(ref r)) - (0.5f * sex),
            BrowTilt = 0.9f * N(ref r),
            EyeSpacing = 0.9f * N(ref r),
            EyeWidth = 0.9f * N(ref r),
            EyeTilt = (0.8f * N(ref r)) + (group == 2 ? 0.8f : 0),
            EyeDepth = (0.8f * N(ref r)) + (0.3f * sex) - (group == 2 ? 0.8f : 0),
            NoseLength = (0.9f * N(ref r)) + (0.2f * sex) - 0.5f,
            NoseWidth =
                (0.7f * N(ref r))
                + (
                    group switch
                    {
                        0 => -0.5f,
                        1 => 1.2f,
                        2 => 0.3f,
                        _ => 0,
                    }
                )
                + (0.2f * sex),
            NoseHeight =
                (0.7f * N(ref r))
                + (
                    group switch
                    {
                        0 => 0.4f,
                        1 => -0.7f,
                        2 => -0.5f,
                        _ => 0.3f,
                    }
                ),
            NoseBridge =
                (0.7f * N(ref r))
                + (
                    group switch
                    {
                        0 => 0.5f,
                        1 => -0.7f,
                        2 => -0.9f,
                        _ => 0.4f,
                    }
                ),
            NoseHump = Math.Max(-0.6f, 0.7f * N(ref r)),
            NoseTip = 0.8f * N(ref r),
            MouthWidth = 0.9f * N(ref r),
            MouthHeight = 0.8f * N(ref r),
            UpperLip = (0.8f * N(ref r)) + (group == 1 ? 1.2f : -0.2f) - (0.8f * age),
            LowerLip = (0.8f * N(ref r)) + (group == 1 ? 1.1f : -0.1f) - (0.5f * age),
            MouthForward = (0.7f * N(ref r)) + (group == 1 ? 0.8f : 0) + (group == 2 ? 0.3f : 0),
            LipArch = N(ref r),
            MouthCurve = (0.9f * N(ref r)) - (0.4f * age),
            NeckWidth = (0.6f * N(ref r)) + (0.8f * sex),
            Crooked = 0.8f * N(ref r),
            Age = age,
            Hood = Math.Clamp((group == 2 ? 0.6f : 0.1f) + (0.25f * N(ref r)) + (0.4f * age), 0, 1),
            Aperture = Math.Clamp(10.2f + (0.9f * N(ref r)) - (1.2f * age) - (group == 2 ? 0.7f : 0), 7.5f, 12.5f),
        };

        var skin = SkinColour(melanin, 0.12f * N(ref r), 0.10f * N(ref r));
        var grey = age > 0.35f && r.Chance(Math.Min(1, (age - 0.3f) * 2)) ? U(0.3, 1, ref r) : 0;
        var hair = NaturalHair(melanin, group, U(0, 1, ref r));
        hair = Mix(hair, (0.55f, 0.54f, 0.52f), grey);
        var browColour = Mix(hair, (0.03f, 0.02f, 0.015f), 0.35f);
        if (grey > 0)
            browColour = Mix(browColour, (0.07f, 0.06f, 0.055f), 0.6f);
        var eyes = U(0, 1, ref r);
        var iris =
            melanin > 0.35f || group == 2 || eyes < 0.35f
                ? Mix((0.05f, 0.022f, 0.01f), (0.13f, 0.06f, 0.025f), U(0, 1, ref r))
            : eyes < 0.7f ? Mix((0.16f, 0.25f, 0.36f), (0.26f, 0.33f, 0.4f), U(0, 1, ref r))
            : Mix((0.12f, 0.17f, 0.08f), (0.22f, 0.18f, 0.08f), U(0, 1, ref r));
        var bearded = male && r.Chance(0.55);
        var beard =
            !male ? default
            : bearded
                ? (
                    r.Chance(0.8) ? U(0.35, 1, ref r) : 0.15f,
                    r.Chance(0.8) ? U(0.35, 1, ref r) : 0.15f,
                    r.Chance(0.5) ? U(0.2, 0.95, ref r) : 0.12f
                )
            : (0.12f, 0.12f, 0.1f);
        var makeUp =
            male ? 0
            : r.Chance(0.55) ? U(0.3, 1, ref r)
            : 0.15f;
        var lip = U(0, 1, ref r);
        var lipTint = Mix((1.0f, 0.66f, 0.64f), (0.92f, 0.48f, 0.47f), lip);
        var lips = (skin.R * lipTint.R, skin.G * lipTint.G, skin.B * lipTint.B);
        if (!male && r.Chance(0.3))
            lips = Mix(lips, Mix((0.45f, 0.04f, 0.06f), (0.5f, 0.16f, 0.17f), U(0, 1, ref r)), U(0.3, 0.8, ref r));
        var dye = (U(0, 1, ref r), U(0, 1, ref r), U(0, 1, ref r));
        var dyeGrey = (dye.Item1 + dye.Item2 + dye.Item3) / 3;
        var cloth = Mix(dye, (dyeGrey, dyeGrey, dyeGrey), U(0.1, 1, ref r));
        var depth = U(0.03, 0.85, ref r);
        cloth = (0.01f + (cloth.R * depth), 0.01f + (cloth.G * depth), 0.01f + (cloth.B * depth));
        return new Person
        {
            Seed = (uint)r.NextBits(),
            Shape = shape,
            Skin = skin,
            Melanin = melanin,
            Lips = lips,
            HairColour = hair,
            BrowColour = browColour,
            Iris = iris,
            BrowThickness = Math.Clamp(0.45f + (0.22f * N(ref r)) + (0.15f * sex), 0.08f, 1),
            BrowDensity = Math.Clamp(0.72f + (0.16f * N(ref r)), 0.25f, 1),
            BrowArch = N(ref r) - (0.4f * sex),
            Male = male,
            Flush = U(0.1, 1, ref r),
            Freckles = melanin < 0.4f && r.Chance(0.3) ? U(0.2, 1, ref r) : 0,
            Gloss = U(0.25, 1, ref r),
            Beard = beard,
            MakeUp = makeUp,
            Hair = HairStyle.Draw(ref r, male, age),
            Glasses = r.Chance(0.2 + (0.15 * age)) ? GlassesStyle.Draw(ref r) : null,
            Furrows = Math.Clamp(0.75f + (0.7f * age) + (0.15f * N(ref r)), 0.4f, 1.7f),
            Expressivity = Math.Clamp(1 + (0.13f * N(ref r)) - (0.22f * shift), 0.6f, 1.4f),
            Cloth = cloth,
            Collar = r.Below(4),
        };
    }

    /// <summary>Approximately normal: the sum of four uniforms, scaled to unit variance, within ±3.46.</summary>
    internal static float Normal(ref SeededRandom r) =>
        (float)((r.NextDouble() + r.NextDouble() + r.NextDouble() + r.NextDouble() - 2) * 1.7320508075688772);

    internal static (float R, float G, float B) Mix(
        (float R, float G, float B) a,
        (float R, float G, float B) b,
        float t
    ) => (a.R + ((b.R - a.R) * t), a.G + ((b.G - a.G) * t), a.B + ((b.B - a.B) * t));

    /// <summary>Skin along the human range, in linear light, with a warmer or cooler cast.</summary>
    private static (float R, float G, float B) SkinColour(float melanin, float warmth, float lightness)
    {
        ReadOnlySpan<float> red = [0.80f, 0.68f, 0.50f, 0.30f, 0.155f, 0.075f];
        ReadOnlySpan<float> green = [0.555f, 0.42f, 0.275f, 0.145f, 0.068f, 0.033f];
        ReadOnlySpan<float> blue = [0.43f, 0.295f, 0.17f, 0.078f, 0.036f, 0.021f];
        var at = Math.Clamp(melanin, 0, 1) * 4.999f;
        var (k, t) = ((int)at, at - (int)at);
        var light = 1 + lightness;
        return (
            FixedMath.Lerp(red[k], red[k + 1], t) * light * (1 + (0.10f * warmth)),
            FixedMath.Lerp(green[k], green[k + 1], t) * light,
            FixedMath.Lerp(blue[k], blue[k + 1], t) * light * (1 - (0.5f * warmth))
        );
    }

    private static (float R, float G, float B) NaturalHair(float melanin, int group, float draw)
    {
        if (melanin > 0.42f || group == 2)
            return Mix((0.008f, 0.007f, 0.006f), (0.035f, 0.02f, 0.012f), draw);
        return draw switch
        {
            < 0.3f => Mix((0.012f, 0.008f, 0.006f), (0.05f, 0.026f, 0.014f), draw / 0.3f),
            < 0.65f => Mix((0.05f, 0.026f, 0.014f), (0.16f, 0.085f, 0.042f), (draw - 0.3f) / 0.35f),
            < 0.9f => Mix((0.2f, 0.12f, 0.055f), (0.48f, 0.33f, 0.17f), (draw - 0.65f) / 0.25f),
            _ => Mix((0.2f, 0.06f, 0.02f), (0.34f, 0.12f, 0.04f), (draw - 0.9f) / 0.1f),
        };
    }
}
