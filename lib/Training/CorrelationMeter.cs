using FanTrans.Distillation;
using static TorchSharp.torch;

namespace FanTrans.Training;

/// <summary>Averages keep probabilities and attention over batches as they pass, for
/// <see cref="LearnedCorrelations"/>.</summary>
/// <param name="actionUnits">The N FACS numbers.</param>
internal sealed class CorrelationMeter(IReadOnlyList<int> actionUnits)
{
    // Sums over frames for every peer, block, head, row and column, in this order.
    private double[] keep = [],
        attention = [];
    private (int Peers, int Blocks, int Heads) shape;
    private int frames;

    /// <summary>Adds a batch's output.</summary>
    public void Add(PeerOutput output, int frames)
    {
        this.frames += frames;
        if (output.Peers[0].Keep.Count == 0)
            return;
        using var scope = NewDisposeScope();
        shape = (output.Peers.Count, output.Peers[0].Keep.Count, (int)output.Peers[0].Keep[0].shape[0]);
        // Every block of every peer: (M·L, H, N, N).
        Add(ref keep, stack([.. output.Peers.SelectMany(peer => peer.Keep)]), frames);
        Add(
            ref attention,
            stack([.. output.Peers.SelectMany(peer => peer.Attention).Select(map => map.mean([0]))]),
            frames
        );
    }

    /// <summary>The means of all batches added.</summary>
    public LearnedCorrelations Result()
    {
        var heads = new List<HeadCorrelations>();
        for (var peer = 0; peer < shape.Peers; peer++)
        {
            for (var block = 0; block < shape.Blocks; block++)
            {
                for (var head = 0; head < shape.Heads; head++)
                    heads.Add(
                        new HeadCorrelations(
                            peer + 1,
                            block + 1,
                            head + 1,
                            Mean(keep, heads.Count, 1),
                            Mean(attention, heads.Count, 1)
                        )
                    );
            }
        }
        return new LearnedCorrelations(actionUnits, Mean(keep, 0, heads.Count), Mean(attention, 0, heads.Count), heads);
    }

    private static void Add(ref double[] sums, Tensor maps, int frames)
    {
        var values = maps.to_type(ScalarType.Float32).cpu().contiguous().data<float>().ToArray();
        if (sums.Length == 0)
            sums = new double[values.Length];
        for (var k = 0; k < values.Length; k++)
            sums[k] += values[k] * (double)frames;
    }

    /// <summary>The mean over frames and over some heads, from the first on. Without transformer blocks each unit draws
    /// on itself alone.</summary>
    private double[,] Mean(double[] sums, int first, int heads)
    {
        var n = actionUnits.Count;
        var mean = new double[n, n];
        for (var i = 0; heads == 0 && i < n; i++)
            mean[i, i] = 1;
        for (var k = 0; k < heads * n * n; k++)
            mean[k / n % n, k % n] += sums[(first * n * n) + k] / ((double)frames * heads);
        return mean;
    }
}
