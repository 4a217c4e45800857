using MathNet.Numerics.Statistics;

namespace FanTrans.Evaluation;

/// <summary>The outcome of a Mantel test.</summary>
/// <param name="Rho">Spearman's ρ of the two matrices' off-diagonal entries, -1 to 1.</param>
/// <param name="PValue">
/// One-sided: the share of permutations with a ρ at least as high, the observed order counted among them, so
/// never below 1 / (permutations + 1).
/// </param>
/// <param name="Permutations">How many were drawn.</param>
/// <param name="Entries">Off-diagonal entries compared.</param>
public sealed record MantelResult(double Rho, double PValue, int Permutations, int Entries);

/// <summary>
/// Compares two matrices over the same action units, as the learned keep probabilities with the labels' φ.
/// </summary>
public static class MatrixCorrelation
{
    /// <summary>
    /// Spearman's ρ: Pearson's correlation of the ranks, ties sharing their mean rank. Pairs with a NaN are left
    /// out; NaN where fewer than two pairs are left or one side is constant.
    /// </summary>
    /// <param name="x">First values.</param>
    /// <param name="y">Second values, as many.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double Spearman(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        if (x.Count != y.Count)
            throw new ArgumentException($"{x.Count} values beside {y.Count}.");
        var pairs = x.Zip(y).Where(p => !double.IsNaN(p.First) && !double.IsNaN(p.Second)).ToArray();
        double[] first = [.. pairs.Select(p => p.First)], second = [.. pairs.Select(p => p.Second)];
        if (IsConstant(first) || IsConstant(second))
            return double.NaN;
        return Math.Clamp(Correlation.Spearman(first, second), -1, 1);
    }

    /// <summary>
    /// Mantel's permutation test with Spearman's ρ over all off-diagonal entries (both triangles, since attention
    /// is not symmetric). The null: the action units of <paramref name="b"/> are exchangeable, so its rows and
    /// columns are permuted together. Mantel, Cancer Research 27 (1967).
    /// </summary>
    /// <param name="a">N x N.</param>
    /// <param name="b">N x N; entries that are NaN in either matrix are left out.</param>
    /// <param name="permutations">How many to draw, at least 1.</param>
    /// <param name="seed">Seed of the permutations.</param>
    /// <exception cref="ArgumentException">The matrices are not square of one size, or of fewer than 3 action units.</exception>
    public static MantelResult Mantel(double[,] a, double[,] b, int permutations = 9999, int seed = 0)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        var n = a.GetLength(0);
        if (a.GetLength(1) != n || b.GetLength(0) != n || b.GetLength(1) != n)
            throw new ArgumentException(
                $"expected two square matrices of one size, found {n} x {a.GetLength(1)} and {b.GetLength(0)} x {b.GetLength(1)}.");
        if (n < 3)
            throw new ArgumentException($"{n} action units cannot be permuted to a test; at least 3 are needed.");
        ArgumentOutOfRangeException.ThrowIfLessThan(permutations, 1);

        int[] order = [.. Enumerable.Range(0, n)];
        var entries = Paired(a, b, order, out var first, out var second);
        var rho = Spearman(first, second);
        if (double.IsNaN(rho))
            return new MantelResult(double.NaN, double.NaN, permutations, entries);
        var random = new Random(seed);
        var asHigh = 1;
        for (var p = 0; p < permutations; p++)
        {
            random.Shuffle(order);
            Paired(a, b, order, out first, out second);
            // A tie with the observed value counts, up to rounding.
            asHigh += Spearman(first, second) >= rho - 1e-12 ? 1 : 0;
        }
        return new MantelResult(rho, asHigh / (permutations + 1.0), permutations, entries);
    }

    /// <summary>The off-diagonal entries that both matrices have, the second's action units in the order given.</summary>
    private static int Paired(double[,] a, double[,] b, int[] order, out List<double> first, out List<double> second)
    {
        (first, second) = ([], []);
        for (var i = 0; i < order.Length; i++)
        {
            for (var j = 0; j < order.Length; j++)
            {
                var other = b[order[i], order[j]];
                if (i == j || double.IsNaN(a[i, j]) || double.IsNaN(other))
                    continue;
                first.Add(a[i, j]);
                second.Add(other);
            }
        }
        return first.Count;
    }

    private static bool IsConstant(double[] values) => values.Length < 2 || Array.TrueForAll(values, v => v == values[0]);
}
