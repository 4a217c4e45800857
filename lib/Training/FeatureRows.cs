using System.Buffers.Binary;
using System.Text;
using FanTrans.Data;
using Microsoft.Win32.SafeHandles;

namespace FanTrans.Training;

/// <summary>Rows of equally many bytes, in memory or in a file that says what they are of.</summary>
internal abstract class FeatureRows : IDisposable
{
    /// <summary>Bytes of all rows.</summary>
    public abstract long Bytes { get; }

    /// <summary>Copies a row.</summary>
    public abstract void Read(long row, Span<byte> into);

    public abstract void Dispose();

    /// <summary>Collects rows from a writer that is called with any number of whole ones at a time.</summary>
    /// <param name="path">The file, written whole or not at all; null is memory.</param>
    /// <param name="key">What the rows are of.</param>
    /// <param name="rowBytes">Bytes of a row.</param>
    /// <param name="count">Rows.</param>
    /// <param name="fill">Writes them all.</param>
    public static FeatureRows Make(
        string? path,
        string key,
        long rowBytes,
        long count,
        Action<Action<ReadOnlySpan<byte>>> fill
    )
    {
        if (path is null)
        {
            var rows = new List<byte[]>();
            fill(bytes =>
            {
                for (var start = 0; start < bytes.Length; start += (int)rowBytes)
                    rows.Add(bytes.Slice(start, (int)rowBytes).ToArray());
            });
            return new InMemory(rows, rowBytes);
        }
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        WholeFile.Write(
            path,
            stream =>
            {
                stream.Write(Header(key));
                fill(bytes => stream.Write(bytes));
            }
        );
        return Open(path, key, rowBytes, count);
    }

    /// <summary>Opens a file that <see cref="Make"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It is of other rows, or cut off.</exception>
    public static FeatureRows Open(string path, string key, long rowBytes, long count)
    {
        var header = Header(key);
        var file = File.OpenHandle(path);
        var found = new byte[header.Length];
        var expected = header.Length + (rowBytes * count);
        if (
            RandomAccess.Read(file, found, 0) == found.Length
            && found.AsSpan().SequenceEqual(header)
            && RandomAccess.GetLength(file) == expected
        )
            return new InFile(file, header.Length, rowBytes, count);
        var length = RandomAccess.GetLength(file);
        file.Dispose();
        throw new InvalidDataException(
            $"{path}: expected {expected} bytes of features, found {length} or features of something else; remove the "
                + "file to make it anew."
        );
    }

    private static byte[] Header(string key)
    {
        var text = Encoding.UTF8.GetBytes("fantrans-features 1\n" + key);
        var header = new byte[4 + text.Length];
        BinaryPrimitives.WriteInt32LittleEndian(header, text.Length);
        text.CopyTo(header, 4);
        return header;
    }

    private sealed class InMemory(List<byte[]> rows, long rowBytes) : FeatureRows
    {
        public override long Bytes => rows.Count * rowBytes;

        public override void Read(long row, Span<byte> into) => rows[(int)row].CopyTo(into);

        public override void Dispose() => rows.Clear();
    }

    private sealed class InFile(SafeFileHandle file, long start, long rowBytes, long count) : FeatureRows
    {
        public override long Bytes => rowBytes * count;

        public override void Read(long row, Span<byte> into)
        {
            for (var done = 0; done < into.Length; )
            {
                var read = RandomAccess.Read(file, into[done..], start + (row * rowBytes) + done);
                if (read == 0)
                    throw new InvalidDataException(
                        "the file of kept features ends early; it was changed while in use."
                    );
                done += read;
            }
        }

        public override void Dispose() => file.Dispose();
    }
}
