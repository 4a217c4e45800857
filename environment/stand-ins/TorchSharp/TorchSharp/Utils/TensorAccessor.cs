using System.Collections;
using static TorchSharp.torch;

namespace TorchSharp.Utils;

/// <summary>Reads and writes the values of a CPU tensor in place, in row-major order whatever its strides.</summary>
public sealed unsafe class TensorAccessor<T> : IDisposable, IEnumerable<T> where T : unmanaged
{
    private Tensor? _tensor;
    private T* _data;
    private readonly long[] _shape;
    private readonly long[] _strides;
    private readonly bool _contiguous;

    internal TensorAccessor(Tensor tensor)
    {
        if (!tensor.is_cpu())
            throw new InvalidOperationException(
                "Reading data from non-CPU memory is not supported. Move or copy the tensor to the cpu before reading.");
        _tensor = tensor;
        _shape = tensor.shape;
        _strides = tensor.stride();
        _contiguous = tensor.is_contiguous();
        Count = tensor.numel();
        var data = Native.host_data(tensor.Handle);
        _data = (T*)(Count == 0 ? data : Native.Check(data));
    }

    public long Count { get; }

    public bool IsReadOnly => false;

    public T this[params long[] indices]
    {
        get => _data[Offset(indices)];
        set => _data[Offset(indices)] = value;
    }

    public T[] ToArray()
    {
        var result = new T[Count];
        if (Count > 0) CopyTo(result.AsSpan());
        return result;
    }

    /// <summary>An array of the tensor's rank; a tensor of no dimensions gives an array of one.</summary>
    public Array ToNDArray()
    {
        if (_shape.Length < 2) return ToArray();
        var result = Array.CreateInstance(typeof(T), _shape);
        if (Count > 0)
            fixed (byte* target = &System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(result))
                CopyTo(new Span<T>(target, checked((int)Count)));
        return result;
    }

    public void CopyTo(T[] array, int arrayIndex = 0, long tensorIndex = 0) =>
        CopyTo(array.AsSpan(), arrayIndex, tensorIndex);

    public void CopyTo(Span<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        var target = array[arrayIndex..];
        var count = (int)Math.Min(target.Length, Count - Checked(tensorIndex));
        if (_contiguous)
        {
            new ReadOnlySpan<T>(_data + tensorIndex, count).CopyTo(target);
            return;
        }
        var walk = new Walk(_shape, _strides, tensorIndex);
        for (var i = 0; i < count; i++) target[i] = _data[walk.Next()];
    }

    public void CopyFrom(T[] array, int arrayIndex = 0, long tensorIndex = 0) =>
        CopyFrom(new ReadOnlySpan<T>(array), arrayIndex, tensorIndex);

    public void CopyFrom(ReadOnlySpan<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        var source = array[arrayIndex..];
        var count = (int)Math.Min(source.Length, Count - Checked(tensorIndex));
        if (_contiguous)
        {
            source[..count].CopyTo(new Span<T>(_data + tensorIndex, count));
            return;
        }
        var walk = new Walk(_shape, _strides, tensorIndex);
        for (var i = 0; i < count; i++) _data[walk.Next()] = source[i];
    }

    internal static T ReadItemAt(Tensor tensor, long index)
    {
        if (ToScalarType(typeof(T)) != tensor.dtype)
            throw new ArgumentException($"{typeof(T).Name} is not compatible with {tensor.dtype}");
        using var accessor = new TensorAccessor<T>(tensor);
        return accessor[index];
    }

    public static bool operator ==(TensorAccessor<T> left, TensorAccessor<T> right) =>
        left.Count == right.Count && left.SequenceEqual(right);

    public static bool operator !=(TensorAccessor<T> left, TensorAccessor<T> right) => !(left == right);

    public override bool Equals(object? obj) => obj is TensorAccessor<T> other && this == other;

    public override int GetHashCode() => _tensor?.GetHashCode() ?? 0;

    public IEnumerator<T> GetEnumerator()
    {
        for (long i = 0; i < Count; i++) yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Lets go of the tensor, which stays its owner's to dispose.</summary>
    public void Dispose()
    {
        _tensor = null;
        _data = null;
    }

    private long Checked(long index) =>
        index >= 0 && index < Count ? index : throw new ArgumentOutOfRangeException(nameof(index), $"{index} is not in 0..{Count - 1}");

    private long Offset(long[] indices)
    {
        ObjectDisposedException.ThrowIf(_tensor is null, this);
        if (indices.Length == 1)
        {
            Checked(indices[0]);
            return _contiguous ? indices[0] : new Walk(_shape, _strides, indices[0]).Next();
        }
        if (indices.Length != _shape.Length)
            throw new IndexOutOfRangeException($"{indices.Length} indices for a tensor of {_shape.Length} dimensions");
        var offset = 0L;
        for (var i = 0; i < indices.Length; i++)
        {
            if (indices[i] < 0 || indices[i] >= _shape[i])
                throw new IndexOutOfRangeException($"{indices[i]} >= {_shape[i]} in dimension {i}.");
            offset += indices[i] * _strides[i];
        }
        return offset;
    }

    /// <summary>The memory offsets of successive elements.</summary>
    private ref struct Walk
    {
        private readonly ReadOnlySpan<long> _shape;
        private readonly ReadOnlySpan<long> _strides;
        private readonly long[] _position;
        private long _offset;

        public Walk(long[] shape, long[] strides, long start)
        {
            _shape = shape;
            _strides = strides;
            _position = new long[shape.Length];
            for (var i = shape.Length - 1; i >= 0; i--)
            {
                (start, _position[i]) = Math.DivRem(start, shape[i]);
                _offset += _position[i] * strides[i];
            }
        }

        public long Next()
        {
            var current = _offset;
            for (var i = _position.Length - 1; i >= 0; i--)
            {
                _offset += _strides[i];
                if (++_position[i] < _shape[i]) break;
                _offset -= _position[i] * _strides[i];
                _position[i] = 0;
            }
            return current;
        }
    }
}
