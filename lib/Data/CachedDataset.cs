using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace FanTrans.Data;

/// <summary>
/// Keeps the frames of another source in memory once they are read, so that a rendered or decoded picture is made
/// once and not every epoch. Frames beyond the limit are read anew each time.
/// </summary>
public sealed class CachedDataset : AuDataset
{
    private readonly AuDataset source;
    private readonly FaceFrame?[] frames;
    private readonly long limit;
    private long bytes;

    /// <summary>Wraps a dataset.</summary>
    /// <param name="source">Where frames come from.</param>
    /// <param name="limit">Bytes of pixels to keep, at most.</param>
    public CachedDataset(AuDataset source, long limit = 1L << 30)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        (this.source, this.limit) = (source, limit);
        frames = new FaceFrame?[source.Count];
    }

    /// <inheritdoc/>
    public override string People => source.People;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Warnings => source.Warnings;

    /// <inheritdoc/>
    public override IReadOnlyList<int> ActionUnits => source.ActionUnits;

    /// <inheritdoc/>
    public override int Count => source.Count;

    /// <summary>Bytes of pixels in memory.</summary>
    public long Bytes => Interlocked.Read(ref bytes);

    /// <inheritdoc/>
    public override FaceKey Key(int index) => source.Key(index);

    /// <inheritdoc/>
    public override sbyte[] LabelsAt(int index) => source.LabelsAt(index);

    /// <inheritdoc/>
    public override FaceFrame Read(int index)
    {
        if (Volatile.Read(ref frames[index]) is { } kept)
            return kept;
        var frame = source.Read(index);
        var size = frame.Image.Pixels.LongLength;
        if (
            Interlocked.Add(ref bytes, size) > limit
            || Interlocked.CompareExchange(ref frames[index], frame, null) is not null
        )
            Interlocked.Add(ref bytes, -size);
        return frame;
    }

    /// <summary>Reads every frame that is not in memory yet, on all cores, up to the limit.</summary>
    /// <param name="progress">Told the share that is done, 0 to 1, about a hundred times.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="InvalidDataException">A frame could not be read; the message names it.</exception>
    public void Fill(IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        var done = 0;
        var step = Math.Max(1, Count / 100);
        // One frame at a time to whoever is free, in order: neighbouring frames share what a source keeps of a
        // recording.
        var work = Partitioner.Create(Enumerable.Range(0, Count), EnumerablePartitionerOptions.NoBuffering);
        var parallel = new ParallelOptions
        {
            CancellationToken = cancellation,
            MaxDegreeOfParallelism = Environment.ProcessorCount,
        };
        try
        {
            Parallel.ForEach(
                work,
                parallel,
                index =>
                {
                    if (Bytes < limit)
                        ReadOrName(index);
                    if (Interlocked.Increment(ref done) is var now && (now % step == 0 || now == Count))
                        progress?.Report((double)now / Count);
                }
            );
        }
        catch (AggregateException errors)
        {
            ExceptionDispatchInfo.Throw(errors.InnerExceptions[0]);
        }

        void ReadOrName(int index)
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
