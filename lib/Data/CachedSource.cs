namespace FanTrans.Data;

/// <summary>
/// Keeps the frames of another source in memory once they are read, so that a rendered or decoded picture is made
/// once and not every epoch. Frames beyond the limit are read anew each time.
/// </summary>
public sealed class CachedSource : IFaceSource
{
    private readonly IFaceSource _source;
    private readonly FaceFrame?[] _frames;
    private readonly long _limit;
    private long _bytes;

    /// <summary>Wraps a source.</summary>
    /// <param name="source">Where frames come from.</param>
    /// <param name="limit">Bytes of pixels to keep, at most.</param>
    public CachedSource(IFaceSource source, long limit = 1L << 30)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        (_source, _limit) = (source, limit);
        _frames = new FaceFrame?[source.Count];
    }

    /// <inheritdoc/>
    public IReadOnlyList<int> ActionUnits => _source.ActionUnits;

    /// <inheritdoc/>
    public int Count => _source.Count;

    /// <summary>Bytes of pixels in memory.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <inheritdoc/>
    public FaceKey Key(int index) => _source.Key(index);

    /// <inheritdoc/>
    public sbyte[] LabelsAt(int index) => _source.LabelsAt(index);

    /// <inheritdoc/>
    public FaceFrame Read(int index)
    {
        if (Volatile.Read(ref _frames[index]) is { } kept)
            return kept;
        var frame = _source.Read(index);
        var bytes = frame.Image.Pixels.LongLength;
        if (Interlocked.Add(ref _bytes, bytes) > _limit || Interlocked.CompareExchange(ref _frames[index], frame, null) is not null)
            Interlocked.Add(ref _bytes, -bytes);
        return frame;
    }
}
