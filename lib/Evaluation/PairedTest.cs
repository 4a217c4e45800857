namespace FanTrans.Evaluation;

/// <summary>The comparison of two systems on one action unit.</summary>
/// <param name="ActionUnit">The FACS number.</param>
/// <param name="Difference">Mean over seeds of the second system's metric less the first's.</param>
/// <param name="PValue">Two-sided; NaN where the metric is not defined.</param>
/// <param name="Corrected">The p-value after Holm's correction for the number of action units.</param>
public sealed record UnitComparison(int ActionUnit, double Difference, double PValue, double Corrected);

/// <summary>The comparison of two systems.</summary>
/// <param name="Subjects">How many subjects it rests on.</param>
/// <param name="Seeds">How many pairs of runs.</param>
/// <param name="Difference">Mean over seeds of the second system's macro mean less the first's.</param>
/// <param name="PValue">Two-sided, of the macro mean: one test, so not corrected.</param>
/// <param name="Units">One an action unit.</param>
public sealed record SystemComparison(
    int Subjects, int Seeds, double Difference, double PValue, IReadOnlyList<UnitComparison> Units);

/// <summary>
/// A paired permutation test between two systems. The null: it makes no difference which system is which. So the two
/// are exchanged subject by subject, with all of a subject's frames, and seed by seed: the counts of subject i under
/// seed j change sides where a coin of the subject and a coin of the seed differ. Pooled F1 is no mean over subjects,
/// so it is computed anew for each exchange. Chosen by this kit; no published system of this task reports a test.
/// </summary>
public static class PairedTest
{
    /// <summary>Compares F1, or another metric of confusion counts.</summary>
    /// <param name="first">One system's predictions, one run a seed.</param>
    /// <param name="second">The other's for the same frames, in the same order of seeds.</param>
    /// <param name="metric">For example <c>c => c.Mcc</c>; null is F1.</param>
    /// <param name="permutations">How many to draw, at least 100; no p-value is below 1 / (permutations + 1).</param>
    /// <param name="seed">Seed of the exchanges.</param>
    /// <exception cref="ArgumentException">
    /// The systems have another number of runs, other frames or action units, or fewer than two subjects.
    /// </exception>
    public static SystemComparison Of(
        IReadOnlyList<AuPredictions> first, IReadOnlyList<AuPredictions> second, Func<BinaryCounts, double>? metric = null,
        int permutations = 4999, int seed = 0)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        ArgumentOutOfRangeException.ThrowIfLessThan(permutations, 100);
        RequireSameFrames(first, second);
        metric ??= c => c.F1;
        var units = first[0].ActionUnits;
        var thresholds = Thresholds.ByProtocol(units.Count);
        SubjectCounts[][] systems = [[.. first.Select(p => SubjectCounts.Of(p, thresholds))], [.. second.Select(p => SubjectCounts.Of(p, thresholds))]];
        var subjects = systems[0][0].Subjects.Count;
        if (subjects < 2)
            throw new ArgumentException($"{subjects} subject: a test over subjects needs at least 2.", nameof(first));

        var random = new Random(seed);
        var (subjectCoins, seedCoins) = (new bool[subjects], new bool[first.Count]);
        var observed = Differences();
        var asFar = Enumerable.Repeat(1, observed.Length).ToArray();
        for (var p = 0; p < permutations; p++)
        {
            Toss(subjectCoins);
            Toss(seedCoins);
            var exchanged = Differences();
            for (var n = 0; n < observed.Length; n++)
                asFar[n] += Math.Abs(exchanged[n]) >= Math.Abs(observed[n]) - 1e-12 ? 1 : 0;
        }
        double[] pValues = [.. observed.Select((d, n) => double.IsNaN(d) ? double.NaN : asFar[n] / (permutations + 1.0))];
        var corrected = Holm(pValues[..^1]);
        return new SystemComparison(
            subjects, first.Count, observed[^1], pValues[^1],
            [.. units.Select((unit, n) => new UnitComparison(unit, observed[n], pValues[n], corrected[n]))]);

        void Toss(bool[] coins)
        {
            for (var i = 0; i < coins.Length; i++)
                coins[i] = random.Next(2) == 1;
        }

        // Each action unit's difference, then the macro mean's, averaged over seeds.
        double[] Differences()
        {
            var sums = new double[units.Count + 1];
            for (var run = 0; run < first.Count; run++)
            {
                var values = new double[2][];
                for (var side = 0; side < 2; side++)
                    values[side] = Values(run, side);
                for (var n = 0; n < sums.Length; n++)
                    sums[n] += (values[1][n] - values[0][n]) / first.Count;
            }
            return sums;
        }

        double[] Values(int run, int side)
        {
            var totals = new BinaryCounts[units.Count];
            for (var s = 0; s < subjects; s++)
            {
                var from = systems[subjectCoins[s] != seedCoins[run] ? 1 - side : side][run];
                for (var n = 0; n < totals.Length; n++)
                    totals[n] += from[s, n];
            }
            double[] each = [.. totals.Select(metric)];
            return [.. each, SubjectCounts.Mean(each)];
        }
    }

    /// <summary>
    /// Holm's step-down correction (Scandinavian Journal of Statistics 6, 1979): the chance of any false finding among
    /// all tests stays below the level at which a corrected p-value is called significant.
    /// </summary>
    /// <param name="pValues">One a test; NaN is no test.</param>
    /// <returns>As many, in the same order, each at least the uncorrected one and at most 1.</returns>
    public static double[] Holm(IReadOnlyList<double> pValues)
    {
        ArgumentNullException.ThrowIfNull(pValues);
        var corrected = Enumerable.Repeat(double.NaN, pValues.Count).ToArray();
        int[] order = [.. Enumerable.Range(0, pValues.Count).Where(i => !double.IsNaN(pValues[i])).OrderBy(i => pValues[i])];
        double largest = 0;
        for (var rank = 0; rank < order.Length; rank++)
        {
            largest = Math.Max(largest, Math.Min(1, pValues[order[rank]] * (order.Length - rank)));
            corrected[order[rank]] = largest;
        }
        return corrected;
    }

    private static void RequireSameFrames(IReadOnlyList<AuPredictions> first, IReadOnlyList<AuPredictions> second)
    {
        if (first.Count == 0 || first.Count != second.Count)
            throw new ArgumentException($"{first.Count} runs beside {second.Count}: a paired test needs as many of both, at least one.");
        foreach (var run in first.Concat(second))
        {
            if (!run.ActionUnits.SequenceEqual(first[0].ActionUnits))
                throw new ArgumentException("the runs predict other action units, or in another order.");
            if (!run.Keys.SequenceEqual(first[0].Keys))
                throw new ArgumentException("the runs predict other frames, or in another order.");
        }
    }
}
