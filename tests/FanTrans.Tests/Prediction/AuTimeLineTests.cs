using FanTrans.Data;
using FanTrans.Prediction;

namespace FanTrans.Tests.Prediction;

public sealed class AuTimeLineTests : IDisposable
{
    private static readonly int[] Units = [1, 12];
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void WhatIsWrittenIsReadBack()
    {
        FramePrediction[] frames =
        [
            new("v,1.mp4", 1, 0, [Face(0, 0.2f, 0.9f), Face(3, 0.6f, 0.1f)]),
            new("v,1.mp4", 2, 0.04, []),
            new("v,1.mp4", 3, 0.08, [Face(0, 0.7f, 0.4f)]),
            new("v,1.mp4", 0, 0, []) { Error = "v,1.mp4: \"broken\"" },
        ];
        var table = Write(frames, landmarks: true);
        var lines = File.ReadAllLines(table);
        Assert.StartsWith(
            "frame,face_id,timestamp,confidence,success,FaceRectX,FaceRectY,FaceRectWidth,FaceRectHeight,FaceScore,Pitch,Roll,Yaw,AU01_p,AU12_p,AU01_c,AU12_c,x_0,",
            lines[0]
        );
        Assert.EndsWith(
            ",x_67,y_0," + string.Join(',', Enumerable.Range(1, 67).Select(k => $"y_{k}")) + ",input,error",
            lines[0]
        );
        Assert.EndsWith("\"v,1.mp4\",\"v,1.mp4: \"\"broken\"\"\"", lines[^1]);
        Assert.Single(
            lines
                .Select(l =>
                    l.Replace("\"v,1.mp4\"", "", StringComparison.Ordinal).Split(',').Length
                    - (l.Contains("broken") ? 1 : 0)
                )
                .Distinct()
        );

        var read = AuTimeLine.Read(table);
        Assert.Equal(2, read.Count);
        Assert.Equal([1, 3], read[0].Frames);
        Assert.Equal(Units, read[0].ActionUnits);
        Assert.Equal([0, 0.08], read[0].Seconds);
        Assert.Equal(
            [
                [0.2f, 0.9f],
                [0.7f, 0.4f],
            ],
            read[0].Values
        );
        Assert.Equal(
            [
                [false, true],
                [true, false],
            ],
            read[0].Present
        );
        var own = AuTimeLine.Of("v", Units, frames);
        Assert.Equal([1, 2, 3], own.Frames);
        Assert.True(float.IsNaN(own.Values[1][0]));
        Assert.All(
            own.CompareWith(read[0]),
            a => Assert.Equal((2, 1.0, 1.0, 1.0), (a.Frames, Math.Round(a.Correlation, 9), a.Agreement, a.Kappa))
        );
    }

    [Fact]
    public void OpenFacesAndPyFeatsTablesAreReadAsTheyAreWritten()
    {
        var openFace = folder.Write(
            "o.csv",
            """
            frame, face_id, timestamp, confidence, success, AU01_r, AU12_r, AU01_c, AU12_c, AU28_c
            1, 0, 0.000, 0.98, 1, 0.50, 3.10, 0.00, 1.00, 0.00
            2, 0, 0.040, 0.98, 1, 1.50, 2.10, 1.00, 1.00, 0.00
            3, 0, 0.080, 0.10, 0, 0.00, 0.00, 0.00, 0.00, 0.00
            4, 0, 0.120, 0.98, 1, 2.50, 0.10, 1.00, 0.00, 1.00

            """
        );
        var pyFeat = folder.Write(
            "p.csv",
            """
            ,FaceRectX,FaceRectY,FaceScore,AU01,AU12,anger,input,frame
            0,10,10,0.99,0.1,0.9,0.0,"v, 1.mp4",0
            1,10,10,0.99,0.6,0.7,0.0,"v, 1.mp4",1
            2,10,10,0.99,,,0.0,"v, 1.mp4",2
            3,10,10,0.99,0.9,0.6,0.0,"v, 1.mp4",3
            """
        );
        var (o, p) = (Assert.Single(AuTimeLine.Read(openFace)), Assert.Single(AuTimeLine.Read(pyFeat)));
        Assert.Equal([1, 12, 28], o.ActionUnits);
        Assert.Equal([1, 2, 4], o.Frames);
        Assert.Equal([true, true, false], o.Present[1]);
        Assert.True(float.IsNaN(o.Values[0][2]));
        Assert.Equal([1, 12], p.ActionUnits);
        Assert.Equal([1, 2, 3, 4], p.Frames);
        var agreement = o.CompareWith(p);
        Assert.Equal([1, 12], agreement.Select(a => a.ActionUnit));
        // Unit 1: the same presence in all three frames; unit 12: in two of three, by chance in 2/3 * 1.
        Assert.Equal((3, 1.0, 1.0), (agreement[0].Frames, agreement[0].Agreement, agreement[0].Kappa));
        Assert.Equal(0.9897, agreement[0].Correlation, 4);
        Assert.Equal((2 / 3.0, 0.0), (agreement[1].Agreement, agreement[1].Kappa));
    }

