using FanTrans.Evaluation;
using MathNet.Numerics.Statistics;

namespace FanTrans.Synthetic;

/// <summary>How one action unit's drawn labels compare with the real set's.</summary>
/// <param name="ActionUnit">FACS number.</param>
/// <param name="RealRate">Share of the real set's frames that have it, 0 to 1.</param>
/// <param name="Rate">Share of the drawn frames.</param>
/// <param name="RealMedianRun">Median length of its presences in the real set, in frames.</param>
/// <param name="MedianRun">The same of the drawn ones; NaN where it is never present.</param>
public sealed record UnitFit(int ActionUnit, double RealRate, double Rate, double RealMedianRun, double MedianRun);

/// <summary>How well the labels of a rendered set follow the real set's aggregate statistics.</summary>
/// <param name="Units">One row per action unit.</param>
/// <param name="RealPhi">The real set's φ coefficients, N x N.</param>
/// <param name="Phi">The drawn labels' φ coefficients, N x N.</param>
public sealed record LabelFit(IReadOnlyList<UnitFit> Units, double[,] RealPhi, double[,] Phi)
{
    /// <summary>Compares the labels of a set.</summary>
    /// <param name="faces">Rendered faces; run lengths mean something where its frames follow each other
    /// (<see cref="SynthOptions.FrameStep"/> of 1). Nothing is rendered.</param>
    public static LabelFit Of(SynthFaces faces)
    {
        ArgumentNullException.ThrowIfNull(faces);
        var real = faces.Statistics;
        var labels = new sbyte[faces.Count][];
        Parallel.For(0, labels.Length, i => labels[i] = faces.LabelsAt(i));
        var count = real.ActionUnits.Count;
        var phi = new double[count, count];
        for (var i = 0; i < count; i++)
        {
            for (var j = 0; j < count; j++)
                phi[i, j] = real.Phi[i][j];
        }
        var rates = Labels.Rates(labels, count);
        return new LabelFit(
            [
                .. real.ActionUnits.Select(
                    (unit, n) =>
                        new UnitFit(unit, real.Rates[n], rates[n], real.MedianRun[n], MedianRun(faces, labels, n))
                ),
            ],
            phi,
            LabelCorrelation.Phi(labels)
        );
    }

    /// <summary>Median length of uninterrupted presence within recordings.</summary>
    private static double MedianRun(SynthFaces faces, sbyte[][] labels, int unit)
    {
        var runs = new List<double>();
        var run = 0;
        for (var i = 0; i < labels.Length; i++)
        {
            if (labels[i][unit] == 1)
                run++;
            var last =
                i + 1 == labels.Length
                || faces.Key(i) is var here
                    && faces.Key(i + 1) is var next
                    && (here.Subject, here.Sequence) != (next.Subject, next.Sequence);
            if (run > 0 && (last || labels[i + 1][unit] != 1))
            {
                runs.Add(run);
                run = 0;
            }
        }
        return runs.Median();
    }
}
