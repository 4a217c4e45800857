namespace FanTrans.Synthetic;

/// <summary>
/// From a hidden value to an intensity on the FACS scale: 0 (absent), then 1 to 5 for the letters A (trace) to E
/// (maximum), continuous in between; the integer part is the coded intensity. How intensities are distributed given
/// presence is chosen by this kit, with strong ones rarer.
/// </summary>
/// <param name="presentFrom">The intensity that counts as present: 1 as in BP4D, 2 as in DISFA.</param>
/// <param name="subtlety">How far intensities are pushed towards a trace: 0 towards strong ones,
/// 0.5 not at all, 1 most.</param>
internal readonly struct IntensityScale(int presentFrom, double subtlety)
{
    // Below its threshold an action unit fades out over this much of the hidden value.
    private const double Fade = 0.20;

    /// <summary>Share of the frames with presence that are at least as strong as each intensity.</summary>
    private static ReadOnlySpan<double> FromTrace => [1, 0.80, 0.50, 0.22, 0.06, 0];

    private static ReadOnlySpan<double> FromSlight => [1, 0.52, 0.18, 0.04, 0];

    /// <summary>The intensity of a hidden value, 0 to below 6.</summary>
    /// <param name="value">Hidden value, standard normal.</param>
    /// <param name="threshold">Where presence begins.</param>
    public double At(double value, double threshold)
    {
        if (value <= threshold)
        {
            // One letter of DISFA's scale lies below presence; under it, a fading motion without a letter.
            var below = presentFrom - ((threshold - value) / Fade);
            return Math.Max(0, below);
        }
        var stronger = Tail(value) / Math.Max(1e-9, Tail(threshold));
        stronger = FixedMath.Pow(Math.Clamp(stronger, 1e-9, 1), FixedMath.Pow(2, 1 - (2 * subtlety)));
        var shares = presentFrom == 1 ? FromTrace : FromSlight;
        for (var k = 1; k < shares.Length; k++)
        {
            if (stronger > shares[k])
                return presentFrom + k - 1 + Math.Min(0.999, (shares[k - 1] - stronger) / (shares[k - 1] - shares[k]));
        }
        return 5.999;
    }

    /// <summary>The normal distribution's upper tail, error below 1e-7 (Abramowitz and Stegun 26.2.17).</summary>
    internal static double Tail(double x)
    {
        if (x < 0)
            return 1 - Tail(-x);
        var t = 1 / (1 + (0.2316419 * x));
        var poly =
            t * (0.319381530 + (t * (-0.356563782 + (t * (1.781477937 + (t * (-1.821255978 + (t * 1.330274429))))))));
        return FixedMath.Exp(-x * x / 2) * 0.3989422804014327 * poly;
    }
}
