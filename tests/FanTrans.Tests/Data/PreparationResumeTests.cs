using FanTrans.Data;

namespace FanTrans.Tests.Data;

public class PreparationResumeTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    // A kill stops the work between two steps of any thread, and leaves what a step had begun: a temporary file, half
    // a line of the journal, a crop whose line was never written.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Killed_at_random_moments_the_set_is_the_same_to_the_byte(int seed)
    {
        using var folder = new TemporaryFolder();
        string root = folder.At("bp4d"),
            whole = folder.At("whole"),
            killed = folder.At("killed");
        SmallDatasets.Preparation(root, whole, 2, 3, 8).Run(cancellation: Cancel);
        var random = new Random(seed);

        for (var kill = 0; kill < 3; kill++)
        {
            using var stop = new CancellationTokenSource();
            var after = random.Next(1, 16);
            var told = 0;
            Assert.ThrowsAny<OperationCanceledException>(() =>
                SmallDatasets
                    .Preparation(root, killed, 2, 3, 8)
                    .Run(
                        new PreparationTests.Listener(p =>
                        {
                            if (p.Done > p.Kept && Interlocked.Increment(ref told) == after)
                                stop.Cancel();
                        }),
                        stop.Token
                    )
            );
            Assert.True(Preparation.IsUnfinished(killed));
            Assert.Contains(
                "not finished",
                Assert.Throws<InvalidDataException>(() => PreparedSet.Open(killed)).Message
            );
            LeaveDebris(killed, random);
        }

        var done = Crops(killed);
        var result = SmallDatasets.Preparation(root, killed, 2, 3, 8).Run(cancellation: Cancel);
        Assert.Equal(48, result.Made + result.Kept);
        // the debris cost two at most
        Assert.True(result.Kept >= done.Count - 2, $"{result.Kept} kept of {done.Count}");
        Assert.Equal(SmallDatasets.Contents(whole), SmallDatasets.Contents(killed));
        Assert.Empty(PreparedSet.Verify(killed, cancellation: Cancel));
    }

    [Fact]
    public void What_is_done_is_not_done_again()
    {
        using var folder = new TemporaryFolder();
        string root = folder.At("bp4d"),
            set = folder.At("set");
        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() =>
            SmallDatasets
                .Preparation(root, set)
                .Run(
                    new PreparationTests.Listener(p =>
                    {
                        if (p.Done >= 10)
                            stop.Cancel();
                    }),
                    stop.Token
                )
        );
        var before = Crops(set).ToDictionary(p => p, File.GetLastWriteTimeUtc);
        Assert.InRange(before.Count, 10, 20);
        var result = SmallDatasets.Preparation(root, set).Run(cancellation: Cancel);
        Assert.Equal(before.Count, result.Kept);
        Assert.Equal(24 - before.Count, result.Made);
        Assert.All(before, crop => Assert.Equal(crop.Value, File.GetLastWriteTimeUtc(crop.Key)));
    }

    [Fact]
    public void A_kill_between_the_manifest_and_the_end_is_mended()
    {
        using var folder = new TemporaryFolder();
        string root = folder.At("bp4d"),
            set = folder.At("set");
        SmallDatasets.Preparation(root, set).Run(cancellation: Cancel);
        var whole = SmallDatasets.Contents(set);
        Directory.CreateDirectory(folder.At("set/.preparing"));
        File.WriteAllText(folder.At("set/.preparing/.part-1-1-F001_T1.jsonl"), "{\"source\":");
        File.WriteAllText(folder.At("set/.part-1-1-frames.jsonl"), "{");
        Assert.True(Preparation.IsUnfinished(set));
        var result = SmallDatasets.Preparation(root, set).Run(cancellation: Cancel);
        Assert.Equal((0, 24), (result.Made, result.Kept));
        Assert.Equal(whole, SmallDatasets.Contents(set));
    }

    [Fact]
    public void A_dataset_that_changes_between_the_runs_is_noticed()
    {
        using var folder = new TemporaryFolder();
        string root = folder.At("bp4d"),
            set = folder.At("set");
        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() =>
            SmallDatasets
                .Preparation(root, set)
                .Run(
                    new PreparationTests.Listener(p =>
                    {
                        if (p.Done >= 10)
                            stop.Cancel();
                    }),
                    stop.Token
                )
        );
        var csv = Path.Combine(root, "AUCoding", "AU_OCC", "F001_T1.csv");
        File.WriteAllText(csv, File.ReadAllText(csv).Replace(",1,", ",9,"));
        SmallDatasets.Preparation(root, set).Run(cancellation: Cancel);
        SmallDatasets.Preparation(root, folder.At("fresh")).Run(cancellation: Cancel);
        Assert.Equal(SmallDatasets.Contents(folder.At("fresh")), SmallDatasets.Contents(set));
    }

    [Fact]
    public void The_number_of_workers_changes_nothing()
    {
        using var folder = new TemporaryFolder();
        for (var workers = 1; workers <= 4; workers += 3)
        {
            var report = new PreparationReport();
            var files = SmallDatasets.Bp4d(folder.At("bp4d"), report);
            new Preparation(files, report, folder.At($"set{workers}"), SmallDatasets.SmallCrops)
            {
                Workers = workers,
            }.Run(cancellation: Cancel);
        }
        Assert.Equal(SmallDatasets.Contents(folder.At("set1")), SmallDatasets.Contents(folder.At("set4")));
    }

    [Fact]
    public void Problems_are_reported_again_after_a_kill()
    {
        using var folder = new TemporaryFolder();
        string root = folder.At("bp4d");
        SmallDatasets.Bp4d(root, new PreparationReport());
        folder.Write("bp4d/Sequences(2D+3D)/F001/T1/0003.jpg", "no picture");
        PreparationTests.WriteLandmarks(root, "F001_T2", [1, 2, 3, 5]);
        SmallDatasets.Preparation(root, folder.At("whole")).Run(cancellation: Cancel);
        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() =>
            SmallDatasets
                .Preparation(root, folder.At("killed"))
                .Run(
                    new PreparationTests.Listener(p =>
                    {
                        if (p.Sequence == "F002/T1")
                            stop.Cancel();
                    }),
                    stop.Token
                )
        );
        var result = SmallDatasets.Preparation(root, folder.At("killed")).Run(cancellation: Cancel);
        Assert.Equal(
            (1, 2),
            (result.Report.Count(ProblemKind.UnreadableImage), result.Report.Count(ProblemKind.MissingLandmarks))
        );
        Assert.Equal(SmallDatasets.Contents(folder.At("whole")), SmallDatasets.Contents(folder.At("killed")));
    }

    private static List<string> Crops(string set) =>
        Directory.Exists(Path.Combine(set, "crops"))
            ? [.. Directory.EnumerateFiles(Path.Combine(set, "crops"), "*.jpg", SearchOption.AllDirectories)]
            : [];

    private static void LeaveDebris(string set, Random random)
    {
        var crops = Crops(set);
        if (crops.Count > 0)
        {
            var crop = crops[random.Next(crops.Count)];
            File.WriteAllText(crop + ".part", "half a pict");
            if (random.Next(2) == 0)
                File.WriteAllText(Path.Combine(Path.GetDirectoryName(crop)!, "00099.jpg"), "a crop without a line");
        }
        var journals = Directory.GetFiles(Path.Combine(set, ".preparing"), "*.jsonl");
        if (journals.Length > 0)
        {
            using var journal = new FileStream(journals[random.Next(journals.Length)], FileMode.Open);
            switch (random.Next(3))
            {
                case 0:
                    // The kill came within a line.
                    journal.SetLength(Math.Max(0, journal.Length - random.Next(1, 40)));
                    break;
                case 1:
                    journal.Seek(0, SeekOrigin.End);
                    journal.Write("{\"path\":\"crops/F00"u8);
                    break;
            }
        }
    }
}
