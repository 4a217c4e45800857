using FanTrans.Evaluation;
using FanTrans.Synthetic;
using MathNet.Numerics.LinearAlgebra;

namespace FanTrans.Tests.Synthetic;

/// <summary>
/// What the landmarks alone tell: logistic regression from their displacement (against the same person's neutral face,
/// the head's turn taken out as far as a similarity can, jitter of 1.8 % of the eyes' distance as careful annotators
/// have) to each action unit, tested on other people. Big motions are read easily when strong and less so when slight.
/// </summary>
public class LandmarkProbeTests(ITestOutputHelper output)
{
    private const int Faces = 1200,
        TrainFaces = 800,
        FacesOfAPerson = 20;
    private static readonly int[] Geometric = [1, 2, 4, 12, 15, 25, 26];
    private static readonly int[] Still = [27, 28, 29, 30, 36, 39, 42, 45];

    [Fact]
    public void Landmarks_tell_strong_geometric_units_well_and_slight_ones_less()
    {
        var (strong, slight) = (F1(5), F1(2));
        foreach (var unit in SynthFaces.RenderedUnits)
            output.WriteLine($"AU {unit}: F1 {strong[unit]:f2} at intensity 5, {slight[unit]:f2} at 2");
        foreach (var unit in Geometric)
        {
            Assert.True(strong[unit] >= 0.9, $"AU {unit} at intensity 5: {strong[unit]:f3}");
            Assert.True(
                slight[unit] <= strong[unit] - 0.03,
                $"AU {unit}: {slight[unit]:f3} at 2, {strong[unit]:f3} at 5"
            );
        }
    }

    /// <summary>F1 by action unit on unseen people whose units all show one intensity.</summary>
    private static Dictionary<int, double> F1(int intensity)
    {
        var (rows, labels) = (new double[Faces][], new bool[Faces][]);
        Parallel.For(
            0,
            Faces / FacesOfAPerson,
            person =>
            {
                var random = new Random((1000 * intensity) + person);
                var neutral = SynthFaces.Portrait(person, new Dictionary<int, double>(), default, 64).Landmarks;
                for (var k = 0; k < FacesOfAPerson; k++)
                {
                    bool[] present = [.. SynthFaces.RenderedUnits.Select(_ => random.NextDouble() < 0.25)];
                    // Nobody presses the lips together and parts them.
                    if (present[Slot(25)] || present[Slot(26)])
                        present[Slot(24)] = false;
                    var shown = SynthFaces
                        .RenderedUnits.Where((_, n) => present[n])
                        .ToDictionary(unit => unit, _ => (double)intensity);
                    var pose = new FacePose(Within(random, 15), Within(random, 8), Within(random, 10));
                    var landmarks = SynthFaces.Portrait(person, shown, pose, 64).Landmarks;
                    var at = (person * FacesOfAPerson) + k;
                    (rows[at], labels[at]) = (Displacement(landmarks, neutral, random), present);
                }
            }
        );
        var x = Matrix<double>.Build.DenseOfRowArrays(rows);
        var result = new Dictionary<int, double>();
        for (var n = 0; n < SynthFaces.RenderedUnits.Count; n++)
        {
            var y = Vector<double>.Build.Dense(TrainFaces, i => labels[i][n] ? 1 : 0);
            var weights = LogisticRegression(x.SubMatrix(0, TrainFaces, 0, x.ColumnCount), y);
            var logits = x.SubMatrix(TrainFaces, Faces - TrainFaces, 0, x.ColumnCount) * weights;
            sbyte[] truth = [.. labels.Skip(TrainFaces).Select(l => (sbyte)(l[n] ? 1 : 0))];
            result[SynthFaces.RenderedUnits[n]] = BinaryCounts
                .Of([.. logits.Select(z => (float)z)], truth, threshold: 0)
                .F1;
        }
        return result;
    }

    /// <summary>136 displacements in tenths of the eyes' distance, after the similarity that lays nose and eye corners
    /// on the neutral ones, and a one.</summary>
    private static double[] Displacement(float[] landmarks, float[] neutral, Random random)
    {
        double mx = 0,
            my = 0,
            nx = 0,
            ny = 0;
        foreach (var k in Still)
            (mx, my, nx, ny) = (
                mx + landmarks[2 * k],
                my + landmarks[(2 * k) + 1],
                nx + neutral[2 * k],
                ny + neutral[(2 * k) + 1]
            );
        (mx, my, nx, ny) = (mx / Still.Length, my / Still.Length, nx / Still.Length, ny / Still.Length);
        double same = 0,
            across = 0,
            square = 0;
        foreach (var k in Still)
        {
            var (ax, ay) = (landmarks[2 * k] - mx, landmarks[(2 * k) + 1] - my);
            var (bx, by) = (neutral[2 * k] - nx, neutral[(2 * k) + 1] - ny);
            (same, across, square) = (
                same + (ax * bx) + (ay * by),
                across + (ax * by) - (ay * bx),
                square + (ax * ax) + (ay * ay)
            );
        }
        var (cos, sin) = (same / square, across / square);
        var eyes = Math.Sqrt(Math.Pow(neutral[90] - neutral[72], 2) + Math.Pow(neutral[91] - neutral[73], 2));
        var row = new double[landmarks.Length + 1];
        for (var k = 0; k < landmarks.Length; k += 2)
        {
            var (ax, ay) = (landmarks[k] - mx, landmarks[k + 1] - my);
            row[k] = (10 * ((cos * ax) - (sin * ay) + nx - neutral[k]) / eyes) + Jitter(random);
            row[k + 1] = (10 * ((sin * ax) + (cos * ay) + ny - neutral[k + 1]) / eyes) + Jitter(random);
        }
        row[^1] = 1;
        return row;
    }

    /// <summary>Newton's method with a ridge.</summary>
    private static Vector<double> LogisticRegression(Matrix<double> x, Vector<double> y)
    {
        const double Ridge = 1;
        var weights = Vector<double>.Build.Dense(x.ColumnCount);
        for (var round = 0; round < 8; round++)
        {
            var p = (x * weights).Map(z => 1 / (1 + Math.Exp(-Math.Clamp(z, -30, 30))));
            var gradient = x.TransposeThisAndMultiply(y - p) - (Ridge * weights);
            var weighted = x.MapIndexed((i, _, value) => value * Math.Sqrt(Math.Max(1e-6, p[i] * (1 - p[i]))));
            var hessian =
                weighted.TransposeThisAndMultiply(weighted)
                + (Ridge * Matrix<double>.Build.DenseIdentity(x.ColumnCount));
            weights += hessian.Cholesky().Solve(gradient);
        }
        return weights;
    }

    private static int Slot(int unit) => SynthFaces.RenderedUnits.TakeWhile(u => u != unit).Count();

    private static float Within(Random random, float most) => (float)((2 * random.NextDouble()) - 1) * most;

    /// <summary>Normal, standard deviation 0.18 (1.8 % of the eyes' distance).</summary>
    private static double Jitter(Random random) =>
        0.18 * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
