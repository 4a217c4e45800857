using FanTrans.Data;
using FanTrans.Synthetic;

namespace FanTrans.Tests.Data;

public class DisfaTests
{
    [Fact]
    public void Extracted_frames_and_labels_are_found_and_matched()
    {
        using var folder = new TemporaryFolder();
        var faces = new MadeUpFaces(ActionUnits.Disfa, subjects: 2, sequences: 1, frames: 5);
        LayoutWriter.WriteDisfa(faces, folder.Path, cancellation: TestContext.Current.CancellationToken);
        var report = new PreparationReport();
        var files = Disfa.Find(folder.Path, report);
        Assert.Equal(["SN001", "SN002"], files.Sequences.Select(s => s.Subject));
        Assert.All(files.Sequences, s => Assert.Equal("left", s.Name));
        for (var i = 0; i < faces.Count; i++)
        {
            var frame = files.Sequences[i / 5].Frames[i % 5];
            Assert.Equal(1 + (i % 5), frame.Number);
            Assert.Equal(faces.LabelsAt(i), frame.Labels);
            Assert.Equal(faces.LabelsAt(i).Select(l => (byte)(l == 1 ? 3 : 0)), frame.Intensities);
        }
        Assert.Equal(25, report.Count(ProblemKind.MissingSubject));
        Assert.Equal(25, report.Problems.Count);
    }

    [Fact]
    public void Two_and_more_count_as_present()
    {
        using var folder = new TemporaryFolder();
        WriteLabels(folder, "SN001", 6, frame => frame - 1);
        WriteFrames(folder, "Video_LeftCamera/SN001", 1, 6);
        var frames = Disfa.Find(folder.Path, new PreparationReport()).Sequences.Single().Frames;
        Assert.Equal([0, 0, 1, 1, 1, 1], frames.Select(f => (int)f.Labels[0]));
        Assert.Equal([0, 1, 2, 3, 4, 5], frames.Select(f => (int)f.Intensities![0]));
    }

    [Theory]
    [InlineData("Video_LeftCamera/SN001", 1)]
    [InlineData("Videos_LeftCamera/LeftVideoSN001_comp", 1)]
    [InlineData("videos_leftcamera/leftVideoSN001_Comp.avi", 1)]
    [InlineData("Video_LeftCamera/SN001", 0)]
    public void The_names_that_downloads_have_are_found(string frames, int first)
    {
        using var folder = new TemporaryFolder();
        WriteLabels(folder, "SN001", 4, frame => frame == 3 ? 5 : 0);
        WriteFrames(folder, frames, first, 4);
        var report = new PreparationReport();
        var sequence = Disfa.Find(folder.Path, report).Sequences.Single();
        Assert.Equal([1, 2, 3, 4], sequence.Frames.Select(f => f.Number));
        var image = Assert.Single(sequence.Images(new HashSet<int> { 3 }, TestContext.Current.CancellationToken));
        Assert.Contains($"frame-{first + 2}.jpg: ", Assert.Throws<InvalidDataException>(() => image.Load()).Message);
        Assert.Equal(first == 0 ? 1 : 0, report.Count(ProblemKind.CountedFromZero));
        Assert.Equal(26, report.Problems.Count(p => !p.IsNote)); // the subjects that are not there
    }

    [Fact]
    public void Both_cameras_share_the_labels()
    {
        using var folder = new TemporaryFolder();
        WriteLabels(folder, "SN001", 2, _ => 0);
        WriteFrames(folder, "Video_LeftCamera/SN001", 1, 2);
        WriteFrames(folder, "Video_RightCamera/SN001", 1, 2);
        var files = Disfa.Find(folder.Path, new PreparationReport(), new DisfaOptions { Cameras = ["left", "right"] });
        Assert.Equal(["left", "right"], files.Sequences.Select(s => s.Name));
        Assert.Equal(4, files.Count);
    }

