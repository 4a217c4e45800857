namespace FanTrans.Benchmarks;

/// <summary>One line of the table: what the kit takes, and what its peer takes in the same run.</summary>
/// <param name="Name">For example "training step, Small, batch 32".</param>
/// <param name="Kit">The kit's value, in <paramref name="Unit"/>.</param>
/// <param name="Peer">The peer's value, or null where there is none to compare with.</param>
/// <param name="Unit">For example "ms" or "faces/s".</param>
internal sealed record Measurement(string Name, double Kit, double? Peer, string Unit)
{
    /// <summary>Kit over peer: of times and memory below 1 is better, of rates above 1. Null over a peer's 0.</summary>
    public double? Ratio => Peer is 0 ? null : Kit / Peer;
}
