using FanTrans.Interop;
using FanTrans.Models;
using FanTrans.Tests.Models;
using static TorchSharp.torch;

namespace FanTrans.Tests.Interop;

[Collection(TorchCollection.Name)]
public class StateDictTests
{
    [Fact]
    public void EveryTensorIsCopied()
    {
        using var scope = NewDisposeScope();
        using var from = Create();
        using var into = Create();
        StateDict.LoadInto(into, from.state_dict());
        foreach (var (name, tensor) in from.state_dict())
            Assert.Equal(TensorTesting.Values(tensor), TensorTesting.Values(into.state_dict()[name]));
        Assert.All(into.parameters(), parameter => Assert.True(parameter.requires_grad && parameter.is_leaf));
    }

    [Fact]
    public void OneErrorListsAllThatDoesNotFitAndNothingIsCopied()
    {
        using var scope = NewDisposeScope();
        using var module = Create();
        double[] before = TensorTesting.Values(module.get_parameter("0.bias")!);
        var source = Copy(module);
        source["0.bias"].PlusInPlace(ones_like(source["0.bias"]));
        source.Remove("0.weight");
        source["other"] = zeros(1);
        source["1.weight"] = zeros(3, 1);
        source["1.bias"] = zeros(2, dtype: ScalarType.Int64);
        string message = Assert.Throws<InvalidDataException>(() => StateDict.LoadInto(module, source)).Message;
        Assert.Contains("0.weight is missing", message);
        Assert.Contains("other is unexpected", message);
        Assert.Contains("1.weight has shape (3, 1), expected (2)", message);
        Assert.Contains("1.bias has type Int64, expected Float32", message);
        Assert.Equal(before, TensorTesting.Values(module.get_parameter("0.bias")!));
    }

    [Fact]
    public void ABroadcastableShapeIsStillAnotherShape()
    {
        using var scope = NewDisposeScope();
        using var module = Create();
        var source = Copy(module);
        source["1.weight"] = zeros(1);
        Assert.Contains(
            "1.weight has shape (1), expected (2)",
            Assert.Throws<InvalidDataException>(() => StateDict.LoadInto(module, source)).Message
        );
    }

    [Fact]
    public void TheCountersOfOldFilesStartAtZero()
    {
        using var scope = NewDisposeScope();
        using var module = Create();
        var source = Copy(module);
        source.Remove("1.num_batches_tracked");
        module.get_buffer("1.num_batches_tracked")!.Set(5);
        StateDict.LoadInto(module, source);
        Assert.Equal(0, module.get_buffer("1.num_batches_tracked")!.item<long>());
    }

    [Fact]
    public void TheOnePrefixThatMakesTheNamesFitIsTakenOff()
    {
        using var scope = NewDisposeScope();
        using var module = Create();
        foreach (
            string prefix in new[]
            {
                "module.",
                "module.module.",
                "_orig_mod.",
                "module._orig_mod.",
                "model.",
                "net.fan.",
            }
        )
        {
            var source = Copy(module).ToDictionary(pair => prefix + pair.Key, pair => pair.Value);
            if (prefix != "_orig_mod.")
                source["head.weight"] = zeros(2); // of the larger model
            source[prefix + "0.bias"].Set(3);
            StateDict.LoadInto(module, source);
            Assert.Equal([3, 3], TensorTesting.Values(module.get_parameter("0.bias")!));
            source[prefix + "extra"] = zeros(2);
            Assert.Contains(
                "extra is unexpected",
                Assert.Throws<InvalidDataException>(() => StateDict.LoadInto(module, source)).Message
            );
        }
        var compiled = Copy(module).ToDictionary(pair => pair.Key.Replace("0.", "0._orig_mod."), pair => pair.Value);
        compiled["0._orig_mod.bias"].Set(4);
        StateDict.LoadInto(module, compiled);
        Assert.Equal([4, 4], TensorTesting.Values(module.get_parameter("0.bias")!));
        var two = Copy(module)
            .SelectMany(pair => new[] { "student.", "teacher." }.Select(p => (Name: p + pair.Key, pair.Value)))
            .ToDictionary(pair => pair.Name, pair => pair.Value);
        Assert.Contains(
            "'student.' and behind 'teacher.'",
            Assert.Throws<InvalidDataException>(() => StateDict.LoadInto(module, two)).Message
        );
        var partial = Copy(module).ToDictionary(pair => "module." + pair.Key, pair => pair.Value);
        partial.Remove("module.0.bias");
        Assert.Contains(
            "0.bias is missing.",
            Assert.Throws<InvalidDataException>(() => StateDict.LoadInto(module, partial)).Message
        );
    }

    [Theory]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float64)]
    public void FloatingPointTypesAreConverted(ScalarType type)
    {
        using var scope = NewDisposeScope();
        using var module = Create();
        var source = Copy(module);
        source["0.bias"] = tensor(new[] { 1.5f, -2 }).to_type(type);
        StateDict.LoadInto(module, source);
        Assert.Equal(ScalarType.Float32, module.get_parameter("0.bias")!.dtype);
        Assert.Equal([1.5, -2], TensorTesting.Values(module.get_parameter("0.bias")!));
    }

    private static nn.Module Create() => nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2));

    private static Dictionary<string, Tensor> Copy(nn.Module module) =>
        module.state_dict().ToDictionary(pair => pair.Key, pair => pair.Value.detach().clone());
}
