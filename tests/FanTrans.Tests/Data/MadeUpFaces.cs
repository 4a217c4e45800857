using FanTrans.Data;

namespace FanTrans.Tests.Data;

/// <summary>Small drawn faces with known landmarks and labels, to lay out as a dataset.</summary>
internal sealed class MadeUpFaces(
    IReadOnlyList<int> actionUnits,
    int subjects,
    int sequences,
    int frames,
    int firstFrame = 1,
    int side = 64
) : AuDataset
{
    public override IReadOnlyList<int> ActionUnits => actionUnits;

    public override int Count => subjects * sequences * frames;

    public override FaceKey Key(int index) =>
        new($"S{index / (sequences * frames):D2}", $"Q{index / frames % sequences}", firstFrame + (index % frames));

    public override sbyte[] LabelsAt(int index) =>
        [.. actionUnits.Select((_, n) => (sbyte)(new SeededRandom(7, index, n).Chance(0.3) ? 1 : 0))];

    public override FaceFrame Read(int index)
    {
        var random = new SeededRandom(11, index);
        double cx = side * random.Uniform(0.45, 0.55),
            cy = side * random.Uniform(0.42, 0.5),
            r = side * random.Uniform(0.2, 0.24);
        var image = new RgbImage(side, side);
        for (var y = 0; y < side; y++)
        {
            for (var x = 0; x < side; x++)
            {
                var inside = Math.Pow((x + 0.5 - cx) / r, 2) + Math.Pow((y + 0.5 - cy) / (1.3 * r), 2) < 1;
                image[x, y] = inside
                    ? ((byte)(160 + (index % 60)), (byte)(2 * y), (byte)(2 * x))
                    : ((byte)x, (byte)y, (byte)90);
            }
        }
        var key = Key(index);
        var landmarks = Landmarks(cx, cy, r);
        return new FaceFrame
        {
            Subject = key.Subject,
            Sequence = key.Sequence,
            Frame = key.Frame,
            Image = image,
            Landmarks = landmarks,
            Visible = [.. Enumerable.Repeat(true, Ibug68.Count)],
            Box = FaceBox.Around(landmarks),
            Labels = LabelsAt(index),
        };
    }

    /// <summary>68 points of an upright face with the radius r: a rough iBUG shape.</summary>
    public static float[] Landmarks(double cx, double cy, double r)
    {
        var points = new float[2 * Ibug68.Count];
        void Put(int k, double x, double y) =>
            (points[2 * k], points[(2 * k) + 1]) = ((float)(cx + (x * r)), (float)(cy + (y * r)));
        for (var k = 0; k < 17; k++)
            Put(k, -Math.Cos(Math.PI * k / 16), 1.3 * Math.Sin(Math.PI * k / 16));
        for (var k = 0; k < 5; k++)
        {
            Put(17 + k, -0.8 + (0.15 * k), -0.5);
            Put(22 + k, 0.2 + (0.15 * k), -0.5);
            Put(31 + k, -0.2 + (0.1 * k), 0.35);
        }
        for (var k = 0; k < 4; k++)
            Put(27 + k, 0, -0.3 + (0.18 * k));
        for (var k = 0; k < 6; k++)
        {
            double x = 0.15 * Math.Cos(Math.PI * k / 3),
                y = 0.08 * Math.Sin(Math.PI * k / 3);
            Put(36 + k, -0.45 - x, -0.25 - y);
            Put(42 + k, 0.45 - x, -0.25 - y);
        }
        for (var k = 0; k < 12; k++)
            Put(48 + k, -0.4 * Math.Cos(Math.PI * k / 6), 0.7 - (0.15 * Math.Sin(Math.PI * k / 6)));
        for (var k = 0; k < 8; k++)
            Put(60 + k, -0.3 * Math.Cos(Math.PI * k / 4), 0.7 - (0.08 * Math.Sin(Math.PI * k / 4)));
        return points;
    }
}
