using FanTrans.Data;
using FanTrans.Distillation;
using static TorchSharp.torch;

namespace FanTrans.Training;

/// <summary>What one attention head learned; see <see cref="LearnedCorrelations"/>.</summary>
/// <param name="Peer">The peer, from 1.</param>
/// <param name="Block">The transformer block, from 1.</param>
/// <param name="Head">The head, from 1.</param>
/// <param name="Keep">Keep probability, 0 to 1; the diagonal is 1.</param>
/// <param name="Attention">Mean attention after the drop over frames; each row adds up to 1.</param>
public sealed record HeadCorrelations(int Peer, int Block, int Head, double[,] Keep, double[,] Attention);

/// <summary>
/// What a trained ensemble learned about which action units belong together, as N x N matrices: row i says what unit
/// i's token draws from unit j's. PAPER: "a learnable attention drop … learns the correlation between the features of
/// different AUs"; these two summaries of it are chosen by this kit.
/// </summary>
/// <param name="ActionUnits">The N FACS numbers.</param>
/// <param name="Keep">Mean keep probability of the attention drop over peers, blocks and heads,
/// 0 to 1; the diagonal is 1.</param>
/// <param name="Attention">Mean attention after the drop over peers, blocks, heads and frames;
/// each row adds up to 1.</param>
/// <param name="Heads">The same of each head alone, by peer, block and head.</param>
public sealed record LearnedCorrelations(
    IReadOnlyList<int> ActionUnits,
    double[,] Keep,
    double[,] Attention,
    IReadOnlyList<HeadCorrelations> Heads
)
{
    /// <summary>Averages over frames.</summary>
    /// <param name="ensemble">The peers; put into evaluation mode for the run and back after it.</param>
    /// <param name="loader">The frames, without augmentation; those that chose the epoch do.</param>
    /// <param name="device">The ensemble's device; null is the CPU.</param>
    /// <param name="cancellation">Ends it early.</param>
    public static LearnedCorrelations Of(
        PeerEnsemble ensemble,
        IAuBatches loader,
        Device? device = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(ensemble);
        ArgumentNullException.ThrowIfNull(loader);
        var meter = new CorrelationMeter(ensemble.Options.ActionUnits);
        using var mode = new EvaluationMode(ensemble);
        foreach (var batch in loader.Epoch(0, cancellation))
        {
            using (batch)
            {
                using var scope = NewDisposeScope();
                meter.Add(ensemble.Forward(BatchTensors.From(batch, device)), batch.Count);
            }
        }
        return meter.Result();
    }

    /// <summary>
    /// How much two units draw on each other: the matrix and its transpose averaged, as a correlation with the labels,
    /// which know no direction, needs it.
    /// </summary>
    /// <param name="matrix">An N x N matrix.</param>
    public static double[,] Symmetric(double[,] matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        var n = matrix.GetLength(0);
        var both = new double[n, n];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++)
                both[i, j] = (matrix[i, j] + matrix[j, i]) / 2;
        }
        return both;
    }
}
