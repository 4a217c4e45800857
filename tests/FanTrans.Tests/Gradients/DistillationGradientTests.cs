using FanTrans.Distillation;
using FanTrans.Models;
using FanTrans.Tests.Models;
using FanTrans.Tests.Parity;
using static TorchSharp.torch;

namespace FanTrans.Tests.Gradients;

/// <summary>
/// Every term of the distillation loss and its gradient in every input, against <see cref="LossOracle"/>: the equations
/// in plain C#. The gradient stops at the teacher's logits and the mean tokens, so the oracle holds both fixed there.
/// </summary>
[Collection(TorchCollection.Name)]
public class DistillationGradientTests
{
    private const int Batch = 4,
        Units = 3,
        Width = 5,
        Heads = 2,
        Blocks = 2;
    private static readonly double[] Weights = [0.5, 1, 1.5];

    public static MatrixTheoryData<string, int> Variants => new(BuiltIn.Teachers, [1, 2, 3]);

    [Theory]
    [MemberData(nameof(Variants))]
    public void TermsAndGradientsAreThoseOfTheEquations(string teacher, int peers)
    {
        using var scope = NewDisposeScope();
        manual_seed(4);
        var options = new DistillationOptions
        {
            Peers = peers,
            Teacher = teacher,
            LogitWeight = 0.7,
            FeatureWeight = 1.3,
            SparsityWeight = 0.4,
            Temperature = 1.7,
            RampEpochs = 4,
        };
        Tensor Leaf(params long[] shape) => randn(shape, dtype: ScalarType.Float64).requires_grad_();
        var logits = Leaf(peers, Batch, Units);
        var tokens = Leaf(peers, Batch, Units, Width);
        var keep = Leaf(peers, Blocks, Heads, Units, Units);
        var shares = teacher is "gate" ? Leaf(Batch, peers) : null;
        var labels = rand([Batch, Units], dtype: ScalarType.Float64).AtLeast(0.5).to_type(ScalarType.Float64);
        var known = rand([Batch, Units], dtype: ScalarType.Float64).AtLeast(0.3).to_type(ScalarType.Float64);

        using var parts = new OnlineDistillation(options, Weights).Compute(
            Output(logits, tokens, WithFullDiagonal(keep), shares),
            labels,
            known,
            epoch: 1.5
        );
        parts.Total.backward();

        static double[] Elements(Tensor tensor) => Values.Of(tensor).Elements;
        var oracle = new LossOracle(options, epoch: 1.5, Weights, Elements(labels), Elements(known));
        LossOracle.Terms Terms(LossOracle.Inputs? targets) =>
            oracle.Of(
                new(
                    Elements(logits),
                    Elements(tokens),
                    Elements(WithFullDiagonal(keep)),
                    shares is null ? null : Elements(shares)
                ),
                targets
            );
        var start = Terms(null);
        AssertEqual(start.Classification, parts["classification"]);
        AssertEqual(start.Teacher, parts["teacher"]);
        AssertEqual(start.Logits, parts["logits"]);
        AssertEqual(start.Features, parts["features"]);
        AssertEqual(start.Sparsity, parts["sparsity"]);
        AssertEqual(start.Total, parts.Total);

        List<(string, Tensor, double[])> gradients =
        [
            ("logits", logits, Elements(logits.grad!)),
            ("tokens", tokens, Elements(tokens.grad!)),
            ("keep", keep, Elements(keep.grad!)),
        ];
        if (shares is not null)
            gradients.Add(("gate", shares, Elements(shares.grad!)));
        var origin = start.Inputs;
        FiniteDifference.Check(() => Terms(origin).Total, gradients, seed: 6, probes: 12);
    }

    private static PeerOutput Output(Tensor logits, Tensor tokens, Tensor keep, Tensor? shares)
    {
        FanTransOutput[] peers =
        [
            .. Enumerable
                .Range(0, (int)logits.shape[0])
                .Select(m => new FanTransOutput(
                    logits.select(0, m),
                    tokens.select(0, m),
                    [],
                    keep.select(0, m).unbind()
                )),
        ];
        var teacher = shares is null ? logits.mean([0]) : (logits * shares.transpose(0, 1).unsqueeze(-1)).sum([0]);
        return new PeerOutput(peers, teacher, shares);
    }

    private static Tensor WithFullDiagonal(Tensor keep) => keep.Filled(eye(Units, dtype: ScalarType.Bool), 1);

    private static void AssertEqual(double expected, Tensor actual) =>
        Assert.Equal(expected, actual.item<double>(), 1e-12);
}
