namespace TorchSharp;

// torch.tensor copies its array, torch.as_tensor shares it; the overloads for each element type.
public static partial class torch
{
    // ---- bool ----

    public static Tensor tensor(
        bool scalar, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        FromScalar(scalar, ScalarType.Bool, dtype, device, requires_grad);
    public static Tensor tensor(
        bool[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null) =>
        FromArray(rawArray, dimensions, ScalarType.Bool, dtype, device, requires_grad, names);
    public static Tensor tensor(
        bool[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        FromArray(rawArray, [rawArray.LongLength], ScalarType.Bool, dtype, device, requires_grad, names);
    public static Tensor tensor(
        bool[,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        FromArray(rawArray, Lengths(rawArray), ScalarType.Bool, dtype, device, requires_grad, names);
    public static Tensor tensor(
        bool[,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        FromArray(rawArray, Lengths(rawArray), ScalarType.Bool, dtype, device, requires_grad, names);
    public static Tensor tensor(
        bool[,,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        FromArray(rawArray, Lengths(rawArray), ScalarType.Bool, dtype, device, requires_grad, names);
    public static Tensor tensor(
        IList<bool> rawArray, long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = null,
        Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromArray(rawArray.ToArray(), [dim0, dim1, dim2, dim3], ScalarType.Bool, dtype, device, requires_grad, names);
    public static Tensor tensor(
        IList<bool> rawArray, long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null) =>
        FromArray(rawArray.ToArray(), [dim0, dim1, dim2], ScalarType.Bool, dtype, device, requires_grad, names);
    public static Tensor tensor(
        IList<bool> rawArray, long rows, long columns, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null) =>
        FromArray(rawArray.ToArray(), [rows, columns], ScalarType.Bool, dtype, device, requires_grad, names);
    public static Tensor tensor(
        IList<bool> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null) =>
        FromArray(rawArray.ToArray(), dimensions, ScalarType.Bool, dtype, device, requires_grad, names);
    public static Tensor tensor(
        IList<bool> rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        FromArray(rawArray.ToArray(), [rawArray.Count], ScalarType.Bool, dtype, device, requires_grad, names);

    public static Tensor as_tensor(bool[] rawArray, ScalarType? dtype = null, Device? device = null) =>
        Share(rawArray, [rawArray.LongLength], ScalarType.Bool, dtype, device, false);
    public static Tensor as_tensor(IList<bool> rawArray, ScalarType? dtype = null, Device? device = null) =>
        as_tensor(rawArray.ToArray(), dtype, device);

    // ---- byte ----

    public static Tensor tensor(byte scalar, Device? device = null, bool requires_grad = false) =>
        FromScalar(scalar, ScalarType.Byte, null, device, requires_grad);
    public static Tensor tensor(
        byte[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null) =>
        FromArray(rawArray, dimensions, ScalarType.Byte, dtype, device, requires_grad, names);
    public static Tensor tensor(
        byte[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        FromArray(rawArray, [rawArray.LongLength], ScalarType.Byte, dtype, device, requires_grad, names);
    public static Tensor tensor(
        byte[,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        FromArray(rawArray, Lengths(rawArray), ScalarType.Byte, dtype, device, requires_grad, names);
    public static Tensor tensor(
        byte[,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        FromArray(rawArray, Lengths(rawArray), ScalarType.Byte, dtype, device, requires_grad, names);
    public static Tensor tensor(
        byte[,,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        FromArray(rawArray, Lengths(rawArray), ScalarType.Byte, dtype, device, requires_grad, names);
    public static Tensor tensor(
        IList<byte> rawArray, long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = null,
        Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromArray(rawArray.ToArray(), [dim0, dim1, dim2, dim3], ScalarType.Byte, dtype, device, requires_grad, names);
    public static Tensor tensor(
        IList<byte> rawArray, long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null) =>
        FromArray(rawArray.ToArray(), [dim0, dim1, dim2], ScalarType.Byte, dtype, device, requires_grad, names);
    public static Tensor tensor(
        IList<byte> rawArray, long rows, long columns, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null) =>
        FromArray(rawArray.ToArray(), [rows, columns], ScalarType.Byte, dtype, device, requires_grad, names);
    public static Tensor tensor(
        IList<byte> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null) =>
        FromArray(rawArray.ToArray(), dimensions, ScalarType.Byte, dtype, device, requires_grad, names);
    public static Tensor tensor(
        IList<byte> rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        FromArray(rawArray.ToArray(), [rawArray.Count], ScalarType.Byte, dtype, device, requires_grad, names);
    public static Tensor tensor(
        Memory<byte> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null) =>
        FromArray(rawArray.ToArray(), dimensions, ScalarType.Byte, dtype, device, requires_grad, names);

    public static Tensor as_tensor(byte[] rawArray, ScalarType? dtype = null, Device? device = null) =>
        Share(rawArray, [rawArray.LongLength], ScalarType.Byte, dtype, device, false);
    public static Tensor as_tensor(IList<byte> rawArray, ScalarType? dtype = null, Device? device = null) =>
        as_tensor(rawArray.ToArray(), dtype, device);

    // ---- sbyte ----

    public static Tensor tensor(
        IList<sbyte> rawArray, long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = null,
        Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromArray(rawArray.ToArray(), [dim0, dim1, dim2, dim3], ScalarType.Int8, dtype, device, requires_grad, names);
    public static Tensor tensor(
        IList<sbyte> rawArray, long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null) =>
        FromArray(rawArray.ToArray(), [dim0, dim1, dim2], ScalarType.Int8, dtype, device, requires_grad, names);
    public static Tensor tensor(
        IList<sbyte> rawArray, long rows, long columns, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null) =>
        FromArray(rawArray.ToArray(), [rows, columns], ScalarType.Int8, dtype, device, requires_grad, names);
    public static Tensor tensor(
        IList<sbyte> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null) =>
        FromArray(rawArray.ToArray(), dimensions, ScalarType.Int8, dtype, device, requires_grad, names);
    public static Tensor tensor(
        IList<sbyte> rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        FromArray(rawArray.ToArray(), [rawArray.Count], ScalarType.Int8, dtype, device, requires_grad, names);
    public static Tensor tensor(
        Memory<sbyte> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null) =>
        FromArray(rawArray.ToArray(), dimensions, ScalarType.Int8, dtype, device, requires_grad, names);
    public static Tensor tensor(sbyte scalar, Device? device = null, bool requires_grad = false) =>
        FromScalar(scalar, ScalarType.Int8, null, device, requires_grad);
    public static Tensor tensor(
        sbyte[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null) =>
        FromArray(rawArray, dimensions, ScalarType.Int8, dtype, device, requires_grad, names);
    public static Tensor tensor(
        sbyte[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        FromArray(rawArray, [rawArray.LongLength], ScalarType.Int8, dtype, device, requires_grad, names);
    public static Tensor tensor(
        sbyte[,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        FromArray(rawArray, Lengths(rawArray), ScalarType.Int8, dtype, device, requires_grad, names);
    public static Tensor tensor(
        sbyte[,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        FromArray(rawArray, Lengths(rawArray), ScalarType.Int8, dtype, device, requires_grad, names);
    public static Tensor tensor(
        sbyte[,,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        FromArray(rawArray, Lengths(rawArray), ScalarType.Int8, dtype, device, requires_grad, names);

    public static Tensor as_tensor(IList<sbyte> rawArray, ScalarType? dtype = null, Device? device = null) =>
        as_tensor(rawArray.ToArray(), dtype, device);
    public static Tensor as_tensor(sbyte[] rawArray, ScalarType? dtype = null, Device? device = null) =>
        Share(rawArray, [rawArray.LongLength], ScalarType.Int8, dtype, device, false);

    // ---- short ----

    public static Tensor tensor(
        IList<short> rawArray, long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = null,
        Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromArray(rawArray.ToArray(), [dim0, dim1, dim2, dim3], ScalarType.Int16, dtype, device, requires_grad, names);
    public static Tensor tensor(
        IList<short> rawArray, long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null) =>
        FromArray(rawArray.ToArray(), [dim0, dim1, dim2], ScalarType.Int16, dtype, device, requires_grad, names);
    public static Tensor tensor(
        IList<short> rawArray, long rows, long columns, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null) =>
        FromArray(rawArray.ToArray(), [rows, columns], ScalarType.Int16, dtype, device, requires_grad, names);
    public static Tensor tensor(
        IList<short> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null) =>
        FromArray(rawArray.ToArray(), dimensions, ScalarType.Int16, dtype, device, requires_grad, names);
    public static Tensor tensor(
        IList<short> rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        FromArray(rawArray.ToArray(), [rawArray.Count], ScalarType.Int16, dtype, device, requires_grad, names);
    public static Tensor tensor(short scalar, Device? device = null, bool requires_grad = false) =>
        FromScalar(scalar, ScalarType.Int16, null, device, requires_grad);
    public static Tensor tensor(
        short[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null) =>
        FromArray(rawArray, dimensions, ScalarType.Int16, dtype, device, requires_grad, names);
    public static Tensor tensor(
        short[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        FromArray(rawArray, [rawArray.LongLength], ScalarType.Int16, dtype, device, requires_grad, names);
    public static Tensor tensor(
        short[,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        FromArray(rawArray, Lengths(rawArray), ScalarType.Int16, dtype, device, requires_grad, names);
    public static Tensor tensor(
        short[,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        FromArray(rawArray, Lengths(rawArray), ScalarType.Int16, dtype, device, requires_grad, names);
    public static Tensor tensor(
        short[,,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        FromArray(rawArray, Lengths(rawArray), ScalarType.Int16, dtype, device, requires_grad, names);
    public static Tensor tensor(
        Memory<short> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null) =>
        FromArray(rawArray.ToArray(), dimensions, ScalarType.Int16, dtype, device, requires_grad, names);

    public static Tensor as_tensor(IList<short> rawArray, ScalarType? dtype = null, Device? device = null) =>
        as_tensor(rawArray.ToArray(), dtype, device);
    public static Tensor as_tensor(short[] rawArray, ScalarType? dtype = null, Device? device = null) =>
        Share(rawArray, [rawArray.LongLength], ScalarType.Int16, dtype, device, false);

    // ---- int ----

    public static Tensor tensor(
        IList<int> rawArray, long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null) =>
        FromArray(rawArray.ToArray(), [dim0, dim1, dim2], ScalarType.Int32, dtype, device, requires_grad, names);
    public static Tensor tensor(
        IList<int> rawArray, long rows, long columns, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null) =>
        FromArray(rawArray.ToArray(), [rows, columns], ScalarType.Int32, dtype, device, requires_grad, names);
    public static Tensor tensor(
        IList<int> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null) =>
        FromArray(rawArray.ToArray(), dimensions, ScalarType.Int32, dtype, device, requires_grad, names);
    public static Tensor tensor(
        IList<int> rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        FromArray(rawArray.ToArray(), [rawArray.Count], ScalarType.Int32, dtype, device, requires_grad, names);
    public static Tensor tensor(int scalar, Device? device = null, bool requires_grad = false) =>
        FromScalar(scalar, ScalarType.Int32, null, device, requires_grad);
    public static Tensor tensor(
        int[] rawArray, long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = null,
        Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromArray(rawArray, [dim0, dim1, dim2, dim3], ScalarType.Int32, dtype, device, requires_grad, names);
    public static Tensor tensor(
        int[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null) =>
        FromArray(rawArray, dimensions, ScalarType.Int32, dtype, device, requires_grad, names);
    public static Tensor tensor(
        int[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        FromArray(rawArray, [rawArray.LongLength], ScalarType.Int32, dtype, device, requires_grad, names);
    public static Tensor tensor(
        int[,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        FromArray(rawArray, Lengths(rawArray), ScalarType.Int32, dtype, device, requires_grad, names);
    public static Tensor tensor(
        int[,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        FromArray(rawArray, Lengths(rawArray), ScalarType.Int32, dtype, device, requires_grad, names);
    public static Tensor tensor(
        int[,,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        FromArray(rawArray, Lengths(rawArray), ScalarType.Int32, dtype, device, requires_grad, names);
    public static Tensor tensor(
        Memory<int> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null) =>
        FromArray(rawArray.ToArray(), dimensions, ScalarType.Int32, dtype, device, requires_grad, names);

    public static Tensor as_tensor(IList<int> rawArray, ScalarType? dtype = null, Device? device = null) =>
        as_tensor(rawArray.ToArray(), dtype, device);
    public static Tensor as_tensor(int[] rawArray, ScalarType? dtype = null, Device? device = null) =>
        Share(rawArray, [rawArray.LongLength], ScalarType.Int32, dtype, device, false);

    // ---- long ----

    public static Tensor tensor(
        IList<long> rawArray, long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = null,
        Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromArray(rawArray.ToArray(), [dim0, dim1, dim2, dim3], ScalarType.Int64, dtype, device, requires_grad, names);
    public static Tensor tensor(
        IList<long> rawArray, long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null) =>
        FromArray(rawArray.ToArray(), [dim0, dim1, dim2], ScalarType.Int64, dtype, device, requires_grad, names);
    public static Tensor tensor(
        IList<long> rawArray, long rows, long columns, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null) =>
        FromArray(rawArray.ToArray(), [rows, columns], ScalarType.Int64, dtype, device, requires_grad, names);
    public static Tensor tensor(
        IList<long> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null) =>
        FromArray(rawArray.ToArray(), dimensions, ScalarType.Int64, dtype, device, requires_grad, names);
    public static Tensor tensor(
        IList<long> rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        FromArray(rawArray.ToArray(), [rawArray.Count], ScalarType.Int64, dtype, device, requires_grad, names);
    public static Tensor tensor(
        long scalar, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        FromScalar(scalar, ScalarType.Int64, dtype, device, requires_grad);
    public static Tensor tensor(
        long[] dataArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null) =>
        FromArray(dataArray, dimensions, ScalarType.Int64, dtype, device, requires_grad, names);
    public static Tensor tensor(
        long[] dataArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        FromArray(dataArray, [dataArray.LongLength], ScalarType.Int64, dtype, device, requires_grad, names);
    public static Tensor tensor(
        long[,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        FromArray(rawArray, Lengths(rawArray), ScalarType.Int64, dtype, device, requires_grad, names);
    public static Tensor tensor(
        long[,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        FromArray(rawArray, Lengths(rawArray), ScalarType.Int64, dtype, device, requires_grad, names);
    public static Tensor tensor(
        long[,,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        FromArray(rawArray, Lengths(rawArray), ScalarType.Int64, dtype, device, requires_grad, names);
    public static Tensor tensor(
        Memory<long> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null) =>
        FromArray(rawArray.ToArray(), dimensions, ScalarType.Int64, dtype, device, requires_grad, names);

    public static Tensor as_tensor(IList<long> rawArray, ScalarType? dtype = null, Device? device = null) =>
        as_tensor(rawArray.ToArray(), dtype, device);
    public static Tensor as_tensor(long[] rawArray, ScalarType? dtype = null, Device? device = null) =>
        Share(rawArray, [rawArray.LongLength], ScalarType.Int64, dtype, device, false);

    // ---- Half ----

    public static Tensor tensor(
        IList<Half> rawArray, long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = null,
        Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromArray(rawArray.ToArray(), [dim0, dim1, dim2, dim3], ScalarType.Float16, dtype, device, requires_grad, names);
    public static Tensor tensor(
        IList<Half> rawArray, long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null) =>
        FromArray(rawArray.ToArray(), [dim0, dim1, dim2], ScalarType.Float16, dtype, device, requires_grad, names);
    public static Tensor tensor(
        IList<Half> rawArray, long rows, long columns, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null) =>
        FromArray(rawArray.ToArray(), [rows, columns], ScalarType.Float16, dtype, device, requires_grad, names);
    public static Tensor tensor(
        IList<Half> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null) =>
        FromArray(rawArray.ToArray(), dimensions, ScalarType.Float16, dtype, device, requires_grad, names);
    public static Tensor tensor(
        IList<Half> rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        FromArray(rawArray.ToArray(), [rawArray.Count], ScalarType.Float16, dtype, device, requires_grad, names);
    public static Tensor tensor(
        Half[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null) =>
        FromArray(rawArray, dimensions, ScalarType.Float16, dtype, device, requires_grad, names);
    public static Tensor tensor(
        Half[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        FromArray(rawArray, [rawArray.LongLength], ScalarType.Float16, dtype, device, requires_grad, names);
    public static Tensor tensor(
        Half[,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        FromArray(rawArray, Lengths(rawArray), ScalarType.Float16, dtype, device, requires_grad, names);
    public static Tensor tensor(
        Half[,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        FromArray(rawArray, Lengths(rawArray), ScalarType.Float16, dtype, device, requires_grad, names);
    public static Tensor tensor(
        Half[,,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        FromArray(rawArray, Lengths(rawArray), ScalarType.Float16, dtype, device, requires_grad, names);
    public static Tensor tensor(
        Memory<Half> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null) =>
        FromArray(rawArray.ToArray(), dimensions, ScalarType.Float16, dtype, device, requires_grad, names);

    // ---- float ----

    public static Tensor tensor(
        IList<float> rawArray, long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = null,
        Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromArray(rawArray.ToArray(), [dim0, dim1, dim2, dim3], ScalarType.Float32, dtype, device, requires_grad, names);
    public static Tensor tensor(
        IList<float> rawArray, long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null) =>
        FromArray(rawArray.ToArray(), [dim0, dim1, dim2], ScalarType.Float32, dtype, device, requires_grad, names);
    public static Tensor tensor(
        IList<float> rawArray, long rows, long columns, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null) =>
        FromArray(rawArray.ToArray(), [rows, columns], ScalarType.Float32, dtype, device, requires_grad, names);
    public static Tensor tensor(
        IList<float> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null) =>
        FromArray(rawArray.ToArray(), dimensions, ScalarType.Float32, dtype, device, requires_grad, names);
    public static Tensor tensor(
        IList<float> rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        FromArray(rawArray.ToArray(), [rawArray.Count], ScalarType.Float32, dtype, device, requires_grad, names);
    public static Tensor tensor(
        Memory<float> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null) =>
        FromArray(rawArray.ToArray(), dimensions, ScalarType.Float32, dtype, device, requires_grad, names);
    public static Tensor tensor(float scalar, Device? device = null, bool requires_grad = false) =>
        FromScalar(scalar, ScalarType.Float32, null, device, requires_grad);
    public static Tensor tensor(
        float[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null) =>
        FromArray(rawArray, dimensions, ScalarType.Float32, dtype, device, requires_grad, names);
    public static Tensor tensor(
        float[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        FromArray(rawArray, [rawArray.LongLength], ScalarType.Float32, dtype, device, requires_grad, names);
    public static Tensor tensor(
        float[,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        FromArray(rawArray, Lengths(rawArray), ScalarType.Float32, dtype, device, requires_grad, names);
    public static Tensor tensor(
        float[,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        FromArray(rawArray, Lengths(rawArray), ScalarType.Float32, dtype, device, requires_grad, names);
    public static Tensor tensor(
        float[,,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        FromArray(rawArray, Lengths(rawArray), ScalarType.Float32, dtype, device, requires_grad, names);

    public static Tensor as_tensor(IList<float> rawArray, ScalarType? dtype = null, Device? device = null) =>
        as_tensor(rawArray.ToArray(), dtype, device);
    public static Tensor as_tensor(float[] rawArray, ScalarType? dtype = null, Device? device = null) =>
        Share(rawArray, [rawArray.LongLength], ScalarType.Float32, dtype, device, false);

    // ---- double ----

    public static Tensor tensor(
        IList<double> rawArray, long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = null,
        Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromArray(rawArray.ToArray(), [dim0, dim1, dim2, dim3], ScalarType.Float64, dtype, device, requires_grad, names);
    public static Tensor tensor(
        IList<double> rawArray, long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null) =>
        FromArray(rawArray.ToArray(), [dim0, dim1, dim2], ScalarType.Float64, dtype, device, requires_grad, names);
    public static Tensor tensor(
        IList<double> rawArray, long rows, long columns, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null) =>
        FromArray(rawArray.ToArray(), [rows, columns], ScalarType.Float64, dtype, device, requires_grad, names);
    public static Tensor tensor(
        IList<double> rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        FromArray(rawArray.ToArray(), [rawArray.Count], ScalarType.Float64, dtype, device, requires_grad, names);
    public static Tensor tensor(
        double scalar, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        FromScalar(scalar, ScalarType.Float64, dtype, device, requires_grad);
    public static Tensor tensor(
        double[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null) =>
        FromArray(rawArray, dimensions, ScalarType.Float64, dtype, device, requires_grad, names);
    public static Tensor tensor(
        double[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        FromArray(rawArray, [rawArray.LongLength], ScalarType.Float64, dtype, device, requires_grad, names);
    public static Tensor tensor(
        double[,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        FromArray(rawArray, Lengths(rawArray), ScalarType.Float64, dtype, device, requires_grad, names);
    public static Tensor tensor(
        double[,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        FromArray(rawArray, Lengths(rawArray), ScalarType.Float64, dtype, device, requires_grad, names);
    public static Tensor tensor(
        double[,,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        FromArray(rawArray, Lengths(rawArray), ScalarType.Float64, dtype, device, requires_grad, names);
    public static Tensor tensor(
        Memory<double> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null) =>
        FromArray(rawArray.ToArray(), dimensions, ScalarType.Float64, dtype, device, requires_grad, names);

    public static Tensor as_tensor(IList<double> rawArray, ScalarType? dtype = null, Device? device = null) =>
        as_tensor(rawArray.ToArray(), dtype, device);
    public static Tensor as_tensor(double[] rawArray, ScalarType? dtype = null, Device? device = null) =>
        Share(rawArray, [rawArray.LongLength], ScalarType.Float64, dtype, device, false);
}
