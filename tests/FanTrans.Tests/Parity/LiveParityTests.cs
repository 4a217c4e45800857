using FanTrans.Models;
using static TorchSharp.torch;

namespace FanTrans.Tests.Parity;

/// <summary>The library against the PyTorch reference, run side by side on fresh weights and inputs.</summary>
[Collection(TorchCollection.Name)]
public class LiveParityTests(LiveParityTests.Reference reference) : IClassFixture<LiveParityTests.Reference>
{
    public static TheoryData<string> Names => [.. LiveCases.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void GivesTheReferencesNumbers(string name)
    {
        var folder = reference.FolderOf(name);
        var parity = LiveCases.All[name];
        using var model = ParityRun.Build(parity);
        var actual = ParityRun.Run(parity, model, TensorFile.Read(Path.Combine(folder, "given.safetensors")));
        Comparison.AssertSame(parity, TensorFile.Read(Path.Combine(folder, "found.safetensors")), actual);
    }

    [Fact]
    public void TheReferenceHoldsToPublishedFacts()
    {
        var output = PythonTorch.Run("tests/reference/check.py");
        Assert.Contains("12,106,504 parameters", output);
    }

    /// <summary>Runs the reference once, on all cases, in a temporary folder.</summary>
    public sealed class Reference : IDisposable
    {
        private readonly Lazy<DirectoryInfo> folder = new(Prepare);

        public string FolderOf(string name)
        {
            PythonTorch.Require();
            return Path.Combine(folder.Value.FullName, name);
        }

        public void Dispose()
        {
            if (folder.IsValueCreated)
                folder.Value.Delete(recursive: true);
        }

        private static DirectoryInfo Prepare()
        {
            var root = Directory.CreateTempSubdirectory("fantrans-parity-");
            foreach (var (name, parity) in LiveCases.All)
            {
                var place = root.CreateSubdirectory(name).FullName;
                File.WriteAllText(Path.Combine(place, "case.json"), OptionsJson.Write(parity));
                TensorFile.Write(Path.Combine(place, "given.safetensors"), Given(parity));
            }
            var places = LiveCases.All.Keys.Select(name => Path.Combine(root.FullName, name));
            PythonTorch.Run(["tests/reference/run.py", .. places]);
            return root;
        }

        /// <summary>Random inputs, and a new model's weights with those moved that start equal or at zero.</summary>
        private static Dictionary<string, Values> Given(ParityCase parity)
        {
            using var scope = NewDisposeScope();
            using var mode = no_grad();
            manual_seed(parity.Seed);
            using var model = ParityRun.Build(parity);
            int units = parity.Model.ActionUnits.Count,
                size = parity.Model.Fan.ImageSize;
            var given = new Dictionary<string, Values>
            {
                ["inputs.images"] = Values.Of(rand(parity.Batch, 3, size, size)),
                ["inputs.labels"] = Values.Of(rand(parity.Batch, units).AtLeast(0.6)),
                ["inputs.known"] = Values.Of(rand(parity.Batch, units).AtLeast(0.2)),
                ["inputs.weights"] = Values.Of(rand(units).Plus(0.5)),
            };
            foreach (var (name, tensor) in model.state_dict())
                given[$"state.{name}"] = Values.Of(Moved(name, tensor));
            return given;
        }

        private static Tensor Moved(string name, Tensor tensor)
        {
            if (name.EndsWith("num_batches_tracked", StringComparison.Ordinal))
                return tensor;
            if (name.EndsWith("drop.logits", StringComparison.Ordinal))
                return tensor.Plus(randn(tensor.shape, dtype: tensor.dtype).Times(2));
            if (name.EndsWith("running_var", StringComparison.Ordinal))
                return tensor.Plus(rand(tensor.shape, dtype: tensor.dtype));
            return tensor.dim() == 1 ? tensor.Plus(randn(tensor.shape, dtype: tensor.dtype).Times(0.1)) : tensor;
        }
    }
}
