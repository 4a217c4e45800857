using FanTrans.Data;
using FanTrans.Synthetic;

namespace FanTrans.Tests.Data;

public class PreparationTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void A_set_has_every_labelled_frame_with_its_labels_and_landmarks()
    {
        using var folder = new TemporaryFolder();
        var result = SmallDatasets.Preparation(folder.At("bp4d"), folder.At("set")).Run(cancellation: Cancel);
        Assert.Empty(result.Report.Problems);
        Assert.Equal((24, 0), (result.Made, result.Kept));

        var faces = new MadeUpFaces(ActionUnits.Bp4d, 2, 2, 6);
        var set = PreparedSet.Open(folder.At("set"));
        Assert.Equal(24, set.Count);
        Assert.Equal(ActionUnits.Bp4d, set.ActionUnits);
        Assert.Equal(
            ("bp4d", PreparedHeader.KitVersion, SmallDatasets.SmallCrops),
            (set.Header.Dataset, set.Header.Kit, set.Header.Options)
        );
        for (var i = 0; i < set.Count; i++)
        {
            var (source, frame) = (faces.Read(i), set.Read(i));
            Assert.Equal(new FaceKey($"F00{1 + (i / 12)}", $"T{1 + (i / 6 % 2)}", 1 + (i % 6)), frame.Key);
            Assert.Equal(frame.Key, set.Key(i));
            Assert.Equal(source.Labels, frame.Labels);
            Assert.Equal(source.Labels, set.LabelsAt(i));
            Assert.Null(frame.Intensities);
            Assert.Equal((48, 48), (frame.Image.Width, frame.Image.Height));
            // BP4D's files have the 49 inner points.
            for (var k = 0; k < 68; k++)
                Assert.Equal(k >= 17 && k is not (60 or 64), frame.Visible[k]);

            // The loader's crop about the kept box is the middle 32 of the 48 pixels, ...
            var crop = FaceCrop.Around(frame.Box);
            Assert.Equal((24, 24, 32), (crop.CenterX, crop.CenterY, crop.Side), PairWithin(0.05));
            // ... and a landmark is where the same place of the picture is: the map is a scale and a shift.
            double scale =
                (frame.Landmarks[2 * 54] - frame.Landmarks[2 * 48])
                / (source.Landmarks[2 * 54] - source.Landmarks[2 * 48]);
            for (var k = 18; k < 60; k++)
            {
                Assert.Equal(
                    (source.Landmarks[2 * k] - source.Landmarks[2 * 48]) * scale,
                    frame.Landmarks[2 * k] - frame.Landmarks[2 * 48],
                    0.05
                );
                Assert.Equal(
                    (source.Landmarks[(2 * k) + 1] - source.Landmarks[(2 * 48) + 1]) * scale,
                    frame.Landmarks[(2 * k) + 1] - frame.Landmarks[(2 * 48) + 1],
                    0.05
                );
            }
            // The nose tip is inside the drawn face, whose red is 160 and more.
            Assert.True(frame.Image[(int)frame.Landmarks[60], (int)frame.Landmarks[61]].R > 140);
        }
        Assert.Empty(PreparedSet.Verify(folder.At("set"), cancellation: Cancel));
    }

    [Fact]
    public void The_five_point_alignment_makes_the_eyes_level()
    {
        using var folder = new TemporaryFolder();
        const double tilt = 0.3;
        var upright = MadeUpFaces.Landmarks(0, 0, 12);
        var tilted = new float[136];
        for (var k = 0; k < 68; k++)
        {
            var (sin, cos) = Math.SinCos(tilt);
            tilted[2 * k] = (float)(32 + (cos * upright[2 * k]) - (sin * upright[(2 * k) + 1]));
            tilted[(2 * k) + 1] = (float)(30 + (sin * upright[2 * k]) + (cos * upright[(2 * k) + 1]));
        }
        var options = SmallDatasets.SmallCrops with { Alignment = CropAlignment.FivePoint };
        var crop = PreparedCrop.Cut(new RgbImage(64, 64), tilted, options);
        Assert.Equal((48, 48), (crop.Image.Width, crop.Image.Height));
        double Mean(int from, int axis) => Enumerable.Range(from, 6).Average(k => crop.Landmarks[(2 * k) + axis]);
        Assert.Equal(Mean(36, 1), Mean(42, 1), 0.05);
        Assert.True(Mean(36, 0) < Mean(42, 0));
        // Five points: eyes 0.9 r apart at y = -0.25 r, mouth at 0.7 r, so the extent is 0.95 r and the square 2.9
        // times that.
        var nominal = FaceCrop.Around(crop.Box);
        Assert.Equal((24, 24, 32), (nominal.CenterX, nominal.CenterY, nominal.Side), PairWithin(0.05));
        Assert.Equal(32 / (2.9 * 0.95 * 12) * (0.9 * 12), Mean(42, 0) - Mean(36, 0), 0.1);
        Assert.Equal(24, (Mean(36, 1) + crop.Landmarks[(2 * 48) + 1]) / 2, 0.1);
    }

    [Theory]
    [InlineData(CropFormat.Png)]
    [InlineData(CropFormat.Jpeg)]
    public void Crops_are_kept_in_the_form_asked_for(CropFormat format)
    {
        using var folder = new TemporaryFolder();
        var report = new PreparationReport();
        var files = SmallDatasets.Bp4d(folder.At("bp4d"), report, 1, 1, 2);
        var set = new Preparation(
            files,
            report,
            folder.At("set"),
            SmallDatasets.SmallCrops with
            {
                Format = format,
                Quality = 80,
            }
        )
            .Run(cancellation: Cancel)
            .Set;
        Assert.All(set.Rows, r => Assert.EndsWith(format is CropFormat.Png ? ".png" : ".jpg", r.Path));
        Assert.Equal(format, set.Header.Options.Format);
        Assert.Equal(48, set.Read(1).Image.Width);
    }

    [Fact]
    public void A_finished_set_is_left_alone()
    {
        using var folder = new TemporaryFolder();
        SmallDatasets.Preparation(folder.At("bp4d"), folder.At("set")).Run(cancellation: Cancel);
        var before = SmallDatasets.Contents(folder.At("set"));
        var times = Times(folder.At("set"));
        var again = SmallDatasets.Preparation(folder.At("bp4d"), folder.At("set")).Run(cancellation: Cancel);
        Assert.Equal((0, 24), (again.Made, again.Kept));
        Assert.Equal(before, SmallDatasets.Contents(folder.At("set")));
        Assert.Equal(times, Times(folder.At("set")));
    }

    [Fact]
    public void What_could_not_be_read_is_tried_again_but_not_by_a_strict_run()
    {
        using var folder = new TemporaryFolder();
        SmallDatasets.Bp4d(folder.At("bp4d"), new PreparationReport());
        var image = Directory.GetFiles(folder.At("bp4d"), "*.jpg", SearchOption.AllDirectories).Order().First();
        var good = File.ReadAllBytes(image);
        File.WriteAllBytes(image, new byte[good.Length]);
        PreparationResult Run(bool strict) =>
            new Preparation(
                SmallDatasets.Bp4d(folder.At("bp4d"), new PreparationReport()),
                new PreparationReport(),
                folder.At("set"),
                SmallDatasets.SmallCrops
            )
            {
                Strict = strict,
            }.Run(cancellation: Cancel);
        Assert.Equal(23, Run(strict: false).Made);
        var before = SmallDatasets.Contents(folder.At("set"));
        Assert.Throws<InvalidDataException>(() => Run(strict: true));
        Assert.Equal(before, SmallDatasets.Contents(folder.At("set")));
        // The file is as it was, by name and size, and can be read again.
        File.WriteAllBytes(image, good);
        var again = Run(strict: false);
        Assert.Equal((1, 23, false), (again.Made, again.Kept, again.Report.HasProblems));
    }

    [Fact]
    public void Only_what_changed_in_the_dataset_is_made_anew()
    {
        using var folder = new TemporaryFolder();
        SmallDatasets.Preparation(folder.At("bp4d"), folder.At("set")).Run(cancellation: Cancel);
        var times = Times(folder.At("set/crops"));
        var csv = folder.At("bp4d/AUCoding/AU_OCC/F002_T1.csv");
        File.WriteAllText(
            csv,
            File.ReadAllText(csv).Replace("\n3,0,0", "\n3,9,9").Replace("\n3,1", "\n3,9").Replace("\n3,0", "\n3,9")
        );
        var result = SmallDatasets.Preparation(folder.At("bp4d"), folder.At("set")).Run(cancellation: Cancel);
        Assert.Equal((6, 18), (result.Made, result.Kept));
        Assert.Equal(9, result.Set.LabelsAt(14)[0]);
        Assert.All(
            Times(folder.At("set/crops")).Where(t => !t.Key.Contains("F002/T1")),
            t => Assert.Equal(times[t.Key], t.Value)
        );

        // A picture that goes takes its crop with it.
        File.Delete(folder.At("bp4d/Sequences(2D+3D)/F001/T2/0004.jpg"));
        result = SmallDatasets.Preparation(folder.At("bp4d"), folder.At("set")).Run(cancellation: Cancel);
        Assert.Equal(23, result.Set.Count);
        Assert.False(File.Exists(folder.At("set/crops/F001/T2/00004.jpg")));
        Assert.Equal(1, result.Report.Count(ProblemKind.LabelWithoutFrame));
        Assert.Empty(PreparedSet.Verify(folder.At("set"), cancellation: Cancel));
    }

    [Fact]
    public void Lost_and_cut_off_crops_are_made_again_by_a_second_run()
    {
        using var folder = new TemporaryFolder();
        SmallDatasets.Preparation(folder.At("bp4d"), folder.At("set")).Run(cancellation: Cancel);
        var before = SmallDatasets.Contents(folder.At("set"));
        File.Delete(folder.At("set/crops/F001/T1/00002.jpg"));
        var cut = folder.At("set/crops/F002/T2/00005.jpg");
        File.WriteAllBytes(cut, File.ReadAllBytes(cut)[..100]);
        Assert.Equal(2, PreparedSet.Verify(folder.At("set"), cancellation: Cancel).Count);
        var result = SmallDatasets.Preparation(folder.At("bp4d"), folder.At("set")).Run(cancellation: Cancel);
        Assert.Equal((2, 22), (result.Made, result.Kept));
        Assert.Equal(before, SmallDatasets.Contents(folder.At("set")));
    }

    [Fact]
    public void Other_options_are_refused_and_shown()
    {
        using var folder = new TemporaryFolder();
        SmallDatasets.Preparation(folder.At("bp4d"), folder.At("set")).Run(cancellation: Cancel);
        var report = new PreparationReport();
        var files = SmallDatasets.Bp4d(folder.At("bp4d"), report);
        var error = Assert.Throws<IOException>(() =>
            new Preparation(files, report, folder.At("set"), SmallDatasets.SmallCrops with { Size = 40 }).Run(
                cancellation: Cancel
            )
        );
        Assert.Contains("\"size\":32", error.Message);
        Assert.Contains("\"size\":40", error.Message);
        error = Assert.Throws<IOException>(() =>
            new Preparation(files, report, folder.At("set"), SmallDatasets.SmallCrops, new StubFinder()).Run(
                cancellation: Cancel
            )
        );
        Assert.Contains("stub", error.Message);
    }

    [Fact]
    public void Folders_of_other_things_are_never_written_to()
    {
        using var folder = new TemporaryFolder();
        var report = new PreparationReport();
        var files = SmallDatasets.Bp4d(folder.At("bp4d"), report, 1, 1, 1);
        folder.Write("other/thesis.tex", "...");
        Assert.Contains(
            "thesis.tex",
            Assert
                .Throws<IOException>(() => new Preparation(files, report, folder.At("other")).Run(cancellation: Cancel))
                .Message
        );
        Assert.Throws<IOException>(() =>
            new Preparation(files, report, folder.At("other/thesis.tex")).Run(cancellation: Cancel)
        );
        Assert.Throws<ArgumentException>(() => new Preparation(files, report, folder.At("bp4d")));
        Assert.Single(Directory.GetFileSystemEntries(folder.At("other")));
        folder.Write("mine/crops/ada/film/1.jpg", "...");
        Assert.Throws<IOException>(() => new Preparation(files, report, folder.At("mine")).Run(cancellation: Cancel));
        Assert.True(File.Exists(folder.At("mine/crops/ada/film/1.jpg")));
    }

    [Theory]
    [InlineData(15, 1.5, 95, "Size")]
    [InlineData(256, 0.9, 95, "Margin")]
    [InlineData(256, double.NaN, 95, "Margin")]
    [InlineData(256, 1.5, 0, "Quality")]
    public void Options_are_checked(int size, double margin, int quality, string name) =>
        Assert.StartsWith(
            name,
            Assert
                .Throws<ArgumentException>(() =>
                    new PreparationOptions
                    {
                        Size = size,
                        Margin = margin,
                        Quality = quality,
                    }.Validate()
                )
                .Message
        );

    [Fact]
    public void Frames_without_landmarks_go_to_the_finder_with_the_nearest_box()
    {
        using var folder = new TemporaryFolder();
        var root = folder.At("bp4d");
        SmallDatasets.Bp4d(root, new PreparationReport(), 1, 1, 6);
        WriteLandmarks(root, "F001_T1", [1, 2, 6]);
        var finder = new StubFinder();
        var report = new PreparationReport();
        var result = new Preparation(
            SmallDatasets.Bp4d(root, report, 1, 1),
            report,
            folder.At("set"),
            SmallDatasets.SmallCrops,
            finder
        )
        {
            Workers = 2,
        }.Run(cancellation: Cancel);
        Assert.Equal(6, result.Set.Count);
        Assert.Equal(
            ["dataset", "dataset", "stub", "stub", "stub", "dataset"],
            result.Set.Rows.Select(r => r.LandmarksFrom)
        );
        Assert.Equal(3, result.Report.Count(ProblemKind.FoundLandmarks));
        Assert.False(result.Report.HasProblems);
        // Frame 3 and, by the rule for ties, frame 4 are nearest to 2; frame 5 to 6.
        Assert.Equal(2, finder.Near.Count(b => b == BoxOf(2)));
        Assert.Equal(1, finder.Near.Count(b => b == BoxOf(6)));

        // Without one, they are reported and left out.
        report = new PreparationReport();
        result = new Preparation(
            SmallDatasets.Bp4d(root, report, 1, 1),
            report,
            folder.At("without"),
            SmallDatasets.SmallCrops
        ).Run(cancellation: Cancel);
        Assert.Equal([1, 2, 6], result.Set.Rows.Select(r => r.Key.Frame));
        var problem = Assert.Single(result.Report.Problems);
        Assert.Equal(
            (ProblemKind.MissingLandmarks, 3, 5, 3),
            (problem.Kind, problem.FirstFrame, problem.LastFrame, problem.Count)
        );
    }

    [Fact]
    public void Landmarks_that_the_manifest_knows_to_be_wrong_are_not_used()
    {
        using var folder = new TemporaryFolder();
        LayoutWriter.WriteBp4d(
            new MadeUpFaces(ActionUnits.Bp4d, 1, 1, 4),
            folder.At("bp4d"),
            cancellation: TestContext.Current.CancellationToken
        );
        var manifest = SmallDatasets.Manifest("bp4d", 1);
        manifest = manifest with
        {
            Defects =
            [
                new KnownDefect
                {
                    Kind = DefectKind.Landmarks,
                    Subject = "F001",
                    Sequence = "T1",
                    Frames =
                    [
                        [2, 3],
                    ],
                    Note = "made up",
                },
            ],
        };
        var report = new PreparationReport();
        var result = new Preparation(
            Bp4d.Find(folder.At("bp4d"), report, manifest),
            report,
            folder.At("set"),
            SmallDatasets.SmallCrops
        ).Run(cancellation: Cancel);
        Assert.Equal([1, 4], result.Set.Rows.Select(r => r.Key.Frame));
        Assert.Equal(2, result.Report.Count(ProblemKind.UntrustedLandmarks));
        var missing = Assert.Single(result.Report.Problems, p => p.Kind == ProblemKind.MissingLandmarks);
        Assert.True(missing.Known);
        Assert.False(result.Report.HasProblems);
    }

    [Fact]
    public void Progress_ends_at_all_of_them()
    {
        using var folder = new TemporaryFolder();
        var seen = new List<PreparationProgress>();
        SmallDatasets
            .Preparation(folder.At("bp4d"), folder.At("set"))
            .Run(
                new Listener(p =>
                {
                    lock (seen)
                        seen.Add(p);
                }),
                Cancel
            );
        Assert.Equal(24, seen.Max(p => p.Done));
        Assert.All(seen, p => Assert.Equal((24, 0), (p.Total, p.Kept)));
        Assert.Equal("F002/T2", seen[^1].Sequence);
    }

    internal static void WriteLandmarks(string root, string name, int[] frames, int count = 6)
    {
        var faces = new MadeUpFaces(ActionUnits.Bp4d, 1, 1, count);
        File.WriteAllBytes(
            Path.Combine(root, "2DFeatures", $"{name}.mat"),
            MatFileWriter.Write(
                new Dictionary<string, MatValue>
                {
                    ["fit"] = new MatElements(
                        count,
                        new Dictionary<string, MatValue[]>
                        {
                            ["pts"] =
                            [
                                .. Enumerable
                                    .Range(1, count)
                                    .Select(n =>
                                        frames.Contains(n)
                                            ? Points(faces.Read(n - 1).Landmarks)
                                            : new MatNumbers([0, 0], [])
                                    ),
                            ],
                        }
                    ),
                }
            )
        );
    }

    private static MatNumbers Points(float[] landmarks) =>
        new(
            [68, 2],
            [
                .. Enumerable.Range(0, 68).Select(k => landmarks[2 * k] + 0.5),
                .. Enumerable.Range(0, 68).Select(k => landmarks[(2 * k) + 1] + 0.5),
            ]
        );

    private static FaceBox BoxOf(int frame) =>
        FaceBox.Around(new MadeUpFaces(ActionUnits.Bp4d, 1, 1, 6).Read(frame - 1).Landmarks);

    private static Dictionary<string, DateTime> Times(string folder) =>
        Directory
            .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .ToDictionary(p => p, File.GetLastWriteTimeUtc);

    private static IEqualityComparer<(double, double, double)> PairWithin(double tolerance) =>
        EqualityComparer<(double, double, double)>.Create(
            (a, b) =>
                Math.Abs(a.Item1 - b.Item1) < tolerance
                && Math.Abs(a.Item2 - b.Item2) < tolerance
                && Math.Abs(a.Item3 - b.Item3) < tolerance,
            _ => 0
        );

    internal sealed class Listener(Action<PreparationProgress> tell) : IProgress<PreparationProgress>
    {
        public void Report(PreparationProgress value) => tell(value);
    }

    private sealed class StubFinder : ILandmarkFinder
    {
        public System.Collections.Concurrent.ConcurrentBag<FaceBox?> Near { get; } = [];

        public string Name => "stub";

        public float[]? Find(RgbImage image, FaceBox? near)
        {
            Near.Add(near);
            return MadeUpFaces.Landmarks(image.Width / 2.0, image.Height / 2.0, image.Width / 5.0);
        }
    }
}
