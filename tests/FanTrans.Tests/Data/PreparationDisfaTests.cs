using FanTrans.Data;
using FanTrans.Synthetic;

namespace FanTrans.Tests.Data;

public class PreparationDisfaTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void Frames_keep_labels_and_intensities()
    {
        using var folder = new TemporaryFolder();
        LayoutWriter.WriteDisfa(
            new MadeUpFaces(ActionUnits.Disfa, 2, 1, 5),
            folder.At("disfa"),
            cancellation: TestContext.Current.CancellationToken
        );
        var result = Prepare(folder, "set");
        Assert.Empty(result.Report.Problems);
        var faces = new MadeUpFaces(ActionUnits.Disfa, 2, 1, 5);
        for (var i = 0; i < 10; i++)
        {
            var frame = result.Set.Read(i);
            Assert.Equal(new FaceKey($"SN00{1 + (i / 5)}", "left", 1 + (i % 5)), frame.Key);
            Assert.Equal(faces.LabelsAt(i), frame.Labels);
            Assert.Equal(faces.LabelsAt(i).Select(l => (byte)(l * 3)), frame.Intensities!);
            Assert.Equal(66, frame.Visible.Count(v => v));
        }
    }

    [Fact]
    public void A_video_is_prepared_killed_and_resumed()
    {
        DisfaTests.RequireFfmpeg();
        using var folder = new TemporaryFolder();
        LayoutWriter.WriteDisfa(
            new MadeUpFaces(ActionUnits.Disfa, 2, 1, 5),
            folder.At("disfa"),
            cancellation: TestContext.Current.CancellationToken
        );
        Directory.Delete(folder.At("disfa/Video_LeftCamera/SN001"), true);
        DisfaTests.WriteVideo(folder, "disfa/Video_LeftCamera/LeftVideoSN001_comp.avi", frames: 4);

        var whole = Prepare(folder, "whole");
        Assert.Equal(9, whole.Set.Count);
        var missing = Assert.Single(whole.Report.Problems, p => p.Kind == ProblemKind.LabelWithoutFrame);
        Assert.Equal(("SN001", 5), (missing.Subject, missing.FirstFrame));
        Assert.InRange(whole.Set.Read(2).Image[24, 24].R, 108, 132); // frame 3 is a grey of 120

        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() =>
            Prepare(
                folder,
                "killed",
                new PreparationTests.Listener(p =>
                {
                    if (p.Done == 2)
                        stop.Cancel();
                }),
                stop.Token
            )
        );
        var result = Prepare(folder, "killed");
        Assert.InRange(result.Kept, 2, 4);
        Assert.Equal(SmallDatasets.Contents(folder.At("whole")), SmallDatasets.Contents(folder.At("killed")));
    }

    [Fact]
    public void A_finished_video_is_not_decoded_again_when_another_recording_changes()
    {
        DisfaTests.RequireFfmpeg();
        using var folder = new TemporaryFolder();
        LayoutWriter.WriteDisfa(
            new MadeUpFaces(ActionUnits.Disfa, 2, 1, 5),
            folder.At("disfa"),
            cancellation: TestContext.Current.CancellationToken
        );
        Directory.Delete(folder.At("disfa/Video_LeftCamera/SN001"), true);
        DisfaTests.WriteVideo(folder, "disfa/Video_LeftCamera/LeftVideoSN001_comp.avi", frames: 5);
        Prepare(folder, "set");
        folder.Write("disfa/ActionUnit_Labels/SN002/SN002_au1.txt", "1,0\n2,0\n3,5\n4,5\n5,5\n");
        var crop = folder.At("set/crops/SN001/left/00001.jpg");
        var before = File.GetLastWriteTimeUtc(crop);
        var result = Prepare(folder, "set");
        Assert.Equal((5, 5), (result.Made, result.Kept));
        Assert.Equal(before, File.GetLastWriteTimeUtc(crop));
    }

    [Fact]
    public void Without_ffmpeg_the_run_stops_and_says_how_to_install_it()
    {
        using var folder = new TemporaryFolder();
        LayoutWriter.WriteDisfa(
            new MadeUpFaces(ActionUnits.Disfa, 2, 1, 5),
            folder.At("disfa"),
            cancellation: TestContext.Current.CancellationToken
        );
        Directory.Delete(folder.At("disfa/Video_LeftCamera/SN001"), true);
        folder.Write("disfa/Video_LeftCamera/LeftVideoSN001_comp.avi", "a video");
        var error = Assert.Throws<InvalidOperationException>(() => Prepare(folder, "set", ffmpeg: "no-such-ffmpeg"));
        Assert.Contains("apt-get install ffmpeg", error.Message);
    }

    private static PreparationResult Prepare(
        TemporaryFolder folder,
        string output,
        IProgress<PreparationProgress>? progress = null,
        CancellationToken? cancel = null,
        string ffmpeg = "ffmpeg"
    )
    {
        var report = new PreparationReport();
        var files = Disfa.Find(
            folder.At("disfa"),
            report,
            new DisfaOptions { Ffmpeg = ffmpeg },
            SmallDatasets.Manifest("disfa", 2)
        );
        return new Preparation(files, report, folder.At(output), SmallDatasets.SmallCrops) { Workers = 2 }.Run(
            progress,
            cancel ?? Cancel
        );
    }
}
