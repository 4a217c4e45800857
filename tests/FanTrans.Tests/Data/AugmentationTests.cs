using CsCheck;
using FanTrans.Data;

namespace FanTrans.Tests.Data;

public class AugmentationTests
{
    [Fact]
    public void MirroringTwiceIsNothing()
    {
        Assert.Equal(68, Ibug68.Flipped.Distinct().Count());
        Assert.All(Enumerable.Range(0, 68), k => Assert.Equal(k, Ibug68.Flipped[Ibug68.Flipped[k]]));
        // The chin, the bridge of the nose and the middle of the lips stay where they are.
        int[] expected = [8, 27, 28, 29, 30, 33, 51, 57, 62, 66];
        Assert.Equal(expected, Enumerable.Range(0, 68).Where(k => Ibug68.Flipped[k] == k));
    }

    [Fact]
    public void TheCropIsThePapers()
    {
        var crop = FaceCrop.Around(new FaceBox(100, 50, 230, 180));
        Assert.Equal(new FaceCrop(165, 115, 200), crop);
        Assert.Equal((65, 15), crop.ToImage(96).Map(0, 0));
        Assert.Equal((265, 215), crop.ToImage(96).Map(96, 96));
        Assert.Throws<ArgumentException>(() => FaceCrop.Around(new FaceBox(1, 1, 1, 4)));
    }

    /// <summary>A bright spot drawn at a landmark is found, in the varied crop,
    /// where the landmark is said to be.</summary>
    [Fact]
    public void LandmarksMoveWithThePicture() =>
        Gen.Long.Sample(
            seed =>
            {
                const int Size = 96,
                    Marked = 3;
                var frame = DotFaces.Frame(new("S", "T", 0), new RgbImage(160, 160), []);
                double x = frame.Landmarks[2 * Marked],
                    y = frame.Landmarks[(2 * Marked) + 1];
                for (var row = 0; row < 160; row++)
                {
                    for (var column = 0; column < 160; column++)
                    {
                        var light = (byte)(255 * Math.Exp(-(Square(column + 0.5 - x) + Square(row + 0.5 - y)) / 18));
                        frame.Image[column, row] = (light, light, light);
                    }
                }
                var options = AugmentationOptions.Landmarks with { Dropout = 0, Blur = 0, Jpeg = 0, ColorJitter = 0 };
                var augmentation = new Augmentation(options, FaceCrop.Around(frame.Box), Size, new SeededRandom(seed));
                var pixels = new float[3 * Size * Size];
                var landmarks = new float[136];
                var visible = new float[68];
                augmentation.Sample(frame.Image, pixels);
                augmentation.Map(frame.Landmarks, frame.Visible, landmarks, visible);

                double sum = 0,
                    sumX = 0,
                    sumY = 0;
                for (var i = 0; i < Size * Size; i++)
                {
                    sum += pixels[i];
                    sumX += pixels[i] * ((i % Size) + 0.5);
                    sumY += pixels[i] * ((i / Size) + 0.5);
                }
                var at = augmentation.Flipped ? Ibug68.Flipped[Marked] : Marked;
                double shownX = landmarks[2 * at],
                    shownY = landmarks[(2 * at) + 1];
                // A spot cut by the crop's edge has no centre to compare.
                if (shownX is > 10 and < Size - 10 && shownY is > 10 and < Size - 10)
                {
                    Assert.Equal(shownX, sumX / sum, 0.1);
                    Assert.Equal(shownY, sumY / sum, 0.1);
                    Assert.Equal(1, visible[at]);
                }
                if (shownX is < 0 or > Size || shownY is < 0 or > Size)
                    Assert.Equal(0, visible[at]);
            },
            iter: 60
        );

    [Fact]
    public void UnknownAndHiddenLandmarksAreMasked()
    {
        var frame = DotFaces.Frame(new("S", "T", 0), new RgbImage(64, 64), []);
        (frame.Landmarks[10], frame.Visible[9]) = (float.NaN, false);
        var landmarks = new float[136];
        var visible = new float[68];
        new Augmentation(AugmentationOptions.None, FaceCrop.Around(frame.Box), 32, new SeededRandom(1)).Map(
            frame.Landmarks,
            frame.Visible,
            landmarks,
            visible
        );
        Assert.Equal(0, visible[5]);
        Assert.Equal(0, visible[9]);
        Assert.Equal(66, visible.Sum());
        Assert.All(landmarks, v => Assert.True(float.IsFinite(v)));
    }

    [Fact]
    public void PixelsStayBetweenBlackAndWhite() =>
        Gen.Long.Sample(
            seed =>
            {
                var image = new RgbImage(50, 40);
                new Random((int)seed).NextBytes(image.Pixels);
                var frame = DotFaces.Frame(new("S", "T", 0), image, []);
                var augmentation = new Augmentation(
                    AugmentationOptions.Paper,
                    FaceCrop.Around(frame.Box),
                    33,
                    new SeededRandom(seed)
                );
                float[] first = new float[3 * 33 * 33],
                    again = new float[first.Length];
                augmentation.Sample(image, first);
                augmentation.Sample(image, again);
                Assert.All(first, v => Assert.InRange(v, 0, 1));
                Assert.Equal(first, again);
            },
            iter: 60
        );

    [Fact]
    public void JpegLeavesItsTracesAndNothingElse()
    {
        var frame = new MadeUpFaces(FanTrans.ActionUnits.Bp4d, 1, 1, 1, side: 128).Read(0);
        var crop = FaceCrop.Around(frame.Box);
        float[] Sample(AugmentationOptions options, long seed)
        {
            var pixels = new float[3 * 64 * 64];
            new Augmentation(options, crop, 64, new SeededRandom(seed)).Sample(frame.Image, pixels);
            return pixels;
        }
        var without = AugmentationOptions.Paper with { Jpeg = 0 };
        var changed = 0;
        for (var seed = 0; seed < 100; seed++)
        {
            var expected = Sample(without, seed);
            var found = Sample(AugmentationOptions.Paper, seed);
            // The other draws are as without it, so the pictures are near each other, holes and all.
            Assert.InRange(expected.Zip(found, (a, b) => Math.Abs(a - b)).Average(), 0, 0.06);
            changed += expected.SequenceEqual(found) ? 0 : 1;
        }
        Assert.InRange(changed, 30, 70);
        double Distance(int quality) =>
            Sample(without with { Jpeg = 1, JpegQuality = quality }, 1)
                .Zip(Sample(without, 1), (a, b) => Math.Abs(a - b))
                .Average();
        Assert.InRange(Distance(100), 1e-6, 0.02);
        Assert.True(Distance(1) > Distance(100));
    }

    [Fact]
    public void OptionsOutOfRangeAreNamed() =>
        Assert.Contains(
            "AugmentationOptions.ScaleHigh: expected ScaleLow (1) to 10, found 0.5",
            Assert.Throws<ArgumentException>(() => new AugmentationOptions { ScaleHigh = 0.5 }.Validate()).Message
        );

    private static double Square(double value) => value * value;
}
