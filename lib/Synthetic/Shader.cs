using System.Numerics;
using System.Runtime.Intrinsics;
using static FanTrans.Synthetic.FixedMath;

namespace FanTrans.Synthetic;

/// <summary>Turns the surfaces in a <see cref="SampleBuffer"/> into linear light.</summary>
internal sealed class Shader
{
    private const int Batch = 256;
    private readonly float[] nx = new float[Batch],
        ny = new float[Batch],
        nz = new float[Batch];
    private readonly float[] gu = new float[Batch],
        gv = new float[Batch],
        shade = new float[Batch];
    private readonly float[] r = new float[Batch],
        g = new float[Batch],
        b = new float[Batch];
    private readonly float[] gloss = new float[Batch],
        light = new float[Batch];
    private readonly int[] where = new int[Batch];
    private readonly float[] weight = new float[Batch];
    private int waiting;
    private Lighting lighting = Scene.Studio.Light;
    private Vector3 down,
        cover;

    /// <summary>Linear red, green and blue of each pixel, from the share of it that a surface covers.</summary>
    public float[] R { get; private set; } = [];

    /// <inheritdoc cref="R"/>
    public float[] G { get; private set; } = [];

    /// <inheritdoc cref="R"/>
    public float[] B { get; private set; } = [];

    /// <summary>Share of each pixel that surfaces cover, 0 to 1.</summary>
    public float[] Cover { get; private set; } = [];

    /// <summary>Shades pixels of 2 x 2 samples: as one where they are of one piece, else sample by sample.</summary>
    public void Shade(
        SampleBuffer samples,
        FrameSkin skin,
        Person person,
        Lighting light,
        HeadMesh mesh,
        FaceMotion motion,
        Vector3 eyeGlint,
        Vector3 cover
    )
    {
        var (width, height) = (samples.Width / 2, samples.Height / 2);
        var count = width * height;
        if (R.Length < count)
            (R, G, B, Cover) = (new float[count], new float[count], new float[count], new float[count]);
        R.AsSpan(0, count).Clear();
        G.AsSpan(0, count).Clear();
        B.AsSpan(0, count).Clear();
        Cover.AsSpan(0, count).Clear();
        this.cover = cover;
        (lighting, down) = (light, mesh.HeadTurn.Turn(new Vector3(0, 1, 0)));
        var (materials, attributes) = (samples.Material, samples.Attributes);
        for (var y = 0; y < height; y++)
        {
            var i = 2 * y * samples.Width;
            for (var x = 0; x < width; x++, i += 2)
            {
                var pixel = (y * width) + x;
                var (below, m) = (i + samples.Width, materials[i]);
                if (m == materials[i + 1] && m == materials[below] && m == materials[below + 1])
                {
                    if (m == Material.None)
                        continue;
                    var (a, b, c, d) = (attributes[i], attributes[i + 1], attributes[below], attributes[below + 1]);
                    if (m is not Material.Eye and not Material.Teeth && OfOnePiece(a, b, c, d))
                    {
                        One(m, (a + b + c + d) * 0.25f, pixel, 1, skin, person, light, motion, eyeGlint);
                        continue;
                    }
                }
                for (var k = 0; k < 4; k++)
                {
                    var at = (k < 2 ? i : below) + (k & 1);
                    if (materials[at] != Material.None)
                        One(materials[at], attributes[at], pixel, 0.25f, skin, person, light, motion, eyeGlint);
                }
            }
        }
        ShadeSkin();
    }

    /// <summary>Whether four samples lie on one stretch of surface: near in depth and in surface coordinates.</summary>
    private static bool OfOnePiece(Vector256<float> a, Vector256<float> b, Vector256<float> c, Vector256<float> d)
    {
        var low = Vector256.Min(Vector256.Min(a, b), Vector256.Min(c, d));
        var span = Vector256.Max(Vector256.Max(a, b), Vector256.Max(c, d)) - low;
        return span.GetElement(0) < 6 && span.GetElement(1) < 6 && span.GetElement(2) < 8;
    }

