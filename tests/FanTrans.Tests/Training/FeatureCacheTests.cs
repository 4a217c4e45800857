using FanTrans.Data;
using FanTrans.Tests.Data;
using FanTrans.Training;

namespace FanTrans.Tests.Training;

[Collection(TorchCollection.Name)]
public sealed class FeatureCacheTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    /// <summary>With as many variants as epochs only the rounding to half precision is left.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ARunOnKeptFeaturesIsTheRunOnImages(bool onDisk)
    {
        var images = Train(cached: false);
        var kept = Train(cached: true, onDisk ? folder.Path : null);
        Assert.All(
            images.Curve("loss.total").Zip(kept.Curve("loss.total")),
            p => Assert.Equal(p.First, p.Second, 0.01 * p.First)
        );
        // Of some twenty frames, one that crosses the threshold moves F1 by some hundredths.
        Assert.Equal(images.Curve("f1")[0], kept.Curve("f1")[0], 0.02);
        Assert.All(images.Curve("auc").Zip(kept.Curve("auc")), p => Assert.Equal(p.First, p.Second, 0.05));
        Assert.Equal(onDisk ? 2 : 0, Directory.GetFiles(folder.Path, "features-*.bin").Length);
        if (onDisk)
        {
            var before = Directory.GetFiles(folder.Path).ToDictionary(f => f, File.GetLastWriteTimeUtc);
            Assert.Equal(kept.Curve("loss.total"), Train(cached: true, folder.Path).Curve("loss.total"));
            Assert.Equal(before, Directory.GetFiles(folder.Path).ToDictionary(f => f, File.GetLastWriteTimeUtc));
        }
    }

    [Fact]
    public void WhatChangesTheFeaturesChangesTheKeyAndNothingElseDoes()
    {
        using var ensemble = Tiny.NewEnsemble();
        using var otherFan = Tiny.NewEnsemble(seed: 2);
        var (train, _) = Tiny.Loaders();
        string Key(AuLoaderOptions options, bool other = false, int variants = 1)
        {
            using var cache = FeatureCache.Open(
                other ? otherFan : ensemble,
                new AuLoader(train.Source, options, train.Indices),
                null,
                variants,
                cancellation: Token
            );
            return cache.Key;
        }

        var key = Key(train.Options);
        Assert.Equal(key, Key(train.Options with { BatchSize = 4, Shuffle = false, Workers = 1, DropLast = false }));
        Assert.NotEqual(key, Key(train.Options with { Augmentation = AugmentationOptions.None }));
        Assert.NotEqual(key, Key(train.Options with { Seed = 6 }));
        Assert.NotEqual(key, Key(train.Options, variants: 2));
        Assert.NotEqual(key, Key(train.Options, other: true));
        // The same names and labels, other pictures.
        using (
            var larger = FeatureCache.Open(
                ensemble,
                new AuLoader(new DotFaces(56, side: 72), train.Options, train.Indices),
                null,
                cancellation: Token
            )
        )
            Assert.NotEqual(key, larger.Key);
        var none = train.Options with { Augmentation = AugmentationOptions.None };
        Assert.Equal(Key(none), Key(none with { Seed = 6 }));
    }

    [Fact]
    public void ItIsRefusedWhereItIsNotValid()
    {
        using var ensemble = Tiny.NewEnsemble();
        var (train, validation) = Tiny.Loaders();
        using (var cache = FeatureCache.Open(ensemble, train, folder.Path, cancellation: Token))
        {
            using var task = new Trainer(new FanTransTask(ensemble, [1, 1, 1], fanRateFactor: 0.1), Tiny.Options);
            Assert.Contains(
                "this task changes the FAN",
                Assert
                    .Throws<InvalidOperationException>(() => task.TrainOneEpoch(cache, 0, cancellation: Token))
                    .Message
            );
            Assert.Contains(
                "the FAN is fine-tuned",
                Assert
                    .Throws<InvalidOperationException>(() => FeatureCache.Open(ensemble, train, cancellation: Token))
                    .Message
            );
            ensemble.Fan.Freeze();
            Assert.Contains(
                "mirrored images were not kept",
                Assert
                    .Throws<InvalidOperationException>(() =>
                        EnsemblePrediction.All(ensemble, cache, flip: true, cancellation: Token)
                    )
                    .Message
            );
        }
        using var fan = Tiny.NewFan();
        using var landmarks = new Trainer(new FanTask(fan), Tiny.Options);
        using (var cache = FeatureCache.Open(ensemble, train, folder.Path, cancellation: Token))
            Assert.Contains(
                "needs images",
                Assert
                    .Throws<InvalidOperationException>(() => landmarks.TrainOneEpoch(cache, 0, cancellation: Token))
                    .Message
            );
        var larger = new AuLoader(train.Source, validation.Options with { ImageSize = 48 }, train.Indices);
        Assert.Contains(
            "crops to 48 pixels",
            Assert.Throws<ArgumentException>(() => FeatureCache.Open(ensemble, larger, cancellation: Token)).Message
        );
        Assert.Contains(
            "does not vary",
            Assert
                .Throws<ArgumentException>(() =>
                    FeatureCache.Open(ensemble, validation, variants: 2, cancellation: Token)
                )
                .Message
        );

        var file = Assert.Single(Directory.GetFiles(folder.Path));
        using (var stream = File.OpenWrite(file))
            stream.SetLength(stream.Length - 2);
        Assert.Contains(
            "remove the file",
            Assert
                .Throws<InvalidDataException>(() =>
                    FeatureCache.Open(ensemble, train, folder.Path, cancellation: Token)
                )
                .Message
        );
    }

    [Fact]
    public void MirroredFeaturesTestWithFlip()
    {
        using var ensemble = Tiny.NewEnsemble();
        var (_, validation) = Tiny.Loaders();
        using var cache = FeatureCache.Open(ensemble, validation, mirrored: true, cancellation: Token);
        var images = EnsemblePrediction.All(ensemble, validation, flip: true, cancellation: Token).Ensemble;
        var kept = EnsemblePrediction.All(ensemble, cache, flip: true, cancellation: Token).Ensemble;
        var straight = EnsemblePrediction.All(ensemble, validation, cancellation: Token).Ensemble;
        Assert.Equal(images.Keys, kept.Keys);
        Assert.All(
            images.Probabilities.SelectMany(p => p).Zip(kept.Probabilities.SelectMany(p => p)),
            p => Assert.Equal(p.First, p.Second, 1e-3f)
        );
        Assert.NotEqual(images.Probabilities[0], straight.Probabilities[0]);
    }

    [Fact]
    public void HalfAFileIsNeverLeft()
    {
        using var ensemble = Tiny.NewEnsemble();
        var (train, _) = Tiny.Loaders();
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() =>
            FeatureCache.Open(
                ensemble,
                train,
                folder.Path,
                3,
                progress: new Told(_ => stop.Cancel()),
                cancellation: stop.Token
            )
        );
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    private static TrainingResult Train(bool cached, string? folder = null)
    {
        using var ensemble = Tiny.NewEnsemble();
        var (train, validation) = Tiny.Loaders();
        using var trainCache = cached
            ? FeatureCache.Open(ensemble, train, folder, variants: Tiny.Options.Epochs, cancellation: Token)
            : null;
        using var validationCache = cached
            ? FeatureCache.Open(ensemble, validation, folder, cancellation: Token)
            : null;
        using var trainer = new Trainer(new FanTransTask(ensemble, [1, 1, 1]), Tiny.Options);
        return trainer.Fit(
            (IAuBatches?)trainCache ?? train,
            (IAuBatches?)validationCache ?? validation,
            cancellation: Token
        );
    }

    [Fact]
    public void TheMakingIsToldAndWaitedFor()
    {
        using var ensemble = Tiny.NewEnsemble();
        var (train, _) = Tiny.Loaders();
        var told = new List<TrainingProgress>();
        string path;
        using (
            var made = FeatureCache.Open(
                ensemble,
                train,
                folder.Path,
                3,
                progress: new Told(told.Add),
                cancellation: Token
            )
        )
            path = Directory.GetFiles(folder.Path).Single();
        Assert.Equal((3, 3, told[^1].Batches), (told[^1].Epoch, told[^1].Epochs, told[^1].Batch));
        Assert.Equal(3 * told[^1].Batches, told.Count);
        Assert.StartsWith($"features 1/3: batch 1 of {told[0].Batches}, ", told[0].ToString());

        // Another process makes it at this moment; what one left that was killed is removed.
        var bytes = File.ReadAllBytes(path);
        File.Delete(path);
        var left = folder.Write($"{WholeFile.Unfinished}1-{Path.GetFileName(path)}", "left");
        File.SetLastWriteTimeUtc(left, DateTime.UtcNow - TimeSpan.FromHours(2));
        told.Clear();
        var hold = FileHold.Try($"{path}.making")!;
        using var waited = FeatureCache.Open(
            ensemble,
            train,
            folder.Path,
            3,
            progress: new Told(value =>
            {
                told.Add(value);
                File.WriteAllBytes(path, bytes);
                hold.Dispose();
            }),
            cancellation: Token
        );
        Assert.Contains("another process makes what this one needs", told.Single().Warning);
        Assert.Equal([path], Directory.GetFiles(folder.Path, "*feat*", SearchOption.TopDirectoryOnly));
    }
}
