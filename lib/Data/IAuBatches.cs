namespace FanTrans.Data;

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

    /// <summary>All that decides what a batch holds beside the frames themselves, as text: equal texts, equal batches.</summary>
    string Description { get; }

    /// <summary>The batches of one epoch, in order. Dispose each when done with it.</summary>
    /// <param name="epoch">Chooses the order and the augmentation.</param>
    /// <param name="cancellation">Ends the work of every thread.</param>
    IEnumerable<AuBatch> Epoch(int epoch, CancellationToken cancellation = default);
}
