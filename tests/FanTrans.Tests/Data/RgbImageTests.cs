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
    public void APixelOutsideIsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new RgbImage(3, 2)[3, 0]);
}