    private void One(
        Material material,
        Vector256<float> a,
        int pixel,
        float weight,
        FrameSkin skin,
        Person person,
        Lighting light,
        FaceMotion motion,
        Vector3 glint
    )
    {
        Cover[pixel] += weight;
        switch (material)
        {
            case Material.Skin:
                var texel = skin.Sample(a.GetElement(1), a.GetElement(2));
                var n = waiting++;
                (nx[n], ny[n], nz[n], this.light[n]) = (
                    a.GetElement(3),
                    a.GetElement(4),
                    a.GetElement(5),
                    a.GetElement(6)
                );
                (r[n], g[n], b[n], gloss[n]) = (
                    texel.GetElement(0),
                    texel.GetElement(1),
                    texel.GetElement(2),
                    texel.GetElement(3)
                );
                (gu[n], gv[n], shade[n]) = (texel.GetElement(4), texel.GetElement(5), texel.GetElement(6));
                (where[n], this.weight[n]) = (pixel, weight);
                if (waiting == Batch)
                    ShadeSkin();
                return;
            case Material.Eye:
                Put(ShadeEye(a, person, light, motion, glint));
                return;
            case Material.Hair:
                Put(ShadeHair(a, person, light));
                return;
            default:
                Put(ShadeOther(material, a, person, light));
                return;
        }

        void Put(Vector3 colour)
        {
            R[pixel] += colour.X * weight;
            G[pixel] += colour.Y * weight;
            B[pixel] += colour.Z * weight;
        }
    }

    private void ShadeSkin()
    {
        var (n, l, headDown) = (waiting, lighting, down);
        waiting = 0;
        var width = Vector<float>.Count;
        // A partial last vector computes leftovers of the batch before, which nobody reads.
        for (var i = 0; i < n; i += width)
        {
            var nx = new Vector<float>(this.nx, i);
            var ny = new Vector<float>(this.ny, i);
            var nz = new Vector<float>(this.nz, i);
            // Two directions along the surface: down the face, and across it.
            var along = (nx * headDown.X) + (ny * headDown.Y) + (nz * headDown.Z);
            var tx = new Vector<float>(headDown.X) - (nx * along);
            var ty = new Vector<float>(headDown.Y) - (ny * along);
            var tz = new Vector<float>(headDown.Z) - (nz * along);
            var (sx, sy, sz) = ((ty * nz) - (tz * ny), (tz * nx) - (tx * nz), (tx * ny) - (ty * nx));
            var gu = new Vector<float>(this.gu, i);
            var gv = new Vector<float>(this.gv, i);
            nx -= (gu * sx) + (gv * tx);
            ny -= (gu * sy) + (gv * ty);
            nz -= (gu * sz) + (gv * tz);
            var scale =
                Vector<float>.One / Vector.SquareRoot((nx * nx) + (ny * ny) + (nz * nz) + new Vector<float>(1e-6f));
            (nx, ny, nz) = (nx * scale, ny * scale, nz * scale);

            var shade = new Vector<float>(this.shade, i);
            var lit = new Vector<float>(light, i);
            var d = (nx * l.Key.X) + (ny * l.Key.Y) + (nz * l.Key.Z);
            var up = new Vector<float>(0.5f) - (ny * 0.5f);
            var f =
                Vector.Max(
                    (((nx * l.Fill.X) + (ny * l.Fill.Y) + (nz * l.Fill.Z)) * 0.7f) + new Vector<float>(0.3f),
                    Vector<float>.Zero
                ) * shade;
            // Light enters skin and leaves it elsewhere, red the furthest, so the terminator is soft and red.
            var dr = Wrap(d, 0.34f) * Soften(lit, 0.16f);
            var dg = Wrap(d, 0.16f) * Soften(lit, 0.05f);
            var db = Wrap(d, 0.10f) * Soften(lit, 0.02f);
            // In hollows light bounces between red skin.
            var shadeG = shade * (new Vector<float>(0.88f) + (shade * 0.12f));
            var ambientR = (new Vector<float>(l.Ground.X) + (up * (l.Sky.X - l.Ground.X))) * shade;
            var ambientG = (new Vector<float>(l.Ground.Y) + (up * (l.Sky.Y - l.Ground.Y))) * shadeG;
            var ambientB = (new Vector<float>(l.Ground.Z) + (up * (l.Sky.Z - l.Ground.Z))) * shadeG;
            var keyShade = new Vector<float>(0.45f) + (shade * 0.55f);

            // Two highlights: a broad one of the skin, a narrow one of its oil; and the rim's sheen.
            var h = Vec.Unit(l.Key + new Vector3(0, 0, 1));
            var nh = Vector.Max((nx * h.X) + (ny * h.Y) + (nz * h.Z), Vector<float>.Zero);
            var gloss =
                new Vector<float>(this.gloss, i) * lit * keyShade * Vector.Max(Wrap(d, 0.05f), Vector<float>.Zero);
            var highlight = ((Lobe(nh, 14) * 0.05f) + (Lobe(nh, 55) * 0.11f)) * gloss;
            var rim = Vector<float>.One - Vector.Max(nz, Vector<float>.Zero);
            rim *= rim * rim;
            rim *= shade * 0.10f;

            Put(r, r, dr, ambientR, l.KeyColour.X, l.FillColour.X, l.Sky.X);
            Put(g, g, dg, ambientG, l.KeyColour.Y, l.FillColour.Y, l.Sky.Y);
            Put(b, b, db, ambientB, l.KeyColour.Z, l.FillColour.Z, l.Sky.Z);

            void Put(
                float[] albedo,
                float[] result,
                Vector<float> diffuse,
                Vector<float> ambient,
                float key,
                float fill,
                float sky
            )
            {
                var a = new Vector<float>(albedo, i);
                var sum =
                    (a * ((diffuse * keyShade * key) + ambient + (f * fill))) + (highlight * key) + (rim * sky * up);
                sum.CopyTo(result, i);
            }
        }
        for (var k = 0; k < n; k++)
        {
            var at = where[k];
            R[at] += r[k] * weight[k];
            G[at] += g[k] * weight[k];
            B[at] += b[k] * weight[k];
        }
    }

