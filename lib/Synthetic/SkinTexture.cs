using System.Numerics;
using static FanTrans.Synthetic.FixedMath;

namespace FanTrans.Synthetic;

/// <summary>
/// One person's skin, painted once in the grid's surface coordinates: colour with its blotches, lips, brows,
/// lashes, stubble and nostrils; relief of pores and lip lines; and the shade that the neutral form casts on itself.
/// </summary>
internal sealed class SkinTexture
{
    private readonly HeadGrid grid;
    private readonly Person person;

    public SkinTexture(HeadGrid grid, Person person)
    {
        (this.grid, this.person) = (grid, person);
        var count = grid.TextureRows * grid.TextureColumns;
        Colour = new Vector4[count];
        Relief = new float[count];
        Shade = new float[count];
        for (var i = 0; i < count; i++)
            Paint(i);
    }

    /// <summary>Linear red, green, blue and gloss (0 to 1) of each texel.</summary>
    public Vector4[] Colour { get; }

    /// <summary>Fine relief in millimetres.</summary>
    public float[] Relief { get; }

    /// <summary>1 in the open, less in hollows.</summary>
    public float[] Shade { get; }

    private void Paint(int i)
    {
        var p = person;
        var (x, y, z) = (grid.TextureX[i], grid.TextureY[i], grid.TextureZ[i]);
        var ax = Math.Abs(x);
        var front = z > 10;
        // Around the sides x says little, so noise runs along the angle there.
        var across = x + (z < 60 ? Math.Sign(x) * (60 - z) : 0);
        var (r, g, b) = p.Skin;
        float relief = 0,
            shade = 1,
            gloss = 0.35f + (0.35f * p.Gloss);

        // Blood and pigment: blotches, cheeks, nose and ears redder, brow yellower, sockets darker.
        var blotch = Noise.Fractal(across / 22, y / 22, 3, p.Seed);
        var fine = Noise.Fractal(across / 5, y / 5, 2, p.Seed + 11);
        var light =
            1 + (0.10f * blotch) + (0.055f * fine) + (0.05f * Noise.Value(across / 1.7f, y / 1.7f, p.Seed + 12));
        var flush =
            p.Flush
            * (
                (0.9f * Hill(ax, y, 40, 30, 28, 24))
                + (0.8f * Hill(x, y, 0, 38, 20, 14))
                + (0.4f * Hill(x, y, 0, 104, 24, 14))
            )
            * (1 - (0.6f * p.Melanin));
        flush += 0.25f * Math.Max(0, blotch) * p.Flush * (1 - (0.6f * p.Melanin));
        g *= 1 - (0.20f * flush);
        b *= 1 - (0.20f * flush);
        var socket = Hill(ax, y, 29, 1, 24, 17) * (front ? 1 : 0);
        var ring = 0.20f + (0.25f * p.Age);
        light *= 1 - (ring * socket);
        b *= 1 + (0.05f * socket);
        light *= 1 - (0.10f * Hill(ax, y, 24, 10, 13, 6) * (1 + p.Age) * (front ? 1 : 0));
        if (p.Freckles > 0 && front)
        {
            var spot = Noise.Value(across / 1.9f, y / 1.9f, p.Seed + 21);
            var amount = p.Freckles * Smooth(0.5f, 0.8f, spot) * (Hill(ax, y, 26, 24, 44, 34) + 0.15f);
            light *= 1 - (0.35f * amount);
            b *= 1 - (0.25f * amount);
        }
        var mole = Noise.Value(across / 3.1f, y / 3.1f, p.Seed + 22);
        if (mole > 0.955f && front)
            light *= 0.6f;
        if (p.Age > 0.4f)
            light *= 1 - (0.35f * (p.Age - 0.4f) * Smooth(0.35f, 0.6f, Noise.Value(across / 4, y / 4, p.Seed + 23)));
        relief += 0.05f * Noise.Value(across / 1.3f, y / 1.3f, p.Seed + 31) * (1 + p.Age);
        relief += 0.10f * Noise.Value(across / 3.4f, y / 3.4f, p.Seed + 32) * (0.5f + p.Age);
        (r, g, b) = (r * light, g * light, b * light);
        gloss *=
            0.75f
            + (0.5f * Hill(x, y, 0, -40, 50, 34))
            + (0.6f * Hill(x, y, 0, 28, 16, 26))
            + (0.3f * Hill(ax, y, 38, 22, 18, 14));

        if (front)
        {
            Stubble(x, y, ax, ref r, ref g, ref b, ref relief, ref gloss);
            Lips(x, y, ax, ref r, ref g, ref b, ref relief, ref gloss, ref shade);
            Nostrils(y, ax, ref r, ref g, ref b, ref shade);
            Lids(x, y, ax, ref r, ref g, ref b, ref shade);
            Brows(x, y, ax, ref r, ref g, ref b, ref relief, ref gloss);
        }
        Scalp(x, y, z, across, ref r, ref g, ref b, ref gloss);

        // Hollows: beside the wings, under the lip, inner corners of the eyes, under the jaw.
        if (front)
        {
            shade *= 1 - (0.30f * Hill(ax, y, 19.5f, 40, 4.5f, 8));
            shade *= 1 - (0.16f * Hill(x, y, 0, 83, 20, 5));
            shade *= 1 - (0.30f * Hill(ax, y, 15.5f, -4, 10, 10));
            shade *= 1 - (0.16f * Hill(ax, y, 28.5f, 67, 5, 5));
            shade *= 1 - (0.22f * Hill(x, y, 0, 48.5f, 16, 5));
        }
        shade *= 1 - (0.5f * Smooth(112, 124, y) * Smooth(185, 140, y) * (z > 0 ? 1 : 0.6f));
        Colour[i] = new Vector4(r, g, b, Math.Clamp(gloss, 0, 1));
        Relief[i] = relief;
        Shade[i] = Math.Clamp(shade, 0.1f, 1);
    }

