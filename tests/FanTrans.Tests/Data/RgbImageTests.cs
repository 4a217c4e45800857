using FanTrans.Data;

namespace FanTrans.Tests.Data;

public class RgbImageTests
{
    [Fact]
    public void APixelLiesWhereRowMajorRgbPutsIt()
    {
        var image = new RgbImage(3, 2);
        image[2, 1] = (7, 8, 9);

        Assert.Equal([7, 8, 9], image.Pixels[15..18]);
        Assert.Equal((7, 8, 9), image[2, 1]);
    }

    [Fact]
    public void BytesThatDoNotFillTheSidesAreRefusedWithBothNumbers()
    {
        var error = Assert.Throws<ArgumentException>(() => new RgbImage(3, 2, new byte[17]));
        Assert.Contains("expected 18", error.Message);
        Assert.Contains("found 17", error.Message);
    }

    [Fact]
    public void AnEmptySideIsRefused() => Assert.Throws<ArgumentException>(() => new RgbImage(0, 4));

    [Fact]
    public void APixelOutsideIsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => new RgbImage(3, 2)[3, 0]);

    [Fact]
    public void APngKeepsEveryPixel()
    {
        var image = Noise(31, 17);
        var path = Path.Combine(
            Path.GetTempPath(),
            $"fantrans-{nameof(APngKeepsEveryPixel)}-{System.Environment.ProcessId}.png"
        );
        try
        {
            image.SavePng(path);
            var read = RgbImage.Load(path);

            Assert.Equal((31, 17), (read.Width, read.Height));
            Assert.Equal(image.Pixels, read.Pixels);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void AJpegKeepsASmoothPictureClosely()
    {
        var image = new RgbImage(64, 48);
        for (var y = 0; y < 48; y++)
        {
            for (var x = 0; x < 64; x++)
                image[x, y] = ((byte)(4 * x), (byte)(5 * y), 90);
        }

        var read = RgbImage.Decode(image.ToJpeg(95));

        Assert.All(image.Pixels.Zip(read.Pixels), pair => Assert.InRange(pair.First - pair.Second, -12, 12));
    }

    [Fact]
    public void HalvingTakesTheMeanOfItsNeighbourhood()
    {
        // One white column in black: a triangle of twice the width gives it 3/8 and 1/8 of the two nearest.
        var image = new RgbImage(8, 1);
        image[4, 0] = (255, 255, 255);

        var half = image.Resize(4, 1);

        Assert.Equal([0, 32, 96, 0], Enumerable.Range(0, 4).Select(x => (int)half[x, 0].R));
    }

    [Fact]
    public void AFileThatIsNoPictureIsRefusedByName()
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "F001,T1,0001");
            Assert.Contains(path, Assert.Throws<InvalidDataException>(() => RgbImage.Load(path)).Message);
        }
        finally
        {
            File.Delete(path);
        }
        Assert.Contains(path, Assert.Throws<FileNotFoundException>(() => RgbImage.Load(path)).Message);
    }

    private static RgbImage Noise(int width, int height)
    {
        var image = new RgbImage(width, height);
        new Random(1).NextBytes(image.Pixels);
        return image;
    }
}
