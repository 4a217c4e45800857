using MathNet.Numerics.Statistics;

namespace FanTrans.Evaluation;

/// <summary>
/// Mantel's permutation test with Spearman's ρ over all off-diagonal entries (both triangles, since attention is not
/// symmetric). The null: the action units of the second matrix are exchangeable, so its rows and columns are permuted
/// together. Mantel, Cancer Research 27 (1967).
/// </summary>
/// <param name="Name">What is compared.</param>
/// <param name="Rho">Spearman's ρ, -1 to 1, the mean over seeds; NaN where one of the matrices is constant.</param>
/// <param name="NullBound">The ρ that 95 of 100 permutations of the action units stay below.</param>
/// <param name="PValue">
/// One-sided: the share of permutations with a ρ at least as high, the observed order counted among them, so never
/// below 1 / (permutations + 1).
/// </param>
/// <param name="Corrected">The same after Holm's correction for the number of tests.</param>
public sealed record MatrixTest(string Name, double Rho, double NullBound, double PValue, double Corrected)
{
    /// <summary>Tests pairs of matrices.</summary>
    /// <param name="pairs">What is compared, and the two matrices, each N x N;
    /// entries that are NaN in either are left out.</param>
    /// <param name="permutations">How many to draw for each, at least 1.</param>
    /// <exception cref="ArgumentException">Two matrices are not square of one size,
    /// or of fewer than 3 action units.</exception>
    public static IReadOnlyList<MatrixTest> Run(
        IReadOnlyList<(string Name, double[,] First, double[,] Second)> pairs,
        int permutations = 9999
    )
    {
        ArgumentNullException.ThrowIfNull(pairs);
        return OverSeeds([.. pairs.Select(p => (p.Name, (IReadOnlyList<double[,]>)[p.First], p.Second))], permutations);
    }

    /// <summary>Tests what several seeds have learned against one matrix: the mean of their ρ, under one permutation
    /// of its action units for all of them.</summary>
    /// <param name="learned">What is compared, a matrix per seed, and the matrix to compare with, each N x N.</param>
    /// <param name="permutations">How many to draw for each, at least 1.</param>
    /// <exception cref="ArgumentException">Two matrices are not square of one size, of fewer than 3 action units, or
    /// there is no seed.</exception>
    public static IReadOnlyList<MatrixTest> OverSeeds(
        IReadOnlyList<(string Name, IReadOnlyList<double[,]> Seeds, double[,] Truth)> learned,
        int permutations = 9999
    )
    {
        ArgumentNullException.ThrowIfNull(learned);
        ArgumentOutOfRangeException.ThrowIfLessThan(permutations, 1);
        foreach (var (name, seeds, truth) in learned)
        {
            if (seeds.Count == 0)
                throw new ArgumentException($"{name}: no matrix to test.", nameof(learned));
            foreach (var one in seeds)
                RequireOneSize(name, one, truth);
        }
        var tests = learned
            .AsParallel()
            .AsOrdered()
            .Select(t => Test(t.Name, t.Seeds, t.Truth, permutations))
            .ToArray();
        var corrected = HierarchicalBootstrap.Holm([.. tests.Select(t => t.PValue)]);
        return [.. tests.Zip(corrected, (test, p) => test with { Corrected = p })];
    }

    /// <summary>Returns what tests support, a sentence each.</summary>
    /// <param name="tests">The tests of one <see cref="Run"/>.</param>
    public static IReadOnlyList<string> Findings(IReadOnlyList<MatrixTest> tests)
    {
        ArgumentNullException.ThrowIfNull(tests);
        var number = tests.Count(t => !double.IsNaN(t.PValue));
        var correction = number > 1 ? $" corrected for {number} tests" : "";
        return
        [
            .. tests.Select(t =>
                (double.IsNaN(t.Rho), t.Corrected < 0.05) switch
                {
                    (true, _) => $"{t.Name}: not defined, since one of the two is constant.",
                    (_, true) => $"{t.Name}: they agree more than chance explains, {Evidence(t)}.",
                    _ => $"{t.Name}: no agreement beyond chance is shown, {Evidence(t)}.",
                }
            ),
        ];

        string Evidence(MatrixTest test) =>
            FormattableString.Invariant($"ρ = {test.Rho:0.00} ({ResultTable.PIs(test.Corrected)}{correction})");
    }

    private static MatrixTest Test(string name, IReadOnlyList<double[,]> seeds, double[,] truth, int permutations)
    {
        int[] order = [.. Enumerable.Range(0, truth.GetLength(0))];
        var rho = MeanRho();
        if (double.IsNaN(rho))
            return new MatrixTest(name, double.NaN, double.NaN, double.NaN, double.NaN);
        var random = new Random(0);
        var drawn = new double[permutations];
        for (var p = 0; p < permutations; p++)
        {
            random.Shuffle(order);
            drawn[p] = MeanRho();
        }
        // A tie with the observed value counts, up to rounding.
        var asHigh = 1 + drawn.Count(d => d >= rho - 1e-12);
        return new MatrixTest(name, rho, drawn.Quantile(0.95), asHigh / (permutations + 1.0), double.NaN);

        double MeanRho()
        {
            var permuted = new double[order.Length, order.Length];
            for (var k = 0; k < permuted.Length; k++)
            {
                var (row, column) = (k / order.Length, k % order.Length);
                permuted[row, column] = truth[order[row], order[column]];
            }
            var between = MatrixCorrelation.Between(permuted);
            return seeds.Average(s => MatrixCorrelation.Spearman(MatrixCorrelation.Between(s), between));
        }
    }

    private static void RequireOneSize(string name, double[,] a, double[,] b)
    {
        var n = a.GetLength(0);
        if (a.GetLength(1) != n || b.GetLength(0) != n || b.GetLength(1) != n)
            throw new ArgumentException(
                $"{name}: expected two square matrices of one size, found {n} x {a.GetLength(1)} and "
                    + $"{b.GetLength(0)} x {b.GetLength(1)}."
            );
        if (n < 3)
            throw new ArgumentException(
                $"{name}: {n} action units cannot be permuted to a test; at least 3 are needed."
            );
    }
}
