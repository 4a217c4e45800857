namespace FanTrans.Data;

/// <summary>Which frames an epoch has, and how often each.</summary>
internal static class FrameSampling
{
    // Repeat factors are whole numbers of 2^-32, so that their sums are exact and every epoch is as long as the others.
    private const int FractionBits = 32;
    private const long One = 1L << FractionBits;

    /// <summary>The first frame of each recording and every k-th one after it, by their order in time.</summary>
    /// <param name="source">The dataset.</param>
    /// <param name="indices">The frames to choose from; their order is kept.</param>
    /// <param name="stride">k, at least 1.</param>
    public static int[] EveryKth(AuDataset source, IReadOnlyList<int> indices, int stride)
    {
        if (stride == 1)
            return [.. indices];
        var kept = indices
            .Select(i => (Index: i, Key: source.Key(i)))
            .GroupBy(f => (f.Key.Subject, f.Key.Sequence))
            .SelectMany(recording => recording.OrderBy(f => f.Key.Frame).Where((_, k) => k % stride == 0))
            .Select(f => f.Index)
            .ToHashSet();
        return [.. indices.Where(kept.Contains)];
    }

    /// <summary>
    /// How often each frame comes in an epoch: max(1, √(t / r)) with r the rate of the rarest action unit present in
    /// it, over these frames. In units of 2^-32; the sum is a whole number of frames.
    /// </summary>
    /// <param name="source">The dataset.</param>
    /// <param name="indices">The frames.</param>
    /// <param name="threshold">t: frames without an action unit that is rarer come once.</param>
    public static long[] RepeatFactors(AuDataset source, IReadOnlyList<int> indices, double threshold)
    {
        var units = source.ActionUnits.Count;
        int[] present = new int[units],
            known = new int[units];
        var labels = indices.Select(source.LabelsAt).ToArray();
        foreach (var frame in labels)
        {
            for (var n = 0; n < units; n++)
            {
                present[n] += frame[n] == 1 ? 1 : 0;
                known[n] += frame[n] == LabelRule.Unknown ? 0 : 1;
            }
        }
        var ofUnit = Enumerable
            .Range(0, units)
            .Select(n =>
                present[n] == 0 ? One : (long)(One * Math.Max(1, Math.Sqrt(threshold * known[n] / present[n])))
            )
            .ToArray();
        var factors = Array.ConvertAll(
            labels,
            frame => ofUnit.Where((_, n) => frame[n] == 1).DefaultIfEmpty(One).Max()
        );
        var fraction = factors.Sum() % One;
        if (fraction > 0)
            factors[0] += One - fraction;
        return factors;
    }

    /// <summary>
    /// Places of frames, each as often as its factor says: rounded up or down so that over the epochs the mean is exact
    /// (systematic sampling). The second number tells the repeats of a frame apart, from 0.
    /// </summary>
    /// <param name="factors">As <see cref="RepeatFactors"/> gives them.</param>
    /// <param name="random">Decides who is rounded up.</param>
    public static IEnumerable<(int Place, int Repeat)> Expand(long[] factors, SeededRandom random)
    {
        var at = (long)(random.NextBits() >> (64 - FractionBits));
        for (var place = 0; place < factors.Length; place++)
        {
            var next = at + factors[place];
            var times = (int)((next >> FractionBits) - (at >> FractionBits));
            for (var repeat = 0; repeat < times; repeat++)
                yield return (place, repeat);
            at = next;
        }
    }

    /// <summary>Frames of an epoch.</summary>
    /// <param name="factors">As <see cref="RepeatFactors"/> gives them.</param>
    public static int Length(long[] factors) => (int)(factors.Sum() >> FractionBits);
}
