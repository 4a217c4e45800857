using FanTrans.Data;

namespace FanTrans.Synthetic;

/// <summary>
/// Which seeds make whom. Seeds of people with bit 62 set are reserved for the weights that the kit ships: no set that
/// a user draws has one of these people, so a shipped network has never seen whom it is tested on.
/// </summary>
internal static class Identities
{
    /// <summary>The least reserved seed; all from here on are reserved.</summary>
    public const long FirstReserved = 1L << 62;

    /// <summary>A person's seed in a set of a user's.</summary>
    public static long Drawn(long setSeed, int subject) =>
        new SeededRandom(setSeed, 0xFACE, subject).NextSeed() & (FirstReserved - 1);

    /// <summary>The seed of a person of the pre-training set.</summary>
    public static long Reserved(int subject) => FirstReserved + subject;

    /// <summary>Refuses a reserved seed.</summary>
    /// <exception cref="ArgumentException">The seed is reserved.</exception>
    public static void RefuseReserved(long seed, string name)
    {
        if (seed >= FirstReserved)
            throw new ArgumentException(
                $"{name}: expected a seed below {FirstReserved}, found {seed}; those from there on are the people "
                    + "that the shipped weights were trained on.",
                name
            );
    }
}
