using static TorchSharp.torch;

namespace FanTrans.Tests.Parity;

/// <summary>A tensor's values outside of torch.</summary>
/// <param name="Shape">Its shape.</param>
/// <param name="Elements">Its elements, row-major, float32 widened.</param>
internal sealed record Values(long[] Shape, double[] Elements)
{
    public static Values Of(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        var elements = tensor.detach().cpu().to_type(ScalarType.Float64).contiguous().data<double>().ToArray();
        return new Values([.. tensor.shape], elements);
    }

    public static Values Of(float[] elements, params long[] shape) =>
        new(shape, [.. elements.Select(value => (double)value)]);

    /// <summary>In float64.</summary>
    public Tensor ToTensor() => tensor(Elements, dtype: ScalarType.Float64).reshape(Shape);

    /// <summary>
    /// What a golden file keeps (tests/reference/make_golden.py): at most <paramref name="limit"/> evenly spread
    /// elements, and as the last one the root mean square of all.
    /// </summary>
    public Values Sampled(int limit, bool isDouble)
    {
        if (Elements.LongLength <= limit)
            return this;
        var kept = new double[limit + 1];
        for (var k = 0; k < limit; k++)
            kept[k] = Elements[k * Elements.LongLength / limit];
        var size = Math.Sqrt(Elements.Sum(value => value * value) / Elements.LongLength);
        kept[limit] = isDouble ? size : (float)size;
        return new Values([limit + 1], kept);
    }
}
