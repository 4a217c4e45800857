using FanTrans.Data;

namespace FanTrans.Synthetic;

/// <summary>
/// The hidden course of every action unit in every recording. Presence is a hidden value above a threshold; the
/// hidden values are correlated so that the labels have the real φ, part of them stays with the subject so that
/// subjects differ as they do, and the rest moves at several time scales so that presences last as long as they do.
/// After drawing, a linear map and thresholds are set on the drawn values themselves: with strongly dependent frames
/// even a large sample strays from its model, and the statistics are promised for the sample.
/// </summary>
internal sealed class LatentLabels
{
    private const int Rounds = 14;
    private readonly LabelStatistics _statistics;
    private readonly int _units, _length, _recordings;
    private readonly float[][] _values;

    /// <summary>Draws recordings.</summary>
    /// <param name="statistics">What they follow.</param>
    /// <param name="seed">Which draw.</param>
    /// <param name="subjects">How many people.</param>
    /// <param name="recordings">Recordings of each.</param>
    /// <param name="length">Frames of each.</param>
    public LatentLabels(LabelStatistics statistics, long seed, int subjects, int recordings, int length)
    {
        (_statistics, _units, _length, _recordings) = (statistics, statistics.ActionUnits.Count, length, recordings);
        _values = new float[subjects * recordings][];
        var target = Correlations(seed);
        Draw(seed, subjects, target);
        Thresholds = Calibrate(target);
    }

    /// <summary>The value above which each action unit is present.</summary>
    public double[] Thresholds { get; }

    /// <summary>The hidden value of an action unit at a frame.</summary>
    public float At(int subject, int recording, int frame, int unit) =>
        _values[(subject * _recordings) + recording][(frame * _units) + unit];

    /// <summary>The correlation of normal variables whose thresholds have the labels' φ, found on independent draws.</summary>
    private double[,] Correlations(long seed)
    {
        const int Draws = 12000;
        var random = new SeededRandom(seed, 0x7E7);
        var white = new float[Draws * _units];
        for (var i = 0; i < white.Length; i++)
            white[i] = Person.Normal(ref random);
        var target = new double[_units, _units];
        for (var i = 0; i < _units; i++)
        {
            for (var j = 0; j < _units; j++)
                target[i, j] = i == j ? 1 : Math.Clamp(1.5 * _statistics.Phi[i][j], -0.9, 0.9);
        }
        var mixed = new float[white.Length];
        for (var round = 0; round < Rounds; round++)
        {
            Apply(Covariance.FactorRepaired(target), white, mixed);
            Correct(target, mixed, 1.2);
        }
        return target;
    }

    private void Draw(long seed, int subjects, double[,] target)
    {
        var weights = _statistics.Weights;
        var scales = _statistics.TimeScales;
        // Processes of different speed have less in common than their targets; the common part makes up for it.
        var common = new double[_units, _units];
        for (var i = 0; i < _units; i++)
        {
            for (var j = 0; j < _units; j++)
            {
                double overlap = 0;
                for (var k = 0; k <= scales.Count; k++)
                    overlap += Math.Sqrt(weights[i][k] * weights[j][k]);
                common[i, j] = i == j ? 1 : Math.Clamp(target[i, j] / overlap, -0.95, 0.95);
            }
        }
        var factor = Covariance.FactorRepaired(common);
        var processes = scales.Select(s => new LatentProcess(s)).ToArray();
        var people = People(seed, subjects);
        Parallel.For(0, _values.Length, at =>
        {
            var (subject, recording) = (at / _recordings, at % _recordings);
            var independent = new float[_length * _units];
            var values = new float[_length * _units];
            var course = new float[_length];
            Span<float> share = stackalloc float[_units];
            for (var k = 0; k <= scales.Count; k++)
            {
                for (var unit = 0; unit < _units; unit++)
                {
                    if (k == 0)
                    {
                        course.AsSpan().Fill((float)people[subject, unit]);
                    }
                    else
                    {
                        var random = new SeededRandom(seed, 0x1AB, subject, recording, k, unit);
                        processes[k - 1].Fill(course, ref random);
                    }
                    for (var t = 0; t < _length; t++)
                        independent[(t * _units) + unit] = course[t];
                }
                for (var unit = 0; unit < _units; unit++)
                    share[unit] = (float)Math.Sqrt(weights[unit][k]);
                for (var t = 0; t < _length; t++)
                {
                    for (var unit = 0; unit < _units; unit++)
                    {
                        var sum = 0f;
                        for (var other = 0; other <= unit; other++)
                            sum += (float)factor[unit, other] * independent[(t * _units) + other];
                        values[(t * _units) + unit] += share[unit] * sum;
                    }
                }
            }
            _values[at] = values;
        });
    }

