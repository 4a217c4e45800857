using FanTrans.Data;

namespace FanTrans.Evaluation;

/// <summary>What a model said about a set of frames, beside their labels: all that any metric needs.</summary>
/// <param name="ActionUnits">The N FACS numbers, in the columns' order.</param>
/// <param name="Keys">Each frame's name.</param>
/// <param name="Probabilities">One row a frame: N probabilities, 0 to 1.</param>
/// <param name="Labels">One row a frame: N labels of 0, 1 or 9.</param>
public sealed record AuPredictions(
    IReadOnlyList<int> ActionUnits, IReadOnlyList<FaceKey> Keys,
    IReadOnlyList<float[]> Probabilities, IReadOnlyList<sbyte[]> Labels)
{
    /// <summary>The frame-based metrics at 0.5, by protocol; see <see cref="AuEvaluation"/>.</summary>
    /// <exception cref="ArgumentException">Rows or columns do not match, or a value is none that is allowed.</exception>
    public AuEvaluation Evaluate() => Evaluate(Thresholds.ByProtocol(ActionUnits.Count));

    /// <summary>The frame-based metrics; see <see cref="AuEvaluation"/>.</summary>
    /// <param name="thresholds">From which probability on an action unit counts as present.</param>
    /// <exception cref="ArgumentException">
    /// Rows or columns do not match, a value is none that is allowed, or the thresholds were tuned on one of these subjects.
    /// </exception>
    public AuEvaluation Evaluate(Thresholds thresholds)
    {
        Check(thresholds);
        return AuEvaluation.Of(Probabilities, Labels, ActionUnits, thresholds);
    }

    /// <summary>The same frames with some of the action units.</summary>
    /// <param name="units">Their FACS numbers, in the order wanted.</param>
    /// <exception cref="ArgumentException">An action unit is not predicted.</exception>
    public AuPredictions Only(IReadOnlyList<int> units)
    {
        ArgumentNullException.ThrowIfNull(units);
        if (units.Except(ActionUnits).ToArray() is { Length: > 0 } others)
            throw new ArgumentException($"AU {string.Join(", ", others)} is not predicted, only {string.Join(", ", ActionUnits)}.", nameof(units));
        int[] columns = [.. units.Select(unit => ActionUnits.ToList().IndexOf(unit))];
        return new AuPredictions(
            [.. units], Keys, [.. Probabilities.Select(row => Array.ConvertAll(columns, c => row[c]))],
            [.. Labels.Select(row => Array.ConvertAll(columns, c => row[c]))]);
    }

    /// <summary>The frames that fulfil a condition.</summary>
    /// <param name="condition">For example <c>hidden.Contains</c>.</param>
    public AuPredictions Where(Func<FaceKey, bool> condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        int[] rows = [.. Enumerable.Range(0, Keys.Count).Where(row => condition(Keys[row]))];
        return new AuPredictions(
            ActionUnits, [.. rows.Select(r => Keys[r])], [.. rows.Select(r => Probabilities[r])], [.. rows.Select(r => Labels[r])]);
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
            parts[0].ActionUnits, [.. parts.SelectMany(p => p.Keys)], [.. parts.SelectMany(p => p.Probabilities)],
            [.. parts.SelectMany(p => p.Labels)]);
    }

    /// <summary>Refuses rows that do not match and thresholds that do not fit.</summary>
    internal void Check(Thresholds thresholds)
    {
        ArgumentNullException.ThrowIfNull(thresholds);
        if (Keys.Count != Probabilities.Count || Keys.Count != Labels.Count)
            throw new ArgumentException($"{Keys.Count} frames with {Probabilities.Count} rows of probabilities and {Labels.Count} of labels.");
        if (thresholds.Values.Count != ActionUnits.Count)
            throw new ArgumentException($"{thresholds.Values.Count} thresholds for {ActionUnits.Count} action units.", nameof(thresholds));
        thresholds.RefuseFor(this);
    }
}
