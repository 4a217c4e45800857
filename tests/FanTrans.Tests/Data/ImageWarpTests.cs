using CsCheck;
using FanTrans.Data;

namespace FanTrans.Tests.Data;

public class ImageWarpTests
{
    private static readonly Gen<Affine> Maps = Gen.Select(
            Gen.Double[-180, 180],
            Gen.Double[0.3, 3],
            Gen.Double[-20, 40],
            Gen.Double[-20, 40]
        )
        .Select(
            (angle, scale, x, y) =>
                Affine.Rotation(angle).Then(Affine.Scaling(scale, scale * 0.8)).Then(Affine.Translation(x, y))
        );

    [Fact]
    public void AMapAndItsInverseCancel() =>
        Maps.Sample(map =>
        {
            var (x, y) = map.Then(map.Inverse()).Map(3.5, -7.25);
            Assert.Equal(3.5, x, 8);
            Assert.Equal(-7.25, y, 8);
            var (mx, my) = map.Map(1, 2);
            var (bx, by) = map.Inverse().Map(mx, my);
            Assert.Equal(1, bx, 8);
            Assert.Equal(2, by, 8);
        });

    [Fact]
    public void TheIdentityCopiesEveryPixel()
    {
        var image = Noise(5, 9, 9);
        var output = new float[3 * 81];
        ImageWarp.Sample(image, new Affine(1, 0, 0, 0, 1, 0), 9, output);
        for (var i = 0; i < 81; i++)
        {
            for (var plane = 0; plane < 3; plane++)
                Assert.Equal(image.Pixels[(3 * i) + plane] / 255f, output[(plane * 81) + i], 1e-6);
        }
    }

    [Fact]
    public void HalvingAveragesFourPixels()
    {
        var image = Noise(6, 8, 8);
        var output = new float[3 * 16];
        ImageWarp.Sample(image, Affine.Scaling(2, 2), 4, output);
        double expected = (image[2, 4].G + image[3, 4].G + image[2, 5].G + image[3, 5].G) / 4.0 / 255;
        Assert.Equal(expected, output[16 + (2 * 4) + 1], 1e-6);
    }

    /// <summary>Against the definition, pixel by pixel, on maps that leave the picture on all sides.</summary>
    [Fact]
    public void EveryMapGivesTheBilinearValues() =>
        Maps.Sample(
            map =>
            {
                var image = Noise(7, 23, 17);
                const int Side = 16;
                var output = new float[3 * Side * Side];
                ImageWarp.Sample(image, map, Side, output);
                var taps = Math.Clamp((int)Math.Ceiling(Math.Sqrt(map.AreaFactor) / 1.25), 1, 8);
                for (var at = 0; at < Side * Side; at++)
                {
                    double sum = 0;
                    for (var tap = 0; tap < taps * taps; tap++)
                    {
                        var (x, y) = map.Map(
                            (at % Side) + (((tap % taps) + 0.5) / taps),
                            (at / Side) + (((tap / taps) + 0.5) / taps)
                        );
                        sum += Bilinear(image, x - 0.5, y - 0.5) / taps / taps;
                    }
                    Assert.Equal(sum, output[at], 1e-4);
                }
            },
            iter: 60
        );

    private static double Bilinear(RgbImage image, double x, double y)
    {
        double sum = 0;
        int left = (int)Math.Floor(x),
            top = (int)Math.Floor(y);
        for (var i = 0; i < 4; i++)
        {
            int column = left + (i & 1),
                row = top + (i >> 1);
            if (column < 0 || row < 0 || column >= image.Width || row >= image.Height)
                continue;
            sum += (1 - Math.Abs(x - column)) * (1 - Math.Abs(y - row)) * image[column, row].R / 255.0;
        }
        return sum;
    }

    private static RgbImage Noise(int seed, int width, int height)
    {
        var image = new RgbImage(width, height);
        new Random(seed).NextBytes(image.Pixels);
        return image;
    }
}
