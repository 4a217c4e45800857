namespace FanTrans.Synthetic;

/// <summary>
/// A sample of the drawn frames, on which a <see cref="LatentModel"/> is tuned until rates, φ and run lengths of the
/// labels are the real ones.
/// </summary>
internal sealed class LatentSample
{
    // Fewer frames have no median run worth tuning to.
    private const int EnoughRuns = 12;

    private readonly LabelStatistics statistics;
    private readonly int units,
        scales,
        step,
        perRecording,
        count;
    private readonly float[][][] courses;
    private readonly float[][] mixed;
    private readonly ulong[][] present;

    /// <summary>Takes every few frames.</summary>
    /// <param name="statistics">What the labels follow.</param>
    /// <param name="courses">By recording, time scale, action unit and frame.</param>
    /// <param name="step">Distance of the frames taken.</param>
    public LatentSample(LabelStatistics statistics, float[][][][] courses, int step)
    {
        (this.statistics, this.step) = (statistics, step);
        (scales, units) = (courses[0].Length, courses[0][0].Length);
        perRecording = (courses[0][0][0].Length + step - 1) / step;
        count = courses.Length * perRecording;
        this.courses = new float[scales][][];
        for (var k = 0; k < scales; k++)
        {
            this.courses[k] = new float[units][];
            for (var unit = 0; unit < units; unit++)
            {
                var values = this.courses[k][unit] = new float[count];
                for (var i = 0; i < count; i++)
                    values[i] = courses[i / perRecording][k][unit][i % perRecording * step];
            }
        }
        mixed = [.. Enumerable.Range(0, units).Select(_ => new float[count])];
        present = [.. Enumerable.Range(0, units).Select(_ => new ulong[(count + 63) / 64])];
    }

    /// <summary>
    /// Maps that make the courses of each time scale uncorrelated with unit variance over the sample; applied to it.
    /// Within a time scale only, so that slow courses stay slow.
    /// </summary>
    public LatentMap[] Whiten()
    {
        var maps = new LatentMap[scales];
        for (var k = 0; k < scales; k++)
        {
            var (mean, covariance) = Moments(courses[k]);
            // Too few people or frames have no covariance of full rank: they are taken as they come.
            maps[k] =
                count > 4 * units && Covariance.Factor(covariance) is { } factor
                    ? new LatentMap(Covariance.RightDivide(Identity(), factor), mean)
                    : new LatentMap(Identity(), new double[units]);
            maps[k].Apply(courses[k]);
        }
        return maps;
    }

    /// <summary>
    /// The model of the best of several rounds, each corrected by what the one before got wrong, and its worst error as
    /// a share of what is promised.
    /// </summary>
    public (LatentModel Model, double Worst) Tune(int rounds)
    {
        var common = new double[units, units];
        for (var i = 0; i < units; i++)
        {
            for (var j = 0; j < units; j++)
                common[i, j] = i == j ? 1 : Math.Clamp(1.6 * statistics.Phi[i][j], -0.9, 0.9);
        }
        // Positive speeds an action unit up: variance moves to its faster courses.
        var speed = new double[units];
        LatentModel? best = null;
        var least = double.PositiveInfinity;
        for (var round = 0; round < rounds; round++)
        {
            var model = new LatentModel(Covariance.FactorRepaired(common), Shares(speed), new double[units]);
            Parallel.For(
                0,
                units,
                unit =>
                {
                    model.Mix(courses, unit, mixed[unit]);
                    model.Thresholds[unit] = Threshold(mixed[unit], statistics.Rates[unit]);
                    Mark(unit, model.Thresholds[unit]);
                }
            );
            // In units of what is promised: φ within 0.04, median runs within a quarter.
            var worst = Math.Max(CorrectPhi(common, round) / 0.036, CorrectRuns(speed, round) / 0.22);
            if (worst < least)
                (least, best) = (worst, model);
        }
        return (best!, least);
    }

    /// <summary>Roots of the shares of variance, the profile's own tilted towards faster or slower courses.</summary>
    private double[,] Shares(double[] speed)
    {
        var shares = new double[units, scales];
        for (var unit = 0; unit < units; unit++)
        {
            var weights = statistics.Weights[unit];
            double sum = 0;
            for (var k = 1; k < scales; k++)
                sum += shares[unit, k] = weights[k] * FixedMath.Pow(statistics.TimeScales[k - 1] / 40, -speed[unit]);
            // The subject's own part stays.
            var scale = (1 - weights[0]) / sum;
            for (var k = 1; k < scales; k++)
                shares[unit, k] = Math.Sqrt(shares[unit, k] * scale);
            shares[unit, 0] = Math.Sqrt(weights[0]);
        }
        return shares;
    }

