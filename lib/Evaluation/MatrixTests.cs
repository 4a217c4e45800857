using System.Globalization;

namespace FanTrans.Evaluation;

/// <summary>A Mantel test among several.</summary>
/// <param name="Name">What is compared.</param>
/// <param name="Rho">Spearman's ρ, -1 to 1; NaN where one of the matrices is constant.</param>
/// <param name="NullBound">The ρ that 95 of 100 permutations of the action units stay below.</param>
/// <param name="PValue">One-sided.</param>
/// <param name="Corrected">The same after Holm's correction for the number of tests.</param>
public sealed record MatrixTest(string Name, double Rho, double NullBound, double PValue, double Corrected);

/// <summary>Several Mantel tests at once, corrected for their number.</summary>
public static class MatrixTests
{
    private const double Level = 0.05;

    /// <summary>Tests every pair of matrices; see <see cref="MatrixCorrelation.Mantel"/>.</summary>
    /// <param name="pairs">What is compared, and the two matrices, each N x N.</param>
    /// <param name="permutations">How many to draw for each.</param>
    /// <param name="seed">Seed of the permutations.</param>
    /// <exception cref="ArgumentException">Two matrices are not square of one size, or of fewer than 3 action units.</exception>
    public static IReadOnlyList<MatrixTest> Run(
        IReadOnlyList<(string Name, double[,] First, double[,] Second)> pairs, int permutations = 9999, int seed = 0)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        var results = pairs.AsParallel().AsOrdered().Select(p => MatrixCorrelation.Mantel(p.First, p.Second, permutations, seed)).ToArray();
        var corrected = PairedTest.Holm([.. results.Select(r => r.PValue)]);
        return [.. pairs.Select((p, i) => new MatrixTest(p.Name, results[i].Rho, results[i].NullBound, results[i].PValue, corrected[i]))];
    }

    /// <summary>What the tests support, a sentence each.</summary>
    /// <param name="tests">The tests of one <see cref="Run"/>.</param>
    public static IReadOnlyList<string> Findings(IReadOnlyList<MatrixTest> tests)
    {
        ArgumentNullException.ThrowIfNull(tests);
        var number = tests.Count(t => !double.IsNaN(t.PValue));
        return [.. tests.Select(t => (double.IsNaN(t.Rho), t.Corrected < Level) switch
        {
            (true, _) => $"{t.Name}: not defined, since one of the two is constant.",
            (_, true) => $"{t.Name}: they agree more than chance explains, ρ = {Number(t.Rho)} ({P(t)}).",
            _ => $"{t.Name}: no agreement beyond chance is shown, ρ = {Number(t.Rho)} ({P(t)}).",
        })];

        string P(MatrixTest test) =>
            $"p = {test.Corrected.ToString(test.Corrected < 0.001 ? "0.0000" : "0.000", CultureInfo.InvariantCulture)}{(number > 1 ? $" corrected for {number} tests" : "")}";
    }

    private static string Number(double value) => value.ToString("0.00;-0.00;0.00", CultureInfo.InvariantCulture);
}
