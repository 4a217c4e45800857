using FanTrans.Data;

namespace FanTrans.Evaluation;

/// <summary>A model's probabilities for a set of frames, beside their labels: all that any metric needs.</summary>
/// <param name="ActionUnits">The N FACS numbers, in the columns' order.</param>
/// <param name="Keys">Each frame's name.</param>
/// <param name="Probabilities">One row per frame: N probabilities, 0 to 1.</param>
/// <param name="Labels">One row per frame: N labels of 0, 1 or 9.</param>
public sealed record AuPredictions(
    IReadOnlyList<int> ActionUnits,
    IReadOnlyList<FaceKey> Keys,
    IReadOnlyList<float[]> Probabilities,
    IReadOnlyList<sbyte[]> Labels
)
{
    /// <summary>Computes the frame-based metrics; see <see cref="AuEvaluation"/>.</summary>
    /// <param name="thresholds">From which probability on an action unit counts as present;
    /// null is 0.5, by protocol.</param>
    /// <exception cref="ArgumentException">
    /// Rows or columns do not match, a label is none of 0, 1 and 9, a probability with a known label is not 0 to 1, or
    /// the thresholds were tuned on one of these subjects. </exception>
    public AuEvaluation Evaluate(Thresholds? thresholds = null)
    {
        Check();
        thresholds ??= Thresholds.ByProtocol(ActionUnits.Count);
        thresholds.RefuseFor(this);
        return AuEvaluation.Of(this, thresholds);
    }

    /// <summary>
    /// The same decisions at 0.5 as these have at thresholds: each action unit's probabilities are stretched linearly
    /// below and above its threshold, which keeps their order. So intervals and comparisons at 0.5 are about tuned
    /// thresholds.
    /// </summary>
    /// <param name="thresholds">For example those tuned on the validation subjects of the same run.</param>
    /// <exception cref="ArgumentException">There are not as many thresholds as action units, or they were tuned on one
    /// of these subjects.</exception>
    public AuPredictions At(Thresholds thresholds)
    {
        ArgumentNullException.ThrowIfNull(thresholds);
        thresholds.RefuseFor(this);
        return this with { Probabilities = [.. Probabilities.Select(row => row.Select(Stretched).ToArray())] };

        float Stretched(float p, int n)
        {
            var t = thresholds.Values[n];
            return p >= t
                ? (float)(t < 1 ? 0.5 + (0.5 * (p - t) / (1 - t)) : 0.5)
                : Math.Min((float)(0.5 * p / t), MathF.BitDecrement(0.5f));
        }
    }

    /// <summary>The same frames with some of the action units.</summary>
    /// <param name="units">Their FACS numbers, in the order wanted.</param>
    /// <exception cref="ArgumentException">An action unit is not predicted.</exception>
    public AuPredictions Only(IReadOnlyList<int> units)
    {
        ArgumentNullException.ThrowIfNull(units);
        if (units.Except(ActionUnits).ToArray() is { Length: > 0 } others)
            throw new ArgumentException(
                $"AU {string.Join(", ", others)} is not predicted, only {string.Join(", ", ActionUnits)}.",
                nameof(units)
            );
        int[] columns = [.. units.Select(unit => ActionUnits.ToList().IndexOf(unit))];
        return new AuPredictions(
            [.. units],
            Keys,
            [.. Probabilities.Select(row => Array.ConvertAll(columns, c => row[c]))],
            [.. Labels.Select(row => Array.ConvertAll(columns, c => row[c]))]
        );
    }

    /// <summary>Whether these are of the same frames in the same order, with the same labels. Rendered sets of two
    /// seeds have the same names, and other people.</summary>
    internal bool SameFrames(AuPredictions other) =>
        Keys.SequenceEqual(other.Keys)
        && Labels.Zip(other.Labels, (mine, theirs) => mine.AsSpan().SequenceEqual(theirs)).All(same => same);

    /// <summary>The frames that fulfil a condition.</summary>
    /// <param name="condition">For example <c>hidden.Contains</c>.</param>
    public AuPredictions Where(Func<FaceKey, bool> condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        int[] rows = [.. Enumerable.Range(0, Keys.Count).Where(row => condition(Keys[row]))];
        return new AuPredictions(
            ActionUnits,
            [.. rows.Select(r => Keys[r])],
            [.. rows.Select(r => Probabilities[r])],
            [.. rows.Select(r => Labels[r])]
        );
    }

    /// <summary>Several sets of frames as one, such as the test frames of all folds.</summary>
    /// <param name="parts">At least one; no frame is in two of them.</param>
    /// <exception cref="ArgumentException">The parts differ in their action units, or share a frame.</exception>
    public static AuPredictions Pooled(IReadOnlyList<AuPredictions> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        if (parts.Count == 0 || parts.Any(p => !p.ActionUnits.SequenceEqual(parts[0].ActionUnits)))
            throw new ArgumentException("the parts to pool are none, or differ in their action units.", nameof(parts));
        var seen = new HashSet<FaceKey>();
        if (parts.SelectMany(p => p.Keys).FirstOrDefault(k => !seen.Add(k)) is { Subject: not null } twice)
            throw new ArgumentException($"frame {twice} is in two of the parts to pool.", nameof(parts));
        return new AuPredictions(
            parts[0].ActionUnits,
            [.. parts.SelectMany(p => p.Keys)],
            [.. parts.SelectMany(p => p.Probabilities)],
            [.. parts.SelectMany(p => p.Labels)]
        );
    }

    /// <summary>The frames of the n-th action unit, with a class for every score.</summary>
    internal UnitFrames Unit(int n, double threshold)
    {
        float[] scores = [.. Probabilities.Select(row => row[n])];
        sbyte[] labels = [.. Labels.Select(row => row[n])];
        return new UnitFrames(scores, labels, threshold, Ranking.Classes(scores, labels));
    }

    /// <summary>The share of decisions at 0.5, one per frame and action unit, in which two peers differ; the mean over
    /// all pairs of peers that predict the same frames, 0 to 1.</summary>
    internal static double Disagreement(IReadOnlyList<AuPredictions> peers)
    {
        var pairs = peers.SelectMany((a, k) => peers.Take(k).SelectMany(b => a.Probabilities.Zip(b.Probabilities)));
        return pairs
            .SelectMany(rows => rows.First.Zip(rows.Second))
            .Average(p => p.First >= 0.5 != p.Second >= 0.5 ? 1.0 : 0);
    }

    /// <summary>Refuses rows that do not match, and values that are none.</summary>
    internal void Check()
    {
        if (Keys.Count != Probabilities.Count || Keys.Count != Labels.Count)
            throw new ArgumentException(
                $"{Keys.Count} frames with {Probabilities.Count} rows of probabilities and {Labels.Count} of labels."
            );
        for (var row = 0; row < Keys.Count; row++)
        {
            var (probabilities, labels) = (Probabilities[row], Labels[row]);
            if (probabilities.Length != ActionUnits.Count || labels.Length != ActionUnits.Count)
                throw new ArgumentException(
                    $"frame {Keys[row]}: expected {ActionUnits.Count} probabilities and labels, "
                        + $"found {probabilities.Length} and {labels.Length}."
                );
            for (var n = 0; n < labels.Length; n++)
            {
                if (FanTrans.Evaluation.Labels.IsKnown(labels[n], row) && !(probabilities[n] is >= 0 and <= 1))
                    throw new ArgumentException(
                        $"frame {Keys[row]}, AU {ActionUnits[n]}: expected a probability of 0 to 1, "
                            + $"found {probabilities[n]}."
                    );
            }
        }
    }
}
