namespace FanTrans.Evaluation;

/// <summary>The error of 68 landmarks in the iBUG order, relative to the size of the face.</summary>
public static class LandmarkError
{
    private const int RightOuterEye = 36, LeftOuterEye = 45;

    /// <summary>
    /// Normalised mean error of one face: the mean distance of the counted landmarks, over the distance of the
    /// outer eye corners (landmarks 37 and 46 counted from 1), the inter-ocular distance of the 300-W challenge.
    /// </summary>
    /// <param name="predicted">136 values: 68 x (x, y) in pixels.</param>
    /// <param name="truth">136 values: 68 x (x, y) in the same pixels; a NaN pair is not known and not counted.</param>
    /// <param name="visible">68 flags; a landmark that is not visible is not counted. Null counts all.</param>
    /// <returns>
    /// 0.05 means 5 % of the inter-ocular distance; NaN where no landmark counts or the outer eye corners are
    /// unknown or in one place.
    /// </returns>
    /// <exception cref="ArgumentException">A length is not 136, or of the flags not 68.</exception>
    public static double Nme(ReadOnlySpan<float> predicted, ReadOnlySpan<float> truth, IReadOnlyList<bool>? visible = null)
    {
        double[] counted = [.. Each(predicted, truth, visible).Where(e => !double.IsNaN(e))];
        return counted.DefaultIfEmpty(double.NaN).Average();
    }

    /// <summary>The same for each landmark by itself.</summary>
    /// <inheritdoc cref="Nme" path="/param|/exception"/>
    /// <returns>68 distances over that of the outer eye corners; NaN where a landmark is not counted, or all of them.</returns>
    public static double[] Each(ReadOnlySpan<float> predicted, ReadOnlySpan<float> truth, IReadOnlyList<bool>? visible = null)
    {
        if (predicted.Length != 136 || truth.Length != 136 || visible is { Count: not 68 })
            throw new ArgumentException(
                $"expected 136 coordinates (and 68 flags), found {predicted.Length} predicted, {truth.Length} true, " +
                $"{visible?.Count ?? 68} flags.");
        var interOcular = Distance(truth, RightOuterEye, truth, LeftOuterEye);
        var errors = new double[68];
        for (var k = 0; k < 68; k++)
        {
            // An unknown coordinate makes the distance NaN by itself.
            errors[k] = visible?[k] == false || !(interOcular > 0) ? double.NaN : Distance(predicted, k, truth, k) / interOcular;
        }
        return errors;
    }

    private static double Distance(ReadOnlySpan<float> a, int i, ReadOnlySpan<float> b, int j) => Math.Sqrt(
        Square(a[2 * i] - b[2 * j]) + Square(a[(2 * i) + 1] - b[(2 * j) + 1]));

    private static double Square(double value) => value * value;
}
