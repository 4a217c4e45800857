using System.Text;

namespace FanTrans.Tests.Parity;

/// <summary>
/// Weights and inputs as a function of each tensor's name: the same numbers as tests/reference/filling.py,
/// where the formula is told, so that no weights need to be stored.
/// </summary>
internal static class Filling
{
    /// <summary>Values in [-1, 1).</summary>
    public static double[] Uniform(string name, long count)
    {
        var seed = 0x811C9DC5u;
        foreach (var b in Encoding.UTF8.GetBytes(name))
            seed = (seed ^ b) * 0x01000193u;
        var values = new double[count];
        for (var i = 0; i < values.Length; i++)
        {
            var x = unchecked((uint)i * 0x9E3779B9u + seed);
            x ^= x >> 16;
            x *= 0x85EBCA6Bu;
            x ^= x >> 13;
            x *= 0xC2B2AE35u;
            x ^= x >> 16;
            values[i] = (double)(x >> 8) / (1 << 23) - 1;
        }
        return values;
    }

    /// <summary>The values of a parameter or buffer, by the role that its name tells.</summary>
    public static float[] Weights(string name, ReadOnlySpan<long> shape)
    {
        long count = 1;
        foreach (var size in shape)
            count *= size;
        var u = Uniform(name, count);
        if (name.EndsWith("running_var", StringComparison.Ordinal))
            return Scaled(u, 1, 0.5);
        if (name.EndsWith("running_mean", StringComparison.Ordinal))
            return Scaled(u, 0, 0.1);
        if (name.EndsWith("drop.logits", StringComparison.Ordinal))
            return Scaled(u, 0, 3);
        if (name.EndsWith("tokens.landmarks", StringComparison.Ordinal))
            return Scaled(u, 0.5, 0.5);
        if (!name.EndsWith("weight", StringComparison.Ordinal))
            return Scaled(u, 0, 0.1);
        if (shape.Length == 1)
            return Scaled(u, 1, 0.2);
        var heatmap = name.StartsWith("fan.l", StringComparison.Ordinal);
        return Scaled(u, 0, Math.Sqrt(3.0 / (count / shape[0])) / (heatmap ? 64 : 1));
    }

    /// <summary>Images in [0, 1), of shape (batch, 3, size, size).</summary>
    public static float[] Images(int batch, int size) =>
        [.. Uniform("images", (long)batch * 3 * size * size).Select(u => (float)((u + 1) / 2))];

    /// <summary>Labels (batch, units): a third present.</summary>
    public static float[] Labels(int batch, int units) =>
        [.. Uniform("labels", batch * units).Select(u => u > 1.0 / 3 ? 1f : 0f)];

    /// <summary>Which labels are known (batch, units): one in eight is not.</summary>
    public static float[] Known(int batch, int units) =>
        [.. Uniform("known", batch * units).Select(u => u < 0.75 ? 1f : 0f)];

    /// <summary>Class weights (units).</summary>
    public static float[] ClassWeights(int units) => Scaled(Uniform("weights", units), 1, 0.5);

    private static float[] Scaled(double[] u, double offset, double scale) =>
        [.. u.Select(value => (float)(offset + scale * value))];
}
