namespace FanTrans.Evaluation;

/// <summary>
/// Whether a probability means what it says: the expected calibration error, over bins of equal width the mean distance of
/// the predicted probability of presence from the share of present frames, weighted by frames. Naeini et al., AAAI 2015,
/// for one binary label; ten bins are chosen by this kit. Unknown labels are left out.
/// </summary>
internal static class Calibration
{
    private const int Bins = 10;

    /// <summary>For each bin, the probabilities' sum less the number of present frames; then the number of frames.</summary>
    /// <param name="probabilities">One per frame, 0 to 1 where the label is known; one on an edge belongs to the bin
    /// below, as in scikit-learn.</param>
    /// <param name="labels">One label per frame: 0, 1 or 9.</param>
    public static double[] Tally(float[] probabilities, sbyte[] labels)
    {
        var tally = new double[Bins + 1];
        for (var i = 0; i < labels.Length; i++)
        {
            if (labels[i] == Labels.Unknown)
                continue;
            double p = probabilities[i];
            tally[Math.Clamp((int)Math.Ceiling(p * Bins) - 1, 0, Bins - 1)] += p - labels[i];
            tally[Bins]++;
        }
        return tally;
    }

    /// <summary>0 to 1; NaN where no frame is known.</summary>
    public static double Error(double[] tally) =>
        tally[Bins] == 0 ? double.NaN : tally[..Bins].Sum(Math.Abs) / tally[Bins];
}
