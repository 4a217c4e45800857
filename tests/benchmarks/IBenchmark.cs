namespace FanTrans.Benchmarks;

/// <summary>Something measured, beside its peer if it has one. A new one joins the list in Program.cs.</summary>
internal interface IBenchmark
{
    /// <summary>What --only chooses by, in lower case with dashes.</summary>
    string Name { get; }

    /// <summary>Measures. Says what it cannot measure here, and why, through <see cref="Setting.Skip"/>.</summary>
    IEnumerable<Measurement> Run(Setting setting);
}

/// <summary>What a benchmark is run with.</summary>
/// <param name="Rounds">Timed rounds of which the median counts.</param>
/// <param name="Threads">Processor threads that kit and peer may use each.</param>
/// <param name="Skip">Told the reason where a peer or a measurement is left out.</param>
internal sealed record Setting(int Rounds, int Threads, Action<string> Skip);
