using FanTrans.Data;
using FanTrans.Distillation;
using FanTrans.Prediction;
using FanTrans.Synthetic;
using FanTrans.Tests.Training;
using static TorchSharp.torch;

namespace FanTrans.Tests.Prediction;

[Collection(TorchCollection.Name)]
public sealed class PredictionInputsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public void ARenderedFilmIsReadBackFrameByFrameWithItsTruth()
    {
        var options = new SynthOptions
        {
            Profile = "disfa",
            Subjects = 6,
            ImageSize = 64,
        };
        var film = SynthVideo.Make(
            options,
            folder.Path,
            frames: 6,
            rate: 5,
            ffmpeg: "no-such-program",
            cancellation: Token
        );

        Assert.True(film.IsFolder);
        Assert.Equal((6, 8), (film.Labels.Count, film.ActionUnits.Count));
        var frames = PredictionInputs.Sequence(film.Path, film.Rate).ToList();
        Assert.Equal([1, 2, 3, 4, 5, 6], frames.Select(f => f.Number));
        Assert.Equal([0, 0.2, 0.4, 0.6, 0.8, 1], frames.Select(f => Math.Round(f.Seconds, 9)));
        // The person is of the last part, and shows in the film what the labels of every fifth frame of time say.
        var faces = new SynthFaces(options with { FramesPerSubject = 6, Recordings = 1, FrameStep = 5 });
        Assert.Contains(film.Subject, faces.Parts[^1]);
        var first = Enumerable.Range(0, faces.Count).First(i => faces.Key(i).Subject == film.Subject);
        Assert.Equal(faces.Read(first + 3).Image.Pixels, frames[3].Image!.Pixels);
        Assert.Equal(faces.LabelsAt(first + 3), film.Labels[3]);

        random.manual_seed(2);
        using var ensemble = new PeerEnsemble(Tiny.Model, DistillationOptions.Small);
        using var predictor = ensemble.ToPredictor();
        predictor.LeastConfidence = 0;
        var found = predictor.Predict(frames.Take(2), Token).ToList();
        Assert.Equal([1, 2], found.Select(f => f.Number));
        Assert.All(found, f => Assert.NotEmpty(f.Faces));
        Assert.All(found.SelectMany(f => f.Faces).SelectMany(f => f.Probabilities), p => Assert.InRange(p, 0, 1));
    }

    [Fact]
    public void AFolderIsWhatLiesInItAndAPathThatIsNotThereIsSaid()
    {
        new RgbImage(8, 8).SavePng(folder.At("b.png"));
        new RgbImage(8, 8).SavePng(folder.At("a.png"));
        folder.Write("notes.txt", "no picture");
        Assert.Equal(["a.png", "b.png"], PredictionInputs.Files(folder.Path).Select(Path.GetFileName));
        folder.Write("cut.mp4", "no video");
        Assert.Equal(["a.png", "b.png", "cut.mp4"], PredictionInputs.Files(folder.Path).Select(Path.GetFileName));
        Assert.Contains(
            "expected a video",
            PredictionInputs.Frames([folder.At("cut.mp4")], cancellation: Token).Single().Error
        );
        Assert.Equal(1, PredictionInputs.Frames([folder.At("a.png")], cancellation: Token).Single().Number);
        Assert.Contains(
            "no such file",
            Assert.Throws<FileNotFoundException>(() => PredictionInputs.Files(folder.At("c.png"))).Message,
            StringComparison.Ordinal
        );
    }
}
