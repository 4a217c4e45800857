using MathNet.Numerics.Statistics;

namespace FanTrans.Evaluation;

/// <summary>Compares matrices over the same action units,
/// as the learned keep probabilities with the labels' φ.</summary>
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
        double[] first = [.. pairs.Select(p => p.First)],
            second = [.. pairs.Select(p => p.Second)];
        return IsConstant(first) || IsConstant(second)
            ? double.NaN
            : Math.Clamp(Correlation.Spearman(first, second), -1, 1);
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
    /// The off-diagonal entries as what Spearman's ρ compares: their ranks, scaled from 0, the lowest, to 1, the
    /// highest; ties share their mean rank. So matrices of different scales can be seen side by side.
    /// </summary>
    /// <param name="matrix">N x N; NaN is left out.</param>
    /// <returns>N x N, NaN on the diagonal; 0.5 throughout where all entries are equal.</returns>
    public static double[,] Ranks(double[,] matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        var (rows, columns) = (matrix.GetLength(0), matrix.GetLength(1));
        var places = Enumerable
            .Range(0, rows)
            .SelectMany(i => Enumerable.Range(0, columns).Select(j => (i, j)))
            .Where(p => p.i != p.j && !double.IsNaN(matrix[p.i, p.j]))
            .ToArray();
        var ranks = new double[rows, columns];
        for (var k = 0; k < ranks.Length; k++)
            ranks[k / columns, k % columns] = double.NaN;
        double[] order = places.Length == 0 ? [] : places.Select(p => matrix[p.i, p.j]).Ranks(RankDefinition.Average);
        for (var k = 0; k < places.Length; k++)
            ranks[places[k].i, places[k].j] = places.Length == 1 ? 0.5 : (order[k] - 1) / (places.Length - 1);
        return ranks;
    }

    private static bool IsConstant(double[] values) =>
        values.Length < 2 || Array.TrueForAll(values, v => v == values[0]);
}
