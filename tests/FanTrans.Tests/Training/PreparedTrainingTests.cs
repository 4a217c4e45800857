using FanTrans.Data;
using FanTrans.Distillation;
using FanTrans.Synthetic;
using FanTrans.Tests.Data;
using FanTrans.Training;

namespace FanTrans.Tests.Training;

/// <summary>The whole way of a licensed dataset, walked with rendered faces in its layout: command, set, folds, an epoch.</summary>
[Collection(TrainingCollection.Name)]
public class PreparedTrainingTests(PrepareScript script) : IClassFixture<PrepareScript>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("bp4d", "me-graphau")]
    [InlineData("disfa", "au-net")]
    public void From_the_licensed_layout_to_an_epoch_of_training(string dataset, string protocol)
    {
        using var folder = new TemporaryFolder();
        var faces = new SynthFaces(new SynthOptions { Profile = dataset, Subjects = 6, Recordings = dataset == "bp4d" ? 2 : 1, FramesPerSubject = 8, ImageSize = 96 });
        if (dataset == "bp4d")
            LayoutWriter.WriteBp4d(faces, folder.At("licensed"), cancel: TestContext.Current.CancellationToken);
        else
            LayoutWriter.WriteDisfa(faces, folder.At("licensed"), cancel: TestContext.Current.CancellationToken);
        var (exit, output, error) = script.Run("--dataset", dataset, "--root", folder.At("licensed"), "--out", folder.At("set"), "--size", "64");
        Assert.True(exit == 0, output + error);
        Assert.Contains("48 made now", output);

        var set = PreparedSet.Open(folder.At("set"));
        Assert.Equal(faces.Count, set.Count);
        Assert.Equal(Enumerable.Range(0, faces.Count).Select(faces.LabelsAt).Sum(l => l.Sum(v => v)), Enumerable.Range(0, set.Count).Select(set.LabelsAt).Sum(l => l.Sum(v => v)));
        var manifest = DatasetManifest.Load(dataset);
        var fold = manifest.Protocol(protocol).PartialFolds(set)[0];
        Assert.All(fold.TestSubjects, s => Assert.Equal(manifest.Protocol(protocol).TestPart(1), manifest.PartOf(s)));

        TorchSharp.torch.random.manual_seed(1);
        var options = Tiny.Model with { ActionUnits = [.. set.ActionUnits] };
        using var ensemble = new PeerEnsemble(options, DistillationOptions.Small);
        using var trainer = new Trainer(
            new FanTransTask(ensemble, FanTransTask.ClassWeightsOf(set, fold.Train)), Tiny.Options with { Epochs = 1 });
        var report = trainer.TrainOneEpoch(new AuLoader(set, Tiny.Loading(train: true), fold.Train), 0, cancellation: Cancel);
        Assert.True(double.IsFinite(report.Losses["total"]));
        var metrics = trainer.Evaluate(new AuLoader(set, Tiny.Loading(train: false), fold.Test), Cancel);
        Assert.InRange(metrics["f1"], 0, 1);
    }
}
