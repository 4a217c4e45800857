using System.Numerics;

namespace FanTrans.Synthetic;

/// <summary>One frame's skin: a person's texture with the furrows that the frame's muscles draw.</summary>
internal sealed class FrameSkin
{
    private readonly HeadGrid _grid;
    private readonly float[] _relief;
    private readonly float[] _perMillimetreAcross, _perMillimetreDown;
    private readonly (float, float)[] _strengths = new (float, float)[Enum.GetValues<Furrow>().Length];
    private Vector4[] _colour = [];

    public FrameSkin(HeadGrid grid)
    {
        _grid = grid;
        var count = grid.TextureRows * grid.TextureColumns;
        _relief = new float[count];
        Detail = new Vector4[count];
        (_perMillimetreAcross, _perMillimetreDown) = (new float[count], new float[count]);
        var columns = grid.TextureColumns;
        for (var r = 1; r < grid.TextureRows - 1; r++)
        {
            for (var c = 1; c < columns - 1; c++)
            {
                var at = (r * columns) + c;
                _perMillimetreAcross[at] = 1 / Math.Max(0.3f, Distance(at - 1, at + 1));
                _perMillimetreDown[at] = 1 / Math.Max(0.3f, Distance(at - columns, at + columns));
            }
        }

        float Distance(int a, int b) => Vec.Length(new Vector3(
            grid.TextureX[a] - grid.TextureX[b], grid.TextureY[a] - grid.TextureY[b], grid.TextureZ[a] - grid.TextureZ[b]));
    }

    /// <summary>Slope of the relief across and down, and shade, of each texel.</summary>
    public Vector4[] Detail { get; }

    public void Prepare(Person person, SkinTexture skin, FaceMotion motion)
    {
        _colour = skin.Colour;
        skin.Relief.CopyTo(_relief, 0);
        Furrows.Strengths(person, motion, _strengths);
        Furrows.For(_grid).Add(_strengths, _relief);
        var columns = _grid.TextureColumns;
        var count = _relief.Length;
        for (var i = columns; i < count - columns; i++)
        {
            var across = (_relief[i + 1] - _relief[i - 1]) * _perMillimetreAcross[i];
            var down = (_relief[i + columns] - _relief[i - columns]) * _perMillimetreDown[i];
            // A furrow is darker than its slopes alone would make it.
            var shade = skin.Shade[i] * (1 + (0.30f * Math.Clamp(_relief[i], -1.8f, 0.3f)));
            Detail[i] = new Vector4(across, down, shade, 0);
        }
    }

    /// <summary>Colour and detail at a place of the texture, interpolated.</summary>
    public void Sample(float u, float v, out Vector4 colour, out Vector4 detail)
    {
        var columns = _grid.TextureColumns;
        u = Math.Clamp(u, 0, columns - 1.001f);
        v = Math.Clamp(v, 0, _grid.TextureRows - 1.001f);
        var (iu, iv) = ((int)u, (int)v);
        var (tu, tv) = (u - iu, v - iv);
        var at = (iv * columns) + iu;
        var (w00, w01, w10, w11) = ((1 - tu) * (1 - tv), tu * (1 - tv), (1 - tu) * tv, tu * tv);
        colour = (_colour[at] * w00) + (_colour[at + 1] * w01) + (_colour[at + columns] * w10) + (_colour[at + columns + 1] * w11);
        detail = (Detail[at] * w00) + (Detail[at + 1] * w01) + (Detail[at + columns] * w10) + (Detail[at + columns + 1] * w11);
    }
}
