using FanTrans.Distillation;
using FanTrans.Tests.Gradients;
using static TorchSharp.torch;

namespace FanTrans.Tests.Parity;

/// <summary>After any number of steps there are as many live tensors as after the first.</summary>
[Collection(TorchCollection.Name)]
public class LeakTests
{
    [Theory]
    [InlineData("none", "joint", "landmark")]
    [InlineData("random", "independent", "attention")]
    [InlineData("learnable", "shared", "global")]
    [InlineData("input-dependent", "joint-hidden", "landmark")]
    [InlineData("off", "joint", "strict")]
    [InlineData("learnable", "joint", "landmark", 0)]
    public void TrainingStepsLeaveNoTensor(string drop, string classifier, string tokens, int blocks = 2)
    {
        manual_seed(1);
        var options = TinyOptions.Of(drop, classifier, tokens, blocks);
        using var ensemble = new PeerEnsemble(options, DistillationOptions.Paper with { Teacher = "gate" });
        ensemble.Fan.Unfreeze();
        ensemble.train();
        using var optimizer = optim.AdamW(ensemble.parameters(), 1e-3, weight_decay: 0.05);
        var loss = new OnlineDistillation(ensemble.Distillation, [1, 1, 1]);
        AssertConstant(() =>
        {
            using var scope = NewDisposeScope();
            var images = rand(2, 3, options.Fan.ImageSize, options.Fan.ImageSize);
            optimizer.zero_grad();
            loss.Compute(ensemble.call(images), ones(2, 3), ones(2, 3), epoch: 1).Total.backward();
            optimizer.step();
        });
    }

    [Theory]
    [InlineData("landmark")]
    [InlineData("attention")]
    [InlineData("strict")]
    [InlineData("global")]
    public void WhatIsGivenIsAllThatIsLeftToDispose(string tokens)
    {
        manual_seed(1);
        var options = TinyOptions.Of(tokens: tokens);
        using var ensemble = new PeerEnsemble(options, DistillationOptions.Paper);
        ensemble.eval();
        var loss = new OnlineDistillation(ensemble.Distillation, [1, 1, 1]);
        // Without a dispose scope around them: what these give is disposed by hand.
        AssertConstant(() =>
        {
            using var images = rand(2, 3, options.Fan.ImageSize, options.Fan.ImageSize);
            using var features = ensemble.Features(images);
            using var network = ensemble.Fan.call(images);
            foreach (var heatmap in ensemble.Fan.Heatmaps(images))
                heatmap.Dispose();
            using var output = ensemble.FromFeatures(features);
            using var view = ensemble.Peer(1);
            using var single = view.call(images);
            using var maps = view.Head.Maps(features);
            using var labels = ones(2, 3);
            using var parts = loss.Compute(output, labels, labels, epoch: 1);
            Assert.Equal(6, parts.Values.Count);
        });
    }

    private static void AssertConstant(Action step)
    {
        step();
        var before = LiveTensors.Settled();
        for (var i = 0; i < 3; i++)
            step();
        Assert.Equal(before, Tensor.TotalCount);
    }
}
