using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace FanTrans.Data;

/// <summary>
/// Keeps the frames of another source in memory once they are read, so that a rendered or decoded picture is made
/// once and not every epoch. Frames beyond the limit are read anew each time.
/// </summary>
public sealed class CachedDataset : AuDataset
{
    private readonly AuDataset _source;
    private readonly FaceFrame?[] _frames;
    private readonly long _limit;
    private long _bytes;

    /// <summary>Wraps a source.</summary>
    /// <param name="source">Where frames come from.</param>
    /// <param name="limit">Bytes of pixels to keep, at most.</param>
    public CachedDataset(AuDataset source, long limit = 1L << 30)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        (_source, _limit) = (source, limit);
        _frames = new FaceFrame?[source.Count];
    }

    /// <inheritdoc/>
    public override string People => _source.People;

    /// <inheritdoc/>
    public override IReadOnlyList<int> ActionUnits => _source.ActionUnits;

    /// <inheritdoc/>
    public override int Count => _source.Count;

    /// <summary>Bytes of pixels in memory.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <inheritdoc/>
    public override FaceKey Key(int index) => _source.Key(index);

    /// <inheritdoc/>
    public override sbyte[] LabelsAt(int index) => _source.LabelsAt(index);

    /// <inheritdoc/>
    public override FaceFrame Read(int index)
    {
        if (Volatile.Read(ref _frames[index]) is { } kept)
            return kept;
        var frame = _source.Read(index);
        var bytes = frame.Image.Pixels.LongLength;
        if (Interlocked.Add(ref _bytes, bytes) > _limit || Interlocked.CompareExchange(ref _frames[index], frame, null) is not null)
            Interlocked.Add(ref _bytes, -bytes);
        return frame;
    }

    /// <summary>Reads every frame that is not in memory yet, on all cores, up to the limit.</summary>
    /// <param name="progress">Hears the share that is done, 0 to 1, about a hundred times.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="InvalidDataException">A frame could not be read; the message names it.</exception>
    public void Fill(IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        var done = 0;
        var step = Math.Max(1, Count / 100);
        // One frame at a time to whoever is free, in order: neighbouring frames share what a source keeps of a recording.
        var work = Partitioner.Create(
            Enumerable.Range(0, Count), EnumerablePartitionerOptions.NoBuffering);
        try
        {
            Parallel.ForEach(work, new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount }, index =>
            {
                if (Bytes < _limit)
                    Named(index);
                if (Interlocked.Increment(ref done) is var now && (now % step == 0 || now == Count))
                    progress?.Report((double)now / Count);
            });
        }
        catch (AggregateException errors)
        {
            ExceptionDispatchInfo.Throw(errors.InnerExceptions[0]);
        }

        void Named(int index)
        {
            try
            {
                Read(index);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                throw new InvalidDataException($"sample {Key(index)} (index {index}): {error.Message}", error);
            }
        }
    }
}
