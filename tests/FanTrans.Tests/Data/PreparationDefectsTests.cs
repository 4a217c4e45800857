using System.Text.Json;
using FanTrans.Data;
using FanTrans.Synthetic;

namespace FanTrans.Tests.Data;

/// <summary>Folders with planted defects: each is reported by name and place, none crashes,
/// none passes in silence.</summary>
public class PreparationDefectsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Kind, subject, sequence, first frame, count, and a part of the detail.</summary>
    private sealed record Expected(
        ProblemKind Kind,
        string Subject,
        string Sequence,
        int? Frame,
        int Count,
        string Detail
    );

    [Fact]
    public void Twenty_four_defects_of_a_BP4D_folder()
    {
        using var folder = new TemporaryFolder();
        string root = folder.At("bp4d");
        LayoutWriter.WriteBp4d(
            new MadeUpFaces(ActionUnits.Bp4d, 4, 8, 6),
            root,
            cancellation: TestContext.Current.CancellationToken
        );
        string Frame(string sequence, string name) => $"bp4d/Sequences(2D+3D)/{sequence.Replace('_', '/')}/{name}";
        string Csv(string sequence) => $"bp4d/AUCoding/AU_OCC/{sequence}.csv";
        void Edit(string sequence, Func<string[], IEnumerable<string>> edit) =>
            folder.Write(Csv(sequence), string.Join('\n', edit(File.ReadAllLines(folder.At(Csv(sequence))))) + "\n");
        List<Expected> expected = [];
        void Expect(ProblemKind kind, string sequence, int? frame, int count, string detail) =>
            expected.Add(
                new Expected(
                    kind,
                    sequence.Split('_')[0],
                    sequence.Contains('_') ? sequence.Split('_')[1] : "",
                    frame,
                    count,
                    detail
                )
            );

        // 1 to 3: whole subjects, recordings and label files.
        Directory.Delete(folder.At("bp4d/Sequences(2D+3D)/F004"), true);
        foreach (var csv in Directory.GetFiles(folder.At("bp4d/AUCoding/AU_OCC"), "F004_*"))
            File.Delete(csv);
        Expect(ProblemKind.MissingSubject, "F004", null, 1, "no folder F004");
        Directory.Delete(folder.At("bp4d/Sequences(2D+3D)/F001/T1"), true);
        Expect(ProblemKind.MissingSequence, "F001_T1", null, 1, "no folder F001/T1");
        File.Delete(folder.At(Csv("F001_T2")));
        Expect(ProblemKind.MissingLabels, "F001_T2", null, 1, "no label file F001_T2.csv");
        // 4 to 6: columns and rows.
        Edit("F001_T3", lines => lines.Select((l, i) => i == 0 ? l.Replace(",12,", ",13,") : l));
        Expect(ProblemKind.MissingColumn, "F001_T3", null, 1, "no column 12");
        Edit("F001_T4", lines => lines.Select((l, i) => i == 0 ? $"{l},17" : $"{l},0"));
        Expect(ProblemKind.UnreadableLabels, "F001_T4", null, 1, "line 1: two columns are AU17");
        Edit("F001_T5", lines => lines.Append(lines[2]));
        Expect(ProblemKind.UnreadableLabels, "F001_T5", null, 1, "line 8, column 0: frame 2 is there already");
        // 7 to 9: rows that cannot be read.
        Edit("F001_T6", lines => lines.Select((l, i) => i == 3 ? l + ",0" : l));
        Expect(ProblemKind.UnreadableRow, "F001_T6", null, 1, "line 4: expected 13 values, found 14");
        Expect(ProblemKind.FrameWithoutLabel, "F001_T6", 3, 1, "an image and no label"); // what follows from it
        Edit("F001_T7", lines => lines.Select((l, i) => i == 1 ? "first" + l[1..] : l));
        Expect(ProblemKind.UnreadableRow, "F001_T7", null, 1, "expected a frame number, found 'first'");
        Expect(ProblemKind.UncodedFrames, "F001_T7", null, 1, "frames 2 to 6");
        folder.Write(Csv("F001_T8"), "");
        Expect(ProblemKind.UnreadableLabels, "F001_T8", null, 1, "F001_T8.csv: expected a row of AU numbers");
        // 10 to 12: values.
        Edit(
            "F002_T1",
            lines => lines.Select((l, i) => i is 2 or 3 ? $"{i},5,{string.Join(',', l.Split(',')[2..])}" : l)
        );
        Expect(ProblemKind.ValueOutOfRange, "F002_T1", 2, 2, "line 3, column 2: expected 0, 1 or 9, found '5'");
        Edit("F002_T2", lines => lines.Select((l, i) => i == 4 ? $"4,-1,{string.Join(',', l.Split(',')[2..])}" : l));
        Expect(ProblemKind.ValueOutOfRange, "F002_T2", 4, 1, "found '-1'");
        Edit("F002_T3", lines => lines.Select((l, i) => i == 5 ? $"5,x,{string.Join(',', l.Split(',')[2..])}" : l));
        Expect(ProblemKind.ValueOutOfRange, "F002_T3", 5, 1, "line 6, column 2: expected 0, 1 or 9, found 'x'");
        // 13 to 18: pictures.
        File.Delete(folder.At(Frame("F002_T4", "0002.jpg")));
        File.Delete(folder.At(Frame("F002_T4", "0003.jpg")));
        Expect(ProblemKind.LabelWithoutFrame, "F002_T4", 2, 2, "a label and no image");
        Edit("F002_T5", lines => lines.Where((_, i) => i != 3));
        Expect(ProblemKind.FrameWithoutLabel, "F002_T5", 3, 1, "an image and no label");
        File.Copy(folder.At(Frame("F002_T6", "0004.jpg")), folder.At(Frame("F002_T6", "004.jpg")));
        Expect(ProblemKind.DuplicateFrame, "F002_T6", 4, 1, "have the same number");
        Expect(ProblemKind.LabelWithoutFrame, "F002_T6", 4, 1, "a label and no image"); // what follows from it
        folder.Write(Frame("F002_T7", "cover.jpg"), "");
        Expect(ProblemKind.UnnumberedFrame, "F002_T7", null, 1, "cover.jpg: expected a frame number");
        folder.Write(Frame("F002_T8", "0002.jpg"), "");
        Expect(ProblemKind.UnreadableImage, "F002_T8", 2, 1, "0002.jpg");
        var broken = File.ReadAllBytes(folder.At(Frame("F002_T8", "0004.jpg")));
        folder.Write(Frame("F002_T8", "0004.jpg"), broken[..80]);
        Expect(ProblemKind.UnreadableImage, "F002_T8", 4, 1, "0004.jpg");
        // 19 to 22: landmarks.
        folder.Write("bp4d/2DFeatures/F003_T1.mat", "not from MATLAB");
        Expect(ProblemKind.UnreadableLandmarks, "F003_T1", null, 1, "F003_T1.mat: expected a MATLAB file");
        Expect(ProblemKind.MissingLandmarks, "F003_T1", 1, 6, "the dataset has no landmarks");
        PreparationTests.WriteLandmarks(root, "F003_T2", [1, 2, 3, 4], count: 4);
        Expect(ProblemKind.UnreadableLandmarks, "F003_T2", null, 1, "expected landmarks of 6 images, found 4");
        Expect(ProblemKind.MissingLandmarks, "F003_T2", 1, 6, "the dataset has no landmarks");
        PreparationTests.WriteLandmarks(root, "F003_T3", [1, 2, 4, 5, 6]);
        Expect(ProblemKind.MissingLandmarks, "F003_T3", 3, 1, "the dataset has no landmarks");
        MoveLandmarksAway(folder.At("bp4d/2DFeatures/F003_T4.mat"));
        Expect(ProblemKind.MissingLandmarks, "F003_T4", 1, 6, "the landmarks lie off the picture");
        // 23 and 24: names of no one.
        folder.Write("bp4d/Sequences(2D+3D)/F099/T1/0001.jpg", "");
        Expect(ProblemKind.UnknownName, "", null, 1, "F099");
        folder.Write("bp4d/Sequences(2D+3D)/F003/T9/0001.jpg", "");
        Expect(ProblemKind.UnknownName, "F003", null, 1, "T9");
        folder.Write(Csv("F003_T9"), "0,1\n");
        Expect(ProblemKind.UnknownName, "", null, 1, "F003_T9.csv");

        var manifest = SmallDatasets.Manifest("bp4d", 4, 8);
        var report = new PreparationReport();
        var result = new Preparation(
            Bp4d.Find(root, report, manifest),
            report,
            folder.At("set"),
            SmallDatasets.SmallCrops
        ).Run(cancellation: Cancel);
        Check(expected, result.Report);
        // Unknown where the value could not be used, and the rest of the frame kept.
        var row = result.Set.Rows.Single(r => r.Key == new FaceKey("F002", "T1", 2));
        Assert.Equal(9, row.Labels[0]);
        Assert.DoesNotContain((sbyte)9, row.Labels[1..]);
        Assert.All(
            result.Set.Rows.Where(r => r.Key is { Subject: "F001", Sequence: "T3" }),
            r => Assert.Equal(9, r.Labels[7 - 1])
        );

        CheckReportFile(folder.At("set/report.json"), result.Report);
        report = new PreparationReport();
        var strict = new Preparation(
            Bp4d.Find(root, report, manifest),
            report,
            folder.At("strict"),
            SmallDatasets.SmallCrops
        )
        {
            Strict = true,
        };
        Assert.Contains("strict:", Assert.Throws<InvalidDataException>(() => strict.Run(cancellation: Cancel)).Message);
        Assert.True(File.Exists(folder.At("strict/report.json")));
        Assert.False(File.Exists(folder.At("strict/frames.jsonl")));
    }

    [Fact]
    public void Ten_defects_of_a_DISFA_folder()
    {
        using var folder = new TemporaryFolder();
        LayoutWriter.WriteDisfa(
            new MadeUpFaces(ActionUnits.Disfa, 6, 1, 6),
            folder.At("disfa"),
            cancellation: TestContext.Current.CancellationToken
        );
        string Labels(string subject, int au) => $"disfa/ActionUnit_Labels/{subject}/{subject}_au{au}.txt";
        string Frame(string subject, int n) => $"disfa/Video_LeftCamera/{subject}/{n:D5}.jpg";
        void Edit(string subject, int au, Func<string[], IEnumerable<string>> edit) =>
            folder.Write(
                Labels(subject, au),
                string.Join('\n', edit(File.ReadAllLines(folder.At(Labels(subject, au))))) + "\n"
            );
        List<Expected> expected = [];
        void Expect(ProblemKind kind, string subject, int? frame, int count, string detail, string sequence = "left") =>
            expected.Add(new Expected(kind, subject, sequence, frame, count, detail));

        File.Delete(folder.At(Labels("SN001", 9)));
        Expect(ProblemKind.MissingColumn, "SN001", null, 1, "SN001_au9.txt");
        Edit("SN001", 12, lines => lines.Select((l, i) => i == 2 ? "3,6" : l));
        Expect(
            ProblemKind.ValueOutOfRange,
            "SN001",
            3,
            1,
            "SN001_au12.txt, line 3, column 2: expected 0 to 5, found '6'"
        );
        Edit("SN001", 25, lines => lines.Where((_, i) => i != 3));
        Expect(ProblemKind.MissingValue, "SN001", 4, 1, "AU25 has no value");
        Edit("SN002", 1, lines => lines.Append("2,0"));
        Expect(
            ProblemKind.UnreadableLabels,
            "SN002",
            null,
            1,
            "SN002_au1.txt, line 7, column 1: frame 2 is there already"
        );
        Edit("SN003", 2, lines => lines.Append("7;0"));
        Expect(ProblemKind.UnreadableRow, "SN003", null, 1, "SN003_au2.txt, line 7: expected 2 values, found 1");
        File.Delete(folder.At(Frame("SN003", 6)));
        Expect(ProblemKind.LabelWithoutFrame, "SN003", 6, 1, "a label and no image");
        File.Copy(folder.At(Frame("SN003", 1)), folder.At(Frame("SN003", 7)));
        Expect(ProblemKind.FrameWithoutLabel, "SN003", 7, 1, "an image and no label");
        folder.Write("disfa/Landmark_Points/SN003/tmp_frame_lm/SN003_0001_lm.mat", "MATLAB 5.0 and nothing more");
        Expect(ProblemKind.UnreadableLandmarks, "SN003", 2, 1, "SN003_0001_lm.mat: expected a MATLAB file");
        Expect(ProblemKind.MissingLandmarks, "SN003", 2, 1, "the dataset has no landmarks");
        Directory.Delete(folder.At("disfa/ActionUnit_Labels/SN004"), true);
        Expect(ProblemKind.MissingLabels, "SN004", null, 1, "SN004_au*.txt");
        Directory.Delete(folder.At("disfa/Video_LeftCamera/SN005"), true);
        Expect(ProblemKind.MissingSequence, "SN005", null, 1, "no video and no folder of frames");
        Directory.Delete(folder.At("disfa/ActionUnit_Labels/SN006"), true);
        Directory.Delete(folder.At("disfa/Video_LeftCamera/SN006"), true);
        Expect(ProblemKind.MissingSubject, "SN006", null, 1, "SN006", sequence: "");
        folder.Write("disfa/ActionUnit_Labels/SN099/SN099_au1.txt", "1,0\n");
        Expect(ProblemKind.UnknownName, "", null, 1, "SN099", sequence: "");

        var report = new PreparationReport();
        var files = Disfa.Find(folder.At("disfa"), report, manifest: SmallDatasets.Manifest("disfa", 6));
        var result = new Preparation(files, report, folder.At("set"), SmallDatasets.SmallCrops).Run(
            cancellation: Cancel
        );
        Check(expected, result.Report);
        Assert.Equal((9, 0), (result.Set.Rows[2].Labels[5], result.Set.Rows[2].Intensities![5]));
        CheckReportFile(folder.At("set/report.json"), result.Report);
    }

    [Fact]
    public void What_the_manifest_knows_is_reported_and_strict_accepts_it()
    {
        using var folder = new TemporaryFolder();
        DisfaTests.WriteLabels(folder, "SN010", 4844, _ => 0);
        DisfaTests.WriteFrames(folder, "Video_LeftCamera/SN010", 1, 4846);
        var whole = DatasetManifest.Load("disfa");
        var report = new PreparationReport();
        Disfa.Find(
            folder.Path,
            report,
            manifest: whole with
            {
                Parts = new Dictionary<string, IReadOnlyList<string>> { ["P1"] = ["SN010"] },
            }
        );
        Assert.Equal([(4845, true), (4846, false)], report.Problems.Select(p => (p.FirstFrame!.Value, p.IsNote)));
        Assert.All(report.Problems, p => Assert.Equal(ProblemKind.FrameWithoutLabel, p.Kind));
    }

    [Fact]
    public void Runs_of_frames_are_one_finding_each()
    {
        var runs = Problem
            .Runs(ProblemKind.LabelWithoutFrame, "F001", "T1", [9, 3, 4, 5, 7, 8], "x", n => n == 4)
            .ToArray();
        Assert.Equal(
            [(3, 3, 1, false), (4, 4, 1, true), (5, 5, 1, false), (7, 9, 3, false)],
            runs.Select(r => (r.FirstFrame!.Value, r.LastFrame!.Value, r.Count, r.Known))
        );
        Assert.Equal("F001/T1 frames 7 to 9", runs[3].Where);
        Assert.Equal("F001/T1 frame 5", runs[2].Where);
        Assert.Empty(Problem.Runs(ProblemKind.LabelWithoutFrame, "F001", "T1", [], "x"));
    }

    [Fact]
    public void A_report_in_words_has_counts_and_a_few_examples()
    {
        var report = new PreparationReport();
        report.Add(Problem.Runs(ProblemKind.LabelWithoutFrame, "F001", "T1", [1, 3, 5, 7, 8], "no picture"));
        report.Add(new Problem(ProblemKind.UncodedFrames, "F001", "T1", "coded are frames 5 to 9") { Count = 12 });
        Assert.Equal(
            [
                "5 x label without frame",
                "    F001/T1 frame 1: no picture",
                "    F001/T1 frame 3: no picture",
                "    and 2 more places",
                "12 x uncoded frames (note)",
                "    F001/T1: coded are frames 5 to 9",
            ],
            report.Lines(examples: 2)
        );
        Assert.Throws<InvalidDataException>(() => PreparationReport.Parse("[]"));
    }

    private static void Check(List<Expected> expected, PreparationReport report)
    {
        var found = report.Problems.ToList();
        foreach (var defect in expected)
        {
            var match = found.FindIndex(p =>
                p.Kind == defect.Kind
                && p.Subject == defect.Subject
                && p.Sequence == defect.Sequence
                && p.FirstFrame == defect.Frame
                && p.Count == defect.Count
                && p.Detail.Contains(defect.Detail, StringComparison.Ordinal)
            );
            Assert.True(match >= 0, $"not reported: {defect}\nreported and not matched:\n{string.Join('\n', found)}");
            found.RemoveAt(match);
        }
        Assert.Empty(found);
    }

    private static void CheckReportFile(string path, PreparationReport report)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(path));
        Assert.Equal(
            report.Problems.Where(p => !p.IsNote).Sum(p => p.Count),
            json.RootElement.GetProperty("problems").GetInt32()
        );
        var kinds = json
            .RootElement.GetProperty("kinds")
            .EnumerateArray()
            .ToDictionary(k => k.GetProperty("kind").GetString()!, k => k.GetProperty("count").GetInt32());
        Assert.Equal(report.Count(ProblemKind.MissingLandmarks), kinds["missing-landmarks"]);
        Assert.Equal(report.Problems, PreparationReport.Parse(File.ReadAllText(path)).Problems.Select(p => p));
    }

    private static void MoveLandmarksAway(string path)
    {
        var fit = (MatElements)MatFile.Read(path)["fit"];
        MatValue[] moved =
        [
            .. fit.Fields["pts_2d"]
                .Cast<MatNumbers>()
                .Select(n => n with { Values = [.. n.Values.Select(v => v + 1000)] }),
        ];
        File.WriteAllBytes(
            path,
            MatFileWriter.Write(
                new Dictionary<string, MatValue>
                {
                    ["fit"] = new MatElements(fit.Count, new Dictionary<string, MatValue[]> { ["pts_2d"] = moved }),
                }
            )
        );
    }
}
