using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using FanTrans.Data;
using FanTrans.Distillation;
using FanTrans.Models;
using static TorchSharp.torch;

namespace FanTrans.Training;

/// <summary>
/// The features of a frozen FAN, and its heatmaps where the tokens need them, kept in half precision in memory or on
/// disk, so that a head or an ablation trains again without decoding, cropping or running the FAN. It stands in for the
/// loader that it was made from.
/// <para>
/// It is valid as long as nothing before the head changes: the FAN's weights, the pooling of its features, the frames
/// and their pictures (some of them are compared), the crop, the augmentation and its seed are all part of its key, so
/// another choice of these makes another file. Batch size, order of frames, head, loss, learning rate and number of
/// peers may change freely. A FAN that is fine-tuned has no fixed features and is refused.
/// </para>
/// <para>
/// With augmentation, an epoch e sees the crops of epoch e modulo <c>variants</c>: with as many variants as epochs the
/// run is that of the loader up to rounding to half precision; with fewer, each frame is seen in fewer ways.
/// </para>
/// </summary>
public sealed class FeatureCache : IAuBatches, IDisposable
{
    private const string Task = "features";

    private readonly AuLoader loader,
        order;
    private readonly FeatureRows rows;
    private readonly int variants;
    private readonly bool mirrored;
    private readonly (int Channels, int Side) shape;
    private readonly Dictionary<int, int> rowOf;

    private FeatureCache(
        AuLoader loader,
        AuLoader order,
        FeatureRows rows,
        int variants,
        bool mirrored,
        (int Channels, int Side) shape,
        string key
    )
    {
        (this.loader, this.order, this.rows, this.variants, this.mirrored, this.shape, Key) = (
            loader,
            order,
            rows,
            variants,
            mirrored,
            shape,
            key
        );
        rowOf = loader.Indices.Order().Select((index, row) => (index, row)).ToDictionary(p => p.index, p => p.row);
    }

    /// <summary>What the features were made from; equal keys, equal features.</summary>
    public string Key { get; }

    /// <summary>Bytes of the features.</summary>
    public long Bytes => rows.Bytes;

    /// <inheritdoc/>
    public AuDataset Source => loader.Source;

    /// <inheritdoc/>
    public IReadOnlyList<int> Indices => loader.Indices;

    /// <inheritdoc/>
    public int ImageSize => loader.ImageSize;

    /// <inheritdoc/>
    public int Batches => order.Batches;

    /// <inheritdoc/>
    public string Description =>
        $"{loader.Description}, order of {order.Options.Seed}, features kept in half precision as {Hash(Key)}";

    /// <summary>Opens the features of a loader's frames, and makes them first where they are not there.</summary>
    /// <param name="ensemble">Its FAN makes them; it must be frozen,
    /// and is put into evaluation mode for the time.</param>
    /// <param name="loader">The frames, their crops and their augmentation.</param>
    /// <param name="folder">Where to keep them as a file; null keeps them in memory.</param>
    /// <param name="variants">How many ways each frame is seen; 1 for a loader without augmentation.</param>
    /// <param name="mirrored">Keeps those of the mirrored images too, for evaluation with flip.</param>
    /// <param name="orderSeed">Seed of the order of frames; null is the loader's own,
    /// which is that of the crops too.</param>
    /// <param name="device">The ensemble's device; null is the CPU.</param>
    /// <param name="progress">Told after every batch that is made, each variant an epoch, and once where another
    /// process makes the same file and this one waits for it.</param>
    /// <param name="cancellation">Ends it early; a file half made is not kept.</param>
    /// <exception cref="InvalidOperationException">The FAN is not frozen.</exception>
    /// <exception cref="ArgumentException">The loader crops to another size,
    /// or varies nothing and yet has variants.</exception>
    /// <exception cref="InvalidDataException">The file is damaged, or a frame cannot be read.</exception>
    public static FeatureCache Open(
        PeerEnsemble ensemble,
        AuLoader loader,
        string? folder = null,
        int variants = 1,
        bool mirrored = false,
        int? orderSeed = null,
        Device? device = null,
        IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(ensemble);
        ArgumentNullException.ThrowIfNull(loader);
        ArgumentOutOfRangeException.ThrowIfLessThan(variants, 1);
        if (!ensemble.Source.Frozen)
            throw new InvalidOperationException(
                "the FAN is fine-tuned: its features change with every step, so they cannot be kept."
            );
        if (loader.ImageSize != ensemble.Options.Fan.ImageSize)
            throw new ArgumentException(
                $"the loader crops to {loader.ImageSize} pixels, the model takes {ensemble.Options.Fan.ImageSize}.",
                nameof(loader)
            );
        if (variants > 1 && loader.Options.Augmentation == AugmentationOptions.None)
            throw new ArgumentException(
                $"{variants} variants of frames that the loader does not vary.",
                nameof(variants)
            );
        var taken = ensemble.Taken;
        var shape = (Channels: taken.Channels + taken.Landmarks, taken.Side);
        var key = KeyOf(ensemble, loader, variants, mirrored);
        var count = (long)loader.Indices.Count * variants * (mirrored ? 2 : 1);
        var rowBytes = 2L * shape.Channels * shape.Side * shape.Side;
        var name = $"features-{Hash(key)}.bin";
        var path = folder is null ? null : Path.Combine(folder, name);
        using var hold =
            path is null || File.Exists(path) ? null : FileHold.Wait($"{path}.making", Task, progress, cancellation);
        if (hold is not null)
        {
            // What a process left that was killed while it made them; it may be large. One that is written to is
            // another's, where the file system has no locks.
            foreach (var part in Directory.EnumerateFiles(folder!, $"{WholeFile.Unfinished}*-{name}"))
            {
                if (File.GetLastWriteTimeUtc(part) < DateTime.UtcNow - TimeSpan.FromHours(1))
                    File.Delete(part);
            }
        }
        var rows =
            path is not null && File.Exists(path)
                ? FeatureRows.Open(path, key, rowBytes, count)
                : FeatureRows.Make(
                    path,
                    key,
                    rowBytes,
                    count,
                    write => Fill(ensemble, loader, variants, mirrored, device, write, progress, cancellation)
                );
        var order = orderSeed is { } seed
            ? new AuLoader(loader.Source, loader.Options with { Stride = 1, Seed = seed }, loader.Indices)
            : loader;
        return new FeatureCache(loader, order, rows, variants, mirrored, shape, key);
    }

