using System.Buffers.Binary;

namespace SixLabors.ImageSharp.Formats;

/// <summary>Reads the one EXIF field that decides how a photograph is turned.</summary>
internal static class ExifOrientation
{
    private const ushort OrientationTag = 0x0112;
    private const ushort ShortType = 3;
    private const int EntrySize = 12;

    /// <summary>The orientation in a TIFF block, 1 to 8; 1, upright, where it has none or is damaged.</summary>
    internal static int Read(ReadOnlySpan<byte> tiff)
    {
        if (tiff.Length < 8)
            return 1;
        bool little;
        if (tiff.StartsWith("II*\0"u8))
            little = true;
        else if (tiff.StartsWith("MM\0*"u8))
            little = false;
        else
            return 1;

        var directory = Int32(tiff[4..], little);
        if (directory < 8 || directory > tiff.Length - 2)
            return 1;
        var count = Int16(tiff[directory..], little);
        for (var i = 0; i < count; i++)
        {
            var at = directory + 2 + (i * EntrySize);
            if (at > tiff.Length - EntrySize)
                return 1;
            var entry = tiff.Slice(at, EntrySize);
            if (Int16(entry, little) != OrientationTag || Int16(entry[2..], little) != ShortType)
                continue;
            return Int16(entry[8..], little) is var value and >= 1 and <= 8 ? value : 1;
        }
        return 1;
    }

    private static ushort Int16(ReadOnlySpan<byte> bytes, bool little) =>
        little ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);

    private static int Int32(ReadOnlySpan<byte> bytes, bool little) =>
        little ? BinaryPrimitives.ReadInt32LittleEndian(bytes) : BinaryPrimitives.ReadInt32BigEndian(bytes);
}
