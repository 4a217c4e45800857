using System.Buffers.Binary;
using System.IO.Compression;

namespace FanTrans.Data;

/// <summary>
/// Whether a PNG file has the bytes of all of its rows. Where they end early, ImageSharp 2 leaves the other rows black,
/// and never returns from an interlaced image.
/// </summary>
internal static class PngRows
{
    // Of each pass of an interlaced image: the first column and row, and the steps to the next ones.
    private static readonly (int X, int Y, int StepX, int StepY)[] Adam7 =
    [
        (0, 0, 8, 8),
        (4, 0, 8, 8),
        (0, 4, 4, 8),
        (2, 0, 4, 4),
        (0, 2, 2, 4),
        (1, 0, 2, 2),
        (0, 1, 1, 2),
    ];

    /// <exception cref="InvalidDataException">It is a PNG file with too few bytes,
    /// or with others than zlib's.</exception>
    public static void Check(byte[] file)
    {
        const int Header = 16,
            HeaderLength = 13,
            FirstChunk = 8;
        if (file.Length < Header + HeaderLength || !file.AsSpan(1).StartsWith("PNG"u8))
            return;
        var header = file.AsSpan(Header, HeaderLength);
        var width = BinaryPrimitives.ReadInt32BigEndian(header);
        var height = BinaryPrimitives.ReadInt32BigEndian(header[4..]);
        var bits =
            header[8]
            * header[9] switch
            {
                2 => 3,
                4 => 2,
                6 => 4,
                _ => 1,
            };
        var expected =
            header[12] == 0
                ? Bytes(width, height)
                : Adam7.Sum(pass =>
                    Bytes(
                        (width - pass.X + pass.StepX - 1) / pass.StepX,
                        (height - pass.Y + pass.StepY - 1) / pass.StepY
                    )
                );

        using var packed = new MemoryStream();
        for (long at = FirstChunk; at + 8 <= file.Length; )
        {
            var length = Math.Min(BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan((int)at)), file.Length - at - 8);
            if (file.AsSpan((int)at + 4, 4).SequenceEqual("IDAT"u8))
                packed.Write(file, (int)at + 8, (int)length);
            at += 8 + length + 4;
        }
        packed.Position = 0;
        using var rows = new ZLibStream(packed, CompressionMode.Decompress);
        var buffer = new byte[1 << 14];
        var found = 0L;
        while (found < expected && rows.Read(buffer) is > 0 and var count)
            found += count;
        if (found < expected)
            throw new InvalidDataException($"expected an image of {expected} bytes of rows, found {found}");

        // A filter's byte and the pixels of each row, rounded up; a pass without columns has no rows.
        long Bytes(long columns, long lines) =>
            columns <= 0 || lines <= 0 ? 0 : lines * (1 + (((columns * bits) + 7) / 8));
    }
}