    [Fact]
    public void A_folder_of_frames_elsewhere_can_be_named()
    {
        using var folder = new TemporaryFolder();
        WriteLabels(folder, "SN001", 2, _ => 0);
        WriteFrames(folder, "extracted/SN001", 1, 2);
        Assert.Throws<DirectoryNotFoundException>(() => Disfa.Find(folder.Path, new PreparationReport()));
        Assert.Equal(
            2,
            Disfa
                .Find(folder.Path, new PreparationReport(), new DisfaOptions { FramesFolder = folder.At("extracted") })
                .Count
        );
    }

    [Fact]
    public void Landmark_files_count_from_0_or_from_1_by_their_name()
    {
        using var folder = new TemporaryFolder();
        foreach (var (subject, name) in new[] { ("SN001", "SN001_{0:D4}_lm.mat"), ("SN002", "l{0:D5}_lm.mat") })
        {
            WriteLabels(folder, subject, 3, _ => 0);
            WriteFrames(folder, $"Video_LeftCamera/{subject}", 1, 3);
            for (var n = 0; n < 4; n++)
            {
                var points = new MatNumbers([66, 2], [.. Enumerable.Range(0, 132).Select(v => (double)v + n)]);
                folder.Write(
                    $"Landmark_Points/{subject}/tmp_frame_lm/{string.Format(name, n)}",
                    MatFileWriter.Write(new Dictionary<string, MatValue> { ["pts"] = points })
                );
            }
        }
        foreach (var sequence in Disfa.Find(folder.Path, new PreparationReport()).Sequences)
        {
            var landmarks = sequence.Landmarks(new PreparationReport());
            Assert.Equal([1, 2, 3], landmarks.Keys.Order());
            // Frame 1 has file 0 of SN001 and file 1 of SN002; MATLAB's pixel 1 is the kit's 0.5.
            Assert.Equal(sequence.Subject == "SN001" ? -0.5f : 0.5f, landmarks[1][0]);
            Assert.Equal(65.5f + (sequence.Subject == "SN001" ? 0 : 1), landmarks[1][1]);
            Assert.True(float.IsNaN(landmarks[1][120]));
        }
    }

    [Fact]
    public void Options_are_checked()
    {
        Assert.Contains(
            "left, right or both, found middle",
            Assert.Throws<ArgumentException>(() => new DisfaOptions { Cameras = ["middle"] }.Validate()).Message
        );
        Assert.Throws<ArgumentException>(() => new DisfaOptions { Cameras = [] }.Validate());
        Assert.Throws<ArgumentException>(() =>
            new DisfaOptions { Cameras = ["left", "right"], FramesFolder = "x" }.Validate()
        );
    }

    [Fact]
    public void Without_ffmpeg_a_video_says_how_to_mend_that()
    {
        using var folder = new TemporaryFolder();
        WriteLabels(folder, "SN001", 2, _ => 0);
        folder.Write("Video_LeftCamera/LeftVideoSN001_comp.avi", "not decoded here");
        var error = Assert.Throws<InvalidOperationException>(() =>
            Disfa.Find(folder.Path, new PreparationReport(), new DisfaOptions { Ffmpeg = "no-such-ffmpeg" })
        );
        Assert.Contains("apt-get install ffmpeg", error.Message);
        Assert.Contains("no-such-ffprobe", error.Message);
    }

    [Fact]
    public void A_real_video_gives_every_frame_in_order()
    {
        RequireFfmpeg();
        using var folder = new TemporaryFolder();
        WriteLabels(folder, "SN001", 7, _ => 0);
        WriteVideo(folder, "Video_LeftCamera/LeftVideoSN001_comp.avi", frames: 5);
        var report = new PreparationReport();
        var sequence = Disfa.Find(folder.Path, report).Sequences.Single();
        var frames = sequence.Images(new HashSet<int> { 2, 3, 5, 6 }, TestContext.Current.CancellationToken).ToArray();
        Assert.Equal([2, 3, 5], frames.Select(f => f.Number));
        Assert.Equal(
            [6, 7],
            report
                .Problems.Where(p => p.Kind == ProblemKind.LabelWithoutFrame)
                .SelectMany(p => new[] { p.FirstFrame!.Value, p.LastFrame!.Value })
        );
        foreach (var frame in frames)
        {
            var image = frame.Load();
            Assert.Equal((64, 48), (image.Width, image.Height));
            Assert.InRange(image[30, 20].R, (frame.Number * 40) - 12, (frame.Number * 40) + 12);
        }
    }

