using FanTrans.Data;

namespace FanTrans.Synthetic;

/// <summary>
/// A stationary random process of unit variance that is smooth in time, so that a threshold on it is crossed seldom
/// and runs of presence have a natural length: the Gaussian process with Matérn covariance 3/2, as an exact
/// two-state recursion.
/// </summary>
internal sealed class LatentProcess
{
    private readonly double f00,
        f01,
        f10,
        f11,
        l00,
        l10,
        l11,
        rate;

    /// <summary>Prepares the recursion.</summary>
    /// <param name="timeScale">Time constant in frames: the correlation at lag t is (1 + t/τ) exp(-t/τ).</param>
    public LatentProcess(double timeScale)
    {
        var k = rate = 1 / timeScale;
        var decay = FixedMath.Exp(-k);
        (f00, f01, f10, f11) = (decay * (1 + k), decay, -decay * k * k, decay * (1 - k));
        // What the step must add so that the state keeps the covariance diag(1, k²).
        var q00 = 1 - (f00 * f00) - (f01 * f01 * k * k);
        var q10 = -(f00 * f10) - (f01 * f11 * k * k);
        var q11 = (k * k) - (f10 * f10) - (f11 * f11 * k * k);
        l00 = Math.Sqrt(Math.Max(q00, 0));
        l10 = q10 / Math.Max(l00, 1e-12);
        l11 = Math.Sqrt(Math.Max(q11 - (l10 * l10), 0));
    }

    /// <summary>Fills a stretch of time.</summary>
    public void Fill(Span<float> values, ref SeededRandom random)
    {
        var (x, v) = (Normal(ref random), rate * Normal(ref random));
        for (var t = 0; t < values.Length; t++)
        {
            values[t] = (float)x;
            var (a, b) = (Normal(ref random), Normal(ref random));
            (x, v) = ((f00 * x) + (f01 * v) + (l00 * a), (f10 * x) + (f11 * v) + (l10 * a) + (l11 * b));
        }
    }

    /// <summary>Nearly normal, unit variance: the sum of four 16-bit uniforms;
    /// the recursion averages many of them.</summary>
    private static double Normal(ref SeededRandom random)
    {
        var bits = random.NextBits();
        var sum = (bits & 0xFFFF) + ((bits >> 16) & 0xFFFF) + ((bits >> 32) & 0xFFFF) + (bits >> 48);
        return (sum - 131070.0) * (1.7320508075688772 / 65536);
    }
}
