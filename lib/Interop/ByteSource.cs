using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace FanTrans.Interop;

/// <summary>The bytes of a weights file at random places. Every read is checked against the length, and every error
/// names the file and the offset.</summary>
internal sealed class ByteSource : IDisposable
{
    private readonly SafeFileHandle? file;
    private readonly ReadOnlyMemory<byte> memory;

    private ByteSource(string name, SafeFileHandle? file, ReadOnlyMemory<byte> memory, long length) =>
        (Name, this.file, this.memory, Length) = (name, file, memory, length);

    public string Name { get; }

    public long Length { get; }

    public static ByteSource Open(string path)
    {
        var file = File.OpenHandle(path, options: FileOptions.RandomAccess);
        return new ByteSource(path, file, default, RandomAccess.GetLength(file));
    }

    public static ByteSource Of(string name, ReadOnlyMemory<byte> bytes) => new(name, null, bytes, bytes.Length);

    /// <summary>The whole content as a stream, which the caller disposes before this object.</summary>
    public Stream AsStream() =>
        file is null
            ? new MemoryStream(memory.ToArray(), writable: false)
            : new FileStream(Name, FileMode.Open, FileAccess.Read, FileShare.Read);

    /// <exception cref="InvalidDataException">The file ends before the last byte.</exception>
    public void Read(long offset, Span<byte> bytes)
    {
        if (offset < 0 || offset > Length - bytes.Length)
            throw Refused(offset, $"expected {bytes.Length} more bytes, found the end of the file at {Length}");
        if (file is null)
        {
            memory.Span.Slice((int)offset, bytes.Length).CopyTo(bytes);
            return;
        }
        for (int done = 0; done < bytes.Length; )
        {
            int count = RandomAccess.Read(file, bytes[done..], offset + done);
            if (count == 0)
                throw Refused(offset + done, "the file became shorter while it was read");
            done += count;
        }
    }

    public byte[] Read(long offset, int count)
    {
        if (offset < 0 || offset > Length - count)
            throw Refused(offset, $"expected {count} more bytes, found the end of the file at {Length}");
        var bytes = new byte[count];
        Read(offset, bytes);
        return bytes;
    }

    public ulong ReadUInt64(long offset) => BinaryPrimitives.ReadUInt64LittleEndian(Read(offset, 8));

    /// <summary>The error for something wrong at an offset; the caller throws it.</summary>
    public InvalidDataException Refused(long offset, string what) => new($"{Name}, byte {offset}: {what}.");

    public void Dispose() => file?.Dispose();
}

/// <summary>Reads a <see cref="ByteSource"/> from front to back, through a buffer.</summary>
internal sealed class ByteReader(ByteSource source)
{
    private readonly byte[] buffer = new byte[1 << 14];
    private long bufferStart;
    private int bufferLength;

    /// <summary>The offset in the file of the next byte.</summary>
    public long Position { get; private set; }

    public byte ReadByte()
    {
        if (Position < bufferStart || Position >= bufferStart + bufferLength)
        {
            if (Position >= source.Length)
                throw source.Refused(Position, "expected more bytes, found the end");
            bufferStart = Position;
            bufferLength = (int)Math.Min(buffer.Length, source.Length - Position);
            source.Read(bufferStart, buffer.AsSpan(0, bufferLength));
        }
        return buffer[Position++ - bufferStart];
    }

    public byte[] ReadBytes(long count)
    {
        if (count < 0 || count > source.Length - Position)
            throw source.Refused(Position, $"expected {count} more bytes, found {source.Length - Position}");
        var bytes = source.Read(Position, checked((int)count));
        Position += count;
        return bytes;
    }

    public ushort ReadUInt16() => BinaryPrimitives.ReadUInt16LittleEndian(ReadBytes(2));

    public int ReadInt32() => BinaryPrimitives.ReadInt32LittleEndian(ReadBytes(4));

    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(ReadBytes(4));

    public long ReadInt64() => BinaryPrimitives.ReadInt64LittleEndian(ReadBytes(8));
}
