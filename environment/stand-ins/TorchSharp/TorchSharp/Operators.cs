using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>The kinds of argument that native/host.cpp knows, by the same numbers.</summary>
internal enum Kind
{
    None, Tensor, Int, Double, Bool, Ints, Doubles, Tensors, OptionalTensors, String, Device, Complex, Generator,
}

/// <summary>One argument or result as native/host.cpp lays it out.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeValue
{
    public Kind Kind;
    public int Count;
    public long Bits;
}

/// <summary>One argument of an operator call. Holding the tensor itself keeps it alive through the call.</summary>
internal readonly struct Value
{
    public readonly object? Reference;
    public readonly long Bits;
    public readonly Kind Kind;

    private Value(Kind kind, long bits = 0, object? reference = null)
    {
        Kind = kind;
        Bits = bits;
        Reference = reference;
    }

    public static Value None => default;
    public static Value Device(DeviceType type, int index) => new(Kind.Device, ((long)index << 32) | (uint)type);
    public static Value Optional(Tensor?[] tensors) => new(Kind.OptionalTensors, 0, tensors);
    public static Value Size(ReadOnlySpan<long> sizes) => new(Kind.Ints, 0, sizes.ToArray());

    public static implicit operator Value(Tensor? tensor) =>
        tensor is null ? default : new(Kind.Tensor, tensor.Handle, tensor);
    public static implicit operator Value(bool value) => new(Kind.Bool, value ? 1 : 0);
    public static implicit operator Value(int value) => new(Kind.Int, value);
    public static implicit operator Value(long value) => new(Kind.Int, value);
    public static implicit operator Value(double value) => new(Kind.Double, BitConverter.DoubleToInt64Bits(value));
    public static implicit operator Value(float value) => (double)value;
    public static implicit operator Value(bool? value) => value.HasValue ? value.Value : None;
    public static implicit operator Value(int? value) => value.HasValue ? value.Value : None;
    public static implicit operator Value(long? value) => value.HasValue ? value.Value : None;
    public static implicit operator Value(double? value) => value.HasValue ? value.Value : None;
    public static implicit operator Value(ScalarType value) => (long)value;
    public static implicit operator Value(ScalarType? value) => value.HasValue ? value.Value : None;
    public static implicit operator Value(string? value) => value is null ? default : new(Kind.String, 0, value);
    public static implicit operator Value(Device? device) => device is null ? default : Device(device.type, device.index);
    public static implicit operator Value(long[]? list) => list is null ? default : new(Kind.Ints, 0, list);
    public static implicit operator Value(ReadOnlySpan<long> list) => new(Kind.Ints, 0, list.ToArray());
    public static implicit operator Value(double[]? list) => list is null ? default : new(Kind.Doubles, 0, list);
    public static implicit operator Value(Tensor[]? list) => list is null ? default : new(Kind.Tensors, 0, list);
    public static implicit operator Value(Generator? generator) =>
        generator is null ? default : new(Kind.Generator, generator.Handle, generator);

    public static implicit operator Value(Scalar? scalar) => scalar switch
    {
        null => default,
        { Type: ScalarType.Int64 } => scalar.Bits,
        { Type: ScalarType.Bool } => scalar.Bits != 0,
        { Type: ScalarType.ComplexFloat64 } => new(Kind.Complex, 0, scalar),
        _ => new(Kind.Double, scalar.Bits),
    };

    /// <summary>How many 8-byte slots of the call's scratch memory this argument takes.</summary>
    public int Slots => Kind switch
    {
        Kind.Ints => Unsafe.As<long[]>(Reference!).Length,
        Kind.Doubles => Unsafe.As<double[]>(Reference!).Length,
        Kind.Tensors or Kind.OptionalTensors => Unsafe.As<Tensor?[]>(Reference!).Length,
        Kind.String => (System.Text.Encoding.UTF8.GetByteCount((string)Reference!) + 7) / 8,
        Kind.Complex => 2,
        _ => 0,
    };

    public unsafe NativeValue ToNative(long* scratch)
    {
        var native = new NativeValue { Kind = Kind, Bits = (nint)scratch };
        switch (Kind)
        {
            case Kind.Ints:
                var integers = Unsafe.As<long[]>(Reference!);
                integers.CopyTo(new Span<long>(scratch, integers.Length));
                native.Count = integers.Length;
                break;
            case Kind.Doubles:
                var reals = Unsafe.As<double[]>(Reference!);
                reals.CopyTo(new Span<double>(scratch, reals.Length));
                native.Count = reals.Length;
                break;
            case Kind.Tensors:
            case Kind.OptionalTensors:
                var tensors = Unsafe.As<Tensor?[]>(Reference!);
                for (var i = 0; i < tensors.Length; i++) scratch[i] = tensors[i]?.Handle ?? 0;
                native.Count = tensors.Length;
                break;
            case Kind.String:
                var text = (string)Reference!;
                native.Count = System.Text.Encoding.UTF8.GetBytes(text, new Span<byte>(scratch, Slots * 8));
                break;
            case Kind.Complex:
                var complex = ((Scalar)Reference!).Complex;
                ((double*)scratch)[0] = complex.Real;
                ((double*)scratch)[1] = complex.Imaginary;
                break;
            case Kind.Device:
                native.Count = (int)(Bits >> 32);
                native.Bits = (int)Bits;
                break;
            default:
                native.Bits = Bits;
                break;
        }
        return native;
    }
}

