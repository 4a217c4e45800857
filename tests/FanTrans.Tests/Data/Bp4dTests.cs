using FanTrans.Data;
using FanTrans.Synthetic;

namespace FanTrans.Tests.Data;

public class Bp4dTests
{
    private static readonly DatasetManifest Manifest = DatasetManifest.Load("bp4d");

    [Fact]
    public void Frames_and_labels_are_found_and_matched()
    {
        using var folder = new TemporaryFolder();
        var faces = new MadeUpFaces(ActionUnits.Bp4d, subjects: 2, sequences: 3, frames: 4, firstFrame: 98);
        LayoutWriter.WriteBp4d(faces, folder.Path, cancellation: TestContext.Current.CancellationToken);
        var report = new PreparationReport();
        var files = Bp4d.Find(folder.Path, report);

        Assert.Equal(24, files.Count);
        Assert.Equal(
            ["F001/T1", "F001/T2", "F001/T3", "F002/T1", "F002/T2", "F002/T3"],
            files.Sequences.Select(s => $"{s.Subject}/{s.Name}")
        );
        for (var i = 0; i < faces.Count; i++)
        {
            var frame = files.Sequences[i / 4].Frames[i % 4];
            Assert.Equal(faces.Key(i).Frame, frame.Number);
            Assert.Equal(faces.LabelsAt(i), frame.Labels);
            Assert.Null(frame.Intensities);
        }
        // The rest of BP4D is missing, and that is all.
        Assert.Equal(39, report.Count(ProblemKind.MissingSubject));
        Assert.Equal(10, report.Count(ProblemKind.MissingSequence));
        Assert.Equal(49, report.Problems.Count);
    }

    [Fact]
    public void Names_of_three_and_of_four_digits_match_by_number()
    {
        using var folder = new TemporaryFolder();
        foreach (var name in new[] { "0007.jpg", "008.jpg", "9.jpg", "0010.JPG", "0010.obj", "0010.mtl", "readme.txt" })
            folder.Write($"Sequences(2D+3D)/F001/T1/{name}", "");
        folder.Write("AUCoding/AU_OCC/F001_T1.csv", Csv("7 8 9 10"));
        var report = new PreparationReport();
        var sequence = Assert.Single(Bp4d.Find(folder.Path, report).Sequences);
        Assert.Equal([7, 8, 9, 10], sequence.Frames.Select(f => f.Number));
        Assert.DoesNotContain(report.Problems, p => p.Sequence == "T1");
    }

    [Fact]
    public void Columns_are_found_by_their_number_wherever_they_are()
    {
        using var folder = new TemporaryFolder();
        folder.Write("Sequences(2D+3D)/F001/T1/0001.jpg", "");
        int[] order = [99, .. ActionUnits.Bp4d.Reverse()];
        folder.Write(
            "AUCoding/AU_OCC/F001_T1.csv",
            $"0,{string.Join(',', order)}\r\n1,5,{string.Join(',', order.Skip(1).Select(au => au == 12 ? 1 : au == 24 ? 9 : 0))}\r\n"
        );
        var report = new PreparationReport();
        var frame = Bp4d.Find(folder.Path, report).Sequences.Single().Frames.Single();
        Assert.Equal(
            ActionUnits.Bp4d.Select(au =>
                (sbyte)(
                    au == 12 ? 1
                    : au == 24 ? 9
                    : 0
                )
            ),
            frame.Labels
        );
        Assert.DoesNotContain(report.Problems, p => p.Sequence == "T1");
    }

    [Fact]
    public void Frames_around_the_coded_ones_are_only_worth_knowing()
    {
        using var folder = new TemporaryFolder();
        for (var n = 1; n <= 10; n++)
            folder.Write($"Sequences(2D+3D)/F001/T1/{n:D3}.jpg", "");
        folder.Write("AUCoding/AU_OCC/F001_T1.csv", Csv("3 4 7 8"));
        var report = new PreparationReport();
        Bp4d.Find(folder.Path, report);
        var gap = Assert.Single(report.Problems, p => p.Kind == ProblemKind.FrameWithoutLabel);
        Assert.Equal((5, 6, 2, false), (gap.FirstFrame, gap.LastFrame, gap.Count, gap.IsNote));
        var around = Assert.Single(report.Problems, p => p.Kind == ProblemKind.UncodedFrames);
        Assert.Equal((4, true), (around.Count, around.IsNote));
    }

    [Fact]
    public void Folder_names_may_differ_in_case()
    {
        using var folder = new TemporaryFolder();
        folder.Write("sequences(2d+3d)/f001/t1/0001.jpg", "");
        folder.Write("AUcoding/au_occ/f001_t1.csv", Csv("1"));
        Assert.Equal(1, Bp4d.Find(folder.Path, new PreparationReport()).Count);
    }

    [Fact]
    public void A_folder_that_is_not_BP4D_is_told_what_it_should_hold()
    {
        using var folder = new TemporaryFolder();
        var error = Assert.Throws<DirectoryNotFoundException>(() =>
            Bp4d.Find(folder.At("nowhere"), new PreparationReport())
        );
        Assert.Contains("BP4D-Spontaneous", error.Message);
        folder.Write("Videos/x.avi", "");
        error = Assert.Throws<DirectoryNotFoundException>(() => Bp4d.Find(folder.Path, new PreparationReport()));
        Assert.Contains("Sequences(2D+3D)/{subject}/{sequence}/{frame}.jpg", error.Message);
        Assert.Contains("found Videos", error.Message);
        folder.Write("Sequences(2D+3D)/F001/T1/0001.jpg", "");
        Assert.Contains(
            "AUCoding/AU_OCC",
            Assert.Throws<DirectoryNotFoundException>(() => Bp4d.Find(folder.Path, new PreparationReport())).Message
        );
    }

    [Fact]
    public void The_fingerprint_follows_labels_pictures_landmarks_and_known_defects()
    {
        using var folder = new TemporaryFolder();
        LayoutWriter.WriteBp4d(
            new MadeUpFaces(ActionUnits.Bp4d, 1, 1, 3),
            folder.Path,
            cancellation: TestContext.Current.CancellationToken
        );
        string Print(DatasetManifest? manifest = null) =>
            Bp4d.Find(folder.Path, new PreparationReport(), manifest).Sequences.Single().Fingerprint;
        var before = Print();
        Assert.Equal(before, Print());

        var prints = new HashSet<string> { before };
        var csv = folder.At("AUCoding/AU_OCC/F001_T1.csv");
        File.WriteAllText(
            csv,
            File.ReadAllText(csv).Replace("\n1,0", "\n1,1").Replace("\n1,9", "\n1,1").Replace("\n2,0", "\n2,1")
        );
        Assert.True(prints.Add(Print()));
        File.AppendAllText(folder.At("Sequences(2D+3D)/F001/T1/0001.jpg"), "x");
        Assert.True(prints.Add(Print()));
        File.AppendAllText(folder.At("2DFeatures/F001_T1.mat"), "x");
        Assert.True(prints.Add(Print()));
        var defect = new KnownDefect
        {
            Kind = DefectKind.Landmarks,
            Subject = "F001",
            Sequence = "T1",
            Frames =
            [
                [2, 2],
            ],
            Note = "made up",
        };
        Assert.True(prints.Add(Print(Manifest with { Defects = [.. Manifest.Defects, defect] })));
    }

    internal static string Csv(string frames, string values = "0") =>
        $"0,{string.Join(',', ActionUnits.Bp4d)}\n"
        + string.Concat(
            frames.Split(' ').Select(f => $"{f},{string.Join(',', ActionUnits.Bp4d.Select(_ => values))}\n")
        );
}
