using System.Numerics;
using FanTrans.Data;

namespace FanTrans.Synthetic;

/// <summary>
/// The hidden course of every action unit in every recording. Presence is a hidden value above a threshold; the
/// hidden values are correlated so that the labels have the real φ, part of them stays with the subject so that
/// subjects differ as they do, and the rest moves at several time scales so that presences last as long as they do.
/// After drawing, correlations, time scales and thresholds are tuned on the drawn values themselves: with strongly
/// dependent frames even a large sample strays from its model, and the statistics are promised for the sample.
/// </summary>
internal sealed class LatentLabels
{
    private const int Rounds = 30;

    // Some draws cannot be tuned to everything at once: then another is drawn. Small sets are taken as they come.
    private const int Draws = 6,
        LargeEnough = 20_000;
    private readonly int units,
        length,
        recordings,
        scales;
    private readonly float[][][] values;

    /// <summary>Draws recordings.</summary>
    /// <param name="statistics">What they follow.</param>
    /// <param name="seed">Which draw.</param>
    /// <param name="subjects">How many people.</param>
    /// <param name="recordings">Recordings of each.</param>
    /// <param name="length">Frames of each.</param>
    public LatentLabels(LabelStatistics statistics, long seed, int subjects, int recordings, int length)
    {
        (units, this.length, this.recordings) = (statistics.ActionUnits.Count, length, recordings);
        scales = statistics.TimeScales.Count + 1;
        var processes = statistics.TimeScales.Select(s => new LatentProcess(s)).ToArray();
        // Neighbouring frames tell the same: some 50,000 are enough to measure on.
        var step = (int)Math.Max(1, (long)subjects * recordings * length / 50_000);
        float[][][][] courses = [];
        LatentMap[] maps = [];
        LatentModel? model = null;
        var least = double.PositiveInfinity;
        var draws = (long)subjects * recordings * length < LargeEnough ? 1 : Draws;
        for (var draw = 0; draw < draws && least > 1; draw++)
        {
            var drawn = new float[subjects * recordings][][][];
            var drawSeed = new SeededRandom(seed, draw).NextSeed();
            var people = People(drawSeed, subjects);
            Parallel.For(
                0,
                drawn.Length,
                at => drawn[at] = Draw(drawSeed, at / recordings, at % recordings, people, processes)
            );
            var sample = new LatentSample(statistics, drawn, step);
            var itsMaps = sample.Whiten();
            var (tuned, worst) = sample.Tune(Rounds);
            if (worst < least)
                (least, courses, maps, model) = (worst, drawn, itsMaps, tuned);
        }
        Thresholds = model!.Thresholds;
        values = new float[courses.Length][][];
        Parallel.For(
            0,
            courses.Length,
            at =>
            {
                for (var k = 0; k < scales; k++)
                    maps[k].Apply(courses[at][k]);
                values[at] = model.Mix(courses[at]);
            }
        );
    }

    /// <summary>The value above which each action unit is present.</summary>
    public double[] Thresholds { get; }

    /// <summary>The hidden value of an action unit at a frame.</summary>
    public float At(int subject, int recording, int frame, int unit) =>
        values[(subject * recordings) + recording][unit][frame];

    /// <summary>Independent courses of a recording: by time scale
    /// (the first is the subject's own constant) and action unit.</summary>
    private float[][][] Draw(long seed, int subject, int recording, double[,] people, LatentProcess[] processes)
    {
        var courses = new float[scales][][];
        for (var k = 0; k < scales; k++)
        {
            courses[k] = new float[units][];
            for (var unit = 0; unit < units; unit++)
            {
                var course = courses[k][unit] = new float[length];
                var random = new SeededRandom(seed, 0x1AB, subject, recording, k, unit);
                if (k == 0)
                    course.AsSpan().Fill((float)people[subject, unit]);
                else
                    processes[k - 1].Fill(course, ref random);
            }
        }
        return courses;
    }

    /// <summary>Each subject's own tendency, an independent value per action unit,
    /// centred and scaled over the subjects.</summary>
    private double[,] People(long seed, int subjects)
    {
        var people = new double[subjects, units];
        for (var unit = 0; unit < units; unit++)
        {
            double sum = 0,
                squares = 0;
            for (var s = 0; s < subjects; s++)
            {
                var random = new SeededRandom(seed, 0x5B1, s, unit);
                var x = people[s, unit] = Person.Normal(ref random);
                (sum, squares) = (sum + x, squares + (x * x));
            }
            if (subjects < 3)
                continue;
            var mean = sum / subjects;
            var scale = 1 / Math.Sqrt(Math.Max(1e-6, (squares / subjects) - (mean * mean)));
            for (var s = 0; s < subjects; s++)
                people[s, unit] = (people[s, unit] - mean) * scale;
        }
        return people;
    }
}

/// <summary>An affine map of a frame's values: centred, then multiplied by a lower triangular matrix.</summary>
internal sealed record LatentMap(double[,] Matrix, double[] Mean)
{
    /// <summary>Maps the courses of all action units, in place.</summary>
    public void Apply(float[][] courses)
    {
        for (var unit = 0; unit < courses.Length; unit++)
        {
            var mean = (float)Mean[unit];
            var course = courses[unit];
            for (var t = 0; t < course.Length; t++)
                course[t] -= mean;
        }
        // From the last row up, so that it works in place.
        for (var unit = courses.Length - 1; unit >= 0; unit--)
        {
            var target = courses[unit];
            LatentModel.Scale(target, (float)Matrix[unit, unit]);
            for (var other = 0; other < unit; other++)
                LatentModel.Add(target, courses[other], (float)Matrix[unit, other]);
        }
    }
}

/// <summary>How uncorrelated courses become correlated hidden values, and where presence begins.</summary>
/// <param name="Factor">Lower triangular: mixes action units, alike in every time scale.</param>
/// <param name="Share">By action unit and time scale: root of the share of variance.</param>
/// <param name="Thresholds">By action unit.</param>
internal sealed record LatentModel(double[,] Factor, double[,] Share, double[] Thresholds)
{
    /// <summary>Hidden values by action unit from courses by time scale and action unit.</summary>
    public float[][] Mix(float[][][] courses)
    {
        var units = Thresholds.Length;
        var result = new float[units][];
        for (var unit = 0; unit < units; unit++)
        {
            result[unit] = new float[courses[0][0].Length];
            Mix(courses, unit, result[unit]);
        }
        return result;
    }

    /// <summary>Hidden values of one action unit.</summary>
    public void Mix(float[][][] courses, int unit, float[] result)
    {
        result.AsSpan().Clear();
        for (var k = 0; k < courses.Length; k++)
        {
            for (var other = 0; other <= unit; other++)
                Add(result, courses[k][other], (float)(Share[unit, k] * Factor[unit, other]));
        }
    }

    internal static void Add(float[] target, float[] values, float weight)
    {
        var width = Vector<float>.Count;
        var t = 0;
        for (; t <= target.Length - width; t += width)
            (new Vector<float>(target, t) + (new Vector<float>(values, t) * weight)).CopyTo(target, t);
        for (; t < target.Length; t++)
            target[t] += values[t] * weight;
    }

    internal static void Scale(float[] target, float weight)
    {
        for (var t = 0; t < target.Length; t++)
            target[t] *= weight;
    }
}
