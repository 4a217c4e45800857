using FanTrans.Evaluation;

namespace FanTrans.Training.Experiments;

/// <summary>What is compared: the test predictions of one variant.</summary>
/// <param name="Name">What makes the variant, for example "AttentionDrop None".</param>
/// <param name="Folds">Folds that each run pools.</param>
/// <param name="Seeds">The seeds, rising.</param>
/// <param name="Runs">One per seed.</param>
public sealed record VariantRuns(
    string Name,
    IReadOnlyList<int> Folds,
    IReadOnlyList<int> Seeds,
    IReadOnlyList<AuPredictions> Runs
)
{
    /// <summary>Pools the folds of each seed.</summary>
    /// <param name="name">What makes the variant.</param>
    /// <param name="cells">Fold and seed of each finished experiment, and its test predictions.</param>
    /// <exception cref="InvalidDataException">One seed has other folds than another.</exception>
    /// <exception cref="ArgumentException">Two folds test the same frames, or differ in their action units.</exception>
    public static VariantRuns Pool(string name, IEnumerable<(int Fold, int Seed, AuPredictions Test)> cells)
    {
        var seeds = cells
            .GroupBy(c => c.Seed)
            .OrderBy(g => g.Key)
            .Select(g => (Seed: g.Key, Cells: g.OrderBy(c => c.Fold).ToArray()))
            .ToArray();
        int[] folds = [.. seeds[0].Cells.Select(c => c.Fold)];
        foreach (var (seed, own) in seeds)
        {
            if (!own.Select(c => c.Fold).SequenceEqual(folds))
                throw new InvalidDataException(
                    $"{name}: seed {seeds[0].Seed} has folds {string.Join(", ", folds)}, seed {seed} has "
                        + $"{string.Join(", ", own.Select(c => c.Fold))}; wait for the rest."
                );
        }
        return new VariantRuns(
            name,
            folds,
            [.. seeds.Select(s => s.Seed)],
            [.. seeds.Select(s => AuPredictions.Pooled([.. s.Cells.Select(c => c.Test)]))]
        );
    }
}