    /// <inheritdoc/>
    public IEnumerable<AuBatch> Epoch(int epoch, CancellationToken cancellation = default)
    {
        var order = this.order.Order(epoch);
        var size = shape.Channels * shape.Side * shape.Side;
        for (var number = 0; number < Batches; number++)
        {
            cancellation.ThrowIfCancellationRequested();
            var start = number * loader.Options.BatchSize;
            var count = Math.Min(loader.Options.BatchSize, order.Length - start);
            var batch = new AuBatch(count, imageSize: 0, Source.ActionUnits.Count)
            {
                Features = new KeptFeatures(
                    Rows(0),
                    shape.Channels,
                    shape.Side,
                    shape.Side,
                    mirrored ? Rows(variants) : null
                ),
            };
            for (var row = 0; row < count; row++)
                batch.Name(row, order[start + row].Index, Source.LabelsAt(order[start + row].Index));
            yield return batch.Lend(number, _ => { });

            // The mirrored variants follow the straight ones.
            Half[] Rows(int firstVariant)
            {
                var features = new Half[count * size];
                for (var row = 0; row < count; row++)
                {
                    // A frame that comes again in the same epoch comes varied in the next way.
                    var (index, repeat) = order[start + row];
                    var variant = firstVariant + (((long)epoch + repeat) % variants);
                    rows.Read(
                        (variant * rowOf.Count) + rowOf[index],
                        MemoryMarshal.AsBytes(features.AsSpan(row * size, size))
                    );
                }
                return features;
            }
        }
    }

    /// <summary>Closes the file; it stays for the next run.</summary>
    public void Dispose() => rows.Dispose();

    /// <summary>Variant by variant, the frames in ascending order; then the same mirrored.</summary>
    private static void Fill(
        PeerEnsemble ensemble,
        AuLoader loader,
        int variants,
        bool mirrored,
        Device? device,
        Action<ReadOnlySpan<byte>> write,
        IProgress<TrainingProgress>? progress,
        CancellationToken cancellation
    )
    {
        var ordered = new AuLoader(loader.Source, EachOnce(loader.Options), [.. loader.Indices.Order()]);
        using var mode = new EvaluationMode(ensemble);
        var clock = Stopwatch.StartNew();
        var all = mirrored ? 2 * variants : variants;
        for (var variant = 0; variant < all; variant++)
        {
            foreach (var batch in ordered.Epoch(variant % variants, cancellation))
            {
                using (batch)
                {
                    using var scope = NewDisposeScope();
                    var images = BatchTensors.Copy(
                        batch.Images,
                        [batch.Count, 3, batch.ImageSize, batch.ImageSize],
                        device
                    );
                    var features = ensemble.Features(variant < variants ? images : images.flip(3));
                    var half = features.to_type(ScalarType.Float16);
                    if (!half.isfinite().all().item<bool>())
                        throw new InvalidDataException(
                            $"features of {loader.Source.Key((int)batch.Indices[0])} and its batch leave the range of "
                                + "half precision; train on images."
                        );
                    write(half.cpu().contiguous().bytes);
                    var done = (variant + ((batch.Number + 1.0) / ordered.Batches)) / all;
                    progress?.Report(
                        new TrainingProgress(
                            Task,
                            variant + 1,
                            all,
                            batch.Number + 1,
                            ordered.Batches,
                            double.NaN,
                            clock.Elapsed,
                            clock.Elapsed * ((1 - done) / done)
                        )
                    );
                }
            }
        }
    }

    /// <summary>The same crops, each frame of the loader's once and in order.</summary>
    private static AuLoaderOptions EachOnce(AuLoaderOptions options) =>
        options with
        {
            Shuffle = false,
            DropLast = false,
            Stride = 1,
            RepeatRarerThan = 0,
        };

    private static string KeyOf(PeerEnsemble ensemble, AuLoader loader, int variants, bool mirrored)
    {
        // Batch size and order change no feature of a frame; its seed only where it is varied.
        var options = EachOnce(loader.Options) with
        {
            BatchSize = 1,
            Workers = 1,
            Prefetch = 1,
        };
        if (options.Augmentation == AugmentationOptions.None)
            options = options with { Seed = 0 };
        return $"""
            frames {DataFingerprint.Frames(loader)}
            pictures {DataFingerprint.Pictures(loader)}
            crops {options}
            variants {variants}{(mirrored ? " and mirrored" : "")}
            {ensemble.Options.FeatureSource} {OptionsJson.Write(ensemble.Options.Fan)}{FeatureSources.Table.IdentityOf(
                ensemble.Options.FeatureSource
            )}
            weights {FanTransTask.Identity(ensemble)}{(
                ensemble.FanRuntime is FanRuntime.Onnx ? " on ONNX Runtime" : ""
            )}
            pooling {ensemble.Options.FeaturePooling}{(ensemble.Taken.Landmarks > 0 ? ", with heatmaps" : "")}
            """;
    }

    private static string Hash(string key) => Fingerprints.Of(Encoding.UTF8.GetBytes(key))[..16];
}
