namespace FanTrans.Synthetic;

/// <summary>Small symmetric matrices: factors and repairs.</summary>
internal static class Covariance
{
    /// <summary>The lower triangular factor L with L Lᵀ = a, or null where a is not positive definite.</summary>
    public static double[,]? Factor(double[,] a)
    {
        var n = a.GetLength(0);
        var l = new double[n, n];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var sum = a[i, j];
                for (var k = 0; k < j; k++)
                    sum -= l[i, k] * l[j, k];
                if (i != j)
                {
                    l[i, j] = sum / l[j, j];
                    continue;
                }
                if (sum <= 1e-9)
                    return null;
                l[i, i] = Math.Sqrt(sum);
            }
        }
        return l;
    }

    /// <summary>
    /// The nearest matrix of correlations that can be, in place: eigenvalues below a floor are raised to it and the
    /// diagonal is scaled back to 1.
    /// </summary>
    public static void Repair(double[,] correlation, double floor = 0.004)
    {
        var n = correlation.GetLength(0);
        var a = (double[,])correlation.Clone();
        var v = new double[n, n];
        for (var i = 0; i < n; i++)
            v[i, i] = 1;
        // Jacobi's rotations; a dozen sweeps are plenty for so few rows.
        for (var sweep = 0; sweep < 12; sweep++)
        {
            for (var p = 0; p < n - 1; p++)
            {
                for (var q = p + 1; q < n; q++)
                    Rotate(a, v, p, q);
            }
        }
        var sound = true;
        for (var i = 0; i < n; i++)
            sound &= a[i, i] >= floor;
        if (sound)
            return;
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++)
            {
                double sum = 0;
                for (var k = 0; k < n; k++)
                    sum += v[i, k] * Math.Max(a[k, k], floor) * v[j, k];
                correlation[i, j] = sum;
            }
        }
        var scale = new double[n];
        for (var i = 0; i < n; i++)
            scale[i] = 1 / Math.Sqrt(correlation[i, i]);
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++)
                correlation[i, j] = i == j ? 1 : correlation[i, j] * scale[i] * scale[j];
        }
    }

    private static void Rotate(double[,] a, double[,] v, int p, int q)
    {
        if (Math.Abs(a[p, q]) < 1e-14)
            return;
        var n = a.GetLength(0);
        var theta = (a[q, q] - a[p, p]) / (2 * a[p, q]);
        var t = (theta >= 0 ? 1 : -1) / (Math.Abs(theta) + Math.Sqrt((theta * theta) + 1));
        var c = 1 / Math.Sqrt((t * t) + 1);
        var s = t * c;
        for (var k = 0; k < n; k++)
            (a[k, p], a[k, q]) = ((c * a[k, p]) - (s * a[k, q]), (s * a[k, p]) + (c * a[k, q]));
        for (var k = 0; k < n; k++)
            (a[p, k], a[q, k]) = ((c * a[p, k]) - (s * a[q, k]), (s * a[p, k]) + (c * a[q, k]));
        for (var k = 0; k < n; k++)
            (v[k, p], v[k, q]) = ((c * v[k, p]) - (s * v[k, q]), (s * v[k, p]) + (c * v[k, q]));
    }

    /// <summary>Factors a correlation matrix, repairing it first where it must be.</summary>
    /// <exception cref="InvalidOperationException">The values are not finite.</exception>
    public static double[,] FactorRepaired(double[,] correlation)
    {
        Repair(correlation);
        return Factor(correlation)
            ?? throw new InvalidOperationException("the correlations cannot be repaired: they are not finite.");
    }

    /// <summary>b a⁻¹ for lower triangular a and b.</summary>
    public static double[,] RightDivide(double[,] b, double[,] a)
    {
        var n = a.GetLength(0);
        var x = new double[n, n];
        for (var i = 0; i < n; i++)
        {
            for (var j = n - 1; j >= 0; j--)
            {
                var sum = b[i, j];
                for (var k = j + 1; k < n; k++)
                    sum -= x[i, k] * a[k, j];
                x[i, j] = sum / a[j, j];
            }
        }
        return x;
    }
}
