using System.Numerics;
using FanTrans.Data;
using static FanTrans.Synthetic.FixedMath;

namespace FanTrans.Synthetic;

/// <summary>What lies behind the head: studio cloth, walls with furniture, gardens,
/// all a little out of focus.</summary>
internal sealed class Backdrop
{
    private readonly Vector3 top,
        bottom;
    private readonly (float X, float Y, float W, float H, float Soft, Vector3 Colour, bool Round)[] things;
    private readonly float mottle,
        mottleSize,
        vignette;
    private readonly uint seed;

    public Backdrop(ref SeededRandom r)
    {
        seed = (uint)r.NextBits();
        var kind = r.Below(5);
        var brightness = (float)r.Uniform(0.04, 0.85);
        Vector3 Colour(ref SeededRandom x, float spread) =>
            new Vector3(
                1 + (float)x.Uniform(-spread, spread),
                1 + (float)x.Uniform(-spread, spread),
                1 + (float)x.Uniform(-spread, spread)
            ) * brightness;
        top = Colour(ref r, kind == 0 ? 0.12f : 0.4f);
        bottom = top * (float)r.Uniform(0.5, 1.3);
        mottle = kind is 0 or 1 ? (float)r.Uniform(0, 0.35) : 0.12f;
        mottleSize = (float)r.Uniform(2, 9);
        vignette = (float)r.Uniform(0, 0.5);
        var count = kind switch
        {
            0 => 0,
            1 => r.Below(3),
            2 => 4 + r.Below(8),
            3 => 14 + r.Below(20),
            _ => 3 + r.Below(6),
        };
        things = new (float, float, float, float, float, Vector3, bool)[count];
        for (var k = 0; k < count; k++)
        {
            var colour = new Vector3((float)r.NextDouble(), (float)r.NextDouble(), (float)r.NextDouble());
            var grey = (colour.X + colour.Y + colour.Z) / 3;
            colour = Vec.Lerp(colour, new Vector3(grey), (float)r.Uniform(0.1, 0.9)) * (float)r.Uniform(0.05, 1.1);
            if (kind == 3)
                colour = new Vector3(0.10f, 0.2f, 0.05f) * (float)r.Uniform(0.3, 4);
            var big = (float)r.Uniform(0.05, 0.35);
            things[k] = (
                (float)r.Uniform(-0.1, 1.1),
                (float)r.Uniform(-0.1, 1.1),
                big * (float)r.Uniform(0.25, 1.2),
                big * (float)r.Uniform(0.3, 2),
                (float)r.Uniform(0.006, 0.06),
                colour,
                kind == 3 || r.Chance(0.3)
            );
        }
    }

    private Backdrop(Backdrop like, (float, float, float, float, float, Vector3, bool)[] things) =>
        (top, bottom, this.things, mottle, mottleSize, vignette, seed) = (
            like.top,
            like.bottom,
            things,
            like.mottle,
            like.mottleSize,
            like.vignette,
            like.seed
        );

    private Backdrop(Vector3 colour) => (top, bottom, things, mottleSize) = (colour, colour, [], 1);

    /// <summary>Shelves, signs, foliage, crowds: many things, small and large,
    /// sharp and soft, of strong contrast.</summary>
    public static Backdrop Cluttered(ref SeededRandom r)
    {
        var backdrop = new Backdrop(ref r);
        var things = new List<(float, float, float, float, float, Vector3, bool)>(backdrop.things);
        var soft = (float)r.Uniform(0.002, 0.03);
        var groups = 1 + r.Below(5);
        for (var group = 0; group < groups; group++)
        {
            // A row of alike things: books, windows, fence posts, lamps, heads.
            var count = 1 + r.Below(14);
            var (x, y) = ((float)r.Uniform(-0.1, 1), (float)r.Uniform(-0.1, 1));
            var (dx, dy) = r.Chance(0.5)
                ? ((float)r.Uniform(0.02, 0.15), 0f)
                : ((float)r.Uniform(-0.05, 0.05), (float)r.Uniform(0.02, 0.15));
            var (w, h) = ((float)r.Uniform(0.005, 0.12), (float)r.Uniform(0.005, 0.25));
            var round = r.Chance(0.4);
            var colour =
                new Vector3((float)r.NextDouble(), (float)r.NextDouble(), (float)r.NextDouble())
                * (float)r.Uniform(0.02, 1.2);
            for (var k = 0; k < count; k++)
                things.Add((x + (k * dx), y + (k * dy), w, h, soft, colour * (float)r.Uniform(0.5, 1.2), round));
        }
        return new Backdrop(backdrop, [.. things]);
    }

