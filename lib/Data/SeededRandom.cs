namespace FanTrans.Data;

/// <summary>
/// Random numbers from a key of several parts, such as (seed, epoch, index). Unlike <see cref="Random"/> its
/// 64-bit key mixes all parts, so neighbouring epochs or frames share nothing, and it costs nothing to start.
/// The generator is SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
/// </summary>
internal struct SeededRandom
{
    private ulong state;

    /// <summary>Starts a stream of numbers that depends on the parts and their order, and on nothing else.</summary>
    /// <param name="parts">For example seed, epoch and frame index.</param>
    public SeededRandom(params ReadOnlySpan<long> parts)
    {
        state = 0x6A09E667F3BCC909;
        foreach (var part in parts)
            state = Mix(state + (ulong)part) + 0x9E3779B97F4A7C15;
    }

    /// <summary>The next 64 bits.</summary>
    public ulong NextBits() => Mix(state += 0x9E3779B97F4A7C15);

    /// <summary>Uniform in [0, 1).</summary>
    public double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform between two numbers.</summary>
    /// <param name="low">Least value.</param>
    /// <param name="high">Upper bound.</param>
    public double Uniform(double low, double high) => low + ((high - low) * NextDouble());

    /// <summary>True with a probability.</summary>
    /// <param name="probability">0 is never, 1 is always.</param>
    public bool Chance(double probability) => NextDouble() < probability;

    /// <summary>Uniform in 0 to <paramref name="count"/> - 1.</summary>
    /// <param name="count">At least 1.</param>
    public int Below(int count) => (int)((UInt128)NextBits() * (uint)count >> 64);

    /// <summary>Puts values into a random order, each order equally likely.</summary>
    /// <param name="values">Permuted in place.</param>
    public void Shuffle<T>(Span<T> values)
    {
        for (var last = values.Length - 1; last > 0; last--)
        {
            var other = Below(last + 1);
            (values[last], values[other]) = (values[other], values[last]);
        }
    }

    /// <summary>A non-negative seed for libraries that want one number.</summary>
    public long NextSeed() => (long)(NextBits() >> 1);

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
