using CsCheck;
using FanTrans.Distillation;
using FanTrans.Models;
using FanTrans.Tests.Models;
using static FanTrans.Tests.Models.TensorTesting;
using static TorchSharp.torch;

namespace FanTrans.Tests.Distillation;

[Collection(TorchCollection.Name)]
public class OnlineDistillationTests
{
    private const int Batch = 3,
        Units = 4,
        Width = 6,
        Heads = 2;

    private static readonly DistillationOptions Options = DistillationOptions.Paper with
    {
        LogitWeight = 1.5,
        FeatureWeight = 0.7,
        SparsityWeight = 0.3,
        Temperature = 3,
        RampEpochs = 4,
    };

    private static readonly double[] Weights = [0.5, 1.5, 1.2, 0.8];

    [Fact]
    public void EqualPeersHaveNothingToDistil()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var peer = RandomPeer(scale: 3);
        var output = new PeerOutput([peer, peer], peer.Logits, null);
        var loss = Compute(output, RandomLabels(), ones(Batch, Units));
        Assert.Equal(0, Value(loss["logits"]));
        Assert.Equal(0, Value(loss["features"]), 1e-10);
        Assert.True(Value(loss["classification"]) > 0);
    }

    [Fact]
    public void EveryTermIsNonNegativeAndTheTotalIsTheirSum() =>
        Gen.Select(Gen.Int[0, 1 << 20], Gen.Double[0.01, 60], Gen.Int[1, 4], Gen.Bool, Gen.Double[0, 8])
            .Sample(
                (seed, scale, peers, gate, epoch) =>
                {
                    using var scope = NewDisposeScope();
                    manual_seed(seed);
                    var loss = Compute(RandomOutput(peers, scale, gate), RandomLabels(), RandomKnown(), epoch);
                    double[] terms = [.. loss.Values.Skip(1).Select(term => term.Value)];
                    Assert.All(terms, term => Assert.True(term >= -1e-6 && double.IsFinite(term), $"{term}"));
                    Assert.Equal(terms.Sum(), loss.Values[0].Value, 1e-4 * Math.Max(1, terms.Sum()));
                    Assert.Equal(gate, Value(loss["teacher"]) > 0);
                },
                iter: 200,
                threads: 1
            );

    [Fact]
    public void UnknownLabelsChangeNothing() =>
        Gen.Int[0, 1 << 20]
            .Sample(
                seed =>
                {
                    using var scope = NewDisposeScope();
                    manual_seed(seed);
                    var known = RandomKnown();
                    var labels = RandomLabels();
                    var output = RandomOutput(2, 3, gate: true);
                    var disturbed = Disturb(output, known.Complement());
                    var expected = Compute(output, labels, known).Values;
                    // Another label, even one that is not a number, and other logits and tokens where nothing is known.
                    var actual = Compute(
                        disturbed,
                        where(known.AtLeast(1), labels, ones(Batch, Units).Times(double.NaN)),
                        known
                    ).Values;
                    Assert.Equal(
                        expected,
                        actual,
                        (a, b) =>
                            a.Name == b.Name && Math.Abs(a.Value - b.Value) <= 1e-6 * Math.Max(1, Math.Abs(a.Value))
                    );
                },
                iter: 50,
                threads: 1
            );

    [Fact]
    public void NothingKnownLeavesOnlySparsity()
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        var loss = Compute(RandomOutput(2, 3, gate: true), RandomLabels(), zeros(Batch, Units));
        Assert.Equal([0, 0, 0, 0], loss.Values.Skip(1).SkipLast(1).Select(term => term.Value));
        Assert.Equal(Value(loss["sparsity"]), Value(loss.Total), 1e-7);
    }

    [Fact]
    public void TheTermsAreThoseOfTheFormulas()
    {
        using var scope = NewDisposeScope();
        manual_seed(4);
        var output = RandomOutput(2, 2, gate: true);
        var labels = RandomLabels();
        var known = RandomKnown();
        var loss = Compute(output, labels, known, epoch: 1);

        double[] y = Values(labels),
            k = Values(known),
            teacher = Values(output.TeacherLogits);
        double[][] z = [.. output.Peers.Select(peer => Values(peer.Logits))];
        double pairs = Math.Max(k.Sum(), 1),
            ramp = Math.Exp(-5 * 0.75 * 0.75),
            t = Options.Temperature;
        double Bce(double[] logits) =>
            Enumerable.Range(0, y.Length).Sum(i => k[i] * Weights[i % Units] * (Softplus(logits[i]) - y[i] * logits[i]))
            / pairs;
        double Kl(double[] logits) =>
            Enumerable
                .Range(0, y.Length)
                .Sum(i =>
                {
                    double p = Sigmoid(teacher[i] / t),
                        q = Sigmoid(logits[i] / t);
                    return k[i] * (p * Math.Log(p / q) + (1 - p) * Math.Log((1 - p) / (1 - q)));
                }) / pairs;
        Assert.Equal(Bce(z[0]) + Bce(z[1]), Value(loss["classification"]), 1e-5);
        Assert.Equal(Bce(teacher), Value(loss["teacher"]), 1e-5);
        Assert.Equal(1.5 * ramp * t * t * (Kl(z[0]) + Kl(z[1])) / 2, Value(loss["logits"]), 1e-5);
        Assert.Equal(0.7 * ramp * TokenDistance(output, k) / pairs, Value(loss["features"]), 1e-5);
        Assert.Equal(0.3 * OffDiagonal(output), Value(loss["sparsity"]), 1e-6);
    }

    [Fact]
    public void NoGradientReachesTheTeacherThroughDistillation()
    {
        using var scope = NewDisposeScope();
        manual_seed(5);
        var output = RandomOutput(2, 2, gate: false);
        var teacher = output.TeacherLogits.detach().requires_grad_();
        var student = output.Peers[0].Logits.detach().requires_grad_();
        var first = output.Peers[0] with { Logits = student };
        Compute(
            output with
            {
                Peers = [first, output.Peers[1]],
                TeacherLogits = teacher,
            },
            RandomLabels(),
            ones(Batch, Units)
        )["logits"]
            .backward();
        Assert.Null(teacher.grad);
        Assert.NotNull(student.grad);
    }

    [Fact]
    public void TheGateLearnsFromItsOwnTerm()
    {
        using var scope = NewDisposeScope();
        manual_seed(6);
        using var ensemble = new PeerEnsemble(ModelSizes.Tiny, Options with { Teacher = "gate" });
        var output = ensemble.call(Images(ModelSizes.TinyFan));
        new OnlineDistillation(ensemble.Distillation, [1, 1, 1, 1, 1])
            .Compute(output, ones(2, 5), ones(2, 5), 0)["teacher"]
            .backward();
        Assert.Contains(Values(ensemble.get_parameter("gate.weight")!.grad!), value => value != 0);
    }

    [Fact]
    public void ASingleUnitHasNoPairsToKeep()
    {
        using var scope = NewDisposeScope();
        var peer = new FanTransOutput(zeros(2, 1), ones(2, 1, 3), [ones(2, 1, 1, 1)], [ones(1, 1, 1)]);
        var loss = new OnlineDistillation(Options, [1]).Compute(
            new PeerOutput([peer, peer], peer.Logits, null),
            ones(2, 1),
            ones(2, 1),
            0
        );
        Assert.Equal(0, Value(loss["sparsity"]));
    }

    [Fact]
    public void OtherShapesAreRefusedByName()
    {
        using var scope = NewDisposeScope();
        var output = RandomOutput(2, 1, gate: false);
        Assert.Contains(
            "Labels have shape (3, 5), expected (3, 4)",
            Assert.Throws<ArgumentException>(() => Compute(output, zeros(Batch, 5), ones(Batch, Units))).Message
        );
        Assert.Contains(
            "Known have shape (2, 4), expected (3, 4)",
            Assert.Throws<ArgumentException>(() => Compute(output, zeros(Batch, Units), ones(2, Units))).Message
        );
        Assert.Contains(
            "Class weight -1",
            Assert.Throws<ArgumentException>(() => new OnlineDistillation(Options, [1, -1])).Message
        );
        Assert.Contains(
            "Class weight NaN",
            Assert.Throws<ArgumentException>(() => new OnlineDistillation(Options, [double.NaN])).Message
        );
    }

    private static DistillationLoss Compute(PeerOutput output, Tensor labels, Tensor known, double epoch = 2) =>
        new OnlineDistillation(Options, Weights).Compute(output, labels, known, epoch);

    private static double Value(Tensor scalar) => Values(scalar)[0];

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    private static double Softplus(double x) => Math.Log(1 + Math.Exp(x));

    private static Tensor RandomLabels() => rand(Batch, Units).AtLeast(0.5).to_type(ScalarType.Float32);

    private static Tensor RandomKnown() => rand(Batch, Units).AtLeast(0.3).to_type(ScalarType.Float32);

    private static FanTransOutput RandomPeer(double scale)
    {
        var keep = rand(Heads, Units, Units).Filled(eye(Units, dtype: ScalarType.Bool), 1);
        return new FanTransOutput(
            randn(Batch, Units).Times(scale),
            randn(Batch, Units, Width),
            [rand(Batch, Heads, Units, Units)],
            [keep]
        );
    }

    private static PeerOutput RandomOutput(int peers, double scale, bool gate)
    {
        FanTransOutput[] outputs = [.. Enumerable.Range(0, peers).Select(_ => RandomPeer(scale))];
        var logits = stack([.. outputs.Select(output => output.Logits)], dim: 1);
        return gate
            ? new PeerOutput(outputs, logits.mean([1]).Times(1.1), ones(Batch, peers).Over(peers))
            : new PeerOutput(outputs, logits.mean([1]), null);
    }

    /// <summary>The same output with other logits and tokens where a mask is 1.</summary>
    private static PeerOutput Disturb(PeerOutput output, Tensor mask)
    {
        Tensor Logits(Tensor logits) => logits.Plus(mask.Times(17));
        return output with
        {
            TeacherLogits = Logits(output.TeacherLogits),
            Peers =
            [
                .. output.Peers.Select(
                    (peer, m) =>
                        peer with
                        {
                            Logits = Logits(peer.Logits),
                            Tokens = (peer.Tokens * mask.unsqueeze(-1).Times(m + 1).Plus(1)).Plus(
                                mask.unsqueeze(-1).Times(m)
                            ),
                        }
                ),
            ],
        };
    }

    private static double TokenDistance(PeerOutput output, double[] known)
    {
        double[][] tokens = [.. output.Peers.Select(peer => Values(peer.Tokens))];
        double sum = 0;
        for (int i = 0; i < known.Length; i++)
        {
            double[] Normed(Func<int, double> at)
            {
                double norm = Math.Sqrt(Enumerable.Range(0, Width).Sum(d => at(d) * at(d)));
                return [.. Enumerable.Range(0, Width).Select(d => at(d) / norm)];
            }
            double[] mean = Normed(d => tokens.Average(peer => peer[i * Width + d]));
            foreach (double[] peer in tokens)
                sum +=
                    known[i]
                    * Normed(d => peer[i * Width + d]).Zip(mean, (a, b) => (a - b) * (a - b)).Sum()
                    / tokens.Length;
        }
        return sum;
    }

    private static double OffDiagonal(PeerOutput output) =>
        output
            .Peers.SelectMany(peer => peer.Keep)
            .SelectMany(Values)
            .Where((_, i) => i / Units % Units != i % Units)
            .Average();
}
