using System.Globalization;
using System.Numerics;
using System.Text;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>The one value of a one-element tensor, whose element type must be T.</summary>
        public T item<T>() where T : unmanaged
        {
            if (NumberOfElements != 1)
                throw new ArgumentException($"Number of elements in the tensor must be 1, found {NumberOfElements}");
            using var values = data<T>();
            return values[0];
        }

        public Scalar ToScalar()
        {
            if (NumberOfElements != 1)
                throw new ArgumentException($"Number of elements in the tensor must be 1, found {NumberOfElements}");
            switch (dtype)
            {
                case ScalarType.Bool:
                    return is_nonzero();
                case ScalarType.ComplexFloat32:
                case ScalarType.ComplexFloat64:
                {
                    using var complex = to(ScalarType.ComplexFloat64, CPU);
                    return complex.item<Complex>();
                }
                case var type when torch.is_integral(type):
                {
                    using var integer = to(ScalarType.Int64, CPU);
                    return integer.item<long>();
                }
                default:
                {
                    using var real = to(ScalarType.Float64, CPU);
                    return real.item<double>();
                }
            }
        }

        /// <summary>The values of a CPU tensor, or a copy of them from another device.</summary>
        public TensorAccessor<T> data<T>() where T : unmanaged
        {
            if (ToScalarType(typeof(T)) != dtype)
                throw new ArgumentException($"{typeof(T).Name} is not compatible with {dtype}");
            return new TensorAccessor<T>(is_cpu() ? this : cpu());
        }

        /// <summary>The memory of a contiguous CPU tensor. It is the tensor's own: keep the tensor alive while using it.</summary>
        public unsafe Span<byte> bytes
        {
            get => new((void*)CpuData(), checked((int)(NumberOfElements * ElementSize)));
            set
            {
                if (NumberOfElements * ElementSize != value.Length)
                    throw new ArgumentException("Mismatched data sizes in SetBytes().");
                value.CopyTo(bytes);
            }
        }

        public unsafe void WriteBytesToStream(Stream stream, int bufferSize = 1024)
        {
            var data = (byte*)CpuData();
            for (var left = NumberOfElements * ElementSize; left > 0;)
            {
                var count = (int)Math.Min(left, Math.Max(bufferSize, 1 << 20));
                stream.Write(new ReadOnlySpan<byte>(data, count));
                data += count;
                left -= count;
            }
        }

        public unsafe void ReadBytesFromStream(Stream stream, int bufferSize = 1024)
        {
            var data = (byte*)CpuData();
            for (var left = NumberOfElements * ElementSize; left > 0;)
            {
                var count = stream.Read(new Span<byte>(data, (int)Math.Min(left, Math.Max(bufferSize, 1 << 20))));
                if (count == 0) throw new EndOfStreamException();
                data += count;
                left -= count;
            }
        }

        private nint CpuData()
        {
            if (!is_contiguous()) throw new InvalidOperationException("Bytes() called on non-contiguous tensor.");
            if (!is_cpu())
                throw new InvalidOperationException(
                    "Reading data from non-CPU memory is not supported. Move or copy the tensor to the cpu before reading.");
            return NumberOfElements == 0 ? Native.host_data(Handle) : Native.Check(Native.host_data(Handle));
        }

        public double ReadCpuDouble(long i) => TensorAccessor<double>.ReadItemAt(this, i);
        public float ReadCpuSingle(long i) => TensorAccessor<float>.ReadItemAt(this, i);
        public int ReadCpuInt32(long i) => TensorAccessor<int>.ReadItemAt(this, i);
        public long ReadCpuInt64(long i) => TensorAccessor<long>.ReadItemAt(this, i);
        public byte ReadCpuByte(long i) => TensorAccessor<byte>.ReadItemAt(this, i);
        public sbyte ReadCpuSByte(long i) => TensorAccessor<sbyte>.ReadItemAt(this, i);
        public short ReadCpuInt16(long i) => TensorAccessor<short>.ReadItemAt(this, i);
        public bool ReadCpuBool(long i) => TensorAccessor<bool>.ReadItemAt(this, i);
        public T ReadCpuValue<T>(long i) where T : unmanaged => TensorAccessor<T>.ReadItemAt(this, i);

        // ---- files ----

        public static Tensor Load(BinaryReader reader) => TensorExtensionMethods.Load(reader);

        public static Tensor Load(Stream stream)
        {
            using var reader = new BinaryReader(stream);
            return Load(reader);
        }

        public static Tensor Load(string location)
        {
            using var stream = File.OpenRead(location);
            return Load(stream);
        }

        // ---- text ----

        public override string ToString() => ToString(TensorStringStyle.Metadata);

        public string ToString(
            bool disamb, string? fltFormat = null, int? width = null, CultureInfo? cultureInfo = null, string? newLine = null) =>
            ToString(disamb ? TensorStringStyle.Julia : TensorStringStyle.Metadata, fltFormat, width, cultureInfo, newLine);

        /// <summary>Shape, type and device, and unless the style is Metadata the values, a row a line.</summary>
        public string ToString(
            TensorStringStyle style, string? fltFormat = null, int? width = null, CultureInfo? cultureInfo = null,
            string? newLine = null)
        {
            var sizes = shape;
            var text = new StringBuilder($"[{string.Join('x', sizes)}], type = {dtype}, device = {device}");
            if (style == TensorStringStyle.Metadata || NumberOfElements == 0) return text.ToString();

            using var flat = to(DeviceType.CPU).reshape(-1).to(ScalarType.Float64);
            var values = flat.data<double>().ToArray();
            var row = sizes.Length == 0 ? 1 : (int)sizes[^1];
            var format = fltFormat ?? "g5";
            var culture = cultureInfo ?? CultureInfo.InvariantCulture;
            for (var start = 0; start < values.Length; start += row)
            {
                text.Append(newLine ?? Environment.NewLine);
                text.AppendJoin(' ', values.AsSpan(start, row).ToArray().Select(value => value.ToString(format, culture)));
            }
            return text.ToString();
        }

        // ---- conversions ----

        public static implicit operator Tensor(byte value) => tensor(value);
        public static implicit operator Tensor(sbyte value) => tensor(value);
        public static implicit operator Tensor(short value) => tensor(value);
        public static implicit operator Tensor(int value) => tensor(value);
        public static implicit operator Tensor(long value) => tensor(value);
        public static implicit operator Tensor(float value) => tensor(value);
        public static implicit operator Tensor(double value) => tensor(value);
        public static implicit operator Tensor(bool value) => tensor(value);
        public static implicit operator Tensor(byte[] value) => tensor(value);
        public static implicit operator Tensor(sbyte[] value) => tensor(value);
        public static implicit operator Tensor(short[] value) => tensor(value);
        public static implicit operator Tensor(int[] value) => tensor(value);
        public static implicit operator Tensor(long[] value) => tensor(value);
        public static implicit operator Tensor(float[] value) => tensor(value);
        public static implicit operator Tensor(double[] value) => tensor(value);
        public static implicit operator Tensor(bool[] value) => tensor(value);
        public static implicit operator Tensor(Scalar scalar) => scalar.Type switch
        {
            ScalarType.Int64 => tensor(scalar.AsLong()),
            ScalarType.Bool => tensor(scalar.AsLong() != 0),
            ScalarType.Float64 => tensor(scalar.AsDouble()),
            _ => throw new NotSupportedException($"A scalar of type {scalar.Type} does not convert to a tensor."),
        };

        public static explicit operator bool(Tensor value) => value.ToBoolean();
        public static explicit operator byte(Tensor value) => value.ToByte();
        public static explicit operator sbyte(Tensor value) => value.ToSByte();
        public static explicit operator short(Tensor value) => value.ToInt16();
        public static explicit operator int(Tensor value) => value.ToInt32();
        public static explicit operator long(Tensor value) => value.ToInt64();
        public static explicit operator float(Tensor value) => value.ToSingle();
        public static explicit operator double(Tensor value) => value.ToDouble();
    }
}
