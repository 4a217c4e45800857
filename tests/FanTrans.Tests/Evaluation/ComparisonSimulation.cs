using FanTrans.Evaluation;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.Statistics;

namespace FanTrans.Tests.Evaluation;

/// <summary>
/// Test results of two equally good systems, whose truth is known: every system's skill varies with the seed, with the
/// subject, and with both. Subjects differ in how often they show an action unit as BP4D's do, and their frames in how
/// hard they are for every run alike.
/// </summary>
internal sealed class ComparisonSimulation
{
    // BP4D's occurrence rates, and their standard deviation over its 41 subjects.
    private static readonly double[] Rates = [0.21, 0.17, 0.20, 0.46, 0.55, 0.59, 0.56, 0.47, 0.17, 0.34, 0.17, 0.15];
    private static readonly double[] Spreads =
    [
        0.168,
        0.165,
        0.155,
        0.142,
        0.192,
        0.185,
        0.160,
        0.173,
        0.150,
        0.141,
        0.110,
        0.107,
    ];

    // Frames of a subject, and the share of their noise that a seed draws anew.
    private const int Frames = 96;
    private const double OwnNoise = 0.1;

    private readonly Random random;
    private readonly int subjects;
    private readonly double seedSpread,
        subjectSpread;

    /// <param name="subjects">Test subjects.</param>
    /// <param name="seedSpread">Standard deviation over seeds of the macro F1 on these subjects, in points.</param>
    /// <param name="subjectSpread">How far each system's strength on one subject differs from the other's, in logits; 0
    /// is one recipe against itself.</param>
    /// <param name="seed">Of everything drawn.</param>
    public ComparisonSimulation(int subjects, double seedSpread, double subjectSpread, int seed)
    {
        (this.subjects, this.subjectSpread, random) = (subjects, subjectSpread, new Random(seed));
        // What the noise of single frames leaves of the spread is the seed's.
        const double probe = 0.3;
        double target = seedSpread * seedSpread / 1e4,
            without = Variance(0),
            with = Variance(probe);
        if (without > target)
            throw new ArgumentException($"single frames alone spread by {100 * Math.Sqrt(without):0.00} points.");
        this.seedSpread = probe * Math.Sqrt((target - without) / (with - without));

        double Variance(double spread) =>
            Enumerable.Range(0, 10).Average(_ => Runs(Population(), spread, 25).Select(MacroF1).Variance());
    }

    /// <summary>Runs of two systems on the same new subjects.</summary>
    public (RunTallies[] First, RunTallies[] Second) Draw(int seeds)
    {
        var population = Population();
        return (Runs(population, seedSpread, seeds), Runs(population, seedSpread, seeds));
    }

    /// <summary>The macro F1 of one run.</summary>
    public static double MacroF1(RunTallies run) => run.Whole.Average(Metric.F1.Value);

    private Cell[,] Population()
    {
        var cells = new Cell[subjects, Rates.Length];
        for (var i = 0; i < subjects; i++)
        {
            var own = Normal();
            for (var n = 0; n < Rates.Length; n++)
            {
                var concentration = (Rates[n] * (1 - Rates[n]) / (Spreads[n] * Spreads[n])) - 1;
                var rate = Beta.Sample(random, Rates[n] * concentration, (1 - Rates[n]) * concentration);
                cells[i, n] = new Cell(
                    (int)Math.Round(Frames * rate),
                    (0.4 * own) + (0.4 * Normal()),
                    Normal(),
                    Normal()
                );
            }
        }
        return cells;
    }

    private RunTallies[] Runs(Cell[,] population, double seedSkill, int seeds)
    {
        var strength = new double[subjects, Rates.Length];
        for (var i = 0; i < subjects; i++)
        {
            var own = Normal();
            for (var n = 0; n < Rates.Length; n++)
                strength[i, n] = population[i, n].Ease + (subjectSpread * ((0.6 * own) + (0.8 * Normal())));
        }
        return [.. Enumerable.Range(0, seeds).Select(_ => Run(population, strength, seedSkill))];
    }

