using System.Globalization;
using System.Numerics;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp;

public static class TensorExtensionMethods
{
    public static Modules.Parameter AsParameter(this Tensor tensor) => new(tensor);

    public static long TotalSize(this IEnumerable<long> shape)
    {
        var total = 1L;
        foreach (var size in shape) total *= size;
        return total;
    }

    public static int ElementSize(this ScalarType type) => type switch
    {
        ScalarType.Byte or ScalarType.Int8 or ScalarType.Bool => 1,
        ScalarType.Int16 or ScalarType.Float16 or ScalarType.BFloat16 => 2,
        ScalarType.Int32 or ScalarType.Float32 => 4,
        ScalarType.Int64 or ScalarType.Float64 or ScalarType.ComplexFloat32 => 8,
        ScalarType.ComplexFloat64 => 16,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "not an element type"),
    };

    // ---- one value ----

    public static bool ToBoolean(this Tensor value) => value.ToScalar().ToBoolean();
    public static byte ToByte(this Tensor value) => value.ToScalar().ToByte();
    public static sbyte ToSByte(this Tensor value) => value.ToScalar().ToSByte();
    public static short ToInt16(this Tensor value) => value.ToScalar().ToInt16();
    public static int ToInt32(this Tensor value) => value.ToScalar().ToInt32();
    public static long ToInt64(this Tensor value) => value.ToScalar().ToInt64();
    public static Half ToHalf(this Tensor value) => value.ToScalar().ToHalf();
    public static float ToSingle(this Tensor value) => value.ToScalar().ToSingle();
    public static double ToDouble(this Tensor value) => value.ToScalar().ToDouble();
    public static (float, float) ToComplexFloat32(this Tensor value) => value.ToScalar().ToComplexFloat32();
    public static Complex ToComplexFloat64(this Tensor value) => value.ToScalar().ToComplexFloat64();

    // ---- from arrays and numbers ----

    public static Tensor ToTensor<T>(this T[] rawArray, long[] dimensions, bool doCopy = false, bool requires_grad = false) =>
        FromArray(rawArray, dimensions, ToScalarType(typeof(T)), null, null, requires_grad);

    public static Tensor ToTensor<T>(this T scalar, Device? device = null, bool requires_grad = false) where T : struct
    {
        if (requires_grad && !is_floating_point(ToScalarType(typeof(T))))
            throw new ArgumentException("Only floating point types support gradients.", nameof(requires_grad));
        return FromArray(new[] { scalar }, [], ToScalarType(typeof(T)), null, device, requires_grad);
    }

    // ---- text ----

    public static string str(
        this Tensor tensor, string? fltFormat = null, int? width = null, string? newLine = null,
        CultureInfo? cultureInfo = null, TensorStringStyle style = TensorStringStyle.Default) =>
        tensor.ToString(style, fltFormat, width, cultureInfo, newLine);

    public static string metastr(this Tensor tensor) => tensor.ToString(TensorStringStyle.Metadata);

    public static Tensor print(
        this Tensor t, string? fltFormat = "g5", int? width = 100, string? newLine = null,
        CultureInfo? cultureInfo = null, TensorStringStyle style = TensorStringStyle.Default)
    {
        Console.WriteLine(t.ToString(style, fltFormat, width, cultureInfo, newLine));
        return t;
    }

    // ---- TorchSharp's own files: element type, rank and sizes in base 128, then the values ----

    public static void Save(this Tensor tensor, BinaryWriter writer)
    {
        using var moved = tensor.is_cpu() ? null : tensor.cpu();
        var source = moved ?? tensor;
        writer.Encode((long)source.dtype);
        var shape = source.shape;
        writer.Encode(shape.Length);
        foreach (var size in shape) writer.Encode(size);
        writer.Flush();
        source.WriteBytesToStream(writer.BaseStream);
    }

    public static void Save(this Tensor tensor, Stream stream)
    {
        using var writer = new BinaryWriter(stream);
        tensor.Save(writer);
    }

    public static void Save(this Tensor tensor, string location)
    {
        using var stream = File.Create(location);
        tensor.Save(stream);
    }

    public static void Load(this Tensor tensor, BinaryReader reader, bool skip = false)
    {
        var type = (ScalarType)reader.Decode();
        if (type != tensor.dtype)
            throw new ArgumentException(
                $"Mismatched tensor data types while loading: expected {tensor.dtype}, found {type}. Make sure that the model you are loading into is exactly the same as the origin.");
        Fill(tensor, ReadShape(reader), reader, skip);
    }

    public static Tensor Load(BinaryReader reader, bool skip = false)
    {
        Tensor? tensor = null;
        Load(ref tensor, reader, skip);
        return tensor!;
    }

    public static void Load(ref Tensor? tensor, BinaryReader reader, bool skip = false)
    {
        var type = (ScalarType)reader.Decode();
        var shape = ReadShape(reader);
        tensor ??= skip ? zeros(shape, dtype: type) : empty(shape, dtype: type);
        Fill(tensor, shape, reader, skip);
    }

    private static long[] ReadShape(BinaryReader reader)
    {
        var shape = new long[reader.Decode()];
        for (var i = 0; i < shape.Length; i++) shape[i] = reader.Decode();
        return shape;
    }

    private static void Fill(Tensor tensor, long[] shape, BinaryReader reader, bool skip)
    {
        if (skip)
        {
            reader.BaseStream.Seek(tensor.NumberOfElements * tensor.ElementSize, SeekOrigin.Current);
            return;
        }
        if (!shape.AsSpan().SequenceEqual(tensor.shape))
            throw new ArgumentException(
                $"Mismatched tensor shape while loading: expected [{string.Join(", ", tensor.shape)}], found [{string.Join(", ", shape)}]. Make sure that the model you are loading into is exactly the same as the origin.");
        using var noGrad = no_grad();
        if (tensor.is_cpu())
        {
            tensor.ReadBytesFromStream(reader.BaseStream);
            return;
        }
        using var read = zeros(shape, dtype: tensor.dtype, device: CPU);
        read.ReadBytesFromStream(reader.BaseStream);
        tensor.copy_(read);
    }
}
