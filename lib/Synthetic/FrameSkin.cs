using System.Numerics;
using System.Runtime.Intrinsics;

namespace FanTrans.Synthetic;

/// <summary>One frame's skin: a person's texture with the furrows that the frame's muscles draw.</summary>
internal sealed class FrameSkin
{
    private readonly HeadGrid grid;
    private readonly float[] relief;
    private readonly Vector256<float>[] texels;
    private readonly float[] perMillimetreAcross,
        perMillimetreDown;
    private readonly (float, float)[] strengths = new (float, float)[Enum.GetValues<Furrow>().Length];

    public FrameSkin(HeadGrid grid)
    {
        this.grid = grid;
        var count = grid.TextureRows * grid.TextureColumns;
        relief = new float[count];
        texels = new Vector256<float>[count];
        (perMillimetreAcross, perMillimetreDown) = (new float[count], new float[count]);
        var columns = grid.TextureColumns;
        for (var r = 1; r < grid.TextureRows - 1; r++)
        {
            for (var c = 1; c < columns - 1; c++)
            {
                var at = (r * columns) + c;
                perMillimetreAcross[at] = 1 / Math.Max(0.3f, Distance(at - 1, at + 1));
                perMillimetreDown[at] = 1 / Math.Max(0.3f, Distance(at - columns, at + columns));
            }
        }

        float Distance(int a, int b) =>
            Vec.Length(
                new Vector3(
                    grid.TextureX[a] - grid.TextureX[b],
                    grid.TextureY[a] - grid.TextureY[b],
                    grid.TextureZ[a] - grid.TextureZ[b]
                )
            );
    }

    public void Prepare(Person person, SkinTexture skin, FaceMotion motion)
    {
        skin.Relief.CopyTo(relief, 0);
        Furrows.Strengths(person, motion, strengths);
        Furrows.For(grid).Add(strengths, relief);
        var columns = grid.TextureColumns;
        var count = relief.Length;
        for (var i = columns; i < count - columns; i++)
        {
            var across = (relief[i + 1] - relief[i - 1]) * perMillimetreAcross[i];
            var down = (relief[i + columns] - relief[i - columns]) * perMillimetreDown[i];
            // A furrow is darker than its slopes alone would make it.
            var shade = skin.Shade[i] * (1 + (0.30f * Math.Clamp(relief[i], -1.8f, 0.3f)));
            texels[i] = Vector256.Create(skin.Colour[i].AsVector128(), Vector128.Create(across, down, shade, 0));
        }
    }

    /// <summary>Red, green, blue, gloss, slope of the relief across and down,
    /// and shade at a place of the texture.</summary>
    public Vector256<float> Sample(float u, float v)
    {
        var columns = grid.TextureColumns;
        u = Math.Clamp(u, 0, columns - 1.001f);
        v = Math.Clamp(v, 0, grid.TextureRows - 1.001f);
        var (iu, iv) = ((int)u, (int)v);
        var (tu, tv) = (u - iu, v - iv);
        var at = (iv * columns) + iu;
        var texels = this.texels;
        var top = texels[at] + ((texels[at + 1] - texels[at]) * tu);
        var bottom = texels[at + columns] + ((texels[at + columns + 1] - texels[at + columns]) * tu);
        return top + ((bottom - top) * tv);
    }
}
