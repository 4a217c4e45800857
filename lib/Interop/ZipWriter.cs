using System.Buffers.Binary;
using System.Text;

namespace FanTrans.Interop;

/// <summary>Writes a ZIP file of stored entries as torch.save does: each entry's bytes start at a multiple of
/// 64.</summary>
internal sealed class ZipWriter(Stream stream)
{
    private const int Alignment = 64;
    private const ushort PaddingField = 0x4246; // "FB", PyTorch's id for its padding
    private static readonly uint[] Table = MakeTable();
    private readonly List<(byte[] Name, uint Crc, uint Length, uint Offset)> entries = [];
    private long position;

    public void Add(string name, ReadOnlySpan<byte> bytes)
    {
        byte[] encoded = Encoding.UTF8.GetBytes(name);
        long bare = position + 30 + encoded.Length + 4;
        int padding = (int)((Alignment - bare % Alignment) % Alignment);
        uint crc = Crc(bytes);
        entries.Add((encoded, crc, Narrow(bytes.Length), Narrow(position)));

        var header = new byte[30 + encoded.Length + 4 + padding];
        BinaryPrimitives.WriteUInt32LittleEndian(header, 0x04034b50);
        WriteCommon(header.AsSpan(4), encoded.Length, crc, (uint)bytes.Length, (ushort)(4 + padding));
        encoded.CopyTo(header.AsSpan(30));
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(30 + encoded.Length), PaddingField);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(32 + encoded.Length), (ushort)padding);
        Write(header);
        Write(bytes);
    }

    /// <summary>Writes the directory; the file is complete then.</summary>
    public void Finish()
    {
        uint start = Narrow(position);
        var header = new byte[46];
        foreach (var (name, crc, length, offset) in entries)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(header, 0x02014b50);
            WriteCommon(header.AsSpan(6), name.Length, crc, length, extra: 0);
            BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(42), offset);
            Write(header);
            Write(name);
        }
        var end = new byte[22];
        BinaryPrimitives.WriteUInt32LittleEndian(end, 0x06054b50);
        if (entries.Count >= ushort.MaxValue)
        {
            throw new ArgumentException(
                $"{entries.Count} entries, a .pth file of this kit holds fewer than {ushort.MaxValue}: save as .safetensors.");
        }
        BinaryPrimitives.WriteUInt16LittleEndian(end.AsSpan(8), (ushort)entries.Count);
        BinaryPrimitives.WriteUInt16LittleEndian(end.AsSpan(10), (ushort)entries.Count);
        BinaryPrimitives.WriteUInt32LittleEndian(end.AsSpan(12), Narrow(position - start));
        BinaryPrimitives.WriteUInt32LittleEndian(end.AsSpan(16), start);
        Write(end);
    }

    /// <summary>The fields that both headers share: version needed, flags, method, time, date, CRC, sizes, lengths.
    /// The date is fixed (1980-01-01), so that equal weights give equal files.</summary>
    private static void WriteCommon(Span<byte> header, int name, uint crc, uint length, ushort extra)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(header, 20);
        BinaryPrimitives.WriteUInt16LittleEndian(header[8..], 0x21);
        BinaryPrimitives.WriteUInt32LittleEndian(header[10..], crc);
        BinaryPrimitives.WriteUInt32LittleEndian(header[14..], length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[18..], length);
        BinaryPrimitives.WriteUInt16LittleEndian(header[22..], (ushort)name);
        BinaryPrimitives.WriteUInt16LittleEndian(header[24..], extra);
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        stream.Write(bytes);
        position += bytes.Length;
    }

    private static uint Narrow(long value) => value < uint.MaxValue
        ? (uint)value
        : throw new ArgumentException("The weights are over 4 GiB: save them as .safetensors.");

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in bytes)
            crc = Table[(byte)(crc ^ b)] ^ (crc >> 8);
        return ~crc;
    }

    private static uint[] MakeTable()
    {
        var table = new uint[256];
        for (uint i = 0; i < 256; i++)
        {
            uint value = i;
            for (int bit = 0; bit < 8; bit++)
                value = (value & 1) != 0 ? (value >> 1) ^ 0xEDB88320 : value >> 1;
            table[i] = value;
        }
        return table;
    }
}