    /// <summary>Each subject's own tendency, an independent value an action unit, centred and scaled over the subjects.</summary>
    private double[,] People(long seed, int subjects)
    {
        var people = new double[subjects, _units];
        for (var unit = 0; unit < _units; unit++)
        {
            double sum = 0, squares = 0;
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

    /// <summary>Maps the drawn values so that their labels have the rates and correlations asked for.</summary>
    private double[] Calibrate(double[,] target)
    {
        // Neighbouring frames tell the same: some 50,000 are enough to measure on.
        var frames = (long)_values.Length * _length;
        var step = (int)Math.Max(1, frames / 50_000);
        var perRecording = (_length + step - 1) / step;
        var drawn = new float[_values.Length * perRecording * _units];
        for (var r = 0; r < _values.Length; r++)
        {
            for (var k = 0; k < perRecording; k++)
                _values[r].AsSpan(k * step * _units, _units).CopyTo(drawn.AsSpan(((r * perRecording) + k) * _units));
        }
        var (mean, covariance) = Moments(drawn);
        var sample = Covariance.Factor(covariance);
        if (sample is null)
        {
            // Too few frames to have a covariance of full rank: keep the draw, set its thresholds only.
            return Quantiles(drawn);
        }
        for (var i = 0; i < drawn.Length; i++)
            drawn[i] -= (float)mean[i % _units];
        var mixed = new float[drawn.Length];
        for (var round = 0; round < Rounds; round++)
        {
            Apply(Covariance.RightDivide(Covariance.FactorRepaired(target), sample), drawn, mixed);
            Correct(target, mixed, 1.0);
        }
        var map = Covariance.RightDivide(Covariance.FactorRepaired(target), sample);
        Apply(map, drawn, mixed);
        foreach (var recording in _values)
        {
            for (var i = 0; i < recording.Length; i++)
                recording[i] -= (float)mean[i % _units];
            Apply(map, recording, recording);
        }
        return Quantiles(mixed);
    }

    /// <summary>Moves the latent correlations by what the labels' φ lack.</summary>
    private void Correct(double[,] target, float[] values, double gain)
    {
        var thresholds = Quantiles(values);
        var frames = values.Length / _units;
        var on = new bool[_units];
        var both = new int[_units, _units];
        for (var t = 0; t < frames; t++)
        {
            for (var i = 0; i < _units; i++)
            {
                on[i] = values[(t * _units) + i] > thresholds[i];
                if (!on[i])
                    continue;
                for (var j = 0; j <= i; j++)
                {
                    if (on[j])
                        both[i, j]++;
                }
            }
        }
        for (var i = 0; i < _units; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var (p, q, joint) = ((double)both[i, i] / frames, (double)both[j, j] / frames, (double)both[i, j] / frames);
                var phi = (joint - (p * q)) / Math.Sqrt(Math.Max(1e-9, p * (1 - p) * q * (1 - q)));
                target[i, j] = target[j, i] = Math.Clamp(target[i, j] + (gain * (_statistics.Phi[i][j] - phi)), -0.97, 0.97);
            }
        }
    }

    private (double[] Mean, double[,] Covariance) Moments(float[] values)
    {
        var frames = values.Length / _units;
        var mean = new double[_units];
        var products = new double[_units, _units];
        for (var t = 0; t < frames; t++)
        {
            for (var i = 0; i < _units; i++)
            {
                double x = values[(t * _units) + i];
                mean[i] += x;
                for (var j = 0; j <= i; j++)
                    products[i, j] += x * values[(t * _units) + j];
            }
        }
        for (var i = 0; i < _units; i++)
            mean[i] /= frames;
        for (var i = 0; i < _units; i++)
        {
            for (var j = 0; j <= i; j++)
                products[i, j] = products[j, i] = (products[i, j] / frames) - (mean[i] * mean[j]);
        }
        return (mean, products);
    }

    /// <summary>The values above which the wanted share of frames lies, from a histogram.</summary>
    private double[] Quantiles(float[] values)
    {
        const int Bins = 8192;
        const float Reach = 8;
        var frames = values.Length / _units;
        var counts = new int[_units * Bins];
        for (var i = 0; i < values.Length; i++)
            counts[((i % _units) * Bins) + Math.Clamp((int)((values[i] + Reach) * (Bins / (2 * Reach))), 0, Bins - 1)]++;
        var result = new double[_units];
        for (var unit = 0; unit < _units; unit++)
        {
            var wanted = _statistics.Rates[unit] * frames;
            double above = 0;
            var bin = Bins - 1;
            while (bin > 0 && above + counts[(unit * Bins) + bin] < wanted)
                above += counts[(unit * Bins) + bin--];
            var inside = counts[(unit * Bins) + bin];
            var share = inside == 0 ? 0.5 : (wanted - above) / inside;
            result[unit] = ((bin + 1 - share) * (2 * Reach) / Bins) - Reach;
        }
        return result;
    }

    /// <summary>Multiplies every frame's values by a lower triangular matrix.</summary>
    private void Apply(double[,] map, float[] from, float[] to)
    {
        Span<float> m = stackalloc float[_units * _units];
        for (var i = 0; i < m.Length; i++)
            m[i] = (float)map[i / _units, i % _units];
        // From the last row up, so that it also works in place.
        for (var at = 0; at < from.Length; at += _units)
        {
            for (var i = _units - 1; i >= 0; i--)
            {
                var sum = 0f;
                for (var j = 0; j <= i; j++)
                    sum += m[(i * _units) + j] * from[at + j];
                to[at + i] = sum;
            }
        }
    }
}
