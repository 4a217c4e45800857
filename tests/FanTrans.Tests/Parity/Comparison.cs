using System.Globalization;
using FanTrans.Distillation;

namespace FanTrans.Tests.Parity;

/// <summary>Compares what the library found with what the reference found, tensor by tensor, by name.</summary>
internal static class Comparison
{
    /// <summary>Fails with all tensors that are off; writes each kind's largest error to the test's output.</summary>
    public static void AssertSame(
        ParityCase parity,
        IReadOnlyDictionary<string, Values> expected,
        IReadOnlyDictionary<string, Values> actual
    )
    {
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), actual.Keys.Order(StringComparer.Ordinal));
        var gradients = LargestGradient(expected);
        List<string> wrong = [];
        Dictionary<string, double> worst = [];
        foreach (var (name, values) in expected)
        {
            Assert.True(values.Shape.SequenceEqual(actual[name].Shape), $"{name}: shapes differ");
            var error =
                IsAfterSteps(name) && name.EndsWith("qkv.bias", StringComparison.Ordinal) && !parity.Double
                    ? AfterSteps(parity, values.Elements, actual[name].Elements)
                    : Tolerance.RelativeError(values.Elements, actual[name].Elements, Floor(name, parity, gradients));
            if (!(error <= Limit(name, parity)))
                wrong.Add(Line(name, error));
            var kind = Kind(name);
            worst[kind] = Math.Max(worst.GetValueOrDefault(kind), error);
        }
        foreach (var (kind, error) in worst.OrderBy(entry => entry.Key, StringComparer.Ordinal))
            TestContext.Current.TestOutputHelper?.WriteLine(Line(kind, error));
        Assert.True(wrong.Count == 0, $"Relative errors that are too large:\n{string.Join('\n', wrong)}");
    }

    private static string Line(string name, double error) =>
        string.Create(CultureInfo.InvariantCulture, $"{name} {error:0.0e-0}");

    private static double Limit(string name, ParityCase parity)
    {
        var hasStepped =
            IsAfterSteps(name) || (name.StartsWith("step.", StringComparison.Ordinal) && name != "step.0.loss");
        // Gradients cancel, see Floor; and where one is nothing but rounding AdamW divides it by 1e-8, see AfterSteps.
        if (parity.Double)
            return hasStepped || IsGradient(name) ? 100 * Tolerance.Float64 : Tolerance.Float64;
        return hasStepped || IsGradient(name) ? Tolerance.Float32Gradients : Tolerance.Float32;
    }

    /// <summary>
    /// The norm below which an error counts as absolute: where the exact value is zero, or small because larger
    /// numbers cancel, what is left is the rounding of those.
    /// </summary>
    private static double Floor(string name, ParityCase parity, double gradients)
    {
        // A divergence is the difference of two entropies of order one, and small where peers agree.
        if (name == "loss.logits" && parity.Distillation is { } d)
            return 0.5 * d.LogitWeight * Ramp.At(parity.Epoch, d.RampEpochs) * d.Temperature * d.Temperature;
        if (!IsGradient(name))
            return 0;
        // A bias's or a norm's gradient sums over a whole batch of maps what mostly cancels where batch norms follow:
        // in float32 some 1e-5 of it, found against float64. The cases in float64 compare each by its own norm.
        if (parity.Double)
            return IsZero(name, parity) ? gradients : 0;
        return IsZero(name, parity) || IsNearZero(name) ? gradients : 0.1 * gradients;
    }

    /// <summary>The subnet's first bias: the batch norms after it take it away,
    /// and only the shortcuts let it by.</summary>
    private static bool IsNearZero(string name) => name.EndsWith("tokens.reduce.bias", StringComparison.Ordinal);

    /// <summary>
    /// Gradients that are zero but for rounding, where FAN learns: in training mode batch norm takes the mean away,
    /// so it does not see a bias before it: conv1's, conv_last's, and those of l and al between stacks, whose sum
    /// enters the next stack, which ends in batch norm.
    /// </summary>
    private static bool IsZero(string name, ParityCase parity)
    {
        if (!parity.FineTune || !parity.Training || !name.StartsWith("grad.fan.", StringComparison.Ordinal))
            return false;
        var part = name["grad.fan.".Length..];
        if (part == "conv1.bias")
            return true;
        if (!part.EndsWith(".bias", StringComparison.Ordinal))
            return false;
        var last = parity.Model.Fan.Stacks - 1;
        return part.StartsWith("conv_last", StringComparison.Ordinal)
            || part.StartsWith("al", StringComparison.Ordinal)
            || (part.StartsWith('l') && part != $"l{last}.bias");
    }

    /// <summary>
    /// A bias of the keys adds one number to a whole row of scores, which softmax takes away: its gradient is zero
    /// but for rounding, and AdamW, which divides by the gradient's size, makes steps of the learning rate of it.
    /// So the keys' third is held to what such steps can do, and the queries' and values' to the usual limit.
    /// </summary>
    private static double AfterSteps(ParityCase parity, double[] expected, double[] actual)
    {
        var third = expected.Length / 3;
        for (var i = third; i < 2 * third; i++)
        {
            if (!(Math.Abs(actual[i] - expected[i]) <= 2 * parity.Steps * parity.LearningRate))
                return double.PositiveInfinity;
        }
        static double[] Others(double[] values, int third) => [.. values[..third], .. values[(2 * third)..]];
        return Tolerance.RelativeError(Others(expected, third), Others(actual, third));
    }

    private static double LargestGradient(IReadOnlyDictionary<string, Values> found) =>
        found
            .Where(entry => IsGradient(entry.Key))
            .Select(entry => Math.Sqrt(entry.Value.Elements.Sum(value => value * value)))
            .DefaultIfEmpty(0)
            .Max();

    private static bool IsGradient(string name) => name.StartsWith("grad.", StringComparison.Ordinal);

    private static bool IsAfterSteps(string name) => name.StartsWith("after.", StringComparison.Ordinal);

    /// <summary>The name without peer and place: "peers.1.attention.0" is "attention".</summary>
    private static string Kind(string name)
    {
        if (IsGradient(name))
            return "grad";
        if (IsAfterSteps(name))
            return "after";
        if (name.StartsWith("step.", StringComparison.Ordinal))
            return "step loss";
        var parts = name.Split('.').Where(part => part is not ("peers" or "head") && !part.All(char.IsAsciiDigit));
        return string.Join('.', parts);
    }
}
