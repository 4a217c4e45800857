using FanTrans.Evaluation;
using FanTrans.Models;
using FanTrans.Synthetic;
using FanTrans.Tests.Data;
using FanTrans.Training;
using FanTrans.Training.Experiments;

namespace FanTrans.Tests.Training;

[Collection(TrainingCollection.Name)]
public sealed class EvidenceControlTests
{
    private static readonly EvidenceOptions Few = new()
    {
        Model = FanTransOptions.Small with { Classifier = "independent", TokenWidth = 32, TransformerBlocks = 1, Heads = 2 },
        Training = ExperimentOptions.Small.Training with { Epochs = 6, LearningRate = 1e-2 },
    };

    private static readonly SynthFaces Faces = new(new SynthOptions { FramesPerSubject = 100 });

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void AttentionCarriesWhatATokenDoesNotKnow()
    {
        var found = EvidenceControl.Run(Few, Faces, Faces.Folds[0], cancellation: Token);
        Assert.True(found.LossSeen < found.LossHidden && found.LossHidden < found.LossOfRates, $"{found.LossSeen}, {found.LossHidden}, {found.LossOfRates}");
        var test = MatrixTest.Run([("keep and φ", found.Phi, LearnedCorrelations.Symmetric(found.Learned.Keep))])[0];
        Assert.True(test.Rho > 0.5 && test.PValue < 0.01, $"{test}");
    }

    [Fact]
    public void AStoppedControlGoesOnToTheSameNumbers()
    {
        using var folder = new TemporaryFolder();
        var options = new EvidenceOptions { Training = ExperimentOptions.Small.Training with { Epochs = 2 } };
        var faces = new SynthFaces(new SynthOptions { Subjects = 9, FramesPerSubject = 16 });
        var whole = EvidenceControl.Run(options, faces, faces.Folds[0], cancellation: Token);
        using (var stop = new StopInEpoch(2))
            Assert.ThrowsAny<OperationCanceledException>(() => EvidenceControl.Run(options, faces, faces.Folds[0], folder.Path, stop, stop.Token));
        var resumed = EvidenceControl.Run(options, faces, faces.Folds[0], folder.Path, cancellation: Token);
        Assert.Equal(whole.LossHidden, resumed.LossHidden);
        Assert.Equal(whole.Learned.Attention, resumed.Learned.Attention);
    }

    [Fact]
    public void OptionsOutOfRangeAreRefused()
    {
        var error = Assert.Throws<ArgumentException>(() => EvidenceControl.Run(new EvidenceOptions { Hidden = 1, Noise = -1 }, Faces, Faces.Folds[0], cancellation: Token));
        Assert.Contains("Hidden is 1", error.Message);
        Assert.Contains("Noise is -1", error.Message);
    }
}
