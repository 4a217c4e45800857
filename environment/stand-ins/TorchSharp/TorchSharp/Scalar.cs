using System.Numerics;
using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>One number of any element type, held as libtorch holds it: integer, double, bool or complex double.</summary>
public sealed class Scalar : IDisposable
{
    internal long Bits { get; }
    internal Complex Complex { get; }

    internal Scalar(ScalarType type, long bits)
    {
        Type = type;
        Bits = bits;
    }

    internal Scalar(double value) : this(ScalarType.Float64, BitConverter.DoubleToInt64Bits(value))
    {
    }

    internal Scalar(Complex value)
    {
        Type = ScalarType.ComplexFloat64;
        Complex = value;
    }

    public ScalarType Type { get; }

    internal double AsDouble() => Type switch
    {
        ScalarType.Float64 => BitConverter.Int64BitsToDouble(Bits),
        ScalarType.ComplexFloat64 => Complex.Real,
        _ => Bits,
    };

    internal long AsLong() => Type is ScalarType.Int64 or ScalarType.Bool ? Bits : (long)AsDouble();

    public static implicit operator Scalar(byte value) => value.ToScalar();
    public static implicit operator Scalar(sbyte value) => value.ToScalar();
    public static implicit operator Scalar(short value) => value.ToScalar();
    public static implicit operator Scalar(int value) => value.ToScalar();
    public static implicit operator Scalar(long value) => value.ToScalar();
    public static implicit operator Scalar(Half value) => value.ToScalar();
    public static implicit operator Scalar(float value) => value.ToScalar();
    public static implicit operator Scalar(double value) => value.ToScalar();
    public static implicit operator Scalar(bool value) => value.ToScalar();
    public static implicit operator Scalar((float, float) value) => value.ToScalar();
    public static implicit operator Scalar(Complex value) => value.ToScalar();

    /// <summary>Nothing to free: the number lives in managed memory.</summary>
    public void Dispose()
    {
    }
}

public static class ScalarExtensionMethods
{
    public static Scalar ToScalar(this byte value) => new(ScalarType.Int64, value);
    public static Scalar ToScalar(this sbyte value) => new(ScalarType.Int64, value);
    public static Scalar ToScalar(this short value) => new(ScalarType.Int64, value);
    public static Scalar ToScalar(this int value) => new(ScalarType.Int64, value);
    public static Scalar ToScalar(this long value) => new(ScalarType.Int64, value);
    public static Scalar ToScalar(this Half value) => new((double)value);
    public static Scalar ToScalar(this float value) => new(value);
    public static Scalar ToScalar(this double value) => new(value);
    public static Scalar ToScalar(this bool value) => new(ScalarType.Bool, value ? 1 : 0);
    public static Scalar ToScalar(this (float Real, float Imaginary) value) => new(new Complex(value.Real, value.Imaginary));
    public static Scalar ToScalar(this Complex value) => new(value);

    public static bool ToBoolean(this Scalar value) => value.AsDouble() != 0;
    public static byte ToByte(this Scalar value) => (byte)value.AsLong();
    public static sbyte ToSByte(this Scalar value) => (sbyte)value.AsLong();
    public static short ToInt16(this Scalar value) => (short)value.AsLong();
    public static int ToInt32(this Scalar value) => (int)value.AsLong();
    public static long ToInt64(this Scalar value) => value.AsLong();
    public static Half ToHalf(this Scalar value) => (Half)value.AsDouble();
    public static float ToSingle(this Scalar value) => (float)value.AsDouble();
    public static double ToDouble(this Scalar value) => value.AsDouble();

    public static (float, float) ToComplexFloat32(this Scalar value)
    {
        var complex = value.ToComplexFloat64();
        return ((float)complex.Real, (float)complex.Imaginary);
    }

    public static Complex ToComplexFloat64(this Scalar value) =>
        value.Type == ScalarType.ComplexFloat64 ? value.Complex : value.AsDouble();
}
