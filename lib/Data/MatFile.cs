using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace FanTrans.Data;

/// <summary>A value of a MATLAB file.</summary>
internal abstract record MatValue;

/// <summary>Numbers, in MATLAB's column-major order.</summary>
/// <param name="Size">Rows, columns and so on.</param>
/// <param name="Values">As many as the product of the sizes.</param>
internal sealed record MatNumbers(int[] Size, double[] Values) : MatValue;

/// <summary>An array of structs or cells.</summary>
/// <param name="Count">How many elements.</param>
/// <param name="Fields">One value per element, by the field's name; cells have the one field "".</param>
internal sealed record MatElements(int Count, IReadOnlyDictionary<string, MatValue[]> Fields) : MatValue;

/// <summary>Something that the kit has no use for: text, sparse arrays, objects.</summary>
internal sealed record MatOther : MatValue;

/// <summary>
/// Reads MATLAB files of version 5 to 7, compressed or not, either byte order (MathWorks, "MAT-File Format"):
/// numbers, structs and cells. The datasets' landmark files are such files.
/// </summary>
internal sealed class MatFile
{
    private const int HeaderBytes = 128;
    private const int MatrixType = 14,
        CompressedType = 15;
    private const int DeepestNesting = 16;
    private const int MostInflated = 1 << 28,
        SmallInflated = 1 << 22;
    private readonly bool bigEndian;

    private MatFile(bool bigEndian) => this.bigEndian = bigEndian;

    /// <summary>The variables of a file, by name.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is no MATLAB file, one of version 7.3 or 4, or a broken one; the
    /// message names it.</exception>
    public static IReadOnlyDictionary<string, MatValue> Read(string path)
    {
        var bytes = File.ReadAllBytes(path);
        try
        {
            return Parse(bytes);
        }
        catch (Exception error)
            when (error
                    is ArgumentOutOfRangeException
                        or OverflowException
                        or InvalidDataException
                        or IndexOutOfRangeException
            )
        {
            var reason = error is InvalidDataException ? error.Message : "it is cut off or broken";
            throw new InvalidDataException($"{path}: expected a MATLAB file: {reason}", error);
        }
    }

    /// <summary>The variables of a file's bytes, by name.</summary>
    public static IReadOnlyDictionary<string, MatValue> Parse(ReadOnlyMemory<byte> bytes)
    {
        var header = bytes.Span;
        if (header.Length < HeaderBytes || !header.StartsWith("MATLAB "u8))
            throw new InvalidDataException("its header is not one");
        if (header.StartsWith("MATLAB 7.3"u8))
            throw new InvalidDataException("version 7.3 is not read; save it in MATLAB with save(..., '-v7')");
        var order = header.Slice(126, 2);
        if (!order.SequenceEqual("IM"u8) && !order.SequenceEqual("MI"u8))
            throw new InvalidDataException("its byte order is not given");
        var variables = new Dictionary<string, MatValue>(StringComparer.Ordinal);
        var file = new MatFile(order.SequenceEqual("MI"u8));
        for (var rest = bytes[HeaderBytes..]; rest.Length > 0; )
        {
            var element = file.Next(ref rest);
            if (element.Type == CompressedType)
            {
                ReadOnlyMemory<byte> inflated = Inflate(element.Data);
                element = file.Next(ref inflated);
            }
            if (element.Type == MatrixType)
            {
                var (name, value) = file.Matrix(element.Data, 0);
                variables[name] = value;
            }
        }
        return variables;
    }

    private (string Name, MatValue Value) Matrix(ReadOnlyMemory<byte> data, int depth)
    {
        if (depth > DeepestNesting)
            throw new InvalidDataException($"it nests deeper than {DeepestNesting} levels");
        if (data.IsEmpty)
            return ("", new MatNumbers([0, 0], []));
        var kind = Int(Next(ref data).Data.Span) & 0xFF;
        var size = Array.ConvertAll(Numbers(Next(ref data)), s => checked((int)s));
        var count = size.Aggregate(1, (a, b) => checked(a * b));
        var name = Encoding.UTF8.GetString(Next(ref data).Data.Span);
        switch (kind)
        {
            case 1:
                return (name, Elements(ref data, count, [""], depth));
            case 2:
                var length = Int(Next(ref data).Data.Span);
                var names = Next(ref data).Data.Span;
                var fields = new string[length == 0 ? 0 : names.Length / length];
                for (var i = 0; i < fields.Length; i++)
                    fields[i] = Encoding.ASCII.GetString(names.Slice(i * length, length)).TrimEnd('\0');
                return (name, Elements(ref data, count, fields, depth));
            case >= 6 and <= 15:
                var values = Numbers(Next(ref data));
                return values.Length == count
                    ? (name, new MatNumbers(size, values))
                    : throw new InvalidDataException($"'{name}' says {count} numbers and has {values.Length}");
            default:
                return (name, new MatOther());
        }
    }