    private static Vector<float> Wrap(Vector<float> d, float wrap)
    {
        var w = (d + new Vector<float>(wrap)) * (1 / (1 + wrap));
        w = Vector.Max(w, Vector<float>.Zero);
        return w * (new Vector<float>(0.75f) + (w * 0.25f));
    }

    private static Vector<float> Soften(Vector<float> lit, float leak) => new Vector<float>(leak) + (lit * (1 - leak));

    /// <summary>Schlick's rational stand-in for a power of the cosine.</summary>
    private static Vector<float> Lobe(Vector<float> cosine, float power) =>
        cosine / (new Vector<float>(power) - (cosine * power) + cosine);

    private static float Lobe(float cosine, float power) =>
        cosine <= 0 ? 0 : cosine / (power - (power * cosine) + cosine);

    private static Vector3 ShadeEye(Vector256<float> a, Person person, Lighting l, FaceMotion motion, Vector3 glint)
    {
        var n = new Vector3(a.GetElement(3), a.GetElement(4), a.GetElement(5));
        var (u, v, lit, shade) = (a.GetElement(1), a.GetElement(2), a.GetElement(6), a.GetElement(7));
        var r = MathF.Sqrt((u * u) + (v * v));
        // White with a pink rim, the iris with its dark ring and fibres, the pupil.
        var white = new Vector3(0.52f, 0.47f, 0.44f) - (new Vector3(0, 0.09f, 0.10f) * Smooth(7, 12.5f, r));
        var colour = white;
        if (r < 6.6f)
        {
            var (ux, uy) = (u / Math.Max(r, 0.1f), v / Math.Max(r, 0.1f));
            var fibre = Noise.Value(ux * 9, uy * 9, person.Seed + 95);
            var iris =
                new Vector3(person.Iris.R, person.Iris.G, person.Iris.B)
                * (
                    (1.1f + (0.35f * fibre))
                    * (1 - (0.65f * Smooth(4.6f, 6.0f, r)))
                    * (0.75f + (0.45f * Smooth(-5, 5, v)))
                );
            colour = Vec.Lerp(iris, white, Smooth(5.6f, 6.5f, r));
            colour *= Smooth(motion.Pupil - 0.4f, motion.Pupil + 0.4f, r);
        }
        var d = Math.Max(0, (Vec.Dot(n, l.Key) * 0.8f) + 0.2f) * lit;
        var up = 0.5f - (0.5f * n.Y);
        var sum =
            (l.KeyColour * (d * shade))
            + ((l.Ground + ((l.Sky - l.Ground) * up)) * shade)
            + (l.FillColour * (Math.Max(0, (0.7f * Vec.Dot(n, l.Fill)) + 0.3f) * shade));
        colour *= sum;
        // The cornea mirrors the lamp.
        var shine = Math.Clamp((Vec.Dot(n, glint) - 0.982f) / 0.008f, 0, 1);
        colour += l.KeyColour * (0.9f * shine * (0.3f + (0.7f * lit)) * Smooth(0.3f, 0.7f, shade));
        return colour;
    }

