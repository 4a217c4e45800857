using FanTrans.Evaluation;
using FanTrans.Training;
using FanTrans.Training.Experiments;

namespace FanTrans.Tests.Training;

[Collection(TorchCollection.Name)]
public sealed class AblationTests : IDisposable
{
    private static readonly ExperimentOptions Options = ExperimentTests.Options with { KeepFeatures = 1 };

    private readonly TemporaryFolder folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public void AFinishedVariantIsOnlyReadAndAChangedOptionMakesANewRun()
    {
        var ablation = new Ablation(folder.Path, Options, [1, 2]);
        var none = ablation.Run("none", WithoutDrop, cancellation: Token);
        Assert.Equal([1, 2], none.Select(r => r.Seed));
        var written = none.Select(r => File.GetLastWriteTimeUtc(Path.Combine(r.Folder, "model.safetensors"))).ToArray();

        // Another session, and another name: the same options are the same run.
        var later = new Ablation(folder.Path, Options, [1, 2]);
        var log = new Log();
        Assert.Equal(none, later.Run("plain attention", WithoutDrop, log, Token));
        Assert.Empty(log.Tasks);
        Assert.Equal(written, none.Select(r => File.GetLastWriteTimeUtc(Path.Combine(r.Folder, "model.safetensors"))));

        var other = ablation.Run("none", o => WithoutDrop(o) with { BatchSize = 4 }, log, Token);
        Assert.Equal(["none, seed 1, fan-trans", "none, seed 2, fan-trans"], log.Tasks.Distinct());
        Assert.Equal(4, none.Concat(other).Select(r => r.Folder).Distinct().Count());
        Assert.Equal(written, none.Select(r => File.GetLastWriteTimeUtc(Path.Combine(r.Folder, "model.safetensors"))));
        Assert.Equal(["none"], ablation.Variants);
        Assert.Equal(other, ablation.RunsOf("none"));
        // Kept features are one set for all of them.
        Assert.Equal(6, Directory.GetFiles(folder.At("features")).Length);
    }

    [Fact]
    public void AStoppedVariantGoesOnToTheSameResult()
    {
        var whole = new Ablation(folder.At("whole"), Options, [1]).Run("all", cancellation: Token);
        var ablation = new Ablation(folder.At("stopped"), Options, [1]);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var log = new Log { Stop = stop };
        Assert.ThrowsAny<OperationCanceledException>(() => ablation.Run("all", null, log, stop.Token));
        Assert.Contains(
            "no variant ran yet",
            Assert.Throws<InvalidOperationException>(() => ablation.Variants).Message
        );
        Assert.Contains(
            "no variant ran yet",
            Assert.Throws<InvalidOperationException>(() => ablation.Compare()).Message
        );

        var rest = ablation.Run("all", cancellation: Token);
        Assert.Equal((whole[0].F1, whole[0].Peers, whole[0].BestEpoch), (rest[0].F1, rest[0].Peers, rest[0].BestEpoch));
        Assert.Equal(
            File.ReadAllText(Path.Combine(whole[0].Folder, "test.csv")),
            File.ReadAllText(Path.Combine(rest[0].Folder, "test.csv"))
        );
    }

    [Fact]
    public void WhatRanIsComparedWithTheBaseline()
    {
        var ablation = new Ablation(folder.Path, Options, [1, 2]);
        ablation.Run("learnable", cancellation: Token);
        ablation.Run("none", WithoutDrop, cancellation: Token);
        ablation.Run(
            "alone",
            o => o with { Distillation = FanTrans.Distillation.DistillationOptions.None },
            cancellation: Token
        );

        var table = ablation.Compare("none");
        Assert.Equal(["none", "learnable", "alone"], table.Rows.Select(r => r.Name));
        Assert.Equal(ablation.RunsOf("learnable").Average(r => r.F1), table.Rows[1].F1.Estimate, 12);
        Assert.Equal(
            table.Rows[1].F1.Estimate - table.Rows[0].F1.Estimate,
            table.Rows[1].Of(Metric.F1).Difference!.Macro.Estimate,
            12
        );
        var part = ablation.Compare("none", p => p.Only([1, 2, 9]), metrics: [Metric.Auc], tuned: true);
        Assert.Equal([1, 2, 9], part.ActionUnits);
        Assert.Equal([Metric.Auc], part.Metrics);
        Assert.Contains(
            "no variant some ran, only learnable, none, alone",
            Assert.Throws<ArgumentException>(() => ablation.Compare("some")).Message
        );

        var learned = ablation.LearnedCorrelations("learnable", Token);
        Assert.Equal(2 * 2, learned[0].Heads.Count);
        Assert.Equal((2, 1, 2), (learned[0].Heads[3].Peer, learned[0].Heads[3].Block, learned[0].Heads[3].Head));
        Assert.Equal(learned[0].Heads.Average(h => h.Keep[0, 1]), learned[0].Keep[0, 1], 6);
        Assert.All(learned[0].Heads, h => Assert.Equal(1, Enumerable.Range(0, 8).Sum(j => h.Attention[3, j]), 1e-5));
        Assert.NotEqual(learned[0].Keep[0, 1], learned[1].Keep[0, 1]);

        // A peer is another model than its ensemble; a model alone is the same.
        var peers = ablation.Compare("none", peer: 2);
        Assert.NotEqual(table.Rows[1].F1, peers.Rows[1].F1);
        Assert.Equal(table.Rows[2].F1, peers.Rows[2].F1);

        Assert.Equal(2, ablation.Curve("none", "f1").Length);
        Assert.All(ablation.Curve("none", "disagreement"), d => Assert.InRange(d, 0, 1));
        Assert.All(ablation.Curve("alone", "disagreement"), d => Assert.True(double.IsNaN(d)));
        Assert.All(ablation.Curve("learnable", "keep"), d => Assert.InRange(d, 0.5, 1));
        Assert.All(ablation.Curve("none", "keep"), d => Assert.True(double.IsNaN(d)));
    }

    private static ExperimentOptions WithoutDrop(ExperimentOptions options) =>
        options with
        {
            Model = options.Model with { AttentionDrop = "none" },
        };

    private sealed class Log : IProgress<TrainingProgress>
    {
        public List<string> Tasks { get; } = [];

        public CancellationTokenSource? Stop { get; init; }

        public void Report(TrainingProgress value)
        {
            Tasks.Add(value.Task);
            if (value is { Epoch: 2, Batch: 1 })
                Stop?.Cancel();
        }
    }

    [Fact]
    public void ATableIsKnownByItsContentAndByHowItIsRead()
    {
        string Known(string read) =>
            RunIdentity.OfData(new ExperimentOptions { Data = folder.At("faces.csv") + read }, null);
        folder.Write("faces.csv", "path,subject,AU12\n1.png,a,3\n");
        var (plain, read) = (Known(""), Known("?PresentFrom=2"));
        Assert.NotEqual(plain, read);
        Assert.NotEqual(read, Known("?PresentFrom=3"));
        folder.Write("faces.csv", "path,subject,AU12\n1.png,a,2\n");
        Assert.NotEqual(plain, Known(""));
        Assert.NotEqual(read, Known("?PresentFrom=2"));
    }
}