/// <summary>
/// An ATen operator, by its schema name. Arguments are given in the schema's order; those left off at the end
/// take the schema's defaults. What libtorch refuses is thrown as an <see cref="ExternalException"/>.
/// </summary>
internal sealed unsafe class Operator(string name, string overload = "")
{
    private const int StackSlots = 32;
    private nint _handle;

    public Tensor Call(params ReadOnlySpan<Value> arguments) => new(CallRaw(arguments));

    /// <summary>For an operator that returns its first argument: the result is dropped, the argument returned.</summary>
    public Tensor InPlace(Tensor self, params ReadOnlySpan<Value> arguments)
    {
        NativeValue result;
        Invoke(self, arguments, &result, 1);
        Native.host_release((nint)result.Bits);
        return self;
    }

    public nint CallRaw(params ReadOnlySpan<Value> arguments)
    {
        NativeValue result;
        Invoke(null, arguments, &result, 1);
        return (nint)result.Bits;
    }

    public void CallVoid(params ReadOnlySpan<Value> arguments) => Invoke(null, arguments, null, 0);

    public (Tensor, Tensor) Call2(params ReadOnlySpan<Value> arguments)
    {
        var results = stackalloc NativeValue[2];
        Invoke(null, arguments, results, 2);
        return (Take(results[0]), Take(results[1]));
    }

    public (Tensor, Tensor, Tensor) Call3(params ReadOnlySpan<Value> arguments)
    {
        var results = stackalloc NativeValue[3];
        Invoke(null, arguments, results, 3);
        return (Take(results[0]), Take(results[1]), Take(results[2]));
    }

    public Tensor[] CallList(params ReadOnlySpan<Value> arguments)
    {
        NativeValue result;
        Invoke(null, arguments, &result, 1);
        var handles = (nint*)result.Bits;
        var tensors = new Tensor[result.Count];
        for (var i = 0; i < tensors.Length; i++) tensors[i] = new Tensor(handles[i]);
        Native.host_free((nint)result.Bits);
        return tensors;
    }

    public bool CallBool(params ReadOnlySpan<Value> arguments)
    {
        NativeValue result;
        Invoke(null, arguments, &result, 1);
        return result.Bits != 0;
    }

    public NativeValue CallValue(params ReadOnlySpan<Value> arguments)
    {
        NativeValue result;
        Invoke(null, arguments, &result, 1);
        return result;
    }

    private static Tensor Take(NativeValue value) => new((nint)value.Bits);

    private void Invoke(Tensor? self, ReadOnlySpan<Value> arguments, NativeValue* results, int capacity)
    {
        var offset = self is null ? 0 : 1;
        var native = stackalloc NativeValue[arguments.Length + 1];
        var slots = 0;
        foreach (ref readonly var argument in arguments) slots += argument.Slots;

        var stack = stackalloc long[StackSlots];
        var heap = slots > StackSlots ? new long[slots] : null;
        fixed (long* pinned = heap)
        {
            var scratch = heap is null ? stack : pinned;
            if (self is not null) native[0] = ((Value)self).ToNative(scratch);
            for (var i = 0; i < arguments.Length; i++)
            {
                native[i + offset] = arguments[i].ToNative(scratch);
                scratch += arguments[i].Slots;
            }
            var written = Native.host_call(Handle, native, arguments.Length + offset, results, capacity);
            if (written < 0) throw Native.Error();
        }
        GC.KeepAlive(self);
    }

    private nint Handle => _handle != 0 ? _handle : Resolve();

    /// <summary>Looks the operator up; throws if this libtorch has none of that name and overload.</summary>
    public nint Resolve() => _handle = Native.Check(Native.host_find("aten::" + name, overload));
}