    private RunTallies Run(Cell[,] population, double[,] strength, double seedSkill)
    {
        var own = Normal();
        double[] skill = [.. Rates.Select(_ => seedSkill * ((0.7 * own) + (0.7 * Normal())))];
        var tallies = new double[subjects][][];
        for (var i = 0; i < subjects; i++)
        {
            tallies[i] = new double[Rates.Length][];
            for (var n = 0; n < Rates.Length; n++)
            {
                var better = strength[i, n] + skill[n] + (0.1 * Normal());
                var (positives, _, hitNoise, alarmNoise) = population[i, n];
                var negatives = Frames - positives;
                var hits = Binomial(positives, 0.6 + better, hitNoise);
                var alarms = Binomial(negatives, -1.4 - better, alarmNoise);
                tallies[i][n] = [hits, alarms, positives - hits, negatives - alarms];
            }
        }
        var whole = Enumerable
            .Range(0, Rates.Length)
            .Select(n => Enumerable.Range(0, 4).Select(k => tallies.Sum(t => t[n][k])).ToArray());
        return new RunTallies([.. whole], tallies);
    }

    private int Binomial(int frames, double logit, double shared)
    {
        var p = 1 / (1 + Math.Exp(-logit));
        var noise = (Math.Sqrt(1 - OwnNoise) * shared) + (Math.Sqrt(OwnNoise) * Normal());
        return Math.Clamp((int)Math.Round((frames * p) + (Math.Sqrt(frames * p * (1 - p)) * noise)), 0, frames);
    }

    private double Normal() => random.Normal();

    /// <summary>One subject's frames of one action unit, and the noise that every run shares.</summary>
    private readonly record struct Cell(int Positives, double Ease, double HitNoise, double AlarmNoise);
}

/// <summary>
/// The scores of two equally good systems, frame by frame, in 32 classes: a present frame scores higher by a distance
/// that varies with the seed and, for each system, with the subject; a frame is as hard for every run.
/// </summary>
internal sealed class RankingSimulation(int subjects, double seedSpread, double subjectSpread, int seed)
{
    private const int Frames = 40,
        Units = 3;
    private static readonly float[] Classes = [.. Enumerable.Range(0, 32).Select(k => (float)k)];

    private readonly Random random = new(seed);

    public (RunTallies[] First, RunTallies[] Second) Draw(int seeds)
    {
        var labels = new sbyte[subjects, Units][];
        var hardness = new double[subjects, Units][];
        for (var i = 0; i < subjects; i++)
        {
            for (var n = 0; n < Units; n++)
            {
                var rate = Beta.Sample(random, 2, 4);
                labels[i, n] =
                [
                    .. Enumerable.Range(0, Frames).Select(_ => (sbyte)(random.NextDouble() < rate ? 1 : 0)),
                ];
                var own = 0.5 * random.Normal();
                hardness[i, n] = [.. Enumerable.Range(0, Frames).Select(_ => own + random.Normal())];
            }
        }
        return (System(), System());

        RunTallies[] System()
        {
            var strength = new double[subjects, Units];
            for (var i = 0; i < subjects; i++)
            {
                for (var n = 0; n < Units; n++)
                    strength[i, n] = 1 + (subjectSpread * random.Normal());
            }
            return [.. Enumerable.Range(0, seeds).Select(_ => Run(strength, seedSpread * random.Normal()))];
        }

        RunTallies Run(double[,] strength, double skill)
        {
            double[][][] tallies =
            [
                .. Enumerable
                    .Range(0, subjects)
                    .Select(i =>
                        Enumerable
                            .Range(0, Units)
                            .Select(n =>
                                Ranking.Tally(
                                    new UnitFrames(
                                        [
                                            .. labels[i, n]
                                                .Zip(
                                                    hardness[i, n],
                                                    (label, hard) =>
                                                        Class(
                                                            (label * (strength[i, n] + skill))
                                                                + hard
                                                                + (0.3 * random.Normal())
                                                        )
                                                ),
                                        ],
                                        labels[i, n],
                                        0.5,
                                        Classes
                                    )
                                )
                            )
                            .ToArray()
                    ),
            ];
            return new RunTallies(
                [
                    .. Enumerable
                        .Range(0, Units)
                        .Select(n => Enumerable.Range(0, 64).Select(k => tallies.Sum(t => t[n][k])).ToArray()),
                ],
                tallies
            );
        }

        static float Class(double score) => (float)Math.Clamp(Math.Floor((score + 3) * 4), 0, 31);
    }
}

internal static class RandomNormal
{
    /// <summary>A standard normal value (Box and Muller).</summary>
    public static double Normal(this Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
