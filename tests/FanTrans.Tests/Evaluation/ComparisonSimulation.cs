using FanTrans.Evaluation;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.Statistics;

namespace FanTrans.Tests.Evaluation;

/// <summary>
/// Test results of two equally good systems, whose truth is known: every system's skill varies with the seed, with the
/// subject, and with both. Subjects differ in how often they show an action unit as BP4D's do, and in how hard they are for
/// both systems alike.
/// </summary>
internal sealed class ComparisonSimulation
{
    // BP4D's occurrence rates, and their standard deviation over its 41 subjects.
    private static readonly double[] Rates = [0.21, 0.17, 0.20, 0.46, 0.55, 0.59, 0.56, 0.47, 0.17, 0.34, 0.17, 0.15];
    private static readonly double[] Spreads =
        [0.168, 0.165, 0.155, 0.142, 0.192, 0.185, 0.160, 0.173, 0.150, 0.141, 0.110, 0.107];

    private readonly Random random;
    private readonly int subjects, frames;
    private readonly double seedSpread, subjectSpread;

    /// <param name="subjects">Test subjects.</param>
    /// <param name="seedSpread">Standard deviation over seeds of the macro F1 on these subjects, in points.</param>
    /// <param name="subjectSpread">How far each system's strength on one subject differs from the other's, in logits; 0 is
    /// one recipe against itself.</param>
    /// <param name="seed">Of everything drawn.</param>
    /// <param name="frames">Frames of each subject that tell something new.</param>
    public ComparisonSimulation(int subjects, double seedSpread, double subjectSpread, int seed, int frames = 60)
    {
        (this.subjects, this.frames, this.subjectSpread, random) = (subjects, frames, subjectSpread, new Random(seed));
        // What the noise of single frames leaves of the spread is the seed's.
        const double probe = 0.3;
        double without = Variance(0), with = Variance(probe);
        this.seedSpread = probe * Math.Sqrt(Math.Max(0, (seedSpread * seedSpread / 1e4) - without) / (with - without));

        double Variance(double spread) => Enumerable.Range(0, 8).Average(_ =>
            Runs(Population(), spread, 25).Select(MacroF1).Variance());
    }

    /// <summary>Runs of two systems on the same new subjects.</summary>
    public (RunTallies[] First, RunTallies[] Second) Draw(int seeds)
    {
        var population = Population();
        return (Runs(population, seedSpread, seeds), Runs(population, seedSpread, seeds));
    }

    /// <summary>The macro F1 of one run.</summary>
    public static double MacroF1(RunTallies run) => run.Whole.Average(Metric.F1.Value);

    private (int Positives, double Ease)[,] Population()
    {
        var cells = new (int, double)[subjects, Rates.Length];
        for (var i = 0; i < subjects; i++)
        {
            var own = Normal();
            for (var n = 0; n < Rates.Length; n++)
            {
                var concentration = (Rates[n] * (1 - Rates[n]) / (Spreads[n] * Spreads[n])) - 1;
                var rate = Beta.Sample(random, Rates[n] * concentration, (1 - Rates[n]) * concentration);
                cells[i, n] = ((int)Math.Round(frames * rate), (0.4 * own) + (0.4 * Normal()));
            }
        }
        return cells;
    }

    private RunTallies[] Runs((int Positives, double Ease)[,] population, double seedSkill, int seeds)
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

    private RunTallies Run((int Positives, double Ease)[,] population, double[,] strength, double seedSkill)
    {
        var own = Normal();
        double[] skill = [.. Rates.Select(_ => seedSkill * ((0.7 * own) + (0.7 * Normal())))];
        var tallies = new double[subjects][][];
        for (var i = 0; i < subjects; i++)
        {
            tallies[i] = new double[Rates.Length][];
            for (var n = 0; n < Rates.Length; n++)
            {
                var better = strength[i, n] + skill[n] + (0.15 * Normal());
                var (positives, negatives) = (population[i, n].Positives, frames - population[i, n].Positives);
                int hits = Binomial(positives, 0.6 + better), alarms = Binomial(negatives, -1.4 - better);
                tallies[i][n] = [hits, alarms, positives - hits, negatives - alarms];
            }
        }
        var whole = Enumerable.Range(0, Rates.Length)
            .Select(n => Enumerable.Range(0, 4).Select(k => tallies.Sum(t => t[n][k])).ToArray());
        return new RunTallies([.. whole], tallies);
    }

    private int Binomial(int frames, double logit)
    {
        var p = 1 / (1 + Math.Exp(-logit));
        return Math.Clamp((int)Math.Round((frames * p) + (Math.Sqrt(frames * p * (1 - p)) * Normal())), 0, frames);
    }

    private double Normal() =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
