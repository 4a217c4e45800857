using CsCheck;
using FanTrans.Distillation;

namespace FanTrans.Tests.Distillation;

public class ClassWeightsTests
{
    private static readonly Gen<double[]> Rates = Gen.Double[0.001, 1].Array[1, 15];

    [Fact]
    public void TheyAreInverseToTheRatesAndTheirMeanIsOne() =>
        Rates.Sample(rates =>
        {
            double[] weights = ClassWeights.FromRates(rates);
            Assert.Equal(1, weights.Average(), 1e-9);
            for (int n = 1; n < rates.Length; n++)
                Assert.Equal(weights[0] * rates[0], weights[n] * rates[n], 1e-9);
        });

    [Fact]
    public void TheyFollowTheirUnits() =>
        Rates.Sample(rates =>
        {
            double[] forward = ClassWeights.FromRates(rates);
            double[] backward = ClassWeights.FromRates(rates.Reverse().ToArray());
            Assert.Equal(forward.Reverse(), backward, (a, b) => Math.Abs(a - b) < 1e-9);
        });

    [Fact]
    public void EqualRatesWeighOne() => Assert.Equal([1, 1, 1], ClassWeights.FromRates([0.2, 0.2, 0.2]));

    [Fact]
    public void AKnownExample() =>
        Assert.Equal([0.5, 1.5], ClassWeights.FromRates([0.3, 0.1]), (a, b) => Math.Abs(a - b) < 1e-12);

    [Theory]
    [InlineData(0.0)]
    [InlineData(-0.1)]
    [InlineData(1.5)]
    [InlineData(double.NaN)]
    public void AWrongRateIsRefusedByPlace(double rate) =>
        Assert.Contains(
            "rate 1 of 3",
            Assert.Throws<ArgumentException>(() => ClassWeights.FromRates([0.1, rate, 0.1])).Message
        );

    [Fact]
    public void NoRateIsRefused() => Assert.Throws<ArgumentException>(() => ClassWeights.FromRates([]));

    [Fact]
    public void AFloorBoundsTheWeightOfAUnitThatNeverOccurs() =>
        Assert.Equal(ClassWeights.FromRates([0.01, 0.1]), ClassWeights.FromRates([0, 0.1], leastRate: 0.01));
}
