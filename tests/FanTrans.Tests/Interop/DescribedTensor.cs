using System.Text.Json;
using static TorchSharp.torch;

namespace FanTrans.Tests.Interop;

/// <summary>What torch_files.py tells of a tensor.</summary>
internal sealed record DescribedTensor(string Type, long[] Shape, decimal[] Values)
{
    private static readonly Dictionary<string, ScalarType> Types = new()
    {
        ["torch.float32"] = ScalarType.Float32,
        ["torch.float64"] = ScalarType.Float64,
        ["torch.float16"] = ScalarType.Float16,
        ["torch.bfloat16"] = ScalarType.BFloat16,
        ["torch.int64"] = ScalarType.Int64,
        ["torch.int32"] = ScalarType.Int32,
        ["torch.int16"] = ScalarType.Int16,
        ["torch.int8"] = ScalarType.Int8,
        ["torch.uint8"] = ScalarType.Byte,
        ["torch.bool"] = ScalarType.Bool,
    };

    /// <summary>Tensors by name, in the file's order.</summary>
    public static OrderedDictionary<string, DescribedTensor> Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        var tensors = new OrderedDictionary<string, DescribedTensor>();
        foreach (var item in document.RootElement.EnumerateObject())
        {
            tensors.Add(
                item.Name,
                new DescribedTensor(
                    item.Value.GetProperty("dtype").GetString()!,
                    [.. item.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())],
                    [.. item.Value.GetProperty("values").EnumerateArray().Select(value => value.GetDecimal())]
                )
            );
        }
        return tensors;
    }

    /// <summary>The tensor has this type, this shape and exactly these values.</summary>
    public void AssertIs(string name, Tensor tensor)
    {
        using var scope = NewDisposeScope();
        Assert.Equal((name, Types[Type]), (name, tensor.dtype));
        Assert.Equal(Shape, tensor.shape);
        decimal[] actual =
            tensor.dtype == ScalarType.Int64
                ? [.. tensor.flatten().data<long>().ToArray().Select(value => (decimal)value)]
                :
                [
                    .. tensor
                        .to_type(ScalarType.Float64)
                        .flatten()
                        .data<double>()
                        .ToArray()
                        .Select(value =>
                            decimal.Parse(
                                value.ToString("R", System.Globalization.CultureInfo.InvariantCulture),
                                System.Globalization.NumberStyles.Float,
                                System.Globalization.CultureInfo.InvariantCulture
                            )
                        ),
                ];
        Assert.Equal(Values, actual);
    }
}
