// The part of the ZIP format that torch.save writes: stored entries, ZIP64 where needed. Compressed or encrypted
// entries, entries that overlap or reach beyond the file, and names that appear twice are refused. Written for this
// kit, since a general ZIP library would also unpack what torch.save never writes.
using System.Buffers.Binary;
using System.Text;

namespace FanTrans.Interop;

/// <summary>Where one entry's bytes lie in the file, and how they are packed: 0 is as they are.</summary>
internal readonly record struct ZipEntry(long Start, long Length, int Method);

/// <summary>The entries of a ZIP file by name, in the file's order.</summary>
internal static class ZipDirectory
{
    private const uint LocalSignature = 0x04034b50;
    private const uint CentralSignature = 0x02014b50;
    private const uint EndSignature = 0x06054b50;
    private const uint End64Signature = 0x06064b50;
    private const uint Locator64Signature = 0x07064b50;
    private const int CentralSize = 46;
    private const int LocalSize = 30;
    private const int EndSize = 22;

    public static OrderedDictionary<string, ZipEntry> Read(ByteSource source)
    {
        var (start, size, count) = FindDirectory(source);
        if (start < 0 || size < 0 || start > source.Length - size)
            throw source.Refused(start, $"a ZIP directory of {size} bytes that reaches beyond the file");
        if (size > 1 << 28 || count < 0 || count > size / CentralSize)
            throw source.Refused(start, $"a ZIP directory of {count} entries in {size} bytes");

        var directory = source.Read(start, (int)size);
        var entries = new OrderedDictionary<string, ZipEntry>();
        int at = 0;
        for (long i = 0; i < count; i++)
        {
            var (name, entry, next) = ReadEntry(source, directory, at, start);
            if (!entries.TryAdd(name, entry))
                throw source.Refused(start + at, $"the ZIP entry {name} appears twice");
            at = next;
        }
        CheckOverlaps(source, entries);
        return entries;
    }

    /// <summary>Refuses compressed entries: torch.save writes none, and a small one could unpack to anything.</summary>
    public static void RequireStored(ByteSource source, OrderedDictionary<string, ZipEntry> entries)
    {
        foreach (var (name, entry) in entries)
        {
            if (entry.Method != 0)
            {
                throw source.Refused(entry.Start,
                    $"the ZIP entry {name} is compressed (method {entry.Method}), which torch.save never does");
            }
        }
    }

    private static (long Start, long Size, long Count) FindDirectory(ByteSource source)
    {
        int tail = (int)Math.Min(source.Length, EndSize + ushort.MaxValue);
        var bytes = source.Read(source.Length - tail, tail);
        int end = bytes.Length - EndSize;
        while (end >= 0 && BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(end)) != EndSignature)
            end--;
        if (end < 0)
            throw source.Refused(source.Length, "no end of a ZIP directory: the file is cut off");

        var record = bytes.AsSpan(end);
        long offset = source.Length - tail + end;
        long count = BinaryPrimitives.ReadUInt16LittleEndian(record[10..]);
        long size = BinaryPrimitives.ReadUInt32LittleEndian(record[12..]);
        long start = BinaryPrimitives.ReadUInt32LittleEndian(record[16..]);
        if (count != ushort.MaxValue && size != uint.MaxValue && start != uint.MaxValue)
            return (start, size, count);

