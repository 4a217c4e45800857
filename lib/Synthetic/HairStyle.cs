using FanTrans.Data;

namespace FanTrans.Synthetic;

/// <summary>The form of a head's hair.</summary>
internal sealed record HairStyle
{
    /// <summary>Millimetres above the skull on top; 0 is bald, 2 a buzz cut.</summary>
    public required float Thickness { get; init; }

    /// <summary>Where the hair ends at the sides, in y: 0 the eyes' height, 30 the ear's lobe, 200 long.</summary>
    public required float SideEnd { get; init; }

    /// <summary>Where it ends over the forehead's middle: -70 the hairline, -30 a fringe over the brows.</summary>
    public required float FrontEnd { get; init; }

    /// <summary>How much further up the temples' hairline lies.</summary>
    public required float Recession { get; init; }

    /// <summary>Side of the parting, -1 to 1.</summary>
    public required float Parting { get; init; }

    /// <summary>0 straight to 1 curly.</summary>
    public required float Curl { get; init; }

    public static HairStyle Draw(ref SeededRandom r, bool male, float age)
    {
        var bald = male && r.Chance(0.08 + (0.25 * age));
        var shortHair = male ? r.Chance(0.88) : r.Chance(0.25);
        var fringe = r.Chance(male ? 0.2 : 0.35);
        return new HairStyle
        {
            Thickness =
                bald ? (r.Chance(0.5) ? 0 : 1.5f)
                : shortHair ? (float)r.Uniform(3, 17)
                : (float)r.Uniform(8, 22),
            SideEnd = shortHair ? (float)r.Uniform(-4, 28) : (float)r.Uniform(50, 230),
            FrontEnd = fringe ? (float)r.Uniform(-52, -24) : (float)r.Uniform(-76, -64),
            Recession = male ? (float)r.Uniform(0, 10 + (16 * age)) : (float)r.Uniform(-2, 6),
            Parting = (float)r.Uniform(-1, 1),
            Curl = (float)(r.NextDouble() * r.NextDouble()),
        };
    }
}
