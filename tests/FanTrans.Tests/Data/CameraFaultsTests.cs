using CsCheck;
using FanTrans.Data;

namespace FanTrans.Tests.Data;

/// <summary>What poor cameras and light do to a crop.</summary>
public class CameraFaultsTests
{
    private const int Size = 48,
        Pixels = Size * Size;

    [Fact]
    public void A_grey_crop_has_equal_planes_whatever_else_befalls_it() =>
        Gen.Long.Sample(
            seed =>
            {
                var crop = Apply(
                    new AugmentationOptions
                    {
                        Grey = 1,
                        Cast = 1,
                        Gamma = 1,
                        LowLight = 1,
                        Noise = 1,
                        LowResolution = 1,
                    },
                    seed
                );
                Assert.Equal(crop.AsSpan(0, Pixels), crop.AsSpan(Pixels, Pixels));
                Assert.Equal(crop.AsSpan(0, Pixels), crop.AsSpan(2 * Pixels, Pixels));
                Assert.All(crop, value => Assert.InRange(value, 0, 1));
            },
            iter: 30
        );

    [Fact]
    public void Low_light_dims_and_low_resolution_smooths() =>
        Gen.Long.Sample(
            seed =>
            {
                var plain = Picture();
                Assert.True(Apply(new AugmentationOptions { LowLight = 1 }, seed).Average() < 0.75 * plain.Average());
                var coarse = Apply(new AugmentationOptions { LowResolution = 1 }, seed);
                Assert.Equal(plain.Average(), coarse.Average(), 0.03);
                Assert.True(Roughness(coarse) < 0.9 * Roughness(plain));
            },
            iter: 30
        );

    [Fact]
    public void Noise_has_the_deviation_that_is_asked_for() =>
        Gen.Long.Sample(
            seed =>
            {
                var noise = Apply(new AugmentationOptions { Noise = 1 }, seed)
                    .Zip(Picture(), (a, b) => a - b)
                    .ToArray();
                Assert.InRange(Math.Sqrt(noise.Average(v => v * v)), 0.004, 0.08);
                Assert.Equal(0, noise.Average(), 0.01);
            },
            iter: 30
        );

    [Fact]
    public void Without_a_fault_nothing_changes() => Assert.Equal(Picture(), Apply(AugmentationOptions.Paper, 3));

    [Fact]
    public void Faults_leave_the_other_variations_as_they_were()
    {
        var frame = DotFaces.Frame(new("S", "T", 0), new RgbImage(64, 64), []);
        var plain = new Augmentation(AugmentationOptions.Paper, FaceCrop.Around(frame.Box), Size, new SeededRandom(5));
        var faulty = new Augmentation(
            AugmentationOptions.Paper with
            {
                Grey = 1,
                Noise = 1,
            },
            FaceCrop.Around(frame.Box),
            Size,
            new SeededRandom(5)
        );
        Assert.Equal(plain.ToImage, faulty.ToImage);
    }

    private static float[] Apply(AugmentationOptions options, long seed)
    {
        var crop = Picture();
        new CameraFaults(options.Validate(), new SeededRandom(seed)).Apply(crop, Size);
        return crop;
    }

    /// <summary>Waves of all lengths, so that every fault has something to change.</summary>
    private static float[] Picture() =>
        [
            .. Enumerable
                .Range(0, 3 * Pixels)
                .Select(i => 0.5f + (0.2f * MathF.Sin(i % Size * 1.9f)) + (0.15f * MathF.Sin(i / Size * 0.3f))),
        ];

    private static double Roughness(float[] crop) =>
        Enumerable.Range(1, Pixels - 1).Average(i => Math.Abs(crop[i] - crop[i - 1]));
}