        var locator = source.Read(offset - 20, 20);
        if (BinaryPrimitives.ReadUInt32LittleEndian(locator) != Locator64Signature)
            throw source.Refused(offset - 20, "expected the ZIP64 locator");
        long at = BinaryPrimitives.ReadInt64LittleEndian(locator.AsSpan(8));
        var end64 = source.Read(at, 56);
        if (BinaryPrimitives.ReadUInt32LittleEndian(end64) != End64Signature)
            throw source.Refused(at, "expected the ZIP64 end of directory");
        return (
            BinaryPrimitives.ReadInt64LittleEndian(end64.AsSpan(48)),
            BinaryPrimitives.ReadInt64LittleEndian(end64.AsSpan(40)),
            BinaryPrimitives.ReadInt64LittleEndian(end64.AsSpan(32)));
    }

    private static (string Name, ZipEntry Entry, int Next) ReadEntry(
        ByteSource source, byte[] directory, int at, long start)
    {
        long offset = start + at;
        if (at > directory.Length - CentralSize)
            throw source.Refused(offset, "the ZIP directory is cut off");
        var header = directory.AsSpan(at);
        if (BinaryPrimitives.ReadUInt32LittleEndian(header) != CentralSignature)
            throw source.Refused(offset, "expected an entry of the ZIP directory");
        int flags = BinaryPrimitives.ReadUInt16LittleEndian(header[8..]);
        int method = BinaryPrimitives.ReadUInt16LittleEndian(header[10..]);
        long packed = BinaryPrimitives.ReadUInt32LittleEndian(header[20..]);
        long length = BinaryPrimitives.ReadUInt32LittleEndian(header[24..]);
        int nameLength = BinaryPrimitives.ReadUInt16LittleEndian(header[28..]);
        int extraLength = BinaryPrimitives.ReadUInt16LittleEndian(header[30..]);
        int commentLength = BinaryPrimitives.ReadUInt16LittleEndian(header[32..]);
        long local = BinaryPrimitives.ReadUInt32LittleEndian(header[42..]);
        if (nameLength + extraLength + commentLength > header.Length - CentralSize)
            throw source.Refused(offset, "the ZIP directory is cut off");

        var rawName = header.Slice(CentralSize, nameLength);
        string name = Encoding.UTF8.GetString(rawName);
        ReadSizes64(header.Slice(CentralSize + nameLength, extraLength), ref length, ref packed, ref local);
        if ((flags & 1) != 0)
            throw source.Refused(offset, $"the ZIP entry {name} is encrypted");
        if (method == 0 && packed != length)
            throw source.Refused(offset, $"the ZIP entry {name} is stored in {packed} bytes but has {length}");

        var localHeader = source.Read(local, LocalSize);
        if (BinaryPrimitives.ReadUInt32LittleEndian(localHeader) != LocalSignature)
            throw source.Refused(local, $"expected the header of the ZIP entry {name}");
        int localName = BinaryPrimitives.ReadUInt16LittleEndian(localHeader.AsSpan(26));
        int localExtra = BinaryPrimitives.ReadUInt16LittleEndian(localHeader.AsSpan(28));
        if (!source.Read(local + LocalSize, localName).AsSpan().SequenceEqual(rawName))
            throw source.Refused(local, $"the ZIP entry {name} has another name in its own header");
        long data = local + LocalSize + localName + localExtra;
        if (packed < 0 || packed > start - data)
        {
            throw source.Refused(
                local, $"the ZIP entry {name} of {packed} bytes reaches into the directory or beyond the file");
        }
        return (name, new ZipEntry(data, packed, method), at + CentralSize + nameLength + extraLength + commentLength);
    }

    /// <summary>Takes the 64-bit values from the extra field, in the order that the format prescribes.</summary>
    private static void ReadSizes64(ReadOnlySpan<byte> extra, ref long length, ref long packed, ref long local)
    {
        while (extra.Length >= 4)
        {
            int id = BinaryPrimitives.ReadUInt16LittleEndian(extra);
            int size = BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]);
            if (size > extra.Length - 4)
                return;
            if (id == 1)
            {
                var values = extra.Slice(4, size);
                Take(ref values, ref length);
                Take(ref values, ref packed);
                Take(ref values, ref local);
                return;
            }
            extra = extra[(4 + size)..];
        }

        static void Take(ref ReadOnlySpan<byte> values, ref long value)
        {
            if (value != uint.MaxValue || values.Length < 8)
                return;
            value = BinaryPrimitives.ReadInt64LittleEndian(values);
            values = values[8..];
        }
    }

    private static void CheckOverlaps(ByteSource source, OrderedDictionary<string, ZipEntry> entries)
    {
        long end = 0;
        foreach (var (name, entry) in entries.OrderBy(pair => pair.Value.Start))
        {
            if (entry.Start < end)
                throw source.Refused(entry.Start, $"the ZIP entry {name} overlaps another");
            end = entry.Start + entry.Length;
        }
    }
}
