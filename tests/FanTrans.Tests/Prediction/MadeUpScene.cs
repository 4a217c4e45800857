using FanTrans.Data;
using FanTrans.Prediction;

namespace FanTrans.Tests.Prediction;

/// <summary>
/// Faces as bright squares on black, with a detector and a network that know no more than that: what following does can
/// be told from what networks do.
/// </summary>
internal static class MadeUpScene
{
    /// <summary>A picture with squares of the given centres and sides.</summary>
    public static RgbImage Draw(params (double X, double Y, double Side)[] faces)
    {
        var image = new RgbImage(320, 240);
        foreach (var (cx, cy, side) in faces)
        {
            for (var y = Math.Max(0, (int)(cy - (side / 2))); y < Math.Min(240, cy + (side / 2)); y++)
            {
                for (var x = Math.Max(0, (int)(cx - (side / 2))); x < Math.Min(320, cx + (side / 2)); x++)
                    image[x, y] = (255, 255, 255);
            }
        }
        return image;
    }

    /// <summary>The landmarks of a face in a box, upright and symmetric: contour, eyes,
    /// and all else in the middle.</summary>
    public static float[] Landmarks(float left, float top, float side) =>
        [
            .. Enumerable
                .Range(0, 68)
                .SelectMany(k =>
                {
                    var (x, y) = k switch
                    {
                        < 17 => (k / 16f, 1 - (Math.Abs(k - 8) / 8f)),
                        >= 36 and < 42 => (0.3f, 0.3f),
                        >= 42 and < 48 => (0.7f, 0.3f),
                        _ => (0.5f, 0.5f),
                    };
                    return new[] { left + (x * side), top + (y * side) };
                }),
        ];
}

/// <summary>Finds what a test says is there.</summary>
internal sealed class MadeUpDetector : IFaceDetector
{
    public IReadOnlyList<(double X, double Y, double Side)> Faces { get; set; } = [];

    public int Calls { get; private set; }

    public string Name => "made up";

    public IReadOnlyList<DetectedFace> Find(RgbImage image, CancellationToken cancellation = default)
    {
        Calls++;
        return
        [
            .. Faces.Select(f => new DetectedFace(
                new FaceBox(
                    (float)(f.X - (f.Side / 2)),
                    (float)(f.Y - (f.Side / 2)),
                    (float)(f.X + (f.Side / 2)),
                    (float)(f.Y + (f.Side / 2))
                ),
                0.9
            )),
        ];
    }
}

/// <summary>Reads the bright part of a crop as the face; a dark crop has no confidence.</summary>
internal sealed class MadeUpNetwork : IFaceNetwork
{
    public int ImageSize => 64;

    public IReadOnlyList<int> ActionUnits => [1, 2];

    public int Crops { get; private set; }

    /// <summary>Reads every crop as a face twice its size, as a network does that was hardly trained.</summary>
    public bool Grows { get; init; }

    public CropReading[] Read(float[] images, int count)
    {
        Crops += count;
        return [.. Enumerable.Range(0, count).Select(i => One(images.AsSpan(i * 3 * 64 * 64, 64 * 64)))];
    }

    private CropReading One(ReadOnlySpan<float> red)
    {
        if (Grows)
            return new CropReading(MadeUpScene.Landmarks(-32, -32, 128), [.. Enumerable.Repeat(1f, 68)], [1, -1]);
        var (x0, x1, y0, y1) = (64, -1, 64, -1);
        for (var i = 0; i < red.Length; i++)
        {
            if (red[i] > 0.5f)
                (x0, x1, y0, y1) = (
                    Math.Min(x0, i % 64),
                    Math.Max(x1, i % 64),
                    Math.Min(y0, i / 64),
                    Math.Max(y1, i / 64)
                );
        }
        return x1 < 0
            ? new CropReading(MadeUpScene.Landmarks(16, 16, 32), new float[68], [0, 0])
            : new CropReading(
                MadeUpScene.Landmarks(x0, y0, Math.Max(x1 - x0, y1 - y0) + 1),
                [.. Enumerable.Repeat(1f, 68)],
                [1, -1]
            );
    }
}
