using FanTrans.Data;
using FanTrans.Distillation;
using FanTrans.Interop;
using FanTrans.Models;
using FanTrans.Prediction;
using FanTrans.Synthetic;
using FanTrans.Tests.Models;
using FanTrans.Tests.Prediction;
using static TorchSharp.torch;

namespace FanTrans.Tests.Onnx;

/// <summary>Prediction on ONNX Runtime beside prediction on PyTorch.</summary>
[Collection(TorchCollection.Name)]
public sealed class OnnxPredictionTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("fantrans-onnx-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void AFileAndAnEnsembleOnEitherRuntimePredictTheSame()
    {
        using var ensemble = ShippedFan();
        var path = Path.Combine(folder, "model.onnx");
        OnnxExport.Save(ensemble, path);
        var faces = new SynthFaces(
            new SynthOptions
            {
                Subjects = 3,
                FramesPerSubject = 2,
                Recordings = 1,
                ImageSize = 192,
            }
        );
        using var torch = ensemble.ToPredictor(runtime: FanRuntime.Torch);
        using var onnx = ensemble.ToPredictor();
        using var file = FacePredictor.FromOnnx(path);
        Assert.Equal(torch.ActionUnits, file.ActionUnits);
        Assert.All(
            Enumerable.Range(0, faces.Count),
            index =>
            {
                var frame = faces.Read(index);
                FaceBox[] boxes = [FaceBox.Around(frame.Landmarks)];
                var expected = torch.Predict(frame.Image, boxes, Token);
                Assert.Single(expected);
                foreach (
                    var found in new[]
                    {
                        onnx.Predict(frame.Image, boxes, Token),
                        file.Predict(frame.Image, boxes, Token),
                    }
                )
                {
                    Tolerance.AssertClose("landmarks", expected[0].Landmarks, found[0].Landmarks, 1e-4);
                    Tolerance.AssertClose("probabilities", expected[0].Probabilities, found[0].Probabilities, 1e-3);
                }
            }
        );
    }

    [Fact]
    public void APartThatDoesNotExportStaysOnPyTorchUnlessAsked()
    {
        var drop = AttentionDrops.Register("onnx-test-drop", o => new Unknown(o.Heads, o.ActionUnits.Count));
        using var ensemble = new PeerEnsemble(ModelSizes.Tiny with { AttentionDrop = drop }, DistillationOptions.None);
        using var predictor = ensemble.ToPredictor(new MadeUpDetector());
        Assert.Single(predictor.Predict(MadeUpScene.Draw((160, 120, 80)), [new FaceBox(120, 80, 200, 160)], Token));
        var error = Assert.Throws<NotSupportedException>(() =>
            ensemble.ToPredictor(new MadeUpDetector(), runtime: FanRuntime.Onnx)
        );
        Assert.Contains("Unknown is a part of your own", error.Message);
    }

    [Fact]
    public void AnotherFileIsRefusedByName()
    {
        var fan = Path.Combine(folder, "fan.onnx");
        using (var network = new FaceAlignmentNetwork(ModelSizes.TinyFan))
            OnnxExport.Save(network, fan);
        var error = Assert.Throws<InvalidDataException>(() => FacePredictor.FromOnnx(fan));
        Assert.Contains("fan.onnx: expected a model of action units", error.Message);
        Assert.Contains("no logits", error.Message);
        var text = Path.Combine(folder, "text.onnx");
        File.WriteAllText(text, "no model");
        Assert.Contains(
            "text.onnx: expected an ONNX file",
            Assert.Throws<InvalidDataException>(() => FacePredictor.FromOnnx(text)).Message
        );
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>The shipped FAN below two peers of random weights.</summary>
    private static PeerEnsemble ShippedFan()
    {
        manual_seed(1);
        var ensemble = new PeerEnsemble(FanTransOptions.Small, DistillationOptions.Small);
        using var fan = FaceAlignmentNetwork.LoadShipped();
        ensemble.Fan.load_state_dict(fan.state_dict());
        ensemble.eval();
        return ensemble;
    }

    private sealed class Unknown(int heads, int units) : LearnableDrop(heads, units, 0.6, 0.5);
}
