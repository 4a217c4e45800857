using System.Collections.Concurrent;

namespace FanTrans.Data;

/// <summary>
/// Reads, crops and varies frames on worker threads, some batches ahead of their use. What a batch holds depends on
/// the seed, the epoch and the frames' indices alone: not on the number of workers, nor on earlier epochs.
/// </summary>
public sealed class AuLoader : IAuBatches
{
    private readonly int[] indices;
    private readonly long[]? factors;
    private readonly ConcurrentBag<AuBatch> pool = [];

    /// <summary>Makes a loader; nothing is read yet.</summary>
    /// <param name="source">Where frames come from.</param>
    /// <param name="options">Batch size, order, augmentation, workers.</param>
    /// <param name="indices">The frames to use, as indices into the source; null for all.</param>
    /// <exception cref="ArgumentException">An option is out of its range, or no frame is left.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An index is not one of the source's.</exception>
    public AuLoader(AuDataset source, AuLoaderOptions options, IReadOnlyList<int>? indices = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(options);
        Source = source;
        Options = options.Validate();
        indices ??= [.. Enumerable.Range(0, source.Count)];
        foreach (var index in indices)
        {
            if (index < 0 || index >= source.Count)
                throw new ArgumentOutOfRangeException(
                    nameof(indices),
                    index,
                    $"the source has frames 0 to {source.Count - 1}."
                );
        }
        this.indices = FrameSampling.EveryKth(source, indices, options.Stride);
        if (options.RepeatRarerThan > 0 && this.indices.Length > 0)
            factors = FrameSampling.RepeatFactors(source, this.indices, options.RepeatRarerThan);
        EpochFrames = factors is null ? this.indices.Length : FrameSampling.Length(factors);
        if (Batches == 0)
            throw new ArgumentException(
                $"{this.indices.Length} frames make no batch of {options.BatchSize}.",
                nameof(indices)
            );
    }

    /// <summary>Where frames come from.</summary>
    public AuDataset Source { get; }

    /// <summary>The loader's options.</summary>
    public AuLoaderOptions Options { get; }

    /// <inheritdoc/>
    public IReadOnlyList<int> Indices => indices;

    /// <summary>Frames of an epoch, repeated ones as often as they come.</summary>
    public int EpochFrames { get; }

    /// <inheritdoc/>
    public int ImageSize => Options.ImageSize;

    /// <summary>The options that change what a batch holds:
    /// the number of workers and of batches ahead does not.</summary>
    public string Description => (Options with { Workers = 1, Prefetch = 1 }).ToString();

    /// <inheritdoc/>
    public int Batches =>
        Options.DropLast ? EpochFrames / Options.BatchSize : (EpochFrames + Options.BatchSize - 1) / Options.BatchSize;

    /// <summary>The batches of one epoch, in order. Dispose each when done with it.</summary>
    /// <param name="epoch">Chooses the order and the augmentation.</param>
    /// <param name="cancellation">Ends the work of every thread.</param>
    /// <exception cref="InvalidDataException">A frame could not be read; the message names it. The batches before its
    /// own come first.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public IEnumerable<AuBatch> Epoch(int epoch, CancellationToken cancellation = default)
    {
        var order = Order(epoch);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        // Tasks start in order, so that the batch that is waited for is always in progress.
        var workers = new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, Options.Workers).ConcurrentScheduler;
        var ahead = new Queue<Task<AuBatch>>();
        var next = 0;
        try
        {
            StartAhead();
            while (ahead.TryDequeue(out var task))
            {
                var batch = Finished(task, cancellation);
                StartAhead();
                yield return batch;
            }
        }
        finally
        {
            stop.Cancel();
            Task.WhenAll(ahead).ContinueWith(_ => { }, TaskScheduler.Default).Wait(CancellationToken.None);
        }

        void StartAhead()
        {
            for (; next < Batches && ahead.Count < Options.Prefetch; next++)
            {
                var number = next;
                ahead.Enqueue(
                    Task.Factory.StartNew(
                        () => Fill(order, epoch, number, stop.Token),
                        CancellationToken.None,
                        TaskCreationOptions.None,
                        workers
                    )
                );
            }
        }
    }

    private static AuBatch Finished(Task<AuBatch> task, CancellationToken cancellation)
    {
        try
        {
            return task.WaitAsync(cancellation).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            cancellation.ThrowIfCancellationRequested();
            throw;
        }
    }

    /// <summary>An epoch's frames in the order of its batches.</summary>
    internal Sample[] Order(int epoch)
    {
        Sample[] order = factors is null
            ? Array.ConvertAll(indices, index => new Sample(index, 0))
            :
            [
                .. FrameSampling
                    .Expand(factors, new SeededRandom(Options.Seed, epoch, -1))
                    .Select(f => new Sample(indices[f.Place], f.Repeat)),
            ];
        if (Options.Shuffle)
            new SeededRandom(Options.Seed, epoch).Shuffle<Sample>(order);
        return order;
    }

    private AuBatch Fill(Sample[] order, int epoch, int number, CancellationToken stop)
    {
        var start = number * Options.BatchSize;
        var count = Math.Min(Options.BatchSize, order.Length - start);
        var batch =
            count == Options.BatchSize && pool.TryTake(out var used)
                ? used
                : new AuBatch(count, Options.ImageSize, Source.ActionUnits.Count);
        for (var row = 0; row < count; row++)
        {
            stop.ThrowIfCancellationRequested();
            var (index, repeat) = order[start + row];
            try
            {
                var frame = Source.Read(index);
                var random =
                    repeat == 0
                        ? new SeededRandom(Options.Seed, epoch, index)
                        : new SeededRandom(Options.Seed, epoch, index, repeat);
                var augmentation = new Augmentation(
                    Options.Augmentation,
                    FaceCrop.Around(frame.Box),
                    Options.ImageSize,
                    random
                );
                batch.Fill(row, index, frame, augmentation);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                throw new InvalidDataException($"sample {Source.Key(index)} (index {index}): {error.Message}", error);
            }
        }
        return batch.Lend(number, GiveBack);
    }

    private void GiveBack(AuBatch batch)
    {
        if (batch.Count == Options.BatchSize && pool.Count <= Options.Prefetch + Options.Workers)
            pool.Add(batch);
    }

    /// <summary>A frame of an epoch; its repeats are counted from 0.</summary>
    internal readonly record struct Sample(int Index, int Repeat);
}
