namespace FanTrans.Data;

/// <summary>
/// Crops with their labels and landmarks, as flat arrays in row-major order. Dispose gives the arrays back to the
/// loader, which fills them anew: copy what must outlive the batch.
/// </summary>
public sealed class AuBatch : IDisposable
{
    private Action<AuBatch>? giveBack;

    internal AuBatch(int count, int imageSize, int units)
    {
        (Count, ImageSize, Units) = (count, imageSize, units);
        Images = new float[(long)count * 3 * imageSize * imageSize];
        Labels = new float[count * units];
        Known = new float[count * units];
        Landmarks = new float[count * 2 * Ibug68.Count];
        Visible = new float[count * Ibug68.Count];
        Indices = new long[count];
    }

    /// <summary>The batch's place in its epoch, from 0.</summary>
    public int Number { get; private set; }

    /// <summary>B, the number of crops.</summary>
    public int Count { get; }

    /// <summary>S, the side of a crop in pixels.</summary>
    public int ImageSize { get; }

    /// <summary>N, the number of action units.</summary>
    public int Units { get; }

    /// <summary>(B, 3, S, S), RGB, 0 to 1.</summary>
    public float[] Images { get; }

    /// <summary>(B, N): 1 present, 0 absent or unknown.</summary>
    public float[] Labels { get; }

    /// <summary>(B, N): 1 where the label is known, else 0.</summary>
    public float[] Known { get; }

    /// <summary>(B, 68, 2): x and y in crop pixels, 0 to S inside and beyond
    /// where cut off; 0 where not known.</summary>
    public float[] Landmarks { get; }

    /// <summary>(B, 68): 1 where the landmark is known, visible and inside the crop, else 0.</summary>
    public float[] Visible { get; }

    /// <summary>What a frozen network made of the images, kept from an earlier run;
    /// the images are then empty (S is 0).</summary>
    internal KeptFeatures? Features { get; init; }

    /// <summary>(B): indices into the source.</summary>
    public long[] Indices { get; }

    /// <summary>Gives the arrays back.</summary>
    public void Dispose() => Interlocked.Exchange(ref giveBack, null)?.Invoke(this);

    internal AuBatch Lend(int number, Action<AuBatch> giveBack)
    {
        (Number, this.giveBack) = (number, giveBack);
        return this;
    }

    /// <summary>Writes one frame into row <paramref name="row"/>.</summary>
    internal void Fill(int row, int index, FaceFrame frame, in Augmentation augmentation)
    {
        Expect(frame.Labels.Length == Units, "labels", Units, frame.Labels.Length);
        Expect(
            frame.Landmarks.Length == 2 * Ibug68.Count,
            "landmark coordinates",
            2 * Ibug68.Count,
            frame.Landmarks.Length
        );
        Expect(frame.Visible.Length == Ibug68.Count, "visibility flags", Ibug68.Count, frame.Visible.Length);
        var pixels = 3 * ImageSize * ImageSize;
        augmentation.Sample(frame.Image, Images.AsSpan(row * pixels, pixels));
        augmentation.Map(
            frame.Landmarks,
            frame.Visible,
            Landmarks.AsSpan(row * 2 * Ibug68.Count, 2 * Ibug68.Count),
            Visible.AsSpan(row * Ibug68.Count, Ibug68.Count)
        );
        Name(row, index, frame.Labels);
    }

    /// <summary>Writes the index and the labels of row <paramref name="row"/>.</summary>
    internal void Name(int row, int index, sbyte[] labels)
    {
        for (var n = 0; n < Units; n++)
        {
            var label = labels[n];
            if (label is not (0 or 1 or 9))
                throw new InvalidDataException($"label {n}: expected 0, 1 or 9, found {label}.");
            Labels[(row * Units) + n] = label == 1 ? 1 : 0;
            Known[(row * Units) + n] = label == 9 ? 0 : 1;
        }
        Indices[row] = index;
    }

    private static void Expect(bool holds, string what, int expected, int found)
    {
        if (!holds)
            throw new InvalidDataException($"{what}: expected {expected}, found {found}.");
    }
}

/// <summary>A batch's features in half precision, (B, C, h, w) row-major.</summary>
/// <param name="Values">B·C·h·w values.</param>
/// <param name="Channels">C.</param>
/// <param name="Height">h.</param>
/// <param name="Width">w.</param>
/// <param name="Mirrored">The same of the images mirrored left to right, or null where they were not kept.</param>
internal sealed record KeptFeatures(Half[] Values, int Channels, int Height, int Width, Half[]? Mirrored = null);

/// <summary>Batches of frames, epoch by epoch: what training and evaluation draw from.</summary>
public interface IAuBatches
{
    /// <summary>Where frames come from.</summary>
    AuDataset Source { get; }

    /// <summary>The frames in use, as indices into the source.</summary>
    IReadOnlyList<int> Indices { get; }

    /// <summary>S, the side of a crop in pixels.</summary>
    int ImageSize { get; }

    /// <summary>Batches of an epoch.</summary>
    int Batches { get; }

    /// <summary>All that decides what a batch holds beside the frames themselves, as text:
    /// equal texts, equal batches.</summary>
    string Description { get; }

    /// <summary>The batches of one epoch, in order. Dispose each when done with it.</summary>
    /// <param name="epoch">Chooses the order and the augmentation.</param>
    /// <param name="cancellation">Ends the work of every thread.</param>
    IEnumerable<AuBatch> Epoch(int epoch, CancellationToken cancellation = default);
}