    private static Vector3 ShadeHair(Vector256<float> a, Person person, Lighting l)
    {
        var n = Vec.Unit(new Vector3(a.GetElement(3), a.GetElement(4), a.GetElement(5)));
        if (n.Z < 0)
            n = -n;
        var (u, v, lit) = (a.GetElement(1), a.GetElement(2), a.GetElement(6));
        var seed = person.Seed & 63;
        var wave = person.Hair.Curl * 7 * Noise.Quick(u / 8, (v / 9) + seed);
        var strand =
            (0.6f * Noise.Quick((u + wave) / 0.9f, ((v + (2 * wave)) / 16) + seed))
            + (0.4f * Noise.Quick((u + wave) / 3.7f, ((v + (2 * wave)) / 30) + seed + 20));
        var tangent = Vec.Unit(
            new Vector3(0.25f * strand, 1, 0.3f) - (n * ((0.25f * strand * n.X) + n.Y + (0.3f * n.Z)))
        );
        var h = Vec.Unit(l.Key + new Vector3(0, 0, 1));
        var th = Vec.Dot(tangent, h);
        var sheen = Lobe(MathF.Sqrt(Math.Max(0, 1 - (th * th))), 40) * lit * Math.Max(0, Vec.Dot(n, l.Key) + 0.3f);
        var d = Math.Max(0, (0.75f * Vec.Dot(n, l.Key)) + 0.25f) * (0.15f + (0.85f * lit));
        var up = 0.5f - (0.5f * n.Y);
        var sum =
            (l.KeyColour * d)
            + ((l.Ground + ((l.Sky - l.Ground) * up)) * 0.8f)
            + (l.FillColour * Math.Max(0, (0.7f * Vec.Dot(n, l.Fill)) + 0.3f));
        var tone = 0.62f + (0.42f * strand) + (0.1f * Math.Max(0, strand));
        var colour = new Vector3(person.HairColour.R, person.HairColour.G, person.HairColour.B);
        colour =
            (colour * sum * Math.Max(0.12f, tone))
            + (((colour * 1.2f) + new Vector3(0.03f)) * l.KeyColour * (sheen * (0.55f + (0.45f * strand))));
        return colour;
    }

