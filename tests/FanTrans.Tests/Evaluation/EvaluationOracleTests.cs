using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using FanTrans.Evaluation;

namespace FanTrans.Tests.Evaluation;

/// <summary>Every metric against scikit-learn and SciPy, on random and on degenerate inputs.</summary>
public class EvaluationOracleTests
{
    private sealed record Case(
        [property: JsonPropertyName("labels")] int[] Labels,
        [property: JsonPropertyName("scores")] float[] Scores,
        [property: JsonPropertyName("threshold")] double Threshold
    );

    private sealed record Answer(
        double F1,
        double Precision,
        double Recall,
        double Accuracy,
        double Mcc,
        double? Auc,
        double? Ap,
        double Constant,
        double Calibration,
        double? Phi,
        double? Rho
    );

    [Fact]
    public void EveryMetricEqualsScikitLearns()
    {
        var cases = RandomCases().Concat(DegenerateCases()).ToArray();
        var answers = Ask(cases);
        Assert.Equal(cases.Length, answers.Length);
        for (var i = 0; i < cases.Length; i++)
        {
            var (labels, scores) = (Array.ConvertAll(cases[i].Labels, l => (sbyte)l), cases[i].Scores);
            var unit = EvaluationTests
                .Predictions([12], [.. scores.Select(s => new[] { s })], [.. labels.Select(l => new[] { l })])
                .Evaluate(Thresholds.ByProtocol(1, cases[i].Threshold))
                .Units[0];
            var expected = answers[i];
            Same(expected.F1, unit.F1, i, "F1");
            Same(expected.Precision, unit.Counts.Precision, i, "precision");
            Same(expected.Recall, unit.Counts.Recall, i, "recall");
            Same(expected.Accuracy, unit.Counts.Accuracy, i, "accuracy");
            Same(expected.Mcc, unit.Counts.Mcc, i, "MCC");
            Same(expected.Auc, unit.Auc, i, "AUC");
            Same(expected.Ap, unit.AveragePrecision, i, "average precision");
            Same(expected.Calibration, unit.CalibrationError, i, "calibration error");
            Same(expected.Constant, unit.ConstantF1, i, "best constant F1");

            var known = labels.Zip(scores).Where(p => p.First != 9).ToArray();
            Same(
                expected.Rho,
                MatrixCorrelation.Spearman(
                    [.. known.Select(p => (double)p.First)],
                    [.. known.Select(p => (double)p.Second)]
                ),
                i,
                "Spearman's rho"
            );
            var threshold = cases[i].Threshold;
            Same(
                expected.Phi,
                LabelCorrelation.Phi([.. known.Select(p => new[] { p.First, (sbyte)(p.Second >= threshold ? 1 : 0) })])[
                    0,
                    1
                ],
                i,
                "phi"
            );
        }
    }

    private static IEnumerable<Case> RandomCases()
    {
        var random = new Random(7);
        for (var i = 0; i < 60; i++)
        {
            var rate = random.NextDouble();
            var frames = random.Next(2, 400);
            // Some cases have few distinct scores, so that ties matter.
            var steps = i % 3 == 0 ? 4 : 1 << 20;
            yield return new Case(
                [
                    .. Enumerable
                        .Range(0, frames)
                        .Select(f =>
                            f > 0 && random.Next(8) == 0 ? 9
                            : random.NextDouble() < rate ? 1
                            : 0
                        ),
                ],
                [.. Enumerable.Range(0, frames).Select(_ => random.Next(steps + 1) / (float)steps)],
                i % 2 == 0 ? 0.5 : 0.25
            );
        }
    }

    private static IEnumerable<Case> DegenerateCases()
    {
        float[] mixed = [0.1f, 0.9f, 0.5f, 0.5f],
            low = [0, 0, 0, 0],
            high = [1, 1, 1, 1];
        foreach (var scores in new[] { mixed, low, high })
        {
            foreach (var labels in new int[][] { [0, 0, 0, 0], [1, 1, 1, 1], [0, 1, 0, 1], [9, 1, 9, 9], [9, 9, 0, 9] })
                yield return new Case(labels, scores, 0.5);
        }
        yield return new Case([1], [0.5f], 0.5);
    }

    private static void Same(double? expected, double actual, int i, string metric)
    {
        if (expected is null)
            Assert.True(double.IsNaN(actual), $"case {i}, {metric}: expected NaN, found {actual}.");
        else
            Assert.True(
                Math.Abs(expected.Value - actual) < 1e-9,
                $"case {i}, {metric}: expected {expected}, found {actual}."
            );
    }

    private static Answer[] Ask(Case[] cases, [CallerFilePath] string here = "")
    {
        var python = File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";
        var script = Path.Combine(Path.GetDirectoryName(here)!, "sklearn_metrics.py");
        Process process;
        try
        {
            process = Process.Start(
                new ProcessStartInfo(python, [script])
                {
                    RedirectStandardInput = true,
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                }
            )!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            Assert.Skip($"no Python to compare with: {e.Message}");
            return [];
        }
        using (process)
        {
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEndAsync();
            try
            {
                process.StandardInput.Write(JsonSerializer.Serialize(cases));
                process.StandardInput.Close();
            }
            catch (IOException)
            {
                // Python ended before it read the cases; its error says why.
            }
            process.WaitForExit();
            if (process.ExitCode != 0 && errors.Result.Contains("ModuleNotFoundError", StringComparison.Ordinal))
                Assert.Skip($"{python} has no scikit-learn or SciPy to compare with.");
            Assert.True(process.ExitCode == 0, errors.Result);
            return JsonSerializer.Deserialize<Answer[]>(
                output.Result,
                new JsonSerializerOptions { PropertyNameCaseInsensitive = true }
            )!;
        }
    }
}
