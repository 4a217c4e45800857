namespace FanTrans.Distillation;

/// <summary>Weights that let rare action units count as much as frequent ones.</summary>
internal static class ClassWeights
{
    /// <summary>w_n = (1/r_n) / Σ_k (1/r_k) · N, so the weights' mean is 1. Known from the authors' other work
    /// (AU-Net), where r are the training fold's occurrence rates.</summary>
    /// <param name="rates">For each unit the share of known frames in which it is present, in (0, 1].</param>
    /// <param name="leastRate">A lower rate counts as this one, so that a unit that a small training set never
    /// shows does not take all the weight; 0 refuses such a unit instead. Chosen by this kit.</param>
    /// <exception cref="ArgumentException">No rate, or one outside (0, 1]; the message names its place.</exception>
    public static double[] FromRates(ReadOnlySpan<double> rates, double leastRate = 0)
    {
        if (rates.IsEmpty)
            throw new ArgumentException("Expected at least one occurrence rate.", nameof(rates));
        var weights = new double[rates.Length];
        double sum = 0;
        for (int n = 0; n < rates.Length; n++)
        {
            double rate = Math.Max(rates[n], leastRate);
            if (!(rate > 0 && rate <= 1))
            {
                throw new ArgumentException(
                    $"Occurrence rate {n} of {rates.Length} is {rates[n]}, expected above 0 and at most 1.",
                    nameof(rates)
                );
            }
            sum += weights[n] = 1 / rate;
        }
        for (int n = 0; n < weights.Length; n++)
            weights[n] *= weights.Length / sum;
        return weights;
    }
}
