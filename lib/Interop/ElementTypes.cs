using static TorchSharp.torch;

namespace FanTrans.Interop;

/// <summary>One element type of a weights file.</summary>
/// <param name="Type">The tensor's type.</param>
/// <param name="Size">Bytes an element.</param>
/// <param name="SafeTensors">Its name in safetensors.</param>
/// <param name="Storage">Its storage class in PyTorch.</param>
internal sealed record ElementType(ScalarType Type, int Size, string SafeTensors, string Storage);

/// <summary>The element types that the kit reads and writes.</summary>
internal static class ElementTypes
{
    // In the order in which safetensors ranks them.
    private static readonly ElementType[] All =
    [
        new(ScalarType.Bool, 1, "BOOL", "BoolStorage"),
        new(ScalarType.Byte, 1, "U8", "ByteStorage"),
        new(ScalarType.Int8, 1, "I8", "CharStorage"),
        new(ScalarType.Int16, 2, "I16", "ShortStorage"),
        new(ScalarType.Float16, 2, "F16", "HalfStorage"),
        new(ScalarType.BFloat16, 2, "BF16", "BFloat16Storage"),
        new(ScalarType.Int32, 4, "I32", "IntStorage"),
        new(ScalarType.Float32, 4, "F32", "FloatStorage"),
        new(ScalarType.Float64, 8, "F64", "DoubleStorage"),
        new(ScalarType.Int64, 8, "I64", "LongStorage"),
    ];

    public static string SafeTensorsNames => string.Join(", ", All.Select(element => element.SafeTensors));

    public static ElementType? OfSafeTensors(string name) => Array.Find(All, element => element.SafeTensors == name);

    /// <summary>PyTorch 2 names a storage of raw bytes UntypedStorage.</summary>
    public static ElementType? OfStorage(string name) =>
        Array.Find(All, element => element.Storage == (name == "UntypedStorage" ? "ByteStorage" : name));

    /// <exception cref="ArgumentException">Weights files of this kit do not hold the type.</exception>
    public static ElementType Of(Tensor tensor, string name) =>
        Array.Find(All, element => element.Type == tensor.dtype)
        ?? throw new ArgumentException(
            $"Tensor {name} has type {tensor.dtype}, expected one of "
                + $"{string.Join(", ", All.Select(element => element.Type))}."
        );

    /// <summary>The place of a type in safetensors' ranking.</summary>
    public static int Rank(ElementType element) => Array.IndexOf(All, element);
}
