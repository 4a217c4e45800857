using CsCheck;
using FanTrans.Data;

namespace FanTrans.Tests.Data;

public class FrameSamplingTests
{
    private static readonly AuLoaderOptions Options = new()
    {
        ImageSize = 16,
        BatchSize = 8,
        Shuffle = true,
        Seed = 3,
        Workers = 2,
    };

    [Fact]
    public void Every_third_frame_of_each_recording()
    {
        var source = new MadeUpFaces(FanTrans.ActionUnits.Bp4d, 2, 2, 7);
        var loader = new AuLoader(source, Options with { Stride = 3 });
        Assert.Equal([1, 4, 7, 1, 4, 7, 1, 4, 7, 1, 4, 7], loader.Indices.Select(i => source.Key(i).Frame));
        // Of the frames that are given, in whatever order they are given.
        loader = new AuLoader(source, Options with { Stride = 3 }, [6, 5, 4, 3, 2, 1, 20]);
        Assert.Equal([4, 1, 20], loader.Indices);
        Assert.Contains(
            "Stride: expected at least 1, found 0",
            Assert.Throws<ArgumentException>(() => new AuLoader(source, Options with { Stride = 0 })).Message
        );
    }

    [Fact]
    public void Rare_action_units_come_more_often_and_no_frame_is_lost() =>
        Gen.Select(Gen.Double[0, 1], Gen.Int[0, 1000], Gen.Double[0.005, 0.5])
            .Sample(
                (threshold, seed, rate) =>
                {
                    var source = new Labelled(300, seed, [0.6, rate]);
                    var factors = FrameSampling.RepeatFactors(source, [.. Enumerable.Range(0, 300)], threshold);
                    var length = FrameSampling.Length(factors);
                    for (var epoch = 0; epoch < 5; epoch++)
                    {
                        var counts = FrameSampling
                            .Expand(factors, new SeededRandom(seed, epoch))
                            .CountBy(f => f.Place)
                            .ToDictionary();
                        Assert.Equal(300, counts.Count);
                        Assert.Equal(length, counts.Values.Sum());
                        Assert.All(
                            counts,
                            c => Assert.InRange(c.Value, factors[c.Key] >> 32, (factors[c.Key] >> 32) + 1)
                        );
                    }
                    // The rule itself, but for the first frame, which takes what is left to a whole number.
                    double[] rates =
                    [
                        .. Enumerable
                            .Range(0, 2)
                            .Select(n => Enumerable.Range(0, 300).Average(i => (double)source.LabelsAt(i)[n])),
                    ];
                    for (var i = 1; i < 300; i++)
                    {
                        var expected = rates
                            .Where((_, n) => source.LabelsAt(i)[n] == 1)
                            .Select(r => Math.Max(1, Math.Sqrt(threshold / r)))
                            .DefaultIfEmpty(1)
                            .Max();
                        Assert.Equal(expected, factors[i] / (double)(1L << 32), 1e-6);
                    }
                },
                iter: 100
            );

    [Fact]
    public void Repeats_have_augmentations_of_their_own_and_the_workers_change_nothing()
    {
        var source = new DotFaces(80);
        var options = Options with { RepeatRarerThan = 1, Augmentation = AugmentationOptions.Paper with { Jpeg = 0 } };
        List<(long Index, float[] Image)> Epoch(int workers, int epoch)
        {
            List<(long, float[])> rows = [];
            foreach (
                var batch in new AuLoader(source, options with { Workers = workers }).Epoch(
                    epoch,
                    TestContext.Current.CancellationToken
                )
            )
            {
                using (batch)
                    rows.AddRange(
                        Enumerable
                            .Range(0, batch.Count)
                            .Select(r => (batch.Indices[r], batch.Images.AsSpan(r * 768, 768).ToArray()))
                    );
            }
            return rows;
        }
        var loader = new AuLoader(source, options);
        var (one, three) = (Epoch(1, 4), Epoch(3, 4));
        Assert.Equal(loader.EpochFrames, one.Count);
        Assert.True(one.Count > 80);
        Assert.Equal(loader.EpochFrames, Epoch(2, 5).Count);
        Assert.Equal(one.Select(r => r.Index), three.Select(r => r.Index));
        Assert.Equal(one.SelectMany(r => r.Image), three.SelectMany(r => r.Image));
        var twice = one.GroupBy(r => r.Index).First(g => g.Count() > 1).ToArray();
        Assert.NotEqual(twice[0].Image, twice[1].Image);
        Assert.Contains(
            "RepeatRarerThan: expected 0 to 1, found 2",
            Assert.Throws<ArgumentException>(() => new AuLoader(source, Options with { RepeatRarerThan = 2 })).Message
        );
    }

    private sealed class Labelled(int count, int seed, double[] rates) : AuDataset
    {
        public override IReadOnlyList<int> ActionUnits { get; } = [.. FanTrans.ActionUnits.All.Take(rates.Length)];

        public override int Count => count;

        public override FaceKey Key(int index) => new("S", "T", index);

        public override sbyte[] LabelsAt(int index) =>
            [.. rates.Select((r, n) => (sbyte)(new SeededRandom(seed, index, n).Chance(r) ? 1 : 0))];

        public override FaceFrame Read(int index) => throw new NotSupportedException("sampling reads no pictures");
    }
}