    private MatElements Elements(ref ReadOnlyMemory<byte> data, int count, string[] names, int depth)
    {
        // Each element takes at least its tag, so a count that the bytes cannot hold is caught before it is believed.
        if ((long)count * names.Length * 8 > data.Length)
            throw new InvalidDataException($"it says {count} elements and has {data.Length} bytes for them");
        var fields = new Dictionary<string, MatValue[]>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            if (!fields.TryAdd(name, new MatValue[count]))
                throw new InvalidDataException($"it has the field '{name}' twice");
        }
        for (var i = 0; i < count; i++)
        {
            foreach (var name in names)
                fields[name][i] = Matrix(Next(ref data).Data, depth + 1).Value;
        }
        return new MatElements(count, fields);
    }

    /// <summary>Takes the next element off the bytes: its type and content.</summary>
    private Element Next(ref ReadOnlyMemory<byte> bytes)
    {
        var word = unchecked((uint)Int(bytes.Span));
        if (word >> 16 != 0)
        {
            // The short form: size and type share four bytes, the content follows in the other four.
            var small = bytes.Slice(4, (int)(word >> 16));
            bytes = bytes[8..];
            return new Element((int)(word & 0xFFFF), small);
        }
        var length = Int(bytes.Span[4..]);
        var content = bytes.Slice(8, length);
        var next = 8 + length;
        if (word != CompressedType)
            next = (next + 7) / 8 * 8;
        bytes = bytes[Math.Min(next, bytes.Length)..];
        return new Element((int)word, content);
    }

    private int Int(ReadOnlySpan<byte> bytes) =>
        bigEndian ? BinaryPrimitives.ReadInt32BigEndian(bytes) : BinaryPrimitives.ReadInt32LittleEndian(bytes);

    private double[] Numbers(Element element)
    {
        var width = element.Type switch
        {
            1 or 2 => 1,
            3 or 4 => 2,
            5 or 6 or 7 => 4,
            9 or 12 or 13 => 8,
            _ => throw new InvalidDataException($"numbers of storage type {element.Type} are not read"),
        };
        var values = new double[element.Data.Length / width];
        for (var i = 0; i < values.Length; i++)
        {
            var at = element.Data.Span.Slice(i * width, width);
            var bits = width switch
            {
                1 => at[0],
                2 => bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(at) : BinaryPrimitives.ReadUInt16LittleEndian(at),
                4 => Int(at),
                _ => bigEndian ? BinaryPrimitives.ReadInt64BigEndian(at) : BinaryPrimitives.ReadInt64LittleEndian(at),
            };
            values[i] = element.Type switch
            {
                1 => (sbyte)bits,
                3 => (short)bits,
                6 => (uint)bits,
                7 => BitConverter.Int32BitsToSingle((int)bits),
                9 => BitConverter.Int64BitsToDouble(bits),
                13 => (ulong)bits,
                _ => bits,
            };
        }
        return values;
    }

    /// <summary>Landmarks shrink to a half or a tenth; what grows a hundredfold is
    /// made to exhaust the memory.</summary>
    private static byte[] Inflate(ReadOnlyMemory<byte> data)
    {
        var most = (int)Math.Min(MostInflated, SmallInflated + (100L * data.Length));
        using var inflater = new ZLibStream(new MemoryStream(data.ToArray()), CompressionMode.Decompress);
        using var inflated = new MemoryStream();
        var part = new byte[1 << 15];
        while (inflater.Read(part) is > 0 and var count)
        {
            if (inflated.Length + count > most)
                throw new InvalidDataException($"{data.Length} bytes inflate to more than {most}");
            inflated.Write(part, 0, count);
        }
        return inflated.ToArray();
    }

    private readonly record struct Element(int Type, ReadOnlyMemory<byte> Data);
}
