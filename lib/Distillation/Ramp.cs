namespace FanTrans.Distillation;

/// <summary>How distillation's weight grows: peers that know nothing yet have nothing to teach.</summary>
internal static class Ramp
{
    /// <summary>exp(-5 (1 - min(e / E_r, 1))²), and 1 where E_r is 0: from 0.0067 at epoch 0 to 1 from epoch E_r on.
    /// Chosen by this kit, after Laine and Aila 2017.</summary>
    /// <param name="epoch">Epoch e, from 0; a fraction counts.</param>
    /// <param name="rampEpochs">Epochs E_r of the ramp.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is negative or not a number.</exception>
    public static double At(double epoch, double rampEpochs)
    {
        if (!(epoch >= 0))
            throw new ArgumentOutOfRangeException(nameof(epoch), epoch, "Expected at least 0.");
        if (!(rampEpochs >= 0))
            throw new ArgumentOutOfRangeException(nameof(rampEpochs), rampEpochs, "Expected at least 0.");
        if (rampEpochs == 0)
            return 1;
        double rest = 1 - Math.Min(epoch / rampEpochs, 1);
        return Math.Exp(-5 * rest * rest);
    }
}
