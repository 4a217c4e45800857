using MathNet.Numerics;
using MathNet.Numerics.LinearAlgebra;

namespace FanTrans.Evaluation;

/// <summary>
/// What can be told of action units that cannot be seen: their probabilities from the true labels of all others, by
/// logistic regression. The most that a model can gain from how units go together, where it sees those others without
/// fault and reads them linearly. Chosen by this kit.
/// </summary>
public static class LabelOracle
{
    private const double Ridge = 1;
    private const int Steps = 25;

    /// <summary>Predicts units of test frames from the other units' labels.</summary>
    /// <param name="train">One row per training frame: N labels of 0, 1 or 9, as the test frames have them.</param>
    /// <param name="test">Whose keys and labels are taken; its probabilities are not looked at.</param>
    /// <param name="units">FACS numbers of the units to predict; none of them tells about another.</param>
    /// <returns>The units' probabilities for the test frames.</returns>
    /// <exception cref="ArgumentException">A unit is not there, all are to be predicted,
    /// or a training row has another length.</exception>
    public static AuPredictions Predict(IReadOnlyList<sbyte[]> train, AuPredictions test, IReadOnlyList<int> units)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(test);
        var asked = test.Only(units);
        if (train.FirstOrDefault(row => row.Length != test.ActionUnits.Count) is { } other)
            throw new ArgumentException(
                $"expected rows of {test.ActionUnits.Count} labels, found one of {other.Length}.",
                nameof(train)
            );
        int[] seen = [.. Enumerable.Range(0, test.ActionUnits.Count).Where(n => !units.Contains(test.ActionUnits[n]))];
        if (seen.Length == 0)
            throw new ArgumentException("no unit is left to tell from.", nameof(units));
        double[] means =
        [
            .. seen.Select(n =>
                train.Where(r => r[n] != Labels.Unknown).Select(r => (double)r[n]).DefaultIfEmpty(0).Average()
            ),
        ];
        var probabilities = test.Keys.Select(_ => new float[units.Count]).ToArray();
        for (var k = 0; k < units.Count; k++)
        {
            var column = test.ActionUnits.ToList().IndexOf(units[k]);
            var known = train.Where(row => row[column] != Labels.Unknown).ToArray();
            if (known.Length == 0)
                throw new ArgumentException($"no training frame has a label of AU{units[k]}.", nameof(train));
            var weights = Fit(Design(known), Vector<double>.Build.Dense(known.Length, i => known[i][column]));
            var scores = Design(test.Labels) * weights;
            for (var i = 0; i < probabilities.Length; i++)
                probabilities[i][k] = (float)SpecialFunctions.Logistic(scores[i]);
        }
        return asked with { Probabilities = probabilities };

        // One column per unit that tells, from its mean, an unknown label at the mean, and one of ones.
        Matrix<double> Design(IReadOnlyList<sbyte[]> labels) =>
            Matrix<double>.Build.Dense(
                labels.Count,
                seen.Length + 1,
                (i, j) =>
                    j == seen.Length ? 1
                    : labels[i][seen[j]] == Labels.Unknown ? 0
                    : labels[i][seen[j]] - means[j]
            );
    }

    /// <summary>Newton's method; the ridge keeps a unit that never occurs from growing without end.</summary>
    private static Vector<double> Fit(Matrix<double> x, Vector<double> y)
    {
        var weights = Vector<double>.Build.Dense(x.ColumnCount);
        for (var step = 0; step < Steps; step++)
        {
            var p = (x * weights).Map(SpecialFunctions.Logistic);
            var spread = p.PointwiseMultiply(1 - p);
            var slope = x.TransposeThisAndMultiply(y - p) - (Ridge * weights);
            var curvature = x.TransposeThisAndMultiply(
                Matrix<double>.Build.Dense(x.RowCount, x.ColumnCount, (i, j) => x[i, j] * spread[i])
            );
            for (var j = 0; j < x.ColumnCount; j++)
                curvature[j, j] += Ridge;
            weights += curvature.Cholesky().Solve(slope);
        }
        return weights;
    }
}
