using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace FanTrans.Data;

/// <summary>
/// Keeps the frames of another source, decoded, in one file on disk, so that a rendered or decoded picture is made once
/// and not in every epoch and every run. The file has room for every frame from the start (without taking it on file
/// systems with sparse files); each frame has a checksum, so a kill or a broken disk costs time and never a wrong frame.
/// </summary>
/// <remarks>Frames lie there as bytes: 3 x width x height and about 0.7 kB each. Several processes may use a file at once.</remarks>
public sealed class DiskCachedSource : IFaceSource, IDisposable
{
    private const string Magic = "FanTrans frames 1 ";
    private const int HeaderBytes = 4096;

    private readonly IFaceSource _source;
    private readonly SafeFileHandle _file;
    private readonly FrameRecord _record;
    private readonly uint _seed;
    private long _made;

    /// <summary>Opens a cache, or begins one. Reads three frames of the source, to know what it is.</summary>
    /// <param name="source">Where frames come from: pictures of one size. A cache of another source is begun anew.</param>
    /// <param name="path">The cache's file.</param>
    /// <exception cref="ArgumentException">The source has no frame.</exception>
    /// <exception cref="IOException">The file is there and is no cache, or cannot be written.</exception>
    public DiskCachedSource(IFaceSource source, string path)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (source.Count == 0)
            throw new ArgumentException("the source has no frame to keep.", nameof(source));
        _source = source;
        var first = source.Read(0);
        _record = new FrameRecord(first.Image.Width, first.Image.Height, source.ActionUnits.Count);
        var fingerprint = Fingerprint(source, first);
        _seed = BitConverter.ToUInt32(fingerprint);
        _file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite, FileOptions.RandomAccess);
        try
        {
            Begin(path, Magic + Convert.ToHexStringLower(fingerprint));
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<int> ActionUnits => _source.ActionUnits;

    /// <inheritdoc/>
    public int Count => _source.Count;

    /// <summary>Frames that the source had to make, since the cache did not have them.</summary>
    public long Made => Interlocked.Read(ref _made);

    /// <summary>The size of the file once it has every frame.</summary>
    public long Bytes => HeaderBytes + ((long)_record.Size * Count);

    /// <inheritdoc/>
    public FaceKey Key(int index) => _source.Key(index);

    /// <inheritdoc/>
    public sbyte[] LabelsAt(int index) => _source.LabelsAt(index);

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The frame's picture has another size than the others.</exception>
    public FaceFrame Read(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        var rented = ArrayPool<byte>.Shared.Rent(_record.Size);
        try
        {
            var bytes = rented.AsSpan(0, _record.Size);
            var place = HeaderBytes + ((long)_record.Size * index);
            if (RandomAccess.Read(_file, bytes, place) == bytes.Length && _record.Read(Key(index), bytes, _seed) is { } kept)
                return kept;
            var frame = _source.Read(index);
            if ((frame.Image.Width, frame.Image.Height) != (_record.Width, _record.Height))
            {
                throw new InvalidDataException(
                    $"{frame.Key}: expected {_record.Width} x {_record.Height} pixels as in the first frame, found {frame.Image.Width} x {frame.Image.Height}; " +
                    "keep each dataset in a cache of its own before they are joined.");
            }
            _record.Write(frame, bytes, _seed);
            RandomAccess.Write(_file, bytes, place);
            Interlocked.Increment(ref _made);
            return frame;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file.Dispose();

    private void Begin(string path, string header)
    {
        var length = RandomAccess.GetLength(_file);
        var found = new byte[header.Length];
        RandomAccess.Read(_file, found, 0);
        var text = Encoding.ASCII.GetString(found);
        if (length > 0 && !text.StartsWith(Magic, StringComparison.Ordinal))
            throw new IOException($"{path}: expected a cache of frames or no file, found another file of {length:N0} bytes; choose another name.");
        if (length == Bytes && text == header)
            return;
        RandomAccess.SetLength(_file, 0);
        RandomAccess.SetLength(_file, Bytes);
        RandomAccess.Write(_file, Encoding.ASCII.GetBytes(header), 0);
    }

    /// <summary>
    /// Says which source it is: names, labels, the content of its first, middle and last frame and, for a prepared set,
    /// the checksum of every crop.
    /// </summary>
    private byte[] Fingerprint(IFaceSource source, FaceFrame first)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var bytes = new byte[_record.Size];
        foreach (var frame in new[] { first, source.Read(source.Count / 2), source.Read(source.Count - 1) })
        {
            _record.Write(frame, bytes, 0);
            hash.AppendData(bytes);
        }
        Add($"{PreparedHeader.KitVersion} {_record} {string.Join(',', source.ActionUnits)}");
        for (var i = 0; i < source.Count; i++)
        {
            Add($"{source.Key(i)} {(source as PreparedSet)?.Rows[i].Sha256}");
            hash.AppendData(MemoryMarshal.AsBytes(source.LabelsAt(i).AsSpan()));
        }
        return hash.GetHashAndReset();

        void Add(string text) => hash.AppendData(Encoding.UTF8.GetBytes(text + "\n"));
    }
}
