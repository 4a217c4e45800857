using FanTrans.Data;

namespace FanTrans.Synthetic;

/// <summary>
/// An expression drawn without regard to any dataset's statistics, for weights that must read what they have not met:
/// neutral faces, expressions as people pose them with units left out and added, upper and lower face from different
/// ones, and units at random. Shares and intensities are chosen by this kit.
/// </summary>
internal static class Expression
{
    /// <summary>Posed expressions, upper then lower face, by FACS number;
    /// what people show when they are asked to.</summary>
    private static readonly (int[] Upper, int[] Lower)[] Posed =
    [
        // smiles and laughter
        ([6], [12]),
        ([6, 7], [12, 25]),
        ([6], [12, 25, 26]),
        ([], [12]),
        ([], [12, 25]),
        ([6, 7], [10, 12, 25]),
        ([], [12, 14]),
        ([1, 2], [25, 26]),
        ([1, 2], [26, 25]),
        ([1, 2], []),
        ([1, 2], [25]), // surprise
        ([1, 2, 4], [25]),
        ([1, 2, 4, 7], [25, 26]),
        ([1, 2, 4], [25, 26]), // fear
        ([1, 4], [15]),
        ([1, 4], [15, 17]),
        ([1], [15]),
        ([1, 4], [17]),
        ([4, 7], [15, 17, 25]), // sadness, crying
        ([4], [24]),
        ([4, 7], [23]),
        ([4, 7], [17, 24]),
        ([4, 7], [10, 25]),
        ([4], []),
        ([4, 7], [23, 25, 26]), // anger
        // disgust
        ([4, 7, 9], [10]),
        ([9], [10, 25]),
        ([4, 7, 9], [17]),
        ([7, 9], [10, 17]),
        ([4, 9], [10, 25, 26]),
        ([], [10]),
        ([], [14]),
        ([1, 2], [14, 17]),
        ([1, 2], [15, 17]),
        ([7], [14]), // contempt, doubt
        ([6, 7], []),
        ([7], []),
        ([4, 6, 7], [9, 10]), // squint, pain
        ([], [25]),
        ([], [25, 26]),
        ([], [17]),
        ([], [24]),
        ([], [23]),
        ([], [17, 24]),
        ([], [15]), // mouths
    ];

    /// <summary>Intensities by unit, 0 absent, about 0.5 a trace that no coder would mark, 1 (A) to 5 (E).</summary>
    public static Dictionary<int, double> Draw(ref SeededRandom r)
    {
        var present = new HashSet<int>();
        var kind = r.NextDouble();
        if (kind >= 0.12 && kind < 0.70)
        {
            var upper = r.Below(Posed.Length);
            var lower = r.Chance(0.35) ? r.Below(Posed.Length) : upper;
            foreach (var unit in (ReadOnlySpan<int>)[.. Posed[upper].Upper, .. Posed[lower].Lower])
            {
                if (!r.Chance(0.1))
                    present.Add(unit);
            }
            if (r.Chance(0.3))
                present.Add(RenderedUnits.All[r.Below(RenderedUnits.All.Count)]);
        }
        else if (kind >= 0.70)
        {
            var share = r.Uniform(0.05, 0.3);
            foreach (var unit in RenderedUnits.All)
            {
                if (r.Chance(share))
                    present.Add(unit);
            }
        }
        Reconcile(present, ref r);
        // Posed faces are bold or subtle as a whole.
        var bold = r.Uniform(1.2, 4.6);
        var intensities = new Dictionary<int, double>();
        foreach (var unit in RenderedUnits.All)
        {
            var own = Math.Clamp(bold + r.Uniform(-1.3, 1.3), 1, 5.5);
            var trace = r.Chance(0.12) ? r.Uniform(0.1, 0.8) : 0;
            intensities[unit] = present.Contains(unit) ? own : trace;
        }
        return intensities;
    }

    /// <summary>Takes out what no face can do at once, either of the two.</summary>
    private static void Reconcile(HashSet<int> present, ref SeededRandom r)
    {
        foreach (var (a, b) in (ReadOnlySpan<(int, int)>)[(24, 25), (24, 26), (24, 10), (12, 15), (23, 26)])
        {
            var first = r.Chance(0.5);
            if (present.Contains(a) && present.Contains(b))
                present.Remove(first ? a : b);
        }
    }
}