    [Fact]
    public void WhatIsWrongIsSaidWithItsPlace()
    {
        string Message(string text) =>
            Assert.Throws<InvalidDataException>(() => AuTimeLine.Read(folder.Write("x.csv", text))).Message;
        Assert.Contains("x.csv, line 1: expected the columns frame and AU01", Message("a,b\n1,2\n"));
        Assert.Contains(
            "x.csv, line 3, column AU01_p: expected 0 to 5, found '0;5'",
            Message("frame,success,AU01_p\n1,1,0.5\n2,1,0;5\n")
        );
        Assert.Contains("line 2: expected 3 values, found 2", Message("frame,success,AU01_p\n1,1\n"));
        Assert.Contains("expected rows with success 1, found none", Message("frame,success,AU01_p\n1,0,0.5\n"));
        Assert.Contains(
            "found frame 1 twice; a.mp4 and b.mp4 need a table each.",
            Message("frame,face_id,success,AU01_p,input\n1,0,1,0.5,a.mp4\n1,0,1,0.5,b.mp4\n")
        );
        Assert.Contains("found frame 7 twice", Message("frame,AU01\n7,0.5\n7,0.6\n"));
        Assert.Throws<FileNotFoundException>(() => AuTimeLine.Read(folder.At("no.csv")));
    }

    [Fact]
    public void TheOverlayStandsBesideThePictureAndCoversNothing()
    {
        var image = MadeUpScene.Draw((100, 100, 60));
        var drawn = FaceOverlay.Draw(image, Units, []);
        Assert.True(drawn.Width >= image.Width + 300 && drawn.Width % 2 == 0 && drawn.Height % 2 == 0);
        // Without a face the picture is as it was, here enlarged twice.
        for (var y = 0; y < 2 * image.Height; y++)
            Assert.Equal(image[y % image.Width, y / 2], drawn[2 * (y % image.Width), y]);
        var shown = FaceOverlay.Draw(image, Units, [Face(0, 0.2f, 0.9f)]);
        Assert.Equal((drawn.Width, drawn.Height), (shown.Width, shown.Height));
        var changed = Enumerable
            .Range(0, 2 * image.Width)
            .Count(x => Enumerable.Range(0, 2 * image.Height).Any(y => drawn[x, y] != shown[x, y]));
        Assert.InRange(changed, 100, 220);
        Assert.Equal(image.Width * 2, FaceOverlay.Draw(image, [], [Face(0)]).Width);
    }

    [Fact]
    public void AFileThatCannotBeReadHasItsReasonAndTheOthersFollow()
    {
        new RgbImage(8, 8).SavePng(folder.At("a.png"));
        folder.Write("b.png", "no picture");
        new RgbImage(8, 8).SavePng(folder.At("c.png"));
        var frames = PredictionInputs
            .Frames(PredictionInputs.Files(folder.Path), cancellation: TestContext.Current.CancellationToken)
            .ToList();
        Assert.Equal(["a.png", "b.png", "c.png"], frames.Select(f => Path.GetFileName(f.File)));
        Assert.Equal([true, false, true], frames.Select(f => f.Image is not null));
        Assert.Contains("b.png", frames[1].Error);
        Directory.CreateDirectory(folder.At("empty/sub"));
        Assert.Contains(
            "found sub",
            Assert.Throws<InvalidDataException>(() => PredictionInputs.Files(folder.At("empty"))).Message
        );
    }

    private static FacePrediction Face(int id, params float[] probabilities) =>
        new(id, new FaceBox(70, 70, 130, 130), 0.9, MadeUpScene.Landmarks(70, 70, 60), 0.8, probabilities);

    private string Write(IEnumerable<FramePrediction> frames, bool landmarks)
    {
        using var text = new StringWriter();
        var rows = new FaceTable(text, Units, landmarks);
        foreach (var frame in frames)
            rows.Write(frame);
        return folder.Write("t.csv", text.ToString());
    }
}
