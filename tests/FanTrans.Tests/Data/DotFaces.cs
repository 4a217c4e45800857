using FanTrans.Data;

namespace FanTrans.Tests.Data;

/// <summary>Frames that cost nothing: noise of their own, labels by a rule,
/// landmarks on a ring about the middle.</summary>
internal sealed class DotFaces(int count, int units = 3, int side = 64) : AuDataset
{
    private int reads;

    public int Reads => reads;

    public int? Broken { get; init; }

    public override IReadOnlyList<string> Warnings => Lack is null ? [] : [Lack];

    public string? Lack { get; init; }

    /// <summary>Pixels by which the boxes lie beside the faces.</summary>
    public float Off { get; init; }

    /// <summary>A landmark that no face has.</summary>
    public int? Unknown { get; init; }

    public override IReadOnlyList<int> ActionUnits { get; } = [.. FanTrans.ActionUnits.All.Take(units)];

    public override int Count => count;

    public override FaceKey Key(int index) => new($"S{index % 7:00}", "T1", index);

    public override sbyte[] LabelsAt(int index) =>
        [.. Enumerable.Range(0, units).Select(n => (sbyte)((index + n) % 5 == 4 ? 9 : (index >> n) & 1))];

    public override FaceFrame Read(int index)
    {
        Interlocked.Increment(ref reads);
        if (index == Broken)
            throw new IOException("the picture ends early");
        var image = new RgbImage(side, side);
        new Random(index).NextBytes(image.Pixels);
        var frame = Frame(Key(index), image, LabelsAt(index));
        if (Unknown is { } lost)
            (frame.Landmarks[2 * lost], frame.Landmarks[(2 * lost) + 1], frame.Visible[lost]) = (
                float.NaN,
                float.NaN,
                false
            );
        return frame with { Box = frame.Box with { X0 = frame.Box.X0 + Off, X1 = frame.Box.X1 + Off } };
    }

    public static FaceFrame Frame(FaceKey key, RgbImage image, sbyte[] labels)
    {
        var landmarks = Ring(image.Width / 2.0, image.Height / 2.0, image.Width / 4.0);
        return new FaceFrame
        {
            Subject = key.Subject,
            Sequence = key.Sequence,
            Frame = key.Frame,
            Image = image,
            Landmarks = landmarks,
            Visible = [.. Enumerable.Repeat(true, 68)],
            Box = FaceBox.Around(landmarks),
            Labels = labels,
        };
    }

    private static float[] Ring(double x, double y, double radius) =>
        [
            .. Enumerable
                .Range(0, 68)
                .SelectMany(k =>
                    new[]
                    {
                        (float)(x + (radius * Math.Cos(2 * Math.PI * k / 68))),
                        (float)(y + (radius * Math.Sin(2 * Math.PI * k / 68))),
                    }
                ),
        ];
}
