using FanTrans.Data;
using FanTrans.Models;
using FanTrans.Training;
using static TorchSharp.torch;

namespace FanTrans.Prediction;

/// <summary>A square of a picture, turned and mirrored as asked, for the network to look at.</summary>
/// <param name="Crop">The square.</param>
/// <param name="Flipped">Whether left and right are swapped.</param>
internal readonly record struct Look(FaceCrop Crop, bool Flipped = false)
{
    public Affine ToImage(int size) => Flipped
        ? Affine.Scaling(-1, 1).Then(Affine.Translation(size, 0)).Then(Crop.ToImage(size))
        : Crop.ToImage(size);
}

/// <summary>Landmarks that the network sees in one look.</summary>
/// <param name="Landmarks">136 values in pixels of the picture, iBUG order.</param>
/// <param name="Confidence">68 values, 0 to 1.</param>
internal sealed record Seen(float[] Landmarks, float[] Confidence)
{
    public double Score => Confidence.Average();
}

/// <summary>Runs a face alignment network over squares of a picture.</summary>
internal sealed class LandmarkReader(FaceAlignmentNetwork fan, Device device)
{
    private const int BatchSize = 32;

    /// <summary>What the network sees in each look, in order. It is put into evaluation mode, and back.</summary>
    public List<Seen> Read(RgbImage image, IReadOnlyList<Look> looks, CancellationToken cancellation)
    {
        var size = fan.Options.ImageSize;
        var seen = new List<Seen>(looks.Count);
        using var mode = new EvaluationMode(fan);
        foreach (var part in looks.Chunk(BatchSize))
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var pixels = Pixels(image, part, size);
            var heatmaps = fan.Heatmaps(BatchTensors.Copy(pixels, [part.Length, 3, size, size], device))[^1];
            var (landmarks, confidence) = LandmarkHeatmaps.Read(heatmaps, size);
            var found = landmarks.cpu().data<float>().ToArray();
            var sure = confidence.cpu().data<float>().ToArray();
            for (var i = 0; i < part.Length; i++)
                seen.Add(ToImage(part[i], size, found.AsSpan(136 * i, 136), sure.AsSpan(68 * i, 68)));
        }
        return seen;
    }

    /// <summary>The looks' crops: (looks, 3, size, size).</summary>
    public static float[] Pixels(RgbImage image, Look[] looks, int size)
    {
        var plane = 3 * size * size;
        var pixels = new float[looks.Length * plane];
        Parallel.For(0, looks.Length, i =>
            ImageWarp.Sample(image, looks[i].ToImage(size), size, pixels.AsSpan(i * plane, plane)));
        return pixels;
    }

    private static Seen ToImage(Look look, int size, ReadOnlySpan<float> landmarks, ReadOnlySpan<float> confidence)
    {
        var map = look.ToImage(size);
        var (points, sure) = (new float[136], new float[68]);
        for (var k = 0; k < 68; k++)
        {
            var to = look.Flipped ? Ibug68.Flipped[k] : k;
            var (x, y) = map.Map(landmarks[2 * k], landmarks[(2 * k) + 1]);
            (points[2 * to], points[(2 * to) + 1], sure[to]) = ((float)x, (float)y, confidence[k]);
        }
        return new Seen(points, sure);
    }
}
