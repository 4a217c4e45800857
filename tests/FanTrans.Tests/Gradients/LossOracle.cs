using FanTrans.Distillation;

namespace FanTrans.Tests.Gradients;

/// <summary>The distillation loss's equations in plain loops, on flat row-major arrays.</summary>
internal sealed class LossOracle(
    DistillationOptions options,
    double epoch,
    double[] weights,
    double[] labels,
    double[] known
)
{
    /// <param name="Logits">(M, B, N).</param>
    /// <param name="Tokens">(M, B, N, D).</param>
    /// <param name="Keep">(M, L, H, N, N), the diagonal 1.</param>
    /// <param name="Shares">The gate's (B, M), or null for the mean.</param>
    public sealed record Inputs(double[] Logits, double[] Tokens, double[] Keep, double[]? Shares);

    public sealed record Terms(
        Inputs Inputs,
        double Classification,
        double Teacher,
        double Logits,
        double Features,
        double Sparsity
    )
    {
        public double Total => Classification + Teacher + Logits + Features + Sparsity;
    }

    private readonly int units = weights.Length;
    private readonly double pairs = Math.Max(known.Sum(), 1);
    private readonly double ramp =
        options.RampEpochs == 0 ? 1 : Math.Exp(-5 * Math.Pow(1 - Math.Min(epoch / options.RampEpochs, 1), 2));

    /// <summary>The terms at these inputs, the distillation's targets taken from <paramref name="targets"/>.</summary>
    public Terms Of(Inputs inputs, Inputs? targets)
    {
        targets ??= inputs;
        double classification = 0,
            divergence = 0,
            distance = 0;
        var teacher = Teacher(targets);
        var mean = MeanTokens(targets);
        var width = mean.Length / labels.Length;
        for (var m = 0; m < options.Peers; m++)
        {
            classification += CrossEntropy(inputs.Logits.AsSpan(m * labels.Length, labels.Length));
            for (var i = 0; i < labels.Length; i++)
            {
                var p = Sigmoid(teacher[i] / options.Temperature);
                var q = Sigmoid(inputs.Logits[m * labels.Length + i] / options.Temperature);
                divergence += known[i] * (p * Math.Log(p / q) + (1 - p) * Math.Log((1 - p) / (1 - q)));
                distance +=
                    known[i]
                    * SquaredDistance(
                        Direction(inputs.Tokens, m * labels.Length + i, width),
                        Direction(mean, i, width)
                    );
            }
        }
        return new Terms(
            inputs,
            classification,
            options.Teacher is "gate" ? CrossEntropy(Teacher(inputs)) : 0,
            options.LogitWeight * ramp * options.Temperature * options.Temperature * divergence / pairs / options.Peers,
            options.FeatureWeight * ramp * distance / pairs / options.Peers,
            options.SparsityWeight * OffDiagonalMean(inputs.Keep)
        );
    }

    private double[] Teacher(Inputs inputs) =>
        [
            .. Enumerable
                .Range(0, labels.Length)
                .Select(i =>
                    Enumerable
                        .Range(0, options.Peers)
                        .Sum(m =>
                            inputs.Logits[m * labels.Length + i]
                            * (
                                inputs.Shares is null
                                    ? 1.0 / options.Peers
                                    : inputs.Shares[i / units * options.Peers + m]
                            )
                        )
                ),
        ];

    private double[] MeanTokens(Inputs inputs)
    {
        var each = inputs.Tokens.Length / options.Peers;
        var peers = Enumerable.Range(0, options.Peers);
        return [.. Enumerable.Range(0, each).Select(i => peers.Average(m => inputs.Tokens[m * each + i]))];
    }

    private double CrossEntropy(ReadOnlySpan<double> logits)
    {
        double sum = 0;
        for (var i = 0; i < labels.Length; i++)
        {
            var p = Sigmoid(logits[i]);
            sum -= known[i] * weights[i % units] * (labels[i] * Math.Log(p) + (1 - labels[i]) * Math.Log(1 - p));
        }
        return sum / pairs;
    }

    private double OffDiagonalMean(double[] keep)
    {
        var others = keep.Where((_, i) => i / units % units != i % units);
        return others.Average();
    }

    /// <summary>Token i of a peer, of length 1.</summary>
    private static double[] Direction(double[] tokens, int place, int width)
    {
        var token = tokens.AsSpan(place * width, width).ToArray();
        var length = Math.Sqrt(token.Sum(value => value * value));
        return [.. token.Select(value => value / length)];
    }

    private static double SquaredDistance(double[] a, double[] b) => a.Zip(b, (x, y) => (x - y) * (x - y)).Sum();

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
}
