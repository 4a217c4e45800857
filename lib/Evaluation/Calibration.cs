namespace FanTrans.Evaluation;

/// <summary>
/// Whether a probability means what it says: the expected calibration error, over bins of equal width the mean distance
/// of the predicted probability of presence from the share of present frames, weighted by frames. Naeini et al., AAAI
/// 2015, for one binary label; ten bins are chosen by this kit. Unknown labels are left out.
/// </summary>
internal static class Calibration
{
    private const int Bins = 10;

    /// <summary>For each bin, the probabilities' sum less the number of present frames; then the number of frames. A
    /// probability on an edge belongs to the bin below, as in scikit-learn.</summary>
    public static double[] Tally(UnitFrames frames)
    {
        var tally = new double[Bins + 1];
        foreach (var (p, label) in frames.Scores.Zip(frames.Labels).Where(f => f.Second != Labels.Unknown))
        {
            tally[Math.Clamp((int)Math.Ceiling((double)p * Bins) - 1, 0, Bins - 1)] += p - (double)label;
            tally[Bins]++;
        }
        return tally;
    }

    /// <summary>0 to 1; NaN where no frame is known.</summary>
    public static double Error(double[] tally) =>
        tally[Bins] == 0 ? double.NaN : tally[..Bins].Sum(Math.Abs) / tally[Bins];
}
