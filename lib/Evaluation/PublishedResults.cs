using System.Globalization;
using FanTrans.Data;

namespace FanTrans.Evaluation;

/// <summary>One published system's F1 on one dataset.</summary>
/// <param name="System">Its name, and where it was published.</param>
/// <param name="F1">In percent, one per action unit in the dataset's order;
/// empty where only the average is known.</param>
/// <param name="Average">In percent, as printed.</param>
/// <param name="Note">How its epoch was chosen, where its code shows it,
/// and other reservations; null where unknown.</param>
internal sealed record PublishedRow(string System, IReadOnlyList<double> F1, double Average, string? Note = null)
{
    public string[] Cells(int units)
    {
        var values = F1.Count == 0 ? Enumerable.Repeat("", units) : F1.Select(Text);
        return [System, .. values, Text(Average)];

        static string Text(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);
    }
}

/// <summary>
/// Published results, what a table of one's own results stands beside: data-manifests/published-results.json. They come
/// from the licensed datasets; results on rendered faces are not comparable.
/// </summary>
internal sealed record PublishedResults(IReadOnlyList<PublishedRow> Bp4d, IReadOnlyList<PublishedRow> Disfa)
{
    public static PublishedResults All { get; } = ManifestFile.Embedded<PublishedResults>("published-results");

    /// <summary>The rows for action units in order; none where they are neither BP4D's nor DISFA's.</summary>
    public static IReadOnlyList<PublishedRow> For(IReadOnlyList<int> units) =>
        units.SequenceEqual(ActionUnits.Bp4d) ? All.Bp4d
        : units.SequenceEqual(ActionUnits.Disfa) ? All.Disfa
        : [];

    /// <summary>What to know of the rows for action units: a sentence for all that share one, and the dataset's name.
    /// </summary>
    public static IEnumerable<string> Notes(IReadOnlyList<int> units)
    {
        var rows = For(units);
        foreach (var same in rows.Where(r => r.Note is not null).GroupBy(r => r.Note))
            yield return $"{string.Join(", ", same.Select(r => r.System))}: {same.Key}.";
        if (rows.Count > 0)
            yield return $"Published rows are of {(rows == All.Bp4d ? "BP4D" : "DISFA")}; a row of another dataset, "
                + "such as rendered faces, cannot be compared with them.";
    }
}
