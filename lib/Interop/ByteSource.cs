using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace FanTrans.Interop;

/// <summary>The bytes of a weights file at random places. Every read is checked against the length, and every error
/// names the file and the offset.</summary>
internal sealed class ByteSource : IDisposable
{
    private readonly SafeFileHandle? file;
    private readonly ReadOnlyMemory<byte> memory;

    private ByteSource(string name, SafeFileHandle? file, ReadOnlyMemory<byte> memory, long length)
    {
        (Name, this.file, this.memory, Length) = (name, file, memory, length);
    }

    public string Name { get; }

    public long Length { get; }

    public static ByteSource Open(string path)
    {
        var file = File.OpenHandle(path, options: FileOptions.RandomAccess);
        return new ByteSource(path, file, default, RandomAccess.GetLength(file));
    }

    public static ByteSource Of(string name, ReadOnlyMemory<byte> bytes) => new(name, null, bytes, bytes.Length);

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
        for (int done = 0; done < bytes.Length;)
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

    public ulong ReadUInt64(long offset)
    {
        Span<byte> bytes = stackalloc byte[8];
        Read(offset, bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    /// <summary>The error for something wrong at an offset; the caller throws it.</summary>
    public InvalidDataException Refused(long offset, string what) => new($"{Name}, byte {offset}: {what}.");

    public void Dispose() => file?.Dispose();
}
