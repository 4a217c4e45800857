using System.Text;
using FanTrans.Interop;
using FanTrans.Tests.Models;
using static TorchSharp.torch;

namespace FanTrans.Tests.Interop;

[Collection(TorchCollection.Name)]
public sealed class WeightsFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void ASafeTensorsFileHasExactlyTheseBytes()
    {
        using var scope = NewDisposeScope();
        var tensors = new Dictionary<string, Tensor>
        {
            ["b"] = tensor(new[] { 1.5f, -2f }).view(1, 2),
            ["flag"] = tensor(new[] { true, false, true }),
            ["a"] = tensor(new[] { 0.5f }),
            ["n"] = tensor(258L),
        };
        WeightsFile.Save(folder.At("golden.safetensors"), tensors, new Dictionary<string, string> { ["k"] = "v\"" });
        const string header = """
            {"__metadata__":{"k":"v\""},"n":{"dtype":"I64","shape":[],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[1],"data_offsets":[8,12]},"b":{"dtype":"F32","shape":[1,2],"data_offsets":[12,20]},"flag":{"dtype":"BOOL","shape":[3],"data_offsets":[20,23]}}
            """;
        string padded = header.PadRight((header.Length + 7) / 8 * 8);
        byte[] expected =
        [
            .. BitConverter.GetBytes((long)padded.Length),
            .. Encoding.ASCII.GetBytes(padded),
            2,
            1,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0x3f,
            0,
            0,
            0xc0,
            0x3f,
            0,
            0,
            0,
            0xc0,
            1,
            0,
            1,
        ];
        Assert.Equal(expected, File.ReadAllBytes(folder.At("golden.safetensors")));

        using var read = WeightsFile.Load(folder.At("golden.safetensors"));
        Assert.Equal(["n", "a", "b", "flag"], read.Keys);
        Assert.Equal("v\"", read.Metadata["k"]);
        Assert.Equal([1.5, -2], TensorTesting.Values(read["b"]));
        Assert.Equal(258, read["n"].item<long>());
    }

    [Fact]
    public void EveryFormatGivesBackWhatWasSaved()
    {
        using var scope = NewDisposeScope();
        var tensors = new OrderedDictionary<string, Tensor>
        {
            ["w"] = randn(3, 4).t(),
            ["n"] = tensor(5L),
            ["none"] = zeros(2, 0),
        };
        WeightsFile.Save(folder.At("weights.safetensors"), tensors);
        byte[][] files =
        [
            File.ReadAllBytes(folder.At("weights.safetensors")),
            PyTorchWriter.Zip(tensors),
            PyTorchWriter.Legacy(tensors),
        ];
        foreach (byte[] file in files)
        {
            // The name says nothing.
            File.WriteAllBytes(folder.At("weights.bin"), file);
            using var read = WeightsFile.Load(folder.At("weights.bin"));
            Assert.Equal(tensors.Keys.Order(), read.Keys.Order());
            foreach (var (name, tensor) in tensors)
            {
                Assert.Equal(tensor.shape, read[name].shape);
                Assert.Equal(TensorTesting.Values(tensor), TensorTesting.Values(read[name]));
            }
        }
    }

    [Fact]
    public void EqualWeightsGiveEqualFiles()
    {
        using var scope = NewDisposeScope();
        var tensors = new Dictionary<string, Tensor> { ["w"] = ones(3) };
        WeightsFile.Save(folder.At("a.safetensors"), tensors);
        WeightsFile.Save(folder.At("b.safetensors"), tensors);
        Assert.Equal(File.ReadAllBytes(folder.At("a.safetensors")), File.ReadAllBytes(folder.At("b.safetensors")));
    }

    [Fact]
    public void WhatWasLoadedOutlivesTheScopeAndIsFreedWithTheDict()
    {
        using (var one = ones(4))
            WeightsFile.Save(folder.At("w.safetensors"), new Dictionary<string, Tensor> { ["w"] = one });
        long before = LiveTensors.Settled();
        StateDict read;
        using (NewDisposeScope())
            read = WeightsFile.Load(folder.At("w.safetensors"));
        Assert.Equal([1, 1, 1, 1], TensorTesting.Values(read["w"]));
        read.Dispose();
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void AFailedSaveLeavesTheOldFileAndNothingElse()
    {
        using var scope = NewDisposeScope();
        File.WriteAllText(folder.At("w.safetensors"), "old");
        var gone = ones(1);
        gone.Dispose();
        var tensors = new Dictionary<string, Tensor>
        {
            ["w"] = zeros(1),
            ["complex"] = zeros(1, dtype: ScalarType.ComplexFloat32),
        };
        Assert.Contains(
            "complex",
            Assert.Throws<ArgumentException>(() => WeightsFile.Save(folder.At("w.safetensors"), tensors)).Message
        );
        Assert.ThrowsAny<Exception>(() => WeightsFile.Save(folder.At("w.safetensors"), Failing()));
        Assert.Equal("old", File.ReadAllText(folder.At("w.safetensors")));
        Assert.Single(Directory.GetFiles(folder.Path));

        IEnumerable<KeyValuePair<string, Tensor>> Failing()
        {
            yield return new("w", zeros(1));
            throw new InvalidOperationException();
        }
    }

    [Fact]
    public void WrongArgumentsAreRefusedByName()
    {
        using var scope = NewDisposeScope();
        var tensors = new Dictionary<string, Tensor> { ["w"] = zeros(1) };
        Assert.Contains(
            "ends in .safetensors",
            Assert.Throws<ArgumentException>(() => WeightsFile.Save(folder.At("w.npz"), tensors)).Message
        );
        Assert.Contains(
            "w appears twice",
            Assert
                .Throws<ArgumentException>(() => WeightsFile.Save(folder.At("w.safetensors"), [.. tensors, .. tensors]))
                .Message
        );
        Assert.Throws<FileNotFoundException>(() => WeightsFile.Load(folder.At("absent.safetensors")));
    }
}
