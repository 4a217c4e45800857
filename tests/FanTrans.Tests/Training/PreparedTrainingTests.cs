using FanTrans.Data;
using FanTrans.Distillation;
using FanTrans.Interop;
using FanTrans.Models;
using FanTrans.Synthetic;
using FanTrans.Tests.Data;
using FanTrans.Training;

namespace FanTrans.Tests.Training;

/// <summary>
/// The whole way of a licensed dataset, walked with rendered faces in its layout: the real command, killed on its way,
/// the set, the published folds, and an epoch of training.
/// </summary>
[Collection(TorchCollection.Name)]
public class PreparedTrainingTests(PrepareScript script)
{
    private const int FramesOfSubject = 4;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("bp4d", "me-graphau", "P3", 3)]
    [InlineData("disfa", "au-net", "P1", 1)]
    public void From_the_licensed_layout_to_an_epoch_of_training(
        string dataset,
        string protocol,
        string testPart,
        int kills
    )
    {
        if (dataset == "disfa")
            DisfaTests.RequireFfmpeg();
        using var folder = new TemporaryFolder();
        var options = new SynthOptions
        {
            Profile = dataset,
            Recordings = dataset == "bp4d" ? 2 : 1,
            FramesPerSubject = FramesOfSubject,
            FrameStep = 1,
            ImageSize = 64,
        };
        var faces = SynthFaces.Generate(options, folder.At("licensed"), ffmpeg: "ffmpeg", cancellation: Cancel);
        string[] Arguments(string output) =>
            [
                "--dataset",
                dataset,
                "--root",
                folder.At("licensed"),
                "--out",
                folder.At(output),
                "--size",
                "160",
                "--format",
                "png",
            ];
        var (exit, output, error) = script.Run(Arguments("whole"));
        Assert.True(exit == 0, output + error);
        Assert.Contains($"{faces.Count} made now", output);

        var random = new Random(9);
        for (var kill = 0; kill < kills; kill++)
        {
            script.Kill(
                Arguments("killed"),
                folder.At("killed"),
                (faces.Count * ((3 * kill) + 1) / 12) + random.Next(faces.Count / 6)
            );
            Assert.True(Preparation.IsUnfinished(folder.At("killed")), "the process ended before it was killed");
        }
        (exit, output, error) = script.Run(Arguments("killed"));
        Assert.True(exit == 0, output + error);
        Assert.DoesNotContain(" 0 there before", output);
        Assert.Equal(SmallDatasets.Contents(folder.At("whole")), SmallDatasets.Contents(folder.At("killed")));

        var set = PreparedSet.Open(folder.At("killed"));
        Assert.Equal(
            Enumerable.Range(0, faces.Count).Sum(i => faces.LabelsAt(i).Sum(v => v)),
            Enumerable.Range(0, set.Count).Sum(i => set.LabelsAt(i).Sum(v => v))
        );
        var (report, f1, fold) = FirstRun(
            dataset,
            folder.At("killed"),
            protocol,
            Tiny.Model,
            null,
            folder.At("run"),
            8
        );
        Assert.True(double.IsFinite(report.Losses["total"]));
        Assert.InRange(f1, 0, 1);
        Assert.All(fold.TestSubjects, s => Assert.Equal(testPart, DatasetManifest.Load(dataset).PartOf(s)));
    }

    /// <summary>The lines of docs/datasets.md: a test compares them.</summary>
    private static (EpochReport Report, double F1, Fold Fold) FirstRun(
        string dataset,
        string prepared,
        string protocol,
        FanTransOptions options,
        string? fanWeights,
        string run,
        int batch
    )
    {
        // begin
        var manifest = DatasetManifest.Load(dataset);
        var set = PreparedSet.Open(prepared);
        var fold = manifest.Protocol(protocol).Fold(set, 1).WithValidation(share: 0.15, seed: 1);

        AuLoader Loader(IReadOnlyList<int> frames, bool train) =>
            new(
                set,
                new AuLoaderOptions
                {
                    ImageSize = options.Fan.ImageSize,
                    BatchSize = batch,
                    Shuffle = train,
                    DropLast = train,
                    Augmentation = train ? AugmentationOptions.Paper : AugmentationOptions.None,
                },
                frames
            );

        TorchSharp.torch.random.manual_seed(1);
        using var model = new PeerEnsemble(options with { ActionUnits = set.ActionUnits }, DistillationOptions.Paper);
        if (fanWeights is not null)
        {
            using var weights = WeightsFile.Load(fanWeights);
            StateDict.LoadInto(model.Fan, weights);
        }
        var task = new FanTransTask(model, FanTransTask.ClassWeightsOf(set, fold.Train));
        using var trainer = new Trainer(task, TrainingOptions.Paper with { Epochs = 1 });
        var result = trainer.Fit(
            Loader(fold.Train, train: true),
            Loader(fold.Validation, train: false),
            run,
            TrainingProgress.Lines()
        );

        var (test, _) = EnsemblePrediction.All(model, Loader(fold.Test, train: false), flip: true);
        var evaluation = test.Evaluate();
        foreach (var unit in evaluation.Units)
            Console.WriteLine($"AU {unit.ActionUnit}: F1 {unit.F1:f3}, of a constant answer {unit.ConstantF1:f3}");
        Console.WriteLine($"{fold}: macro F1 {evaluation.MacroF1:f3}");
        // end
        return (result.Epochs[^1], evaluation.MacroF1, fold);
    }
}
