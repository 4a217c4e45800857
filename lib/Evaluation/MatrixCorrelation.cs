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
/// <param name="NullBound">The ρ that 95 of 100 permutations stay below.</param>
public sealed record MantelResult(double Rho, double PValue, int Permutations, int Entries, double NullBound);

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
            return new MantelResult(double.NaN, double.NaN, permutations, entries, double.NaN);
        var random = new Random(seed);
        var drawn = new double[permutations];
        for (var p = 0; p < permutations; p++)
        {
            random.Shuffle(order);
            Paired(a, b, order, out first, out second);
            drawn[p] = Spearman(first, second);
        }
        // A tie with the observed value counts, up to rounding.
        var asHigh = 1 + drawn.Count(d => d >= rho - 1e-12);
        return new MantelResult(rho, asHigh / (permutations + 1.0), permutations, entries, drawn.Quantile(0.95));
    }

    /// <summary>Rows for columns.</summary>
    /// <param name="matrix">N x N.</param>
    public static double[,] Transpose(double[,] matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        var turned = new double[matrix.GetLength(1), matrix.GetLength(0)];
        for (var k = 0; k < matrix.Length; k++)
            turned[k % matrix.GetLength(1), k / matrix.GetLength(1)] = matrix[k / matrix.GetLength(1), k % matrix.GetLength(1)];
        return turned;
    }

    /// <summary>The entries off the diagonal, row by row: those between two action units.</summary>
    /// <param name="matrix">N x N.</param>
    public static double[] Between(double[,] matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        var n = matrix.GetLength(1);
        return [.. matrix.Cast<double>().Where((_, k) => k / n != k % n)];
    }

    /// <summary>
    /// The off-diagonal entries as what Spearman's ρ compares: their ranks, scaled from 0, the lowest, to 1, the highest;
    /// ties share their mean rank. So matrices of different scales can be seen side by side.
    /// </summary>
    /// <param name="matrix">N x N; NaN is left out.</param>
    /// <returns>N x N, NaN on the diagonal; 0.5 throughout where all entries are equal.</returns>
    public static double[,] Ranks(double[,] matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        var (rows, columns) = (matrix.GetLength(0), matrix.GetLength(1));
        var places = Enumerable.Range(0, rows).SelectMany(i => Enumerable.Range(0, columns).Select(j => (i, j)))
            .Where(p => p.i != p.j && !double.IsNaN(matrix[p.i, p.j])).ToArray();
        var ranks = new double[rows, columns];
        for (var k = 0; k < ranks.Length; k++)
            ranks[k / columns, k % columns] = double.NaN;
        double[] order = places.Length == 0 ? [] : places.Select(p => matrix[p.i, p.j]).Ranks(RankDefinition.Average);
        for (var k = 0; k < places.Length; k++)
            ranks[places[k].i, places[k].j] = places.Length == 1 ? 0.5 : (order[k] - 1) / (places.Length - 1);
        return ranks;
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
