using MathNet.Numerics.Statistics;

namespace FanTrans.Evaluation;

/// <summary>How predicted intensities of one action unit, 0 to 5, agree with the coded ones.</summary>
public static class IntensityAgreement
{
    /// <summary>
    /// ICC(3,1): two-way mixed effects, single rater, consistency (Shrout and Fleiss 1979), the usual figure for DISFA's
    /// intensities. With two raters it is 2 cov / (var + var).
    /// </summary>
    /// <param name="predicted">One value a frame.</param>
    /// <param name="coded">One value a frame.</param>
    /// <returns>-1 to 1; NaN for fewer than two frames or where both are constant.</returns>
    /// <exception cref="ArgumentException">The lengths differ, or a value is not finite.</exception>
    public static double Icc31(IReadOnlyList<double> predicted, IReadOnlyList<double> coded)
    {
        Check(predicted, coded);
        if (predicted.Count < 2)
            return double.NaN;
        var spread = predicted.Variance() + coded.Variance();
        return spread == 0 ? double.NaN : Math.Clamp(2 * predicted.Covariance(coded) / spread, -1, 1);
    }

    /// <summary>Mean absolute error, in steps of intensity; NaN for no frame.</summary>
    /// <param name="predicted">One value a frame.</param>
    /// <param name="coded">One value a frame.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a value is not finite.</exception>
    public static double MeanAbsoluteError(IReadOnlyList<double> predicted, IReadOnlyList<double> coded)
    {
        Check(predicted, coded);
        return predicted.Zip(coded, (p, c) => Math.Abs(p - c)).DefaultIfEmpty(double.NaN).Average();
    }

    private static void Check(IReadOnlyList<double> predicted, IReadOnlyList<double> coded)
    {
        ArgumentNullException.ThrowIfNull(predicted);
        ArgumentNullException.ThrowIfNull(coded);
        if (predicted.Count != coded.Count)
            throw new ArgumentException($"{predicted.Count} predicted intensities for {coded.Count} coded ones.");
        for (var i = 0; i < coded.Count; i++)
        {
            if (!double.IsFinite(predicted[i]) || !double.IsFinite(coded[i]))
                throw new ArgumentException($"intensity of frame {i}: predicted {predicted[i]}, coded {coded[i]}, expected numbers.");
        }
    }
}
