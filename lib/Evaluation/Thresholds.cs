namespace FanTrans.Evaluation;

/// <summary>From which probability on an action unit counts as present, and how that was chosen.</summary>
public sealed class Thresholds
{
    private readonly HashSet<string> tunedOn;

    private Thresholds(IReadOnlyList<double> values, string origin, IEnumerable<string> tunedOn)
    {
        foreach (var value in values)
        {
            if (!double.IsFinite(value))
                throw new ArgumentException($"a threshold is {value}, expected a number.", nameof(values));
        }
        (Values, Origin, this.tunedOn) = (values, origin, [.. tunedOn]);
    }

    /// <summary>One per action unit: a probability of at least this counts as present.</summary>
    public IReadOnlyList<double> Values { get; }

    /// <summary>"by protocol" or "tuned on validation": a table must say which.</summary>
    public string Origin { get; }

    /// <summary>The same for every action unit, without looking at any frame;
    /// the published protocol's is 0.5.</summary>
    /// <param name="units">N, the number of action units.</param>
    /// <param name="value">The threshold.</param>
    public static Thresholds ByProtocol(int units, double value = 0.5) =>
        new([.. Enumerable.Repeat(value, units)], "by protocol", []);

    /// <summary>
    /// For each action unit the threshold of the best F1 on held-out frames: the middle between two neighbouring
    /// probabilities, and of equally good ones the one nearest to 0.5. An action unit without a present frame there
    /// keeps 0.5.
    /// </summary>
    /// <param name="validation">Frames of subjects that are neither trained nor reported on.</param>
    public static Thresholds TunedOn(AuPredictions validation)
    {
        ArgumentNullException.ThrowIfNull(validation);
        return new Thresholds(
            [.. Enumerable.Range(0, validation.ActionUnits.Count).Select(n => Best(validation, n))],
            "tuned on validation",
            validation.Keys.Select(k => k.Subject)
        );
    }

    /// <summary>Refuses other action units, and frames of the subjects that the thresholds were tuned on.</summary>
    internal void RefuseFor(AuPredictions test)
    {
        if (Values.Count != test.ActionUnits.Count)
            throw new ArgumentException(
                $"{Values.Count} thresholds for {test.ActionUnits.Count} action units.",
                nameof(test)
            );
        if (test.Keys.Select(k => k.Subject).FirstOrDefault(tunedOn.Contains) is { } shared)
            throw new ArgumentException(
                $"the thresholds were tuned on subject {shared}, who is among the frames to report on.",
                nameof(test)
            );
    }

    private static double Best(AuPredictions validation, int unit)
    {
        var frames = validation
            .Probabilities.Zip(validation.Labels, (p, l) => (Probability: p[unit], Label: l[unit]))
            .Where((f, i) => Labels.IsKnown(f.Label, i))
            .OrderByDescending(f => f.Probability)
            .ToArray();
        var positives = frames.Count(f => f.Label == 1);
        var (threshold, best) = (0.5, double.NegativeInfinity);
        var hits = 0;
        for (var k = 0; k < frames.Length && positives > 0; k++)
        {
            hits += frames[k].Label;
            // Between two equal probabilities there is no threshold.
            if (k + 1 < frames.Length && frames[k + 1].Probability == frames[k].Probability)
                continue;
            var below = k + 1 < frames.Length ? frames[k + 1].Probability : 0;
            var candidate = (frames[k].Probability + (double)below) / 2;
            var f1 = 2.0 * hits / (k + 1 + positives);
            if (f1 > best || (f1 == best && Math.Abs(candidate - 0.5) < Math.Abs(threshold - 0.5)))
                (threshold, best) = (candidate, f1);
        }
        return threshold;
    }
}
