namespace FanTrans.Evaluation;

/// <summary>
/// Metrics of a score's order, free of any threshold. Unknown labels are left out. Frames are tallied by classes of
/// scores, and scores of one class count as equal; with a class for every score the metrics are exact.
/// </summary>
internal static class Ranking
{
    /// <summary>The least score of each class, rising: every score, or as many quantiles of them.</summary>
    /// <param name="scores">One score per frame, higher for present.</param>
    /// <param name="labels">One label per frame: 0, 1 or 9.</param>
    /// <param name="most">How many classes at most.</param>
    public static float[] Classes(float[] scores, sbyte[] labels, int most = int.MaxValue)
    {
        var known = scores.Where((_, i) => labels[i] != Labels.Unknown).ToList();
        known.Sort();
        float[] distinct = [.. known.Distinct()];
        return distinct.Length <= most
            ? distinct
            : [.. Enumerable.Range(0, most).Select(k => known[(int)((long)k * known.Count / most)]).Distinct()];
    }

    /// <summary>The absent frames of each class, then the present ones of each.</summary>
    public static double[] Tally(UnitFrames frames)
    {
        var classes = frames.Classes.Length;
        var tally = new double[2 * classes];
        for (var i = 0; i < frames.Labels.Length; i++)
        {
            if (frames.Labels[i] == Labels.Unknown)
                continue;
            var at = Array.BinarySearch(frames.Classes, frames.Scores[i]);
            tally[(classes * frames.Labels[i]) + (at >= 0 ? at : ~at - 1)]++;
        }
        return tally;
    }

    /// <summary>
    /// Area under the ROC curve: the chance that a present frame scores above an absent one, ties counting half. NaN
    /// where the known labels are all one value.
    /// </summary>
    public static double Auc(double[] tally)
    {
        var classes = tally.Length / 2;
        double won = 0,
            absent = 0,
            present = 0;
        for (var k = 0; k < classes; k++)
        {
            won += tally[classes + k] * (absent + (tally[k] / 2));
            absent += tally[k];
            present += tally[classes + k];
        }
        return absent == 0 || present == 0 ? double.NaN : won / (absent * present);
    }

    /// <summary>
    /// Average precision, Σ (R_k - R_(k-1)) P_k over the distinct thresholds from the highest, without interpolation.
    /// NaN where no known frame is present.
    /// </summary>
    public static double AveragePrecision(double[] tally)
    {
        var classes = tally.Length / 2;
        double sum = 0,
            hits = 0,
            frames = 0;
        for (var k = classes - 1; k >= 0; k--)
        {
            hits += tally[classes + k];
            frames += tally[k] + tally[classes + k];
            if (frames > 0)
                sum += tally[classes + k] * hits / frames;
        }
        return hits == 0 ? double.NaN : sum / hits;
    }
}
