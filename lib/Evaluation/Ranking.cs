namespace FanTrans.Evaluation;

/// <summary>Metrics of a score's order, free of any threshold. Unknown labels are left out.</summary>
public static class Ranking
{
    /// <summary>
    /// Area under the ROC curve: the chance that a present frame scores above an absent one, ties counting
    /// half. NaN where the known labels are all one value.
    /// </summary>
    /// <param name="scores">One score a frame, higher for present; no NaN where the label is known.</param>
    /// <param name="labels">One label a frame: 0, 1 or 9.</param>
    /// <exception cref="ArgumentException">The lengths differ, a score is NaN, or a label is not 0, 1 or 9.</exception>
    public static double Auc(ReadOnlySpan<float> scores, ReadOnlySpan<sbyte> labels)
    {
        var (ordered, positive) = Order(scores, labels);
        long positives = positive.LongCount(p => p), negatives = positive.Length - positives;
        if (positives == 0 || negatives == 0)
            return double.NaN;
        // Pairs won, counted group by group of equal scores from the lowest on.
        double won = 0;
        long negativesBelow = 0;
        for (var start = 0; start < ordered.Length;)
        {
            long groupPositives = 0, groupNegatives = 0;
            var end = start;
            for (; end < ordered.Length && ordered[end] == ordered[start]; end++)
                _ = positive[end] ? groupPositives++ : groupNegatives++;
            won += groupPositives * (negativesBelow + (groupNegatives / 2.0));
            negativesBelow += groupNegatives;
            start = end;
        }
        return won / ((double)positives * negatives);
    }

    /// <summary>
    /// Average precision, Σ (R_k - R_(k-1)) P_k over the distinct thresholds from the highest, without
    /// interpolation. NaN where no known frame is present.
    /// </summary>
    /// <param name="scores">One score a frame, higher for present; no NaN where the label is known.</param>
    /// <param name="labels">One label a frame: 0, 1 or 9.</param>
    /// <exception cref="ArgumentException">The lengths differ, a score is NaN, or a label is not 0, 1 or 9.</exception>
    public static double AveragePrecision(ReadOnlySpan<float> scores, ReadOnlySpan<sbyte> labels)
    {
        var (ordered, positive) = Order(scores, labels);
        var positives = positive.LongCount(p => p);
        if (positives == 0)
            return double.NaN;
        double sum = 0;
        long hits = 0;
        for (var end = ordered.Length; end > 0;)
        {
            var start = end;
            var before = hits;
            while (start > 0 && ordered[start - 1] == ordered[end - 1])
                hits += positive[--start] ? 1 : 0;
            sum += (double)(hits - before) / positives * hits / (ordered.Length - start);
            end = start;
        }
        return sum;
    }

    /// <summary>The known frames' scores from the lowest, and whether each is present.</summary>
    private static (float[] Scores, bool[] Positive) Order(ReadOnlySpan<float> scores, ReadOnlySpan<sbyte> labels)
    {
        if (scores.Length != labels.Length)
            throw new ArgumentException($"{scores.Length} scores for {labels.Length} labels.");
        var kept = new List<float>(scores.Length);
        var positive = new List<bool>(scores.Length);
        for (var i = 0; i < scores.Length; i++)
        {
            if (!Labels.IsKnown(labels[i], i))
                continue;
            if (float.IsNaN(scores[i]))
                throw new ArgumentException($"score of frame {i} is not a number.", nameof(scores));
            kept.Add(scores[i]);
            positive.Add(labels[i] == 1);
        }
        float[] keys = [.. kept];
        bool[] items = [.. positive];
        Array.Sort(keys, items);
        return (keys, items);
    }
}