    /// <summary>Moves the common correlations by what the labels' φ lack; returns the largest lack.</summary>
    private double CorrectPhi(double[,] common, int round)
    {
        var gain = Math.Max(0.4, 1.3 - (0.05 * round));
        var worst = 0.0;
        for (var i = 0; i < units; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var (p, q, both) = (Both(i, i), Both(j, j), Both(i, j));
                var phi = (both - (p * q)) / Math.Sqrt(Math.Max(1e-9, p * (1 - p) * q * (1 - q)));
                var lack = statistics.Phi[i][j] - phi;
                worst = Math.Max(worst, Math.Abs(lack));
                common[i, j] = common[j, i] = Math.Clamp(common[i, j] + (gain * lack), -0.97, 0.97);
            }
        }
        return worst;
    }

    /// <summary>Tilts time scales by how far median runs are off; returns the largest relative error.</summary>
    private double CorrectRuns(double[] speed, int round)
    {
        var worst = 0.0;
        // Steps shrink, since a median of few runs jumps.
        var gain = 0.5 / (1 + (0.1 * round));
        for (var unit = 0; unit < units; unit++)
        {
            var runs = Runs(unit);
            if (runs.Count < EnoughRuns)
                continue;
            runs.Sort();
            var median = step * (runs[(runs.Count - 1) / 2] + runs[runs.Count / 2]) / 2.0;
            // Runs shorter than a step go unseen; the recording's length cuts long ones as in the real sets.
            var wanted = Math.Min(statistics.MedianRun[unit], 0.7 * perRecording * step);
            if (wanted < 3 * step)
                continue;
            worst = Math.Max(worst, Math.Abs((median / wanted) - 1));
            speed[unit] = Math.Clamp(speed[unit] + (gain * FixedMath.Log(median / wanted)), -2, 2);
        }
        return worst;
    }

    private List<int> Runs(int unit)
    {
        var runs = new List<int>();
        var run = 0;
        for (var i = 0; i < count; i++)
        {
            var present = (this.present[unit][i >> 6] >> (i & 63) & 1) != 0;
            if (run > 0 && (!present || i % perRecording == 0))
            {
                runs.Add(run);
                run = 0;
            }
            if (present)
                run++;
        }
        if (run > 0)
            runs.Add(run);
        return runs;
    }

    private void Mark(int unit, double threshold)
    {
        var (values, bits) = (mixed[unit], present[unit]);
        bits.AsSpan().Clear();
        for (var i = 0; i < count; i++)
        {
            if (values[i] > threshold)
                bits[i >> 6] |= 1UL << (i & 63);
        }
    }

    /// <summary>Share of frames with both action units.</summary>
    private double Both(int a, int b)
    {
        var (x, y) = (present[a], present[b]);
        long count = 0;
        for (var k = 0; k < x.Length; k++)
            count += System.Numerics.BitOperations.PopCount(x[k] & y[k]);
        return count / (double)this.count;
    }

    /// <summary>The value above which a share of the frames lies.</summary>
    private static double Threshold(float[] values, double share)
    {
        const int Bins = 8192;
        const float Reach = 8;
        var counts = new int[Bins];
        foreach (var value in values)
            counts[Math.Clamp((int)((value + Reach) * (Bins / (2 * Reach))), 0, Bins - 1)]++;
        var wanted = share * values.Length;
        double above = 0;
        var bin = Bins - 1;
        while (bin > 0 && above + counts[bin] < wanted)
            above += counts[bin--];
        var inside = counts[bin] == 0 ? 0.5 : (wanted - above) / counts[bin];
        return ((bin + 1 - inside) * (2 * Reach) / Bins) - Reach;
    }

    private (double[] Mean, double[,] Covariance) Moments(float[][] courses)
    {
        var mean = new double[units];
        var covariance = new double[units, units];
        for (var i = 0; i < units; i++)
        {
            double sum = 0;
            foreach (var value in courses[i])
                sum += value;
            mean[i] = sum / count;
        }
        for (var i = 0; i < units; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                double sum = 0;
                var (x, y) = (courses[i], courses[j]);
                for (var t = 0; t < x.Length; t++)
                    sum += (double)x[t] * y[t];
                covariance[i, j] = covariance[j, i] = (sum / count) - (mean[i] * mean[j]);
            }
        }
        return (mean, covariance);
    }

    private double[,] Identity()
    {
        var identity = new double[units, units];
        for (var i = 0; i < units; i++)
            identity[i, i] = 1;
        return identity;
    }
}
