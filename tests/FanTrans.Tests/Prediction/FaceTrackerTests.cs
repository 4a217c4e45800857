using FanTrans.Data;
using FanTrans.Prediction;

namespace FanTrans.Tests.Prediction;

public class FaceTrackerTests
{
    private readonly MadeUpDetector detector = new();
    private readonly MadeUpNetwork network = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void EachPersonKeepsTheNumberThroughAGapOfLessThanTwoSeconds()
    {
        var tracker = new FaceTracker(detector, new FaceReader(network), leastConfidence: 0.5);
        var seen = new List<string>();
        for (var frame = 0; frame < 90; frame++)
        {
            // One face walks to the right, one stands and is hidden from frame 20 to 49, that is for 1.2 s.
            (double, double, double)[] faces = frame is >= 20 and < 50
                ? [(60 + frame, 80, 50)]
                : [(60 + frame, 80, 50), (240, 170, 60)];
            detector.Faces = faces;
            var found = tracker.Next(MadeUpScene.Draw(faces), frame / 25.0, Token);
            seen.Add(string.Join(' ', found.Select(f => f.Id)));
            Assert.Equal(60 + frame, found[0].Face.Place.Crop.CenterX, 2.5);
        }
        Assert.All(seen[..20], ids => Assert.Equal("0 1", ids));
        Assert.All(seen[20..50], ids => Assert.Equal("0", ids));
        // The detector is asked five times a second, so that a face is there again at most five frames later.
        Assert.All(seen[55..], ids => Assert.Equal("0 1", ids));
        Assert.InRange(detector.Calls, 15, 25);
    }

    [Fact]
    public void AFaceThatComesBackLaterOrElsewhereIsAnotherOne()
    {
        var tracker = new FaceTracker(detector, new FaceReader(network), leastConfidence: 0.5);
        List<int> At(double seconds, params (double, double, double)[] faces)
        {
            detector.Faces = faces;
            return [.. tracker.Next(MadeUpScene.Draw(faces), seconds, Token).Select(f => f.Id)];
        }
        Assert.Equal([0], At(0, (60, 60, 50)));
        Assert.Empty(At(0.1));
        Assert.Equal([1], At(0.5, (240, 170, 50)));
        Assert.Equal([1, 0], At(0.9, (240, 170, 50), (60, 60, 50)).OrderDescending());
        Assert.Empty(At(1.3));
        Assert.Equal([2], At(4, (60, 60, 50)));
    }

    [Fact]
    public void OfTwoNewFacesTheNearerOneIsTheOneThatCameBack()
    {
        var tracker = new FaceTracker(detector, new FaceReader(network), leastConfidence: 0.5);
        List<int> At(double seconds, params (double, double, double)[] faces)
        {
            detector.Faces = faces;
            return
            [
                .. tracker
                    .Next(MadeUpScene.Draw(faces), seconds, Token)
                    .OrderBy(f => f.Face.Place.Crop.CenterX)
                    .Select(f => f.Id),
            ];
        }
        Assert.Equal([0], At(0, (150, 100, 50)));
        Assert.Empty(At(0.1));
        // Both are near enough, after a second and a half, to be the one that was lost.
        Assert.Equal([1, 0], At(1.5, (80, 100, 50), (155, 100, 50)));
    }

    [Fact]
    public void AFaceThatIsNeverFoundAgainByTheDetectorEndsAfterASecond()
    {
        var tracker = new FaceTracker(detector, new FaceReader(network), leastConfidence: 0.5);
        var image = MadeUpScene.Draw((100, 100, 60));
        detector.Faces = [(100, 100, 60)];
        Assert.Single(tracker.Next(image, 0, Token));
        detector.Faces = [];
        Assert.Single(tracker.Next(image, 0.9, Token));
        Assert.Empty(tracker.Next(image, 1.1, Token));
    }

    [Fact]
    public void ABoxStaysWithinReachOfThePictureWhateverTheNetworkSays()
    {
        var tracker = new FaceTracker(detector, new FaceReader(new MadeUpNetwork { Grows = true }), leastConfidence: 0);
        var image = MadeUpScene.Draw();
        detector.Faces = [(100, 100, 60)];
        for (var frame = 0; frame < 300; frame++)
        {
            var face = Assert.Single(tracker.Next(image, frame / 25.0, Token)).Face;
            Assert.InRange(face.Place.Crop.Side, 1, 2 * 320);
            Assert.All(face.Landmarks, v => Assert.InRange(v, -4 * 320, 4 * 320));
        }
    }

    [Fact]
    public void TheFallbackLooksAtABoundedNumberOfCrops()
    {
        var search = new HeatmapFaceDetector(network);
        search.Find(new RgbImage(3000, 20), Token);
        Assert.InRange(network.Crops, 1, 1400);
        var strip = network.Crops;
        search.Find(new RgbImage(12000, 30), Token);
        Assert.InRange(network.Crops - strip, 1, 1400);

        var found = Assert.Single(search.Find(MadeUpScene.Draw((200, 90, 70)), Token));
        Assert.Equal(200, (found.Box.X0 + found.Box.X1) / 2, 3f);
        Assert.Equal(70, found.Box.Width, 4f);
    }
}
