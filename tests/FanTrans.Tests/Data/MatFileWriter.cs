using System.Buffers.Binary;
using System.Text;
using FanTrans.Data;

namespace FanTrans.Tests.Data;

/// <summary>Writes MATLAB files of version 5, uncompressed: numbers, structs and cells.</summary>
internal static class MatFileWriter
{
    private const int Doubles = 9,
        Bytes = 1,
        Ints = 5,
        Words = 6,
        Matrix = 14;
    private const int CellClass = 1,
        StructClass = 2,
        DoubleClass = 6;
    private const int NameLength = 32;

    /// <summary>The bytes of a file with these variables.</summary>
    public static byte[] Write(IReadOnlyDictionary<string, MatValue> variables)
    {
        using var file = new MemoryStream();
        Span<byte> header = stackalloc byte[128];
        header.Fill((byte)' ');
        Encoding.ASCII.GetBytes("MATLAB 5.0 MAT-file, written by FanTrans", header);
        BinaryPrimitives.WriteUInt16LittleEndian(header[124..], 0x0100);
        "IM"u8.CopyTo(header[126..]);
        file.Write(header);
        foreach (var (name, value) in variables)
            file.Write(Element(Matrix, Content(name, value)));
        return file.ToArray();
    }

    private static byte[] Content(string name, MatValue value) =>
        value switch
        {
            MatNumbers numbers =>
            [
                .. Head(DoubleClass, numbers.Size, name),
                .. Element(Doubles, NumberBytes(numbers.Values)),
            ],
            MatElements { Fields: var fields, Count: var count } when fields.ContainsKey("") =>
            [
                .. Head(CellClass, [1, count], name),
                .. Enumerable.Range(0, count).SelectMany(i => Element(Matrix, Content("", fields[""][i]))),
            ],
            MatElements { Fields: var fields, Count: var count } =>
            [
                .. Head(StructClass, [1, count], name),
                .. Element(Ints, IntBytes(NameLength)),
                .. Element(
                    Bytes,
                    [.. fields.Keys.SelectMany(k => Encoding.ASCII.GetBytes(k.PadRight(NameLength, '\0')))]
                ),
                .. Enumerable
                    .Range(0, count)
                    .SelectMany(i => fields.Keys.SelectMany(k => Element(Matrix, Content("", fields[k][i])))),
            ],
            _ => throw new ArgumentException($"{value.GetType().Name} cannot be written.", nameof(value)),
        };

    private static byte[] Head(int kind, int[] size, string name) =>
        [
            .. Element(Words, IntBytes(kind, 0)),
            .. Element(Ints, IntBytes(size)),
            .. Element(Bytes, Encoding.ASCII.GetBytes(name)),
        ];

    private static byte[] Element(int type, byte[] data) =>
        [.. IntBytes(type, data.Length), .. data, .. new byte[(8 - (data.Length % 8)) % 8]];

    private static byte[] IntBytes(params int[] values)
    {
        var bytes = new byte[4 * values.Length];
        for (var i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4 * i), values[i]);
        return bytes;
    }

    private static byte[] NumberBytes(double[] values)
    {
        var bytes = new byte[8 * values.Length];
        for (var i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(8 * i), values[i]);
        return bytes;
    }
}
