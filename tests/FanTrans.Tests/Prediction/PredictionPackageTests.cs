using System.Diagnostics;
using FanTrans.Interop;
using FanTrans.Prediction;
using FanTrans.Tests.Onnx;
using FanTrans.Training.Experiments;
using Microsoft.ML.OnnxRuntime;
using static TorchSharp.torch;

namespace FanTrans.Tests.Prediction;

/// <summary>Prediction without PyTorch: the program of docs/onnx.md outside the repository,
/// and the model that the package carries.</summary>
[Collection(TorchCollection.Name)]
public sealed class PredictionPackageTests : IDisposable
{
    private const long MostBytes = 50_000_000;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task TheProgramOfThePageIsSmallAndReadsAPhotograph()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "onnx.md"));
        var begin = page.IndexOf("#:package FanTrans.Prediction", StringComparison.Ordinal);
        folder.Write("faces.cs", page[begin..page.IndexOf("```", begin, StringComparison.Ordinal)]);
        Repository.UseFeed(folder.Path);
        await Run("dotnet", "publish", folder.At("faces.cs"), "-o", folder.At("out"), "-v:q", "-nologo");

        var files = new DirectoryInfo(folder.At("out")).GetFiles("*", SearchOption.AllDirectories);
        Assert.DoesNotContain(files, file => file.Name.Contains("torch", StringComparison.OrdinalIgnoreCase));
        // Of a link the size is that of the file in the package cache.
        Assert.InRange(files.Sum(file => ((FileInfo?)file.ResolveLinkTarget(true) ?? file).Length), 1, MostBytes);
        var output = await Run(
            "dotnet",
            folder.At("out/faces.dll"),
            Path.Combine(Repository.Root, "notebooks", "astronaut.jpg")
        );
        Assert.Matches("(?m)^face 0, [0-9]+ x [0-9]+ pixels$", output);
        Assert.Matches("(?m)^  AU12 lip corner puller +(9[0-9]|100) %$", output);
    }

    [Fact]
    public void ThePackagesModelIsTheShippedOne()
    {
        using var ensemble = TrainedModel.LoadShipped();
        using var session = new OnnxSession(FacePredictor.Shipped());
        var says = session.Metadata;
        Assert.True(
            says["weights_sha256"] == ShippedWeights.Checksum(ensemble.state_dict()),
            "lib/Prediction/model-small.onnx is not of the shipped weights: docs/model-card.md says how to "
                + "write it anew."
        );
        Assert.Equal("MIT", says["licence"]);

        random.manual_seed(3);
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        using var predictor = new FacePredictor();
        Assert.Equal(ensemble.Options.ActionUnits, predictor.ActionUnits);
        var images = rand(8, 3, ensemble.Options.Fan.ImageSize, ensemble.Options.Fan.ImageSize);
        var expected = ensemble.FromFeatures(ensemble.Features(ensemble.Fan.call(images))).TeacherLogits;
        Tolerance.AssertClose("logits", expected.data<float>().ToArray(), session.Run(images)["logits"], 1e-4);
    }

    [Fact]
    public void AGpuThatThisBuildCannotUseIsRefused()
    {
        if (OrtEnv.Instance().GetAvailableProviders().Contains("CUDAExecutionProvider"))
            Assert.Skip("this build has ONNX Runtime for GPUs");
        var error = Assert.Throws<InvalidOperationException>(() => new FacePredictor(gpu: 0));
        Assert.Contains("-p:TorchDevice=cuda", error.Message);
    }

    private async Task<string> Run(string program, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = folder.Path,
            }
        )!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, output + await errors);
        return output;
    }
}
