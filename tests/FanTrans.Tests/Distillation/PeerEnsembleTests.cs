using FanTrans.Distillation;
using FanTrans.Interop;
using FanTrans.Models;
using FanTrans.Tests.Models;
using static FanTrans.Tests.Models.TensorTesting;
using static TorchSharp.torch;

namespace FanTrans.Tests.Distillation;

[Collection(TorchCollection.Name)]
public class PeerEnsembleTests
{
    [Fact]
    public void TheMeanTeacherIsThePeersMean()
    {
        using var scope = NewDisposeScope();
        using var ensemble = Create("mean", peers: 3);
        var output = ensemble.call(Images(ModelSizes.TinyFan));
        Assert.Equal(3, output.Peers.Count);
        Assert.Null(output.GateWeights);
        var mean = output.Peers.Select(peer => peer.Logits).Sum().Over(3);
        Assert.True(mean.allclose(output.TeacherLogits, atol: 1e-6));
    }

    [Fact]
    public void TheGateWeighsThePeersAndSumsToOne()
    {
        using var scope = NewDisposeScope();
        using var ensemble = Create("gate", peers: 3);
        var output = ensemble.call(Images(ModelSizes.TinyFan, batch: 4));
        Assert.Equal([4, 3], output.GateWeights!.shape);
        Assert.All(Values(output.GateWeights.sum(1)), sum => Assert.Equal(1, sum, 1e-6));
        double[] weights = Values(output.GateWeights),
            teacher = Values(output.TeacherLogits);
        double[][] logits = [.. output.Peers.Select(peer => Values(peer.Logits))];
        for (int b = 0; b < 4; b++)
        {
            for (int n = 0; n < 5; n++)
            {
                double expected = Enumerable.Range(0, 3).Sum(m => weights[b * 3 + m] * logits[m][b * 5 + n]);
                Assert.Equal(expected, teacher[b * 5 + n], 1e-5);
            }
        }
    }

    [Fact]
    public void PeersStartDifferent()
    {
        using var scope = NewDisposeScope();
        using var ensemble = Create("mean");
        var output = ensemble.call(Images(ModelSizes.TinyFan));
        Assert.NotEqual(Values(output.Peers[0].Logits), Values(output.Peers[1].Logits));
    }

    [Fact]
    public void CachedFeaturesGiveTheSameOutput()
    {
        using var scope = NewDisposeScope();
        using var ensemble = Create("gate");
        ensemble.eval();
        var images = Images(ModelSizes.TinyFan);
        Assert.Equal(
            Values(ensemble.call(images).TeacherLogits),
            Values(ensemble.FromFeatures(ensemble.Fan.Features(images)).TeacherLogits)
        );
    }

    [Fact]
    public void APeerIsAModelWhoseStateDictASingleModelLoads()
    {
        using var scope = NewDisposeScope();
        using var ensemble = Create("gate");
        FillBuffers(ensemble);
        ensemble.eval();
        var images = Images(ModelSizes.TinyFan);
        double[] expected = Values(ensemble.call(images).Peers[1].Logits);

        using var single = new FanTransModel(ModelSizes.Tiny);
        using (var peer = ensemble.Peer(1))
        {
            Assert.Equal(expected, Values(peer.call(images).Logits));
            StateDict.LoadInto(single, peer.state_dict());
        }
        single.eval();
        Assert.Equal(expected, Values(single.call(images).Logits));
        Assert.Equal(expected, Values(ensemble.call(images).Peers[1].Logits));
        Assert.Throws<ArgumentOutOfRangeException>(() => ensemble.Peer(2));
    }

    [Fact]
    public void TheSharedFanStaysFrozenInTraining()
    {
        using var ensemble = Create("mean");
        ensemble.train();
        Assert.True(ensemble.training);
        Assert.False(ensemble.Fan.training);
        Assert.All(ensemble.Fan.parameters(), parameter => Assert.False(parameter.requires_grad));
    }

    [Fact]
    public void TheFrozenFanComputesInBFloat16AndNothingElseDoes()
    {
        using var scope = NewDisposeScope();
        using var ensemble = Create("mean");
        FillBuffers(ensemble);
        ensemble.eval();
        var images = Images(ModelSizes.TinyFan);
        var single = ensemble.Features(images);
        var weights = ensemble.state_dict().SelectMany(t => Values(t.Value)).ToArray();

        ensemble.ComputeFanIn(FanPrecision.BFloat16);
        var half = ensemble.Features(images);
        Assert.Equal(ScalarType.Float32, half.dtype);
        // Eight binary digits, in some dozen layers one after the other.
        Assert.InRange(((half - single).norm() / single.norm()).item<float>(), 1e-4, 0.03);
        Assert.Equal(Values(ensemble.FromFeatures(half).TeacherLogits), Values(ensemble.call(images).TeacherLogits));
        Assert.Equal(weights, ensemble.state_dict().SelectMany(t => Values(t.Value)));
        Assert.DoesNotContain(ensemble.state_dict(), t => t.Value.dtype is ScalarType.BFloat16);

        ensemble.ComputeFanIn(FanPrecision.Float32);
        Assert.Equal(Values(single), Values(ensemble.Features(images)));
        ensemble.Fan.Unfreeze();
        Assert.Throws<InvalidOperationException>(() => ensemble.ComputeFanIn(FanPrecision.BFloat16));
    }

    private static PeerEnsemble Create(string teacher, int peers = 2)
    {
        manual_seed(11);
        return new PeerEnsemble(ModelSizes.Tiny, DistillationOptions.Paper with { Teacher = teacher, Peers = peers });
    }
}
