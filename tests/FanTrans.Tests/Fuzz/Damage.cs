using System.Buffers.Binary;
using System.Text;
using FanTrans.Data;

namespace FanTrans.Tests.Fuzz;

/// <summary>Damages files as decay, cut transfers and attackers do; the same seed always gives the same file.</summary>
internal static class Damage
{
    private static readonly long[] Tampered =
    [
        0,
        1,
        -1,
        2,
        8,
        127,
        255,
        256,
        32767,
        65535,
        int.MaxValue,
        int.MinValue,
        uint.MaxValue,
        1L << 40,
        long.MaxValue,
    ];

    private static readonly byte[][] Words = Array.ConvertAll(
        [
            "",
            "-1",
            "0",
            "9",
            "1e999",
            "-1e-999",
            "NaN",
            "nan",
            "99999999999999999999",
            "0,5",
            "null",
            "true",
            "{}",
            "[]",
            "\"",
            "\"\"",
            "\0",
            "\r",
            "\n",
            "\n\n",
            ",",
            ";",
            "\t",
            "AU01",
            "AU1_p",
            "../",
            "\\u0000",
            "\\ud800",
            "é",
            "{{{{{{{{",
            "[[[[[[[[",
            "#!csharp",
            "$",
            "#",
            "\\",
        ],
        Encoding.UTF8.GetBytes
    );

    /// <summary>One of the files, with one thing wrong, or up to six.</summary>
    public static byte[] Of(IReadOnlyList<byte[]> corpus, ref SeededRandom random)
    {
        var file = corpus[random.Below(corpus.Count)];
        for (var count = random.Chance(0.5) ? 1 : 1 + random.Below(6); count > 0; count--)
            file = Once(file, corpus, ref random);
        return file;
    }

    private static byte[] Once(byte[] file, IReadOnlyList<byte[]> corpus, ref SeededRandom random)
    {
        if (file.Length == 0)
            return corpus[random.Below(corpus.Count)];
        int at = random.Below(file.Length),
            length = Math.Min(file.Length - at, 1 + random.Below(1 << random.Below(8)));
        switch (random.Below(10))
        {
            case 0: // bits
                file = [.. file];
                file[at] ^= (byte)(1 << random.Below(8));
                return file;
            case 1: // bytes
                file = [.. file];
                file[at] = (byte)random.Below(256);
                return file;
            case 2:
                return file[..at];
            case 3:
                return [.. file[..at], .. file[(at + length)..]];
            case 4: // a block, again and again
                var blocks = Enumerable.Repeat(file[at..(at + length)], 1 + random.Below(40));
                return [.. file[..at], .. blocks.SelectMany(b => b), .. file[at..]];
            case 5: // the end of another
                var other = corpus[random.Below(corpus.Count)];
                return [.. file[..at], .. other[random.Below(other.Length + 1)..]];
            case 6 or 7: // a length field
                return Numbered(file, at, ref random);
            case 8: // a word in place of a number or name, or between
                var word = Words[random.Below(Words.Length)];
                var end = at;
                while (random.Below(8) > 0 && end < file.Length && char.IsAsciiLetterOrDigit((char)file[end]))
                    end++;
                return [.. file[..at], .. word, .. file[end..]];
            default: // two blocks change places
                var from = random.Below(file.Length - length + 1);
                file = [.. file];
                var block = file[at..(at + length)];
                file.AsSpan(from, length).CopyTo(file.AsSpan(at));
                block.CopyTo(file.AsSpan(from));
                return file;
        }
    }

    private static byte[] Numbered(byte[] file, int at, ref SeededRandom random)
    {
        file = [.. file];
        var value = Tampered[random.Below(Tampered.Length)];
        var width = 1 << random.Below(4);
        Span<byte> bytes = stackalloc byte[8];
        var big = random.Below(2) == 0;
        if (big)
            BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        else
            BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        var part = big ? bytes[^width..] : bytes[..width];
        part[..Math.Min(width, file.Length - at)].CopyTo(file.AsSpan(at));
        return file;
    }
}
