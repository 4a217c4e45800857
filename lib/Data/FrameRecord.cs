using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace FanTrans.Data;

/// <summary>
/// A frame as a fixed number of bytes: a checksum, box, landmarks, visibility, labels, intensities, pixels. Names are
/// not in it.
/// </summary>
/// <param name="Width">Of the picture.</param>
/// <param name="Height">Of the picture.</param>
/// <param name="Units">Action units.</param>
internal readonly record struct FrameRecord(int Width, int Height, int Units)
{
    private const int ChecksumBytes = 4;
    private const int Floats = 4 + (2 * Ibug68.Count);
    private const byte NoIntensity = 0xFF;

    /// <summary>Bytes of a record.</summary>
    public int Size => ChecksumBytes + (Floats * sizeof(float)) + Ibug68.Count + (2 * Units) + (3 * Width * Height);

    /// <summary>Writes a frame of this size.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="record">Takes <see cref="Size"/> bytes.</param>
    /// <param name="seed">What the checksum starts from.</param>
    public void Write(FaceFrame frame, Span<byte> record, uint seed)
    {
        Span<float> numbers = stackalloc float[Floats];
        (numbers[0], numbers[1], numbers[2], numbers[3]) = (frame.Box.X0, frame.Box.Y0, frame.Box.X1, frame.Box.Y1);
        frame.Landmarks.CopyTo(numbers[4..]);
        var rest = record[ChecksumBytes..];
        MemoryMarshal.AsBytes(numbers).CopyTo(rest);
        rest = rest[(Floats * sizeof(float))..];
        for (var k = 0; k < Ibug68.Count; k++)
            rest[k] = frame.Visible[k] ? (byte)1 : (byte)0;
        rest = rest[Ibug68.Count..];
        for (var n = 0; n < Units; n++)
            (rest[n], rest[Units + n]) = ((byte)frame.Labels[n], frame.Intensities?[n] ?? NoIntensity);
        frame.Image.Pixels.CopyTo(rest[(2 * Units)..]);
        BinaryPrimitives.WriteUInt32LittleEndian(record, Checksum(record[ChecksumBytes..], seed));
    }

    /// <summary>Reads what <see cref="Write"/> wrote; null where the checksum tells that nothing whole is there.</summary>
    /// <param name="key">The frame's name.</param>
    /// <param name="record"><see cref="Size"/> bytes.</param>
    /// <param name="seed">What the checksum started from.</param>
    public FaceFrame? Read(FaceKey key, ReadOnlySpan<byte> record, uint seed)
    {
        if (BinaryPrimitives.ReadUInt32LittleEndian(record) != Checksum(record[ChecksumBytes..], seed))
            return null;
        var rest = record[ChecksumBytes..];
        var numbers = MemoryMarshal.Cast<byte, float>(rest[..(Floats * sizeof(float))]);
        rest = rest[(Floats * sizeof(float))..];
        var visible = new bool[Ibug68.Count];
        for (var k = 0; k < visible.Length; k++)
            visible[k] = rest[k] == 1;
        rest = rest[Ibug68.Count..];
        var intensities = rest.Slice(Units, Units);
        return new FaceFrame
        {
            Subject = key.Subject,
            Sequence = key.Sequence,
            Frame = key.Frame,
            Image = new RgbImage(Width, Height, rest[(2 * Units)..].ToArray()),
            Landmarks = numbers[4..].ToArray(),
            Visible = visible,
            Box = new FaceBox(numbers[0], numbers[1], numbers[2], numbers[3]),
            Labels = MemoryMarshal.Cast<byte, sbyte>(rest[..Units]).ToArray(),
            Intensities = intensities.Contains(NoIntensity) ? null : intensities.ToArray(),
        };
    }

    /// <summary>CRC-32C, never 0, so that a hole in a file is no record.</summary>
    private static uint Checksum(ReadOnlySpan<byte> bytes, uint seed)
    {
        var crc = seed;
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(bytes))
            crc = BitOperations.Crc32C(crc, word);
        foreach (var last in bytes[(bytes.Length / sizeof(ulong) * sizeof(ulong))..])
            crc = BitOperations.Crc32C(crc, last);
        return Math.Max(crc, 1);
    }
}
