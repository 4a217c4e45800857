using CsCheck;
using FanTrans.Distillation;

namespace FanTrans.Tests.Distillation;

public class RampTests
{
    [Theory]
    [InlineData(0, 4, 0.006737946999)] // e^-5
    [InlineData(2, 4, 0.2865047969)] // e^-1.25
    [InlineData(4, 4, 1)]
    [InlineData(9, 4, 1)]
    [InlineData(0, 0, 1)]
    [InlineData(7, 0, 1)]
    [InlineData(0.5, 0.25, 1)]
    public void TheValuesAreThoseOfTheFormula(double epoch, double ramp, double expected) =>
        Assert.Equal(expected, Ramp.At(epoch, ramp), 1e-9);

    [Fact]
    public void ItGrowsToOne() =>
        Gen.Select(Gen.Double[0, 30], Gen.Double[0, 30], Gen.Double[0, 20])
            .Sample(
                (a, b, ramp) =>
                {
                    double low = Ramp.At(Math.Min(a, b), ramp),
                        high = Ramp.At(Math.Max(a, b), ramp);
                    return low > 0 && low <= high && high <= 1;
                }
            );

    [Theory]
    [InlineData(-1, 4)]
    [InlineData(1, -4)]
    [InlineData(double.NaN, 4)]
    [InlineData(1, double.NaN)]
    public void NegativeEpochsAreRefused(double epoch, double ramp) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Ramp.At(epoch, ramp));
}
