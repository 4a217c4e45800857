namespace FanTrans.Tests;

/// <summary>These tests' one measure of "the same numbers": the relative error ‖a − b‖ / ‖b‖ of a tensor.</summary>
internal static class Tolerance
{
    /// <summary>
    /// What a float32 pass may differ from PyTorch's. The reference runs on another libtorch (python3-torch 1.13) than
    /// TorchSharp's 2.10, whose kernels sum in another order: up to 2.1e-5 seen. That both compute the same function is
    /// shown by the cases in float64.
    /// </summary>
    public const double Float32 = 5e-5;

    /// <summary>
    /// Float32 gradients, and what steps along them lead to: where kernels round differently, a value at the kink of a
    /// ReLU or a max-pool may fall to its other side, which depends on the processor, too. Up to 3.3e-2 seen. The cases in
    /// float64 hold gradients to 1e-10.
    /// </summary>
    public const double Float32Gradients = 0.1;

    /// <summary>What float64 parity may cost.</summary>
    public const double Float64 = 1e-12;

    /// <summary>
    /// ‖actual − expected‖ / max(‖expected‖, floor), in float64. The floor serves tensors whose exact value is
    /// zero, where both sides hold nothing but rounding; a test that sets it says why. Infinite where any value
    /// is not finite.
    /// </summary>
    public static double RelativeError(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, double floor = 0)
    {
        Assert.Equal(expected.Length, actual.Length);
        double difference = 0,
            norm = 0;
        for (var i = 0; i < expected.Length; i++)
        {
            var d = actual[i] - expected[i];
            difference += d * d;
            norm += expected[i] * expected[i];
        }
        if (difference == 0)
            return 0;
        var error = Math.Sqrt(difference) / Math.Max(Math.Sqrt(norm), floor);
        return double.IsFinite(error) ? error : double.PositiveInfinity;
    }

    /// <summary>The same for float32 values.</summary>
    public static double RelativeError(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double floor = 0) =>
        RelativeError(Widen(expected), Widen(actual), floor);

    /// <summary>Fails with the name and the error seen unless the values are within the limit of one another.</summary>
    public static void AssertClose(
        string name,
        ReadOnlySpan<float> expected,
        ReadOnlySpan<float> actual,
        double limit = Float32,
        double floor = 0
    ) => Check(name, RelativeError(expected, actual, floor), limit);

    /// <inheritdoc cref="AssertClose(string, ReadOnlySpan{float}, ReadOnlySpan{float}, double, double)"/>
    public static void AssertClose(
        string name,
        ReadOnlySpan<double> expected,
        ReadOnlySpan<double> actual,
        double limit = Float64,
        double floor = 0
    ) => Check(name, RelativeError(expected, actual, floor), limit);

    private static void Check(string name, double error, double limit) =>
        Assert.True(error <= limit, $"{name}: relative error {error:g3}, at most {limit:g3} expected.");

    private static double[] Widen(ReadOnlySpan<float> values)
    {
        var wide = new double[values.Length];
        for (var i = 0; i < wide.Length; i++)
            wide[i] = values[i];
        return wide;
    }
}
