using System.Buffers.Binary;

namespace FanTrans.Interop;

/// <summary>Reads a part of a <see cref="ByteSource"/> from front to back, through a buffer.</summary>
internal sealed class ByteReader(ByteSource source, long start, long end)
{
    private readonly byte[] buffer = new byte[1 << 14];
    private long bufferStart;
    private int bufferLength;

    /// <summary>The offset in the file of the next byte.</summary>
    public long Position { get; private set; } = start;

    public byte ReadByte()
    {
        if (Position < bufferStart || Position >= bufferStart + bufferLength)
            Fill();
        return buffer[Position++ - bufferStart];
    }

    public byte[] ReadBytes(long count)
    {
        if (count < 0 || count > end - Position)
            throw source.Refused(Position, $"expected {count} more bytes, found {end - Position}");
        var bytes = source.Read(Position, checked((int)count));
        Position += count;
        return bytes;
    }

    public ushort ReadUInt16() => BinaryPrimitives.ReadUInt16LittleEndian(ReadBytes(2));

    public int ReadInt32() => BinaryPrimitives.ReadInt32LittleEndian(ReadBytes(4));

    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(ReadBytes(4));

    public long ReadInt64() => BinaryPrimitives.ReadInt64LittleEndian(ReadBytes(8));

    private void Fill()
    {
        if (Position >= end)
            throw source.Refused(Position, "expected more bytes, found the end");
        bufferStart = Position;
        bufferLength = (int)Math.Min(buffer.Length, end - Position);
        source.Read(bufferStart, buffer.AsSpan(0, bufferLength));
    }
}
