using FanTrans.Interop;
using static TorchSharp.torch;

namespace FanTrans.Tests.Parity;

/// <summary>Values by name in safetensors files.</summary>
internal static class TensorFile
{
    public static Dictionary<string, Values> Read(string path)
    {
        using var tensors = WeightsFile.Load(path);
        return tensors.ToDictionary(pair => pair.Key, pair => Values.Of(pair.Value));
    }

    /// <summary>Writes float32, and batch norm's counters as the integers that they are.</summary>
    public static void Write(string path, IReadOnlyDictionary<string, Values> values)
    {
        using var scope = NewDisposeScope();
        WeightsFile.Save(path, values.ToDictionary(pair => pair.Key, pair => ToTensor(pair.Key, pair.Value)));
    }

    private static Tensor ToTensor(string name, Values values)
    {
        var counter = name.EndsWith("num_batches_tracked", StringComparison.Ordinal);
        return values.ToTensor().to_type(counter ? ScalarType.Int64 : ScalarType.Float32);
    }
}
