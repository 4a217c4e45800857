using FanTrans.Interop;
using FanTrans.Models;
using static TorchSharp.torch;

namespace FanTrans.Tests.Interop;

/// <summary>Files by PyTorch itself, read here, and files from here, read by PyTorch.</summary>
[Collection(TorchCollection.Name)]
public sealed class PyTorchFileTests(PyTorchFileTests.Files files) : IClassFixture<PyTorchFileTests.Files>
{
    private static readonly string Script = Path.Combine(
        Repository.Root,
        "tests",
        "FanTrans.Tests",
        "Interop",
        "torch_files.py"
    );

    /// <summary>A folder with the files that PyTorch wrote, made on first use.</summary>
    public sealed class Files : IDisposable
    {
        private readonly TemporaryFolder folder = new();
        private bool written;

        internal TemporaryFolder Written
        {
            get
            {
                PythonTorch.Require();
                if (!written)
                    PythonTorch.Run(Script, "write", folder.Path);
                written = true;
                return folder;
            }
        }

        public void Dispose() => folder.Dispose();
    }

    [Fact]
    public void WhatPyTorchWritesIsReadExactly()
    {
        var folder = files.Written;
        var expected = DescribedTensor.Parse(File.ReadAllText(folder.At("expected.json")));
        foreach (
            string name in new[]
            {
                "zip.pth",
                "zip-protocol4.pth",
                "legacy.pth",
                "legacy-protocol3.pth",
                "nested.pth",
                "parallel.pth",
                "legacy-protocol4.pth",
            }
        )
        {
            using var read = WeightsFile.Load(folder.At(name));
            string prefix = name == "parallel.pth" ? "module." : "";
            Assert.Equal(expected.Keys.Select(key => prefix + key), read.Keys);
            foreach (var (key, tensor) in expected)
                tensor.AssertIs(key, read[prefix + key]);
        }
    }

    [Fact]
    public void ACheckpointsKeyCanBeNamed()
    {
        using (var read = WeightsFile.Load(files.Written.At("ambiguous.pth"), key: "net"))
            Assert.True(read.ContainsKey("float32"));

        string ambiguous = Refusal("ambiguous.pth");
        Assert.Contains("ambiguous.pth#model", ambiguous);
        Assert.Contains("model (a dict of 21 items), net (a dict of 21 items), epoch (an integer)", ambiguous);
        using (var read = WeightsFile.Load(files.Written.At("ambiguous.pth") + "#model"))
            Assert.True(read.ContainsKey("float32"));
        Assert.Contains("epoch (an integer), loss (a number)", Refusal("nothing.pth"));
        Assert.Contains("no tensors under the key ema", Refusal("nested.pth", "ema"));
        Assert.Contains("holds a tensor: save a state dict", Refusal("tensor.pth"));
    }

    [Theory]
    [InlineData("module.pth")]
    [InlineData("module-legacy.pth")]
    [InlineData("script.pth")]
    [InlineData("beside.pth")]
    public void AWholeModuleAndWhatLiesBesideWeightsIsReadWithoutItsCode(string name)
    {
        using var expected = WeightsFile.Load(files.Written.At("batchnorm.pth"));
        using var module = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2));
        using var read = WeightsFile.Load(files.Written.At(name));
        StateDict.LoadInto(module, read);
        foreach (var (key, tensor) in expected)
            Assert.True(tensor.allclose(read[key]), key);
    }

    [Fact]
    public void AStateDictWithModuleVersionsLoads()
    {
        using var read = WeightsFile.Load(files.Written.At("batchnorm.pth"));
        using var module = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2));
        StateDict.LoadInto(module, read);
    }

    [Fact]
    public void PyTorchReadsWhatIsWrittenHere()
    {
        PythonTorch.Require();
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        manual_seed(9);
        var tensors = new OrderedDictionary<string, Tensor>
        {
            ["float32"] = randn(2, 3),
            ["float64"] = randn(3, dtype: ScalarType.Float64),
            ["float16"] = randn(2, 2).to_type(ScalarType.Float16),
            ["bfloat16"] = randn(5).to_type(ScalarType.BFloat16),
            ["int64"] = tensor(new[] { 1, -2, 1L << 60 }),
            ["int32"] = tensor(new[] { 1, -70000 }).view(2, 1),
            ["int16"] = tensor(new short[] { -300, 300 }),
            ["int8"] = tensor(new sbyte[] { -128, 127 }),
            ["uint8"] = tensor(new byte[] { 0, 255 }),
            ["bool"] = tensor(new[] { true, false, true }),
            ["scalar"] = tensor(7L),
            ["empty"] = zeros(0, 3),
            ["transposed"] = randn(3, 4).t(),
            ["a part"] = Arithmetic.Count(12).to_type(ScalarType.Float32).narrow(0, 3, 4),
            ["Größe \"∂\"\\"] = ones(1),
            ["large"] = randn(300, 301),
            ["with gradient"] = nn.Parameter(randn(2)),
        };
        File.WriteAllBytes(folder.At("new.pth"), PyTorchWriter.Zip(tensors));
        File.WriteAllBytes(folder.At("old.pth"), PyTorchWriter.Legacy(tensors));
        WeightsFile.Save(folder.At("new.safetensors"), tensors, new Dictionary<string, string> { ["who"] = "a test" });

        string[] names = ["new.pth", "old.pth", "new.safetensors"];
        string[] lines = PythonTorch.Run([Script, "read", .. names.Select(file => folder.At(file))]).Trim().Split('\n');
        Assert.Equal(names.Length, lines.Length);
        foreach (var (file, line) in names.Zip(lines))
        {
            var described = DescribedTensor.Parse(line);
            Assert.Equal(tensors.Keys.Order(), described.Keys.Order());
            if (!file.EndsWith(".safetensors", StringComparison.Ordinal))
                Assert.Equal(tensors.Keys, described.Keys);
            foreach (var (name, tensor) in tensors)
                described[name].AssertIs(name, tensor);

            using var read = WeightsFile.Load(folder.At(file));
            Assert.Equal(tensors.Keys.Order(), read.Keys.Order());
            foreach (var (name, tensor) in described)
                tensor.AssertIs(name, read[name]);
        }
    }

    private string Refusal(string name, string? key = null)
    {
        string message = Assert
            .Throws<InvalidDataException>(() => WeightsFile.Load(files.Written.At(name), key))
            .Message;
        Assert.Contains(name, message);
        return message;
    }
}
