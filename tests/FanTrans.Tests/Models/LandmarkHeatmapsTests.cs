using CsCheck;
using FanTrans.Models;
using static FanTrans.Tests.Models.TensorTesting;
using static TorchSharp.torch;

namespace FanTrans.Tests.Models;

[Collection(TorchCollection.Name)]
public class LandmarkHeatmapsTests
{
    private static readonly FanOptions Options = FanOptions.Small; // 96 pixels, heatmaps of 24

    [Fact]
    public void WhatIsDrawnIsReadBackWithinATenthOfACell() =>
        Gen.Select(Gen.Float[8, 88], Gen.Float[8, 88])
            .Sample(
                (x, y) =>
                {
                    using var scope = NewDisposeScope();
                    var heatmaps = LandmarkHeatmaps.Draw(tensor(new[] { x, y }).view(1, 1, 2), ones(1, 1), Options);
                    var (landmarks, confidence) = LandmarkHeatmaps.Read(heatmaps, Options.ImageSize);
                    double[] read = Values(landmarks);
                    return Math.Abs(read[0] - x) < 0.4
                        && Math.Abs(read[1] - y) < 0.4
                        && Values(confidence)[0] is > 0.75 and <= 1;
                },
                iter: 200,
                threads: 1
            );

    [Fact]
    public void ACellsCentreIsReadExactly()
    {
        using var scope = NewDisposeScope();
        var heatmaps = zeros(1, 2, 24, 24);
        heatmaps[0, 0, 3, 10] = 0.7f;
        var (landmarks, confidence) = LandmarkHeatmaps.Read(heatmaps, 96);
        Assert.Equal([1, 2, 2], landmarks.shape);
        Assert.Equal([42, 14], Values(landmarks)[..2]); // (10.5 · 4, 3.5 · 4)
        Assert.Equal([2, 2], Values(landmarks)[2..]); // nothing drawn: the first cell's centre, no confidence
        Assert.Equal([0.7, 0], Values(confidence), (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void TheBorderIsReadFromThePartThatIsThere()
    {
        using var scope = NewDisposeScope();
        var points = tensor(new[] { 2f, 94f }).view(1, 1, 2);
        var (landmarks, _) = LandmarkHeatmaps.Read(LandmarkHeatmaps.Draw(points, ones(1, 1), Options), 96);
        double[] read = Values(landmarks);
        Assert.InRange(read[0], 0, 6);
        Assert.InRange(read[1], 90, 96);
    }

    [Fact]
    public void UnknownAndInvisibleLandmarksDrawNothing()
    {
        using var scope = NewDisposeScope();
        var points = tensor(new[] { float.NaN, float.NaN, 40, 40, 40, 40 }).view(1, 3, 2);
        var visible = tensor(new[] { 1f, 0f, 1f }).view(1, 3);
        var heatmaps = LandmarkHeatmaps.Draw(points, visible, Options);
        Assert.Equal(0, Values(heatmaps[0, 0]).Max());
        Assert.Equal(0, Values(heatmaps[0, 1]).Max());
        Assert.InRange(Values(heatmaps[0, 2]).Max(), 0.5, 1);
    }

    [Fact]
    public void RowsAndColumnsAreNotMixedUp()
    {
        using var scope = NewDisposeScope();
        var heatmaps = LandmarkHeatmaps.Draw(tensor(new[] { 70f, 22f }).view(1, 1, 2), ones(1, 1), Options);
        Assert.Equal(5 * 24 + 17, heatmaps.flatten().argmax().item<long>()); // y 22 is row 5, x 70 is column 17
    }
}