    [Fact]
    public void A_video_that_cannot_be_numbered_is_reported_and_the_others_are_read()
    {
        RequireFfmpeg();
        using var folder = new TemporaryFolder();
        WriteLabels(folder, "SN001", 5, _ => 0);
        var path = WriteVideo(folder, "Video_LeftCamera/LeftVideoSN001_comp.avi", frames: 5);
        folder.Write("Video_LeftCamera/LeftVideoSN002_comp.avi", "this is no video");
        WriteLabels(folder, "SN002", 5, _ => 0);
        var bytes = File.ReadAllBytes(path);
        Array.Fill(bytes, (byte)0xA5, bytes.Length / 2, bytes.Length / 4);
        File.WriteAllBytes(path, bytes);
        WriteVideo(folder, "Video_LeftCamera/LeftVideoSN003_comp.avi", frames: 5);
        WriteLabels(folder, "SN003", 5, _ => 0);
        var report = new PreparationReport();
        var (damaged, whole) = Disfa.Find(folder.Path, report).Sequences is [var first, var second]
            ? (first, second)
            : default;
        Assert.Equal(("SN001", "SN003"), (damaged.Subject, whole.Subject));
        Assert.Equal("SN002", Assert.Single(report.Problems, p => p.Kind == ProblemKind.UnreadableVideo).Subject);
        Assert.Equal(
            5,
            whole.Images(new HashSet<int> { 1, 2, 3, 4, 5 }, TestContext.Current.CancellationToken).Count()
        );
        // What can be decoded keeps its number by its time stamp; that something could not is said after it.
        var numbers = new List<int>();
        Assert.Throws<InvalidDataException>(() =>
            numbers.AddRange(
                damaged
                    .Images(new HashSet<int> { 1, 2, 3, 4, 5 }, TestContext.Current.CancellationToken)
                    .Select(image =>
                    {
                        Assert.InRange(image.Load()[30, 20].R, (image.Number * 40) - 60, (image.Number * 40) + 60);
                        return image.Number;
                    })
            )
        );
    }

    internal static void RequireFfmpeg()
    {
        try
        {
            Ffmpeg.IsVideo("nowhere");
        }
        catch (InvalidOperationException)
        {
            Assert.Skip("ffmpeg is not installed");
        }
    }

    /// <summary>Frame k is a grey of 40 k.</summary>
    internal static string WriteVideo(TemporaryFolder folder, string relative, int frames)
    {
        var path = folder.At(relative);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        Ffmpeg.Encode(
            Enumerable
                .Range(1, frames)
                .Select(n =>
                {
                    var image = new RgbImage(64, 48);
                    Array.Fill(image.Pixels, (byte)(40 * n));
                    return image;
                }),
            path
        );
        return path;
    }

    internal static void WriteFrames(TemporaryFolder folder, string relative, int first, int count)
    {
        for (var n = first; n < first + count; n++)
            folder.Write($"{relative}/frame-{n}.jpg", "");
    }

    internal static void WriteLabels(TemporaryFolder folder, string subject, int frames, Func<int, int> intensity)
    {
        foreach (var au in ActionUnits.Disfa)
            folder.Write(
                $"ActionUnit_Labels/{subject}/{subject}_au{au}.txt",
                string.Concat(Enumerable.Range(1, frames).Select(f => $"{f},{intensity(f)}\n"))
            );
    }
}