    private void Lips(
        float x,
        float y,
        float ax,
        ref float r,
        ref float g,
        ref float b,
        ref float relief,
        ref float gloss,
        ref float shade
    )
    {
        if (ax > 30 || y is < 50 or > 84)
            return;
        // The red's edges in the bare head's coordinates; the form moves them with the person's lips.
        var q = Math.Min(1, ax / HeadShape.MouthCorner);
        var arch = MathF.Sqrt(Math.Max(0, 1 - (q * q)));
        var upper = HeadShape.MouthY - (8.2f * arch * (1 - (0.12f * q)));
        var lower = HeadShape.MouthY + (9.8f * arch * arch * (1 + (0.15f * q)));
        var inside = Smooth(upper - 0.9f, upper + 0.9f, y) * Smooth(lower + 1.2f, lower - 1.2f, y) * Smooth(27, 24, ax);
        if (inside <= 0)
            return;
        var lines = Noise.Value(x / 1.25f, y / 9, person.Seed + 41);
        var depth = 1 + (0.10f * lines) - (0.12f * Smooth(5, 0, Math.Abs(y - HeadShape.MouthY)));
        (r, g, b) = (
            Lerp(r, person.Lips.R * depth, inside),
            Lerp(g, person.Lips.G * depth, inside),
            Lerp(b, person.Lips.B * depth, inside)
        );
        relief += inside * 0.22f * lines;
        gloss = Lerp(gloss, 0.75f, inside);
        shade *= 1 - (0.45f * inside * Hill((y - HeadShape.MouthY) / 2.2f * ((y - HeadShape.MouthY) / 2.2f)));
    }

    private static void Nostrils(float y, float ax, ref float r, ref float g, ref float b, ref float shade)
    {
        var hole = Hill(ax, y, 6.8f, 46.6f, 6, 3.4f);
        var dark = Smooth(0.02f, 0.5f, hole);
        (r, g, b) = (Lerp(r, 0.03f, dark), Lerp(g, 0.012f, dark), Lerp(b, 0.01f, dark));
        shade *= 1 - (0.5f * dark);
    }

    private void Lids(float x, float y, float ax, ref float r, ref float g, ref float b, ref float shade)
    {
        var along = (ax - HeadShape.EyeInner) / (HeadShape.EyeOuter - HeadShape.EyeInner);
        if (along is < -0.1f or > 1.2f || y is < -16 or > 10)
            return;
        var p = person;
        var within = Smooth(-0.1f, 0.1f, along) * Smooth(1.18f, 0.98f, along);
        // Lashes at the edge, thicker outwards and above; the crease of the upper lid; shadow on it when made up.
        var lash = within * (0.35f + (0.65f * p.MakeUp)) * (0.5f + (0.5f * along));
        var upper = lash * Smooth(-2.4f - (1.2f * p.MakeUp), -0.5f, y) * (y < 0.3f ? 1 : 0);
        var lower =
            0.45f
            * lash
            * Smooth(2.0f, 0.4f, y)
            * (y > -0.3f ? 1 : 0)
            * (0.7f + (0.3f * Noise.At((int)(x * 2), 3, p.Seed)));
        var dark = Math.Clamp(upper + lower, 0, 0.92f);
        (r, g, b) = (Lerp(r, 0.012f, dark), Lerp(g, 0.009f, dark), Lerp(b, 0.008f, dark));
        var crease =
            within
            * (1 - (0.8f * Math.Max(0, p.Shape.Hood - 0.5f) * 2))
            * Hill((y + 8.5f) / 1.8f * ((y + 8.5f) / 1.8f));
        shade *= 1 - (0.42f * crease);
        if (p.MakeUp > 0.6f)
        {
            var tint = (p.MakeUp - 0.6f) * 1.3f * within * Smooth(-13, -8, y) * (y < 0 ? 1 : 0);
            (r, g, b) = (r * (1 - (0.5f * tint)), g * (1 - (0.6f * tint)), b * (1 - (0.45f * tint)));
        }
        // The inner corner is pink.
        var pink = Hill(ax, y, HeadShape.EyeInner, 0.4f, 3.5f, 2);
        (g, b) = (g * (1 - (0.25f * pink)), b * (1 - (0.2f * pink)));
    }

