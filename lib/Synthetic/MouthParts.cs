using System.Numerics;

namespace FanTrans.Synthetic;

/// <summary>Teeth, gums, tongue and the dark behind them.</summary>
internal sealed class MouthParts
{
    private const int ArchColumns = 29,
        ArchRows = 4,
        TongueColumns = 9,
        TongueRows = 7,
        BackColumns = 9,
        BackRows = 3;
    private const int LowerStart = ArchColumns * ArchRows,
        TongueStart = 2 * LowerStart;
    private const int BackStart = TongueStart + (TongueColumns * TongueRows);

    /// <summary>All parts' vertices.</summary>
    public Surface Surface { get; } = new(BackStart + (BackColumns * BackRows));

    public void Place(HeadMesh mesh, FaceShape shape, Camera camera)
    {
        var (down, back) = mesh.JawDrop;
        var forward = 2.0f * shape.MouthForward;
        var lift = 2.2f * shape.MouthHeight;
        for (var c = 0; c < ArchColumns; c++)
        {
            var t = ((2f * c) / (ArchColumns - 1)) - 1;
            var (sin, cos) = (FixedMath.Sin(t * 1.35f), FixedMath.Cos(t * 1.35f));
            var edge = 68.2f - (1.3f * t * t) - (0.25f * Math.Abs(FixedMath.Sin(t * 7 * MathF.PI)));
            for (var r = 0; r < ArchRows; r++)
            {
                var v = r / (float)(ArchRows - 1);
                var n = new Vector3(sin, 0, cos);
                Set(
                    (r * ArchColumns) + c,
                    new Vector3(
                        26 * sin,
                        FixedMath.Lerp(52, edge, v) + lift,
                        66 + forward + (23.5f * cos) + (1.2f * v)
                    ),
                    n,
                    t * 7,
                    FixedMath.Lerp(52, edge, v) - edge
                );
                var top = 67.4f + (0.8f * t * t);
                Set(
                    LowerStart + (r * ArchColumns) + c,
                    new Vector3(
                        24.5f * sin,
                        FixedMath.Lerp(top, 84, v) + lift + down,
                        64.5f + forward - back + (22.5f * cos)
                    ),
                    n,
                    t * 7,
                    FixedMath.Lerp(top, 84, v) - top
                );
            }
        }
        for (var r = 0; r < TongueRows; r++)
        {
            for (var c = 0; c < TongueColumns; c++)
            {
                var (v, t) = (r / (float)(TongueRows - 1), ((2f * c) / (TongueColumns - 1)) - 1);
                var width = 19 * MathF.Sqrt(Math.Max(0.02f, 1 - (v * v * 0.9f)));
                var y = 70.5f + lift + (0.85f * down) + (5 * v * v) + (3 * t * t);
                Set(
                    TongueStart + (r * TongueColumns) + c,
                    new Vector3(width * t, y, 56 + forward - back + (25 * v)),
                    Vec.Unit(new Vector3(t * 0.5f, -1, 0.4f + v)),
                    t,
                    v
                );
            }
        }
        for (var r = 0; r < BackRows; r++)
        {
            for (var c = 0; c < BackColumns; c++)
            {
                var t = ((2f * c) / (BackColumns - 1)) - 1;
                Set(
                    BackStart + (r * BackColumns) + c,
                    new Vector3(31 * t, 50 + (19 * r) + lift, 66 + forward - (14 * t * t)),
                    new Vector3(0, 0, 1),
                    t,
                    r
                );
            }
        }
        Surface.Project(camera);

        void Set(int i, Vector3 p, Vector3 n, float u, float v)
        {
            Surface.Set(i, mesh.ToCamera(p), mesh.HeadTurn.Turn(n), u, v);
            Surface.Light[i] = 1;
        }
    }

    public void Draw(SampleBuffer samples)
    {
        samples.Grid(Surface, 0, ArchRows, ArchColumns, Material.Teeth);
        samples.Grid(Surface, LowerStart, ArchRows, ArchColumns, Material.Gums);
        samples.Grid(Surface, TongueStart, TongueRows, TongueColumns, Material.Tongue, true);
        samples.Grid(Surface, BackStart, BackRows, BackColumns, Material.Mouth, true);
    }
}
