using FanTrans.Data;
using FanTrans.Synthetic;

namespace FanTrans.Tests.Synthetic;

/// <summary>Compression without a file behaves as JPEG does.</summary>
public class JpegTraceTests
{
    [Fact]
    public void Lower_quality_loses_more_and_the_best_almost_nothing()
    {
        var picture = SynthFaces.Portrait(2, new Dictionary<int, double>(), default, 100).Image;
        double Loss(int quality)
        {
            var copy = new RgbImage(picture.Width, picture.Height, [.. picture.Pixels]);
            JpegTrace.Apply(copy, quality);
            return picture.Pixels.Zip(copy.Pixels, (a, b) => Math.Abs(a - b)).Average();
        }
        Assert.True(Loss(100) < 0.8, $"{Loss(100)}");
        Assert.True(Loss(85) < Loss(50) && Loss(50) < Loss(15));
        Assert.InRange(Loss(50), 0.5, 8);
    }

    [Fact]
    public void It_is_close_to_what_a_codec_does()
    {
        var picture = SynthFaces.Portrait(2, new Dictionary<int, double>(), default, 96).Image;
        var codec = RgbImage.Decode(picture.ToJpeg(60));
        JpegTrace.Apply(picture, 60);
        // The codec also halves the colours' resolution, so only luminance is compared.
        static double Luminance(RgbImage i, int at) =>
            (0.299 * i.Pixels[at]) + (0.587 * i.Pixels[at + 1]) + (0.114 * i.Pixels[at + 2]);
        var difference = Enumerable
            .Range(0, 96 * 96)
            .Average(i => Math.Abs(Luminance(codec, 3 * i) - Luminance(picture, 3 * i)));
        Assert.True(difference < 1.2, $"{difference}");
    }
}