    private void Brows(
        float x,
        float y,
        float ax,
        ref float r,
        ref float g,
        ref float b,
        ref float relief,
        ref float gloss
    )
    {
        if (ax is < 8 or > 62 || y is < -38 or > -8)
            return;
        var p = person;
        var t = (ax - 12.5f) / 44;
        if (t is < -0.1f or > 1.1f)
            return;
        var arch = 1 + (0.25f * p.BrowArch);
        var middle = -19.2f - (5.6f * arch * (1 - ((t - 0.62f) * (t - 0.62f) / 0.40f)));
        var half =
            (2.0f + (3.4f * p.BrowThickness))
            * Smooth(-0.08f, 0.12f, t)
            * (1 - (0.72f * t * t))
            * Smooth(1.08f, 0.9f, t);
        var d = (y - middle) / Math.Max(0.3f, half);
        if (Math.Abs(d) > 1.5f)
            return;
        // Strands rise at the inner end and lie flat outwards.
        var slope = 1.6f * (1 - t) - 0.3f;
        var strand = Noise.Value(
            ((ax * 1.05f) + (y * slope * 0.75f)) / 1.1f,
            (y - (0.25f * ax)) / 4.2f,
            p.Seed + (x < 0 ? 51u : 52u)
        );
        var edge = Smooth(1.35f, 0.55f, Math.Abs(d) + (0.25f * strand));
        var cover = edge * p.BrowDensity * (0.72f + (0.38f * strand));
        cover = Math.Clamp(cover, 0, 0.96f);
        (r, g, b) = (Lerp(r, p.BrowColour.R, cover), Lerp(g, p.BrowColour.G, cover), Lerp(b, p.BrowColour.B, cover));
        relief += 0.35f * cover * (0.6f + (0.4f * strand));
        gloss *= 1 - (0.7f * cover);
    }

    private void Stubble(
        float x,
        float y,
        float ax,
        ref float r,
        ref float g,
        ref float b,
        ref float relief,
        ref float gloss
    )
    {
        var beard = person.Beard;
        if (beard is { Lip: 0, Chin: 0, Cheek: 0 } || y < 20)
            return;
        var lip =
            beard.Lip
            * Smooth(49.5f, 52.5f, y)
            * Smooth(66, 60, y)
            * Smooth(34, 27, ax)
            * (1 - (0.45f * Hill(ax / 4 * (ax / 4))));
        var line = 34 + (0.0075f * (62 - ax) * (62 - ax));
        var chin = beard.Chin * Math.Max(Hill(x, y, 0, 102, 34, 26), 0.75f * Hill(ax, y, 29, 76, 9, 24));
        chin = Math.Min(beard.Chin, 1.6f * chin);
        var cheek = beard.Cheek * Smooth(line - 3, line + 10, y) * Smooth(30, 42, ax + (0.55f * Math.Max(0, y - 62)));
        cheek = Math.Max(cheek, beard.Cheek * Smooth(92, 104, y));
        var full = Math.Max(lip, Math.Max(chin, cheek)) * Smooth(150, 122, y);
        // The red of the lips is bare.
        var q = Math.Min(1.2f, ax / 27);
        var red =
            Hill((y - 67) / 12 * ((y - 67) / 12)) > 0.12f
            && q < 1
            && y > 66 - (9.5f * MathF.Sqrt(1 - (q * q)))
            && y < 66 + (11 * MathF.Sqrt(1 - (q * q)));
        if (red || full <= 0.01f)
            return;
        var strand = Noise.Value(x / 1.1f, y / 2.6f, person.Seed + 61);
        var patch = Noise.Fractal(x / 9, y / 9, 2, person.Seed + 62);
        var cover = Math.Clamp((full * (0.75f + (0.3f * patch))) * (0.7f + (0.45f * strand)), 0, 0.95f);
        var hair = Person.Mix(person.HairColour, (0.02f, 0.015f, 0.012f), 0.35f);
        // Sparse stubble shows as a bluish shade of the skin, dense beard as hair.
        (r, g, b) = (Lerp(r, hair.R, cover * 0.92f), Lerp(g, hair.G, cover * 0.9f), Lerp(b, hair.B, cover * 0.86f));
        relief += 0.7f * cover * strand;
        gloss *= 1 - (0.75f * cover);
    }

    private void Scalp(float x, float y, float z, float across, ref float r, ref float g, ref float b, ref float gloss)
    {
        var p = person;
        if (p.Hair.Thickness <= 0)
            return;
        var line = HairShell.HairlineAt(p.Hair, x, z, true);
        var cover =
            Smooth(line + 4, line - 5, y + (3 * Noise.Value(across / 2.5f, y / 5, p.Seed + 71)))
            * (p.Hair.Thickness < 3 ? 0.85f : 0.95f);
        if (cover <= 0)
            return;
        var tone = 0.85f + (0.25f * Noise.Value(across / 1.2f, y / 4, p.Seed + 72));
        (r, g, b) = (
            Lerp(r, p.HairColour.R * tone, cover),
            Lerp(g, p.HairColour.G * tone, cover),
            Lerp(b, p.HairColour.B * tone, cover)
        );
        gloss *= 1 - (0.8f * cover);
    }
}
