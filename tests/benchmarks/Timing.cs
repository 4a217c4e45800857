using System.Diagnostics;

namespace FanTrans.Benchmarks;

/// <summary>
/// Medians of several rounds. Kit and peer take turns, so that a machine that slows down for a while slows both, and
/// each goes first in every other round.
/// </summary>
internal static class Timing
{
    /// <summary>Median seconds of a piece of work, after one round that is not counted.</summary>
    public static double Seconds(Action work, int rounds) => Seconds(() => Clock(work), null, rounds).Kit;

    /// <summary>Median seconds of the kit's work and of its peer's.</summary>
    /// <param name="kit">Does the work once and returns its seconds.</param>
    /// <param name="peer">The same for the peer; null for none.</param>
    /// <param name="rounds">Rounds that count, after one that does not.</param>
    public static (double Kit, double? Peer) Seconds(Func<double> kit, Func<double>? peer, int rounds)
    {
        var (ours, theirs) = (new List<double>(), new List<double>());
        for (var round = -1; round < rounds; round++)
        {
            var (kitSeconds, peerSeconds) = (0.0, 0.0);
            if (round % 2 == 0)
                kitSeconds = kit();
            if (peer is not null)
                peerSeconds = peer();
            if (round % 2 != 0)
                kitSeconds = kit();
            if (round < 0)
                continue;
            ours.Add(kitSeconds);
            theirs.Add(peerSeconds);
        }
        return (Median(ours), peer is null ? null : Median(theirs));
    }

    /// <summary>Seconds of one call.</summary>
    public static double Clock(Action work)
    {
        var clock = Stopwatch.StartNew();
        work();
        return clock.Elapsed.TotalSeconds;
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return (values[(values.Count - 1) / 2] + values[values.Count / 2]) / 2;
    }
}