    /// <summary>One colour everywhere.</summary>
    public static Backdrop Plain(Vector3 colour) => new(colour);

    /// <summary>Fills rows of linear light.</summary>
    public void Paint(float[] red, float[] green, float[] blue, int width, int height)
    {
        // The mottling is soft, so a coarse lattice of it is enough.
        const int Cells = 24;
        Span<float> lattice = stackalloc float[(Cells + 1) * (Cells + 1)];
        for (var y = 0; y <= Cells; y++)
        {
            for (var x = 0; x <= Cells; x++)
                lattice[(y * (Cells + 1)) + x] =
                    this.mottle * Noise.Fractal(x * mottleSize / Cells, y * mottleSize / Cells, 3, seed);
        }
        for (var y = 0; y < height; y++)
        {
            var fy = (y + 0.5f) / height;
            var row = Vec.Lerp(top, bottom, fy);
            var ly = fy * Cells;
            var (iy, ty) = ((int)ly, ly - (int)ly);
            for (var x = 0; x < width; x++)
            {
                var fx = (x + 0.5f) / width;
                var lx = fx * Cells;
                var (ix, tx) = ((int)lx, lx - (int)lx);
                var at = (iy * (Cells + 1)) + ix;
                var mottle = Lerp(
                    Lerp(lattice[at], lattice[at + 1], tx),
                    Lerp(lattice[at + Cells + 1], lattice[at + Cells + 2], tx),
                    ty
                );
                var (dx, dy) = (fx - 0.5f, fy - 0.5f);
                var tone = (1 + mottle) * (1 - (vignette * 2 * ((dx * dx) + (dy * dy))));
                var i = (y * width) + x;
                (red[i], green[i], blue[i]) = (row.X * tone, row.Y * tone, row.Z * tone);
            }
        }
        foreach (var t in things)
            PaintThing(t, red, green, blue, width, height);
    }

    private static void PaintThing(
        (float X, float Y, float W, float H, float Soft, Vector3 Colour, bool Round) t,
        float[] red,
        float[] green,
        float[] blue,
        int width,
        int height
    )
    {
        var x0 = Math.Clamp((int)((t.X - t.W - t.Soft) * width), 0, width);
        var x1 = Math.Clamp((int)((t.X + t.W + t.Soft) * width) + 1, 0, width);
        var y0 = Math.Clamp((int)((t.Y - t.H - t.Soft) * height), 0, height);
        var y1 = Math.Clamp((int)((t.Y + t.H + t.Soft) * height) + 1, 0, height);
        for (var y = y0; y < y1; y++)
        {
            var dy = Math.Abs(((y + 0.5f) / height) - t.Y);
            for (var x = x0; x < x1; x++)
            {
                var dx = Math.Abs(((x + 0.5f) / width) - t.X);
                float cover;
                if (t.Round)
                {
                    var d = MathF.Sqrt((dx * dx / (t.W * t.W)) + (dy * dy / (t.H * t.H)));
                    cover = Smooth(1 + (t.Soft / t.W), 1 - (t.Soft / t.W), d);
                }
                else
                {
                    cover = Smooth(t.W + t.Soft, t.W - t.Soft, dx) * Smooth(t.H + t.Soft, t.H - t.Soft, dy);
                }
                var i = (y * width) + x;
                red[i] += (t.Colour.X - red[i]) * cover;
                green[i] += (t.Colour.Y - green[i]) * cover;
                blue[i] += (t.Colour.Z - blue[i]) * cover;
            }
        }
    }
}
