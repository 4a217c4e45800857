using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace FanTrans.Interop;

/// <summary>Reads bytes of a storage.</summary>
/// <param name="offset">From the storage's start.</param>
/// <param name="bytes">Filled whole.</param>
internal delegate void ReadBytes(long offset, Span<byte> bytes);

/// <summary>A named tensor of a file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Tensor">Its description.</param>
/// <param name="Storage">Reads the storage that it is a view of.</param>
internal readonly record struct PlacedTensor(string Name, StoredTensor Tensor, ReadBytes Storage);

/// <summary>A tensor as a file describes it: checked, but not yet read.</summary>
/// <param name="Element">Element type.</param>
/// <param name="Shape">Sizes, none negative.</param>
/// <param name="Strides">Strides in elements, none negative; every element lies within the storage.</param>
/// <param name="Offset">The first element, in elements from the storage's start.</param>
internal sealed record StoredTensor(ElementType Element, long[] Shape, long[] Strides, long Offset)
{
    private const int MostDimensions = 32;
    private const long MostElements = 1L << 40;

    /// <summary>Elements of the tensor.</summary>
    public long Count { get; } = Shape.Aggregate(1L, (product, size) => product * size);

    /// <summary>Bytes of the tensor once read.</summary>
    public long Bytes => Count * Element.Size;

    /// <summary>Checks a shape. Returns what is wrong with it, or null.</summary>
    public static string? ShapeProblem(ReadOnlySpan<long> shape)
    {
        if (shape.Length > MostDimensions)
            return $"a tensor of {shape.Length} dimensions, expected at most {MostDimensions}";
        Int128 product = 1;
        foreach (long size in shape)
        {
            if (size < 0)
                return $"a tensor with the negative size {size}";
            // A zero must not hide the sizes beside it: strides are made of them.
            product *= Math.Max(size, 1);
            if (product > MostElements)
                return $"a tensor of shape ({string.Join(", ", shape.ToArray())}), more than {MostElements} elements";
        }
        return null;
    }

    /// <summary>Checks strides and offset against a storage. Returns what is wrong with them, or null.</summary>
    public static string? PlaceProblem(long[] shape, long[] strides, long offset, long storage)
    {
        if (strides.Length != shape.Length)
            return $"a tensor of {shape.Length} sizes and {strides.Length} strides";
        if (offset < 0)
            return $"a tensor at the negative offset {offset}";
        if (strides.FirstOrDefault(stride => stride < 0) is var negative and < 0)
            return $"a tensor with the negative stride {negative}";
        if (offset > storage)
            return $"a tensor at offset {offset} of a storage of {storage} elements";
        if (shape.Contains(0))
            return null;
        Int128 last = offset;
        for (int d = 0; d < shape.Length; d++)
            last += (Int128)(shape[d] - 1) * strides[d];
        return last < storage ? null : $"a tensor that reaches element {last} of a storage of {storage} elements";
    }

    public static long[] ContiguousStrides(long[] shape)
    {
        var strides = new long[shape.Length];
        long step = 1;
        for (int d = shape.Length - 1; d >= 0; d--)
        {
            strides[d] = step;
            step *= Math.Max(shape[d], 1);
        }
        return strides;
    }

    /// <summary>Reads the elements into a new contiguous tensor that no dispose scope owns.</summary>
    /// <param name="storage">The storage's bytes.</param>
    /// <exception cref="InvalidDataException">It takes more bytes than an array can have.</exception>
    public Tensor Read(ReadBytes storage)
    {
        if (Bytes > Array.MaxLength)
            throw new InvalidDataException($"a tensor of {Bytes} bytes, expected at most {Array.MaxLength}.");
        var tensor = empty(Shape, dtype: Element.Type);
        try
        {
            var bytes = Count == 0 ? [] : tensor.bytes;
            if (IsContiguous())
                storage(Offset * Element.Size, bytes);
            else if (Count > 0)
                Gather(storage, bytes);
            return tensor.DetachFromDisposeScope();
        }
        catch
        {
            tensor.Dispose();
            throw;
        }
    }

    private bool IsContiguous()
    {
        long step = 1;
        for (int d = Shape.Length - 1; d >= 0; d--)
        {
            if (Shape[d] != 1 && Strides[d] != step)
                return Count == 0;
            step *= Shape[d];
        }
        return true;
    }

    private void Gather(ReadBytes storage, Span<byte> bytes)
    {
        long span = 1;
        for (int d = 0; d < Shape.Length; d++)
            span += (Shape[d] - 1) * Strides[d];
        span *= Element.Size;
        if (span > Array.MaxLength)
            throw new InvalidDataException($"a tensor spread over {span} bytes, expected at most {Array.MaxLength}.");
        var stored = new byte[span];
        storage(Offset * Element.Size, stored);
        switch (Element.Size)
        {
            case 1:
                Gather(stored, bytes);
                break;
            case 2:
                Gather(MemoryMarshal.Cast<byte, short>(stored), MemoryMarshal.Cast<byte, short>(bytes));
                break;
            case 4:
                Gather(MemoryMarshal.Cast<byte, int>(stored), MemoryMarshal.Cast<byte, int>(bytes));
                break;
            default:
                Gather(MemoryMarshal.Cast<byte, long>(stored), MemoryMarshal.Cast<byte, long>(bytes));
                break;
        }
    }

    private void Gather<T>(ReadOnlySpan<T> stored, Span<T> elements)
        where T : struct
    {
        Span<long> index = stackalloc long[MostDimensions];
        index.Clear();
        long place = 0;
        for (int i = 0; i < elements.Length; i++)
        {
            elements[i] = stored[(int)place];
            for (int d = Shape.Length - 1; d >= 0; d--)
            {
                place += Strides[d];
                if (++index[d] < Shape[d])
                    break;
                place -= Shape[d] * Strides[d];
                index[d] = 0;
            }
        }
    }
}
