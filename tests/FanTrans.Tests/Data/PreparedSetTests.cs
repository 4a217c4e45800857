using FanTrans.Data;

namespace FanTrans.Tests.Data;

public class PreparedSetTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void Verify_names_everything_that_is_not_as_it_was_made()
    {
        using var folder = Prepared();
        string Crop(string name) => folder.At($"set/crops/{name}.jpg");
        var bytes = File.ReadAllBytes(Crop("F001/T1/00002"));
        bytes[^20] ^= 1;
        File.WriteAllBytes(Crop("F001/T1/00002"), bytes);
        File.AppendAllText(Crop("F001/T1/00003"), "x");
        File.Delete(Crop("F001/T2/00001"));
        File.Copy(Crop("F002/T1/00001"), Crop("F002/T1/00099"));
        var checkedCrops = 0;
        var wrong = PreparedSet.Verify(
            folder.At("set"),
            new Counter(n => Interlocked.Increment(ref checkedCrops)),
            Cancel
        );
        Assert.Equal(24, checkedCrops);
        Assert.Equal(
            [
                "crops/F001/T1/00002.jpg: its content is not what was prepared",
                $"crops/F001/T1/00003.jpg: expected {bytes.Length + Extra(folder, 3)} bytes, found "
                    + $"{bytes.Length + Extra(folder, 3) + 1}",
                "crops/F001/T2/00001.jpg: missing",
                "crops/F002/T1/00099.jpg: not in the manifest",
            ],
            wrong
        );
    }

    [Fact]
    public void An_edited_manifest_is_noticed()
    {
        using var folder = Prepared();
        var path = folder.At("set/frames.jsonl");
        var text = File.ReadAllText(path);
        var label = text.IndexOf("\"labels\":[", StringComparison.Ordinal) + "\"labels\":[".Length;
        File.WriteAllText(
            path,
            string.Concat(text.AsSpan(0, label), text[label] == '0' ? "1" : "0", text.AsSpan(label + 1))
        );
        Assert.Contains(
            "edited or damaged",
            Assert.Throws<InvalidDataException>(() => PreparedSet.Open(folder.At("set"))).Message
        );
        Assert.Contains("edited or damaged", Assert.Single(PreparedSet.Verify(folder.At("set"), cancellation: Cancel)));

        File.WriteAllText(path, text[..^30]);
        Assert.Contains(
            "cut off",
            Assert.Throws<InvalidDataException>(() => PreparedSet.Open(folder.At("set"))).Message
        );
        File.WriteAllText(path, "");
        Assert.Contains(
            "cut off",
            Assert.Throws<InvalidDataException>(() => PreparedSet.Open(folder.At("set"))).Message
        );
        File.WriteAllText(path, "something else\n");
        Assert.Contains(
            "expected the checksum in its last line",
            Assert.Throws<InvalidDataException>(() => PreparedSet.Open(folder.At("set"))).Message
        );
    }

    [Fact]
    public void A_set_of_another_form_is_noticed()
    {
        using var folder = Prepared();
        var set = PreparedSet.Open(folder.At("set"));
        PreparedManifest.Write(folder.At("set/frames.jsonl"), set.Header with { Form = 2, Kit = "9.9.9" }, set.Rows);
        Assert.Contains(
            "found 2 from kit 9.9.9",
            Assert.Throws<InvalidDataException>(() => PreparedSet.Open(folder.At("set"))).Message
        );
        PreparedManifest.Write(folder.At("set/frames.jsonl"), set.Header with { Frames = 25 }, set.Rows);
        Assert.Contains(
            "expected 25 frames, found 24",
            Assert.Throws<InvalidDataException>(() => PreparedSet.Open(folder.At("set"))).Message
        );
    }

    [Fact]
    public void Crops_that_are_gone_or_changed_are_named_when_they_are_read()
    {
        using var folder = Prepared();
        var set = PreparedSet.Open(folder.At("set"));
        File.Delete(folder.At("set/crops/F001/T1/00001.jpg"));
        Assert.Contains("F001/T1/1 is gone", Assert.Throws<InvalidDataException>(() => set.Read(0)).Message);
        File.AppendAllText(folder.At("set/crops/F001/T1/00002.jpg"), "x");
        Assert.Contains("for F001/T1/2, found", Assert.Throws<InvalidDataException>(() => set.Read(1)).Message);
        var path = folder.At("set/crops/F001/T1/00003.jpg");
        File.WriteAllBytes(path, new byte[new FileInfo(path).Length]);
        Assert.Contains("00003.jpg: expected an image", Assert.Throws<InvalidDataException>(() => set.Read(2)).Message);
    }

    [Fact]
    public void A_folder_without_a_set_is_told()
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<DirectoryNotFoundException>(() => PreparedSet.Open(folder.At("nowhere")));
        Assert.Contains(
            "no frames.jsonl",
            Assert.Throws<InvalidDataException>(() => PreparedSet.Open(folder.Path)).Message
        );
    }

    [Fact]
    public void Rows_keep_every_value()
    {
        var random = new Random(5);
        for (var trial = 0; trial < 100; trial++)
        {
            float[] landmarks =
            [
                .. Enumerable
                    .Range(0, 136)
                    .Select(_ =>
                        random.Next(4) == 0 ? float.NaN : (float)Math.Round((random.NextDouble() * 400) - 50, 2)
                    ),
            ];
            var row = new PreparedRow(
                "crops/F001/T1/00012.jpg",
                new FaceKey("F001", "T1", random.Next()),
                [0, 1, 9],
                trial % 2 == 0 ? null : [0, 5, 0],
                new FaceBox(1.25f, -2, 100.01f, 99),
                landmarks,
                "dataset",
                random.NextInt64(),
                new string('a', 64)
            );
            var line = row.ToLine();
            var read = PreparedRow.Read(line, units: 3);
            Assert.Equal(line, read.ToLine());
            Assert.Equal(row.Landmarks, read.Landmarks);
            Assert.Equal((row.Key, row.Box, row.Bytes), (read.Key, read.Box, read.Bytes));
            Assert.Equal(row.Intensities, read.Intensities);
        }
        Assert.Throws<InvalidDataException>(() => PreparedRow.Read("{\"path\":\"x\"}"u8, 3));
    }

    [Fact]
    public void A_set_too_small_for_the_published_folds_says_so()
    {
        using var folder = Prepared();
        var set = PreparedSet.Open(folder.At("set"));
        var folds = DatasetManifest.Load("bp4d").Protocol("me-graphau");
        // F001 and F002 are both of P1, so no fold has both sides; the error says so.
        Assert.Contains("has no frame", Assert.ThrowsAny<ArgumentException>(() => folds.Folds(set)).Message);
        Assert.Contains("has no subject", Assert.ThrowsAny<ArgumentException>(() => folds.PartialFolds(set)).Message);
        Assert.Contains(
            "has no subject",
            Assert.ThrowsAny<ArgumentException>(() => folds.Fold(set, 1, partial: true)).Message
        );
        Assert.Contains(
            "has folds 1 to 3",
            Assert.Throws<ArgumentOutOfRangeException>(() => folds.Fold(set, 4)).Message
        );
    }

    [Fact]
    public void Batches_of_a_set_do_not_depend_on_the_workers()
    {
        using var folder = Prepared();
        var set = PreparedSet.Open(folder.At("set"));
        AuLoader Loader(int workers) =>
            new(
                set,
                new AuLoaderOptions
                {
                    ImageSize = 32,
                    BatchSize = 8,
                    Shuffle = true,
                    Seed = 4,
                    Workers = workers,
                    Augmentation = AugmentationOptions.Paper,
                }
            );
        var one = Loader(1).Epoch(1, Cancel).Select(b => b.Images.ToArray()).ToArray();
        var three = Loader(3).Epoch(1, Cancel).Select(b => b.Images.ToArray()).ToArray();
        Assert.Equal(3, one.Length);
        Assert.Equal(one.SelectMany(b => b), three.SelectMany(b => b));
        // The face is in the picture: landmarks that are known lie inside, but for what augmentation moves out.
        Assert.True(one.SelectMany(b => b).Average() > 0.1f);
    }

    private static TemporaryFolder Prepared()
    {
        var folder = new TemporaryFolder();
        SmallDatasets.Preparation(folder.At("bp4d"), folder.At("set")).Run(cancellation: Cancel);
        return folder;
    }

    private static long Extra(TemporaryFolder folder, int frame) =>
        PreparedSet.Open(folder.At("set")).Rows[frame - 1].Bytes - PreparedSet.Open(folder.At("set")).Rows[1].Bytes;

    private sealed class Counter(Action<int> tell) : IProgress<int>
    {
        public void Report(int value) => tell(value);
    }
}
