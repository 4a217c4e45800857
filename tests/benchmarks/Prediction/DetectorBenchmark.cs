using System.Diagnostics;
using FanTrans.Data;
using FanTrans.Interop;
using FanTrans.Models;
using FanTrans.Prediction;

namespace FanTrans.Benchmarks.Prediction;

/// <summary>
/// BlazeFace, and as its peer the search with the landmark network, on the same rendered scenes: faces found, boxes
/// where no face is, and time a picture.
/// </summary>
internal sealed class DetectorBenchmark : IBenchmark
{
    public string Name => "detector";

    public IEnumerable<Measurement> Run(Setting setting)
    {
        if (BlazeFaceDetector.TryLoad() is not { } blazeFace)
        {
            setting.Skip("detector: set-up fetched none");
            yield break;
        }
        using var small = BlazeFaceDetector.Load(imageSize: 128);
        using var fan = ShippedWeights.Has(ShippedWeights.Fan) ? FaceAlignmentNetwork.LoadShipped() : null;
        var search = fan is null ? null : new HeatmapFaceDetector(new TorchFaceNetwork(fan, null, null));
        var scenes = Math.Min(24, setting.Rounds);
        foreach (var (name, make) in Kinds())
        {
            FaceScene[] kind = [.. Enumerable.Range(0, scenes).Select(make)];
            // The search takes seconds a picture: some scenes are enough for it.
            var kit = Measure(blazeFace, kind);
            (double Found, double Wrong, double Milliseconds)? peer = search is null
                ? null
                : Measure(search, kind[..Math.Min(4, scenes)]);
            if (kind.Any(scene => scene.Faces.Count > 0))
            {
                yield return new Measurement($"{name}: found", kit.Found, peer?.Found, "%");
                yield return new Measurement($"{name}: found by BlazeFace 128", Measure(small, kind).Found, null, "%");
            }
            yield return new Measurement($"{name}: boxes without a face", kit.Wrong, peer?.Wrong, "a picture");
            yield return new Measurement($"{name}: time", kit.Milliseconds, peer?.Milliseconds, "ms");
        }
        blazeFace.Dispose();
    }

    private static IEnumerable<(string, Func<int, FaceScene>)> Kinds()
    {
        yield return ("one face of 120 pixels", i => FaceScene.Render(i, 1, 120));
        yield return ("three faces of 80 pixels", i => FaceScene.Render(i, 3, 80));
        foreach (var side in new[] { 16, 24, 32, 48 })
            yield return ($"four faces of {side} pixels", i => FaceScene.Render(i, 4, side));
        foreach (var roll in new[] { 30, 60, 90, 135, 180 })
            yield return ($"one face turned by {roll}°", i => FaceScene.Render(i, 1, 120, roll));
        yield return ("lower half hidden", i => FaceScene.Render(i, 1, 120, hidden: true));
        yield return ("no face", i => FaceScene.Render(i, 0, 120));
    }

    private static (double Found, double Wrong, double Milliseconds) Measure(IFaceDetector detector, FaceScene[] scenes)
    {
        var (found, wrong, time) = (0, 0, new List<double>());
        foreach (var scene in scenes)
        {
            var clock = Stopwatch.StartNew();
            var boxes = detector.Find(scene.Image).Select(f => f.Box).ToList();
            time.Add(clock.Elapsed.TotalMilliseconds);
            foreach (var face in scene.Faces)
                found += boxes.RemoveAll(box => IsSame(box, face)) > 0 ? 1 : 0;
            wrong += boxes.Count;
        }
        time.Sort();
        return (100.0 * found / scenes.Sum(s => s.Faces.Count), (double)wrong / scenes.Length, time[time.Count / 2]);
    }

    /// <summary>Within 0.3 of the face's side of its place, and 1.6 times of its size.</summary>
    private static bool IsSame(FaceBox box, FaceBox face)
    {
        float side = (face.Width + face.Height) / 2,
            other = (box.Width + box.Height) / 2;
        return Math.Abs(box.X0 + box.X1 - face.X0 - face.X1) < 0.6 * side
            && Math.Abs(box.Y0 + box.Y1 - face.Y0 - face.Y1) < 0.6 * side
            && Math.Abs(Math.Log(other / side)) < Math.Log(1.6);
    }
}
