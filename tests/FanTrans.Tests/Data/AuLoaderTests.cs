using FanTrans.Data;

namespace FanTrans.Tests.Data;

public class AuLoaderTests
{
    private static readonly AuLoaderOptions Options = new()
    {
        ImageSize = 24,
        BatchSize = 8,
        Shuffle = true,
        Seed = 11,
        Augmentation = AugmentationOptions.Paper,
    };

    [Fact]
    public void TheNumberOfWorkersChangesNothing()
    {
        var source = new DotFaces(43);
        var expected = Collect(new AuLoader(source, Options with { Workers = 1, Prefetch = 1 }), 2);
        foreach (var (workers, prefetch) in new[] { (2, 4), (5, 3), (3, 1) })
            Assert.Equal(
                expected,
                Collect(new AuLoader(source, Options with { Workers = workers, Prefetch = prefetch }), 2)
            );
        // Nor do earlier epochs, or a cache.
        var used = new AuLoader(new CachedDataset(source), Options with { Workers = 2 });
        Collect(used, 0);
        Assert.Equal(expected, Collect(used, 2));
    }

    [Fact]
    public void EachEpochHasEveryFrameOnceInAnOrderOfItsOwn()
    {
        var loader = new AuLoader(new DotFaces(43), Options);
        var first = Indices(loader, 0);
        var second = Indices(loader, 1);
        Assert.Equal(Enumerable.Range(0, 43), first.Order());
        Assert.Equal(Enumerable.Range(0, 43), second.Order());
        Assert.NotEqual(first, second);
        Assert.Equal(
            [4, 2, 9],
            Indices(new AuLoader(new DotFaces(43), Options with { Shuffle = false }, [4, 2, 9]), 0)
        );
        Assert.Equal(40, Indices(new AuLoader(new DotFaces(43), Options with { DropLast = true }), 0).Count);
    }

    [Fact]
    public void LabelsAndMasksAreTheSources()
    {
        var source = new DotFaces(20);
        foreach (var batch in new AuLoader(source, Options).Epoch(3, TestContext.Current.CancellationToken))
        {
            using (batch)
            {
                for (var row = 0; row < batch.Count; row++)
                {
                    var labels = source.LabelsAt((int)batch.Indices[row]);
                    Assert.Equal(labels.Select(l => l == 1 ? 1f : 0), batch.Labels[(row * 3)..((row * 3) + 3)]);
                    Assert.Equal(labels.Select(l => l == 9 ? 0f : 1), batch.Known[(row * 3)..((row * 3) + 3)]);
                }
            }
        }
    }

    [Fact]
    public void ABrokenFrameIsNamedAfterTheBatchesBeforeIt()
    {
        var loader = new AuLoader(new DotFaces(40) { Broken = 20 }, Options with { Shuffle = false, Workers = 3 });
        var taken = 0;
        var error = Assert.Throws<InvalidDataException>(() =>
        {
            foreach (var batch in loader.Epoch(0, TestContext.Current.CancellationToken))
            {
                batch.Dispose();
                taken++;
            }
        });
        Assert.Equal("sample S06/T1/20 (index 20): the picture ends early", error.Message);
        Assert.IsType<IOException>(error.InnerException);
        Assert.Equal(2, taken);
    }

    [Fact]
    public void CancellationAndAnEarlyEndStopTheThreads()
    {
        var source = new DotFaces(4000);
        var loader = new AuLoader(source, Options with { Workers = 2 });
        foreach (var batch in loader.Epoch(0, TestContext.Current.CancellationToken))
        {
            batch.Dispose();
            break;
        }
        var reads = source.Reads;
        Assert.True(reads < 200, $"{reads} frames read for one batch.");

        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Assert.Throws<OperationCanceledException>(() =>
        {
            foreach (var batch in loader.Epoch(0, cancel.Token))
            {
                batch.Dispose();
                cancel.Cancel();
            }
        });
        reads = source.Reads;
        Thread.Sleep(50);
        Assert.Equal(reads, source.Reads);
    }

    [Fact]
    public void TheCacheReadsEachFrameOnceUpToItsLimit()
    {
        var source = new DotFaces(30);
        var cached = new CachedDataset(source);
        var loader = new AuLoader(cached, Options with { Workers = 1 });
        Indices(loader, 0);
        Indices(loader, 1);
        Assert.Equal(30, source.Reads);
        Assert.Equal(30L * 64 * 64 * 3, cached.Bytes);

        source = new DotFaces(30);
        cached = new CachedDataset(source, limit: 10 * 64 * 64 * 3);
        loader = new AuLoader(cached, Options with { Workers = 1 });
        Indices(loader, 0);
        Indices(loader, 1);
        Assert.Equal(50, source.Reads);
    }

    [Fact]
    public void BuffersAreUsedAgainAndNoMoreAreAheadThanAllowed()
    {
        var source = new DotFaces(800);
        var loader = new AuLoader(source, Options with { Workers = 2, Prefetch = 3 });
        var buffers = new HashSet<float[]>(ReferenceEqualityComparer.Instance);
        var taken = 0;
        for (var epoch = 0; epoch < 2; epoch++)
        {
            foreach (var batch in loader.Epoch(epoch, TestContext.Current.CancellationToken))
            {
                using (batch)
                {
                    buffers.Add(batch.Images);
                    taken++;
                    Assert.InRange(source.Reads, 0, (taken + 3) * 8);
                }
            }
        }
        Assert.Equal(200, taken);
        // Three ahead, one in use, one more whose place is free while it is used.
        Assert.InRange(buffers.Count, 1, 5);
    }

    [Fact]
    public void WrongIndicesAndOptionsAreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new AuLoader(new DotFaces(4), Options, [4]));
        Assert.Throws<ArgumentException>(() => new AuLoader(new DotFaces(4), Options, []));
        Assert.Contains(
            "Workers: expected at least 1, found 0",
            Assert.Throws<ArgumentException>(() => new AuLoader(new DotFaces(4), Options with { Workers = 0 })).Message
        );
    }

    private static List<int> Indices(AuLoader loader, int epoch)
    {
        var indices = new List<int>();
        foreach (var batch in loader.Epoch(epoch, TestContext.Current.CancellationToken))
        {
            using (batch)
                indices.AddRange(batch.Indices.Select(i => (int)i));
        }
        return indices;
    }

    /// <summary>Every value of an epoch.</summary>
    private static List<float> Collect(AuLoader loader, int epoch)
    {
        var values = new List<float>();
        foreach (var batch in loader.Epoch(epoch, TestContext.Current.CancellationToken))
        {
            using (batch)
                values.AddRange([
                    .. batch.Images,
                    .. batch.Landmarks,
                    .. batch.Visible,
                    .. batch.Labels,
                    .. batch.Indices.Select(i => (float)i),
                ]);
        }
        return values;
    }
}