    private Vector3 ShadeOther(Material material, Vector256<float> a, Person person, Lighting l)
    {
        var n = Vec.Unit(new Vector3(a.GetElement(3), a.GetElement(4), a.GetElement(5)));
        if (n.Z < 0)
            n = -n;
        var (u, v, lit) = (a.GetElement(1), a.GetElement(2), a.GetElement(6));
        Vector3 colour;
        float shade = 1,
            gloss = 0;
        switch (material)
        {
            case Material.Lining when v > 0.5f:
                colour = new Vector3(person.Lips.R, person.Lips.G, person.Lips.B) * new Vector3(0.95f, 0.8f, 0.8f);
                (shade, gloss) = (1 - (0.33f * u), 0.5f);
                break;
            case Material.Lining:
                colour = Vec.Lerp(
                    new Vector3(person.Skin.R, person.Skin.G, person.Skin.B),
                    new Vector3(0.5f, 0.22f, 0.2f),
                    0.55f
                );
                (shade, gloss) = (0.55f, 0.4f);
                break;
            case Material.Teeth:
            case Material.Gums:
            {
                var across = u - MathF.Floor(u) - 0.5f;
                var gap = Smooth(0.40f, 0.5f, Math.Abs(across));
                var gum =
                    material == Material.Teeth
                        ? -8.8f - (1.6f * (1 - (4 * across * across))) + 1.6f
                        : 8.2f + (1.4f * (1 - (4 * across * across))) - 1.4f;
                var isGum =
                    material == Material.Teeth ? Smooth(gum + 0.4f, gum - 0.4f, v) : Smooth(gum - 0.4f, gum + 0.4f, v);
                var tooth = new Vector3(0.78f, 0.72f, 0.60f) * (1 - (0.35f * gap));
                colour = Vec.Lerp(tooth, new Vector3(0.45f, 0.16f, 0.15f), isGum);
                // Deeper in the mouth is darker: to the sides, and below the upper lip.
                shade = (0.78f - (0.055f * u * u * 0.55f)) * (material == Material.Teeth ? 1 : 0.7f);
                gloss = 0.6f;
                break;
            }
            case Material.Tongue:
                colour = new Vector3(0.42f, 0.16f, 0.15f);
                (shade, gloss) = (0.25f + (0.4f * v), 0.3f);
                break;
            case Material.Mouth:
                colour = new Vector3(0.10f, 0.03f, 0.03f);
                shade = 0.25f;
                break;
            case Material.Cover:
                colour = cover * (1 + (0.08f * Noise.Quick(u, v)));
                break;
            case Material.Frame:
            {
                var rim = person.Glasses!.Colour;
                colour = new Vector3(rim.R, rim.G, rim.B);
                gloss = 1;
                break;
            }
            case Material.Hand:
            {
                // Nails and knuckles are too small to matter; the skin is this person's, a little redder.
                var mottle = Noise.Quick(u / 3, (n.X * 5) + v);
                colour =
                    new Vector3(person.Skin.R, person.Skin.G * 0.92f, person.Skin.B * 0.9f)
                    * (0.92f + (0.10f * mottle));
                shade = 0.55f + (0.45f * Smooth(0.05f, 0.7f, n.Z));
                gloss = 0.2f;
                break;
            }
            case Material.Cloth:
            {
                var weave = Noise.Quick(u / 1.2f, v / 1.2f);
                var fold = Noise.Quick(u / 14, (v / 34) + (person.Seed & 63));
                colour =
                    new Vector3(person.Cloth.R, person.Cloth.G, person.Cloth.B)
                    * (1 + (0.10f * weave) + (0.22f * fold));
                if (person.Collar == 1 && v < 9)
                    colour = Vec.Lerp(colour, new Vector3(0.75f), 0.7f);
                shade = 0.75f + (0.25f * Smooth(0, 10, v));
                break;
            }
            default:
                colour = new Vector3(0.5f);
                break;
        }
        shade = Math.Max(0.05f, shade);
        var d = Math.Max(0, (0.8f * Vec.Dot(n, l.Key)) + 0.2f) * lit;
        var up = 0.5f - (0.5f * n.Y);
        var sum =
            (l.KeyColour * d)
            + (l.Ground + ((l.Sky - l.Ground) * up))
            + (l.FillColour * Math.Max(0, (0.7f * Vec.Dot(n, l.Fill)) + 0.3f));
        colour *= sum * shade;
        if (gloss > 0)
        {
            var h = Vec.Unit(l.Key + new Vector3(0, 0, 1));
            colour += l.KeyColour * (0.25f * gloss * shade * lit * Lobe(Math.Max(0, Vec.Dot(n, h)), 60));
        }
        return colour;
    }
}
