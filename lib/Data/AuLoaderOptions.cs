namespace FanTrans.Data;

/// <summary>How frames become batches.</summary>
public sealed record AuLoaderOptions
{
    /// <summary>S, the side of a crop in pixels: the network's input.</summary>
    public required int ImageSize { get; init; }

    /// <summary>B, crops in a batch; the last batch of an epoch may have fewer.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>A new order each epoch, from the seed and the epoch; else the order of the indices.</summary>
    public bool Shuffle { get; init; }

    /// <summary>Leaves out a last batch that is not full.</summary>
    public bool DropLast { get; init; }

    /// <summary>Uses every k-th frame of each recording: neighbours look alike. 1, all,
    /// is what published protocols test on.</summary>
    public int Stride { get; init; } = 1;

    /// <summary>
    /// Repeats frames with rare action units: one that shows an action unit of rate r comes max(1, √(t / r)) times an
    /// epoch, by the rarest it shows, each time with an augmentation of its own; t is this number, 0 to 1. No frame
    /// comes less than once, and epochs are equally long. 0 repeats nothing, as published. The rule is that of Gupta et
    /// al. (LVIS, CVPR 2019) for rare classes of detectors; rates are those of the loader's own frames.
    /// </summary>
    public double RepeatRarerThan { get; init; }

    /// <summary>Seed of order and augmentation.</summary>
    public int Seed { get; init; }

    /// <summary>How crops are varied; <see cref="AugmentationOptions.None"/> for evaluation.</summary>
    public AugmentationOptions Augmentation { get; init; } = AugmentationOptions.None;

    /// <summary>Threads that read and sample. Their number changes no value of any batch.</summary>
    public int Workers { get; init; } = Math.Clamp(Environment.ProcessorCount - 1, 1, 8);

    /// <summary>Batches that may be ready or in work ahead of the one in use, at least 1.</summary>
    public int Prefetch { get; init; } = 4;

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="ArgumentException">A value is out of its range; the message names it.</exception>
    public AuLoaderOptions Validate()
    {
        Check(ImageSize, nameof(ImageSize));
        Check(BatchSize, nameof(BatchSize));
        Check(Workers, nameof(Workers));
        Check(Prefetch, nameof(Prefetch));
        Check(Stride, nameof(Stride));
        if (RepeatRarerThan is not (>= 0 and <= 1))
            throw new ArgumentException(
                $"{nameof(AuLoaderOptions)}.{nameof(RepeatRarerThan)}: expected 0 to 1, found {RepeatRarerThan}."
            );
        Augmentation.Validate();
        return this;
    }

    private static void Check(int value, string name)
    {
        if (value < 1)
            throw new ArgumentException($"{nameof(AuLoaderOptions)}.{name}: expected at least 1, found {value}.");
    }
}
