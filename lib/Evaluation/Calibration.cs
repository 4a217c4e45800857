namespace FanTrans.Evaluation;

/// <summary>Whether a probability means what it says. Unknown labels are left out.</summary>
public static class Calibration
{
    /// <summary>
    /// Expected calibration error: over bins of equal width, the mean distance of the predicted probability of presence
    /// from the share of present frames, weighted by frames. Naeini et al., AAAI 2015, for one binary label; the number
    /// of bins is chosen by this kit.
    /// </summary>
    /// <param name="probabilities">One a frame, 0 to 1 where the label is known.</param>
    /// <param name="labels">One label a frame: 0, 1 or 9.</param>
    /// <param name="bins">How many; a probability on an edge belongs to the bin below, as in scikit-learn.</param>
    /// <returns>0 to 1; NaN where no frame is known.</returns>
    /// <exception cref="ArgumentException">The lengths differ, a probability is not 0 to 1, or a label is not 0, 1 or 9.</exception>
    public static double Error(ReadOnlySpan<float> probabilities, ReadOnlySpan<sbyte> labels, int bins = 10)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        if (probabilities.Length != labels.Length)
            throw new ArgumentException($"{probabilities.Length} probabilities for {labels.Length} labels.");
        // For each bin, the probabilities' sum less the number of present frames.
        var surplus = new double[bins];
        long known = 0;
        for (var i = 0; i < labels.Length; i++)
        {
            if (!Labels.IsKnown(labels[i], i))
                continue;
            double p = probabilities[i];
            if (!(p is >= 0 and <= 1))
                throw new ArgumentException($"probability of frame {i}: expected 0 to 1, found {p}.", nameof(probabilities));
            surplus[Math.Clamp((int)Math.Ceiling(p * bins) - 1, 0, bins - 1)] += p - labels[i];
            known++;
        }
        return known == 0 ? double.NaN : surplus.Sum(Math.Abs) / known;
    }
}
