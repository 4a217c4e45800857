using System.Runtime.InteropServices;

namespace TorchSharp;

public static partial class torch
{
    private static ScalarType _defaultDtype = ScalarType.Float32;

    public static ScalarType get_default_dtype() => _defaultDtype;

    public static void set_default_dtype(ScalarType dtype) => _defaultDtype = dtype;

    public static Tensor arange(
        Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        arange(0, stop, 1, dtype, device, requires_grad);

    public static Tensor arange(
        Scalar start, Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        arange(start, stop, 1, dtype, device, requires_grad);

    public static Tensor arange(
        Scalar start, Scalar stop, Scalar step, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false)
    {
        var integers = is_integral(start.Type) && is_integral(stop.Type) && is_integral(step.Type);
        var type = dtype ?? (integers ? ScalarType.Int64 : get_default_dtype());
        return Named(
            Op.arange_start_step.Call(start, stop, step, type, Value.None, InitializeDevice(device)), requires_grad, null);
    }

    public static Tensor linspace(
        double start, double end, long steps, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false) =>
        Named(
            Op.linspace.Call(start, end, steps, dtype ?? get_default_dtype(), Value.None, InitializeDevice(device)),
            requires_grad, null);

    public static Tensor logspace(
        double start, double end, long steps, double @base = 10, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false) =>
        Named(
            Op.logspace.Call(start, end, steps, @base, dtype ?? get_default_dtype(), Value.None, InitializeDevice(device)),
            requires_grad, null);

    public static Tensor eye(
        long rows, long columns = -1, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        Named(
            Op.eye_m.Call(
                rows, columns == -1 ? rows : columns, dtype ?? get_default_dtype(), Value.None, InitializeDevice(device)),
            requires_grad, names);

    public static Tensor empty_strided(
        long[] size, long[] strides, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        Named(
            Op.empty_strided.Call(size, strides, dtype ?? get_default_dtype(), Value.None, InitializeDevice(device)),
            requires_grad, names);

    // ---- of another tensor's size, and by default its type and device ----

    public static Tensor empty_like(
        Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Named(input.empty_like(dtype, device), requires_grad, names);

    public static Tensor zeros_like(
        Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Named(input.zeros_like(dtype, device), requires_grad, names);

    public static Tensor ones_like(
        Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Named(input.ones_like(dtype, device), requires_grad, names);

    public static Tensor full_like(
        Tensor input, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        Named(input.full_like(value, dtype, device), requires_grad, names);

    // ---- random ----

    public static Tensor randint(
        long low, long high, long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        Generator? generator = null, string[]? names = null) =>
        Named(
            Op.randint_low_generator.Call(
                low, high, size, generator, dtype ?? ScalarType.Int64, Value.None, InitializeDevice(device)),
            requires_grad, names);

    public static Tensor randint(
        long high, long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        Generator? generator = null, string[]? names = null) =>
        randint(0, high, size, dtype, device, requires_grad, generator, names);

    public static Tensor randint(
        long low, long high, Size size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        Generator? generator = null, string[]? names = null) =>
        randint(low, high, size.Shape, dtype, device, requires_grad, generator, names);

    public static Tensor randint(
        long high, Size size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        Generator? generator = null, string[]? names = null) =>
        randint(0, high, size.Shape, dtype, device, requires_grad, generator, names);

    public static Tensor randperm(
        long n, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        Generator? generator = null) =>
        Named(
            Op.randperm_generator.Call(n, generator, dtype ?? ScalarType.Int64, Value.None, InitializeDevice(device)),
            requires_grad, null);

    public static Tensor normal(
        double mean, double std, ReadOnlySpan<long> size, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        randn(size, dtype, device, generator: generator, names: names).mul_(std).add_(mean).requires_grad_(requires_grad);

    public static Tensor normal(Tensor mean, Tensor std, Generator? generator = null) =>
        Op.normal_Tensor_Tensor.Call(mean, std, generator);

    // ---- from arrays ----

    /// <summary>A tensor over the array's own memory: what changes in one changes in the other.</summary>
    public static Tensor from_array(Array rawArray, Device? device = null) => from_array(rawArray, null, device);

    public static Tensor from_array(
        Array rawArray, ScalarType? dtype, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Named(
            Share(rawArray, Lengths(rawArray), ToScalarType(rawArray.GetType().GetElementType()!), dtype, device, false),
            requires_grad, names);

    public static Tensor as_tensor(Array data, ScalarType? dtype = null, Device? device = null) =>
        from_array(data, dtype, device);

    public static Tensor as_tensor(Tensor data, ScalarType? dtype = null, Device? device = null) =>
        data.to(dtype ?? data.dtype, device ?? data.device);

    public static Tensor frombuffer(
        Array rawArray, ScalarType dtype, long count = -1, long offset = 0, bool requires_grad = false)
    {
        var available = rawArray.LongLength;
        if (count < 0) count = available - offset;
        if (offset < 0 || count + offset > available)
            throw new ArgumentException($"elements {offset} to {offset + count} are not all in an array of {available}");
        using var all = Share(
            rawArray, [available], ToScalarType(rawArray.GetType().GetElementType()!), null, null, false);
        using var part = all.narrow(0, offset, count);
        return part.to(dtype).requires_grad_(requires_grad);
    }

    private static Tensor Sized(
        Operator factory, ReadOnlySpan<long> size, ScalarType? dtype, Device? device, bool requires_grad, string[]? names) =>
        Named(
            factory.Call(size, dtype ?? get_default_dtype(), Value.None, InitializeDevice(device)), requires_grad, names);

    private static Tensor Named(Tensor tensor, bool requires_grad, string[]? names)
    {
        if (names is { Length: > 0 })
        {
            tensor.Dispose();
            throw new NotSupportedException("Named dimensions are not part of this TorchSharp stand-in.");
        }
        if (requires_grad) tensor.requires_grad = true;
        return tensor;
    }

    private static Tensor FromScalar(Scalar value, ScalarType natural, ScalarType? dtype, Device? device, bool requires_grad) =>
        Named(
            Op.scalar_tensor.Call(value, dtype ?? natural, Value.None, InitializeDevice(device)), requires_grad, null);

    private static long[] Lengths(Array array)
    {
        var lengths = new long[array.Rank];
        for (var i = 0; i < lengths.Length; i++) lengths[i] = array.GetLongLength(i);
        return lengths;
    }

    private static void CheckLength(Array array, ReadOnlySpan<long> dimensions)
    {
        var count = 1L;
        foreach (var size in dimensions) count *= size;
        if (count > array.LongLength)
            throw new ArgumentException(
                $"mismatched total size creating a tensor from an array: {count} vs. {array.LongLength}");
    }

    /// <summary>A tensor with a copy of the array's values.</summary>
    internal static unsafe Tensor FromArray(
        Array array, ReadOnlySpan<long> dimensions, ScalarType natural, ScalarType? dtype, Device? device,
        bool requires_grad, string[]? names = null)
    {
        CheckLength(array, dimensions);
        var result = Op.empty_memory_format.Call(dimensions, natural, Value.None, CPU);
        var bytes = result.NumberOfElements * natural.ElementSize();
        if (bytes > 0)
            fixed (byte* source = &MemoryMarshal.GetArrayDataReference(array))
                Buffer.MemoryCopy(source, (void*)Native.Check(Native.host_data(result.Handle)), bytes, bytes);
        return Named(Moved(result, dtype, device), requires_grad, names);
    }

    /// <summary>A tensor over the array's memory, which stays pinned as long as the tensor lives.</summary>
    private static unsafe Tensor Share(
        Array array, ReadOnlySpan<long> dimensions, ScalarType natural, ScalarType? dtype, Device? device, bool requires_grad)
    {
        CheckLength(array, dimensions);
        var pin = GCHandle.Alloc(array, GCHandleType.Pinned);
        fixed (long* sizes = dimensions)
        {
            var handle = Native.host_from_blob(
                pin.AddrOfPinnedObject(), sizes, dimensions.Length, (int)natural, &ReleasePin, GCHandle.ToIntPtr(pin));
            if (handle == 0) pin.Free();
            return Named(Moved(new Tensor(Native.Check(handle)), dtype, device), requires_grad, null);
        }
    }

    [UnmanagedCallersOnly]
    private static void ReleasePin(nint pin) => GCHandle.FromIntPtr(pin).Free();

    private static Tensor Moved(Tensor tensor, ScalarType? dtype, Device? device)
    {
        var type = dtype ?? tensor.dtype;
        var place = InitializeDevice(device);
        return tensor.WillCopy(type, place) ? tensor.to(type, place, disposeAfter: true) : tensor;
    }
}
