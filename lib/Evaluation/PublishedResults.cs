using System.Globalization;

namespace FanTrans.Evaluation;

/// <summary>One published system's F1 on one dataset.</summary>
/// <param name="System">Its name, and where it was published.</param>
/// <param name="F1">In percent, one per action unit in the dataset's order; empty where only the average is
/// known.</param>
/// <param name="Average">In percent, as printed.</param>
/// <param name="Note">How its epoch was chosen, where its code shows it, and other reservations; null where
/// unknown.</param>
public sealed record PublishedRow(string System, IReadOnlyList<double> F1, double Average, string? Note = null)
{
    internal string[] Cells(int units)
    {
        var values = F1.Count == 0 ? Enumerable.Repeat("", units) : F1.Select(Text);
        return [System, .. values, Text(Average)];

        static string Text(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);
    }
}

/// <summary>
/// Published results of subject-exclusive three-fold cross-validation, as printed in the papers or their repositories:
/// what a table of one's own results stands beside. They come from the licensed datasets; results on rendered faces are
/// not comparable. None was published with an interval.
/// </summary>
public static class PublishedResults
{
    // Read in the systems' own public code.
    private const string EveryEpochOnTest = "its code computes F1 on the test fold for every epoch and has no other "
        + "validation set, so the epoch may have been chosen there";
    private const string BestOnTest = "its code takes the epoch with the best F1 on the test fold";
    private const string AverageOnly = "only the average is known here";

    /// <summary>The 12 action units of BP4D, in the order of <see cref="ActionUnits.Bp4d"/>.</summary>
    public static IReadOnlyList<PublishedRow> Bp4d { get; } =
    [
        new("FAN-Trans (WACV 23)", [55.4, 46.0, 59.8, 78.7, 77.7, 82.7, 88.6, 64.7, 51.4, 65.7, 50.9, 56.0], 64.8),
        new("JAA-Net (ECCV 18)", [47.2, 44.0, 54.9, 77.5, 74.6, 84.0, 86.9, 61.9, 43.6, 60.3, 42.7, 41.9], 60.0,
            EveryEpochOnTest),
        new("FAUDT (CVPR 21)", [51.7, 49.3, 61.0, 77.8, 79.5, 82.9, 86.3, 67.6, 51.9, 63.0, 43.7, 56.3], 64.2),
        new("ME-GraphAU R50 (IJCAI 22)", [53.7, 46.9, 59.0, 78.5, 80.0, 84.4, 87.8, 67.3, 52.5, 63.2, 50.6, 52.4], 64.7,
            EveryEpochOnTest),
        new("ME-GraphAU Swin-B (IJCAI 22)",
            [52.7, 44.3, 60.9, 79.9, 80.1, 85.3, 89.2, 69.4, 55.4, 64.4, 49.8, 55.1], 65.5, EveryEpochOnTest),
        new("AU-Net (Proc. IEEE 23)", [58.0, 48.2, 62.4, 76.4, 77.5, 83.4, 88.5, 63.3, 52.0, 65.5, 52.1, 52.3], 65.0,
            EveryEpochOnTest),
        new("MDHR R50 (CVPR 24)", [58.3, 50.9, 58.9, 78.4, 80.3, 84.9, 88.2, 69.5, 56.0, 65.5, 49.5, 59.3], 66.6,
            $"{BestOnTest}; a user of it reports 64 (its issue 1)"),
        new("FMAE-IAT ViT-L (FG 25)", [62.7, 51.9, 62.7, 79.8, 80.1, 84.8, 89.9, 64.6, 54.9, 65.4, 53.1, 54.7], 67.1,
            BestOnTest),
        new("Norface (ECCV 24)", [], 69.3, AverageOnly),
    ];

    /// <summary>The 8 action units of DISFA, in the order of <see cref="ActionUnits.Disfa"/>.</summary>
    public static IReadOnlyList<PublishedRow> Disfa { get; } =
    [
        new("FAN-Trans (WACV 23)", [56.4, 50.2, 68.6, 49.2, 57.6, 75.6, 93.6, 58.8], 63.8),
        new("JAA-Net (ECCV 18)", [43.7, 46.2, 56.0, 41.4, 44.7, 69.6, 88.3, 58.4], 56.0, EveryEpochOnTest),
        new("FAUDT (CVPR 21)", [46.1, 48.6, 72.8, 56.7, 50.0, 72.1, 90.8, 55.4], 61.5),
        new("ME-GraphAU R50 (IJCAI 22)", [54.6, 47.1, 72.9, 54.0, 55.7, 76.7, 91.1, 53.0], 63.1, EveryEpochOnTest),
        new("ME-GraphAU Swin-B (IJCAI 22)", [52.5, 45.7, 76.1, 51.8, 46.5, 76.1, 92.9, 57.6], 62.4, EveryEpochOnTest),
        new("AU-Net (its README)", [], 66.1, $"{AverageOnly}; starts from BP4D weights; {EveryEpochOnTest}"),
        new("MDHR Swin-B (CVPR 24)", [65.4, 60.2, 75.2, 50.2, 52.4, 74.3, 93.7, 58.2], 66.2, BestOnTest),
        new("FMAE-IAT ViT-L (FG 25)", [64.7, 61.3, 70.8, 58.1, 59.4, 79.9, 95.2, 71.3], 70.1, BestOnTest),
        new("Norface (ECCV 24)", [], 72.7, $"{AverageOnly}, from a list of results"),
    ];

    /// <summary>The rows for a set of action units; none where it is neither BP4D's nor DISFA's.</summary>
    /// <param name="units">The FACS numbers, in order.</param>
    public static IReadOnlyList<PublishedRow> For(IReadOnlyList<int> units) =>
        units.SequenceEqual(ActionUnits.Bp4d) ? Bp4d : units.SequenceEqual(ActionUnits.Disfa) ? Disfa : [];

    /// <summary>The rows' notes, a sentence for all that share one.</summary>
    internal static IEnumerable<string> Notes(IReadOnlyList<PublishedRow> rows) =>
        rows.Where(r => r.Note is not null).GroupBy(r => r.Note)
            .Select(g => $"{string.Join(", ", g.Select(r => r.System))}: {g.Key}.");
}
