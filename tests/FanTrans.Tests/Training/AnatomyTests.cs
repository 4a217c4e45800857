using FanTrans.Data;
using FanTrans.Distillation;
using FanTrans.Evaluation;
using FanTrans.Models;
using FanTrans.Tests.Data;
using FanTrans.Training.Anatomy;
using static TorchSharp.torch;

namespace FanTrans.Tests.Training;

/// <summary>What the notebook on the model shows is what the model does.</summary>
[Collection(TrainingCollection.Name)]
public sealed class AnatomyTests : IDisposable
{
    private readonly PeerEnsemble _ensemble;
    private readonly RgbImage _crop = new DotFaces(4).Read(1).Image;

    public AnatomyTests()
    {
        random.manual_seed(5);
        _ensemble = new PeerEnsemble(Tiny.Model, DistillationOptions.Small);
        _ensemble.train();
    }

    public void Dispose() => _ensemble.Dispose();

    [Fact]
    public void TheFansMapsAreThoseOfAPass()
    {
        var crop = _crop.Resize(64, 64);
        var trace = FanTrace.Of(_ensemble.Fan, crop);

        Assert.Equal((68, 16 * 2), (trace.Heatmaps.Count, trace.Features.Count));
        Assert.Equal(trace.Heatmaps.Sum(map => map[3, 5]), trace.HeatSum[3, 5], 1e-4);
        Assert.Equal((8, 8), (trace.HeatSum.GetLength(0), trace.HeatSum.GetLength(1)));
        // The landmarks are in pixels of the crop, which is twice the network's input.
        var highest = trace.Heatmaps[0].Cast<double>().ToList();
        var at = highest.IndexOf(highest.Max());
        Assert.InRange(trace.Landmarks[0], 8 * (at % 8) - 20, 8 * (at % 8) + 28);
        Assert.Throws<ArgumentException>(() => FanTrace.Of(_ensemble.Fan, new RgbImage(4, 5)));
    }

    [Fact]
    public void TheTeacherLiesBetweenThePeers()
    {
        var trace = PeerTrace.Of(_ensemble, _crop);

        Assert.Equal(2, trace.Peers.Count);
        for (var n = 0; n < trace.ActionUnits.Count; n++)
            Assert.InRange(trace.Teacher[n], trace.Peers.Min(p => p[n]) - 1e-6, trace.Peers.Max(p => p[n]) + 1e-6);
        Assert.Equal((2, 1, 2), (trace.Attention.Count, trace.Attention[0].Count, trace.Attention[0][0].Count));
        Assert.Equal(1, Enumerable.Range(0, 3).Sum(j => trace.Attention[1][0][1][2, j]), 1e-5);
        Assert.True(_ensemble.training);
    }

    [Fact]
    public void MasksAreDrawnAsOftenAsTheirProbabilitySays()
    {
        using var model = _ensemble.Peer(0);
        var masks = MaskDraws.Of(model, _crop, draws: 400);

        Assert.Equal(Tiny.Model.Heads, masks.Count);
        foreach (var head in masks)
        {
            Assert.All(Enumerable.Range(0, 3), n => Assert.All(head.Draws, mask => Assert.Equal(1, mask[n, n])));
            Assert.Equal(head.Keep[0, 1], head.Draws.Average(mask => mask[0, 1]), 0.06);
            Assert.Equal(Tiny.Model.InitialKeep, head.Keep[2, 1], 1e-5);
            Assert.All(head.Evaluation.Cast<double>(), kept => Assert.Equal(1, kept));
        }
        Assert.True(masks[0].Draws.Select(mask => string.Concat(mask.Cast<double>())).Distinct().Count() > 10);
        Assert.True(_ensemble.training);
        Assert.Equal(masks[0].Draws[0], MaskDraws.Of(model, _crop, draws: 1)[0].Draws[0]);
    }

    [Fact]
    public void TokensBeforeAndAfterTheBlocksAreOneAFrameAndUnit()
    {
        using var model = _ensemble.Peer(1);
        var (_, validation) = Tiny.Loaders();

        var trace = TokenTrace.Of(model, validation, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal([validation.Indices.Count, 3, 8], Enumerable.Range(0, 3).Select(trace.Before.GetLength));
        Assert.Equal([validation.Indices.Count, 3, 8], Enumerable.Range(0, 3).Select(trace.After.GetLength));
        // The last layer norm, still at its start: mean 0 and deviation 1.
        Assert.Equal(0, Enumerable.Range(0, 8).Average(k => trace.After[2, 1, k]), 1e-4);
    }

    [Fact]
    public void AClassifiersSharesAddUpToOne()
    {
        using var model = _ensemble.Peer(0);
        var shares = ClassifierWeights.Shares(model);

        Assert.All(Enumerable.Range(0, 3), i => Assert.Equal(1, Enumerable.Range(0, 3).Sum(j => shares[i, j]), 1e-9));
        using var other = new FanTransModel(Tiny.Model with { Classifier = "shared" });
        Assert.Contains("expected joint", Assert.Throws<ArgumentException>(() => ClassifierWeights.Shares(other)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CkaIsOneForARotationAndSmallForOthers()
    {
        var random = new Random(3);
        var tokens = new float[400, 3, 2];
        for (var frame = 0; frame < 400; frame++)
        {
            var (x, y) = (random.NextSingle(), random.NextSingle());
            (tokens[frame, 0, 0], tokens[frame, 0, 1]) = (x, y);
            // Turned by 90°, scaled and moved.
            (tokens[frame, 1, 0], tokens[frame, 1, 1]) = (5 - (3 * y), 3 * x);
            (tokens[frame, 2, 0], tokens[frame, 2, 1]) = (random.NextSingle(), random.NextSingle());
        }

        var cka = TokenSimilarity.Cka(tokens);

        Assert.Equal(1, cka[0, 1], 1e-6);
        Assert.Equal(1, cka[2, 2], 1e-9);
        Assert.InRange(cka[2, 0], 0, 0.05);
        Assert.Throws<ArgumentException>(() => TokenSimilarity.Cka(new float[1, 2, 2]));
        Assert.True(double.IsNaN(TokenSimilarity.Cka(new float[3, 2, 2])[0, 1]));

        // A linear code of the token says all of it; the first coordinate alone half; independent ones nothing.
        for (var frame = 0; frame < 400; frame++)
            (tokens[frame, 1, 0], tokens[frame, 1, 1]) = (2 - tokens[frame, 0, 0], 7);
        var explained = TokenSimilarity.Explained(tokens);
        Assert.Equal(1, explained[0, 1], 1e-9);
        Assert.Equal(0.5, explained[1, 0], 0.06);
        Assert.Equal(0, explained[2, 0], 0.02);
        Assert.Throws<ArgumentException>(() => TokenSimilarity.Explained(new float[1, 2, 2]));
        Assert.True(double.IsNaN(TokenSimilarity.Explained(new float[3, 2, 2])[0, 1]));
    }
}
