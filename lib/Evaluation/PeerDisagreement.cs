namespace FanTrans.Evaluation;

/// <summary>How far peers that learn together still differ.</summary>
public static class PeerDisagreement
{
    /// <summary>
    /// Share of decisions at 0.5, one a frame and action unit, in which two peers differ; the mean over all pairs of peers.
    /// </summary>
    /// <param name="peers">Each peer's predictions of the same frames, at least two.</param>
    /// <returns>0, the same decisions, to 1.</returns>
    /// <exception cref="ArgumentException">There are fewer than two peers, or they predict other frames.</exception>
    public static double Of(IReadOnlyList<AuPredictions> peers)
    {
        ArgumentNullException.ThrowIfNull(peers);
        if (peers.Count < 2 || peers.Any(p => p.Probabilities.Count != peers[0].Probabilities.Count))
            throw new ArgumentException("expected at least two peers that predict the same frames.", nameof(peers));
        long differ = 0, decisions = 0;
        for (var a = 0; a < peers.Count; a++)
        {
            for (var b = 0; b < a; b++)
            {
                foreach (var (first, second) in peers[a].Probabilities.Zip(peers[b].Probabilities))
                {
                    differ += first.Zip(second).Count(p => p.First >= 0.5 != p.Second >= 0.5);
                    decisions += first.Length;
                }
            }
        }
        return differ / (double)decisions;
    }
}
