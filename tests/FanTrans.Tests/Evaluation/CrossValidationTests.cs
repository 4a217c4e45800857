using System.Text.Json.Nodes;
using FanTrans.Data;
using FanTrans.Evaluation;
using FanTrans.Tests.Data;

namespace FanTrans.Tests.Evaluation;

public class CrossValidationTests
{
    [Fact]
    public void FoldsArePooledAndStandBesideThePublishedRows()
    {
        using var folder = new TemporaryFolder();
        AuPredictions[] tests = [.. Enumerable.Range(0, 3).Select(k => Frames($"t{k}", k))];
        AuPredictions[] validation = [.. Enumerable.Range(0, 3).Select(k => Frames($"v{k}", 10 + k))];
        var result = CrossValidation.Of(tests, validation, seed: 1);

        Assert.Equal(AuPredictions.Pooled(tests).Evaluate().MacroF1, result.Pooled.MacroF1);
        Assert.Equal(result.Folds.Average(f => f.MacroF1), result.MacroF1OverFolds.Mean, 12);
        Assert.Equal(result.Pooled.MacroF1, result.F1Intervals.Macro.Estimate, 12);

        CrossValidationTables.SaveCsv(result, folder.At("out/result.csv"));
        CrossValidationTables.SaveJson(result, folder.At("out/result.json"));
        CrossValidationTables.SaveLatex(result, folder.At("out/result.tex"), "ours_1");
        var csv = File.ReadAllLines(folder.At("out/result.csv"));
        // A header; three folds, three tuned folds and the pooled part, of 8 action units and a mean each.
        Assert.Equal(1 + (7 * 9), csv.Length);
        Assert.All(csv, line => Assert.Equal(csv[0].Split(',').Length, line.Split(',').Length));
        var json = JsonNode.Parse(File.ReadAllText(folder.At("out/result.json")))!;
        Assert.Equal(result.Pooled.Units[2].F1, (double)json["parts"]!["pooled"]!["units"]!["4"]!["f1"]!, 12);
        Assert.Equal("tuned on validation", (string?)json["parts"]!["fold 2 (tuned)"]!["thresholds"]!["Origin"]);
        Assert.Equal(5, json["published"]!.AsArray().Count);
        var latex = File.ReadAllText(folder.At("out/result.tex"));
        Assert.Contains("FAN-Trans (WACV 23) & 56.4 & 50.2 & 68.6 & 49.2 & 57.6 & 75.6 & 93.6 & 58.8 & 63.8 \\\\", latex);
        Assert.Contains("ours\\_1 & ", latex);
        Assert.Equal(1 + 5 + 4, latex.Split('\n').Count(l => l.EndsWith("\\\\", StringComparison.Ordinal)));
    }

    [Fact]
    public void OtherActionUnitsHaveNoPublishedRows()
    {
        Assert.Equal(6, PublishedResults.For(ActionUnits.Bp4d).Count);
        Assert.Empty(PublishedResults.For([1, 2]));
        foreach (var row in PublishedResults.Bp4d.Concat(PublishedResults.Disfa))
            Assert.True(Math.Abs(row.F1.Average() - row.Average) < 0.1, $"{row.System}: {row.F1.Average()} is printed as {row.Average}");
    }

    [Fact]
    public void PredictionsComeBackFromTheirFileBitByBit()
    {
        using var folder = new TemporaryFolder();
        var predictions = Frames("a", 3);
        PredictionsFile.Save(folder.At("p.csv"), predictions);
        var read = PredictionsFile.Load(folder.At("p.csv"));
        Assert.Equal(predictions.Keys, read.Keys);
        Assert.Equal(predictions.Probabilities, read.Probabilities);
        Assert.Equal(predictions.Labels, read.Labels);
        Assert.Equal(predictions.ActionUnits, read.ActionUnits);
        File.AppendAllText(folder.At("p.csv"), "a,b\n");
        Assert.Contains("p.csv, line 62: expected 19 values, found 2", Assert.Throws<InvalidDataException>(() => PredictionsFile.Load(folder.At("p.csv"))).Message);
        File.WriteAllText(folder.At("p.csv"), "frame,AU01_r\n");
        Assert.Contains("line 1: expected subject", Assert.Throws<InvalidDataException>(() => PredictionsFile.Load(folder.At("p.csv"))).Message);
    }

    private static AuPredictions Frames(string name, int seed)
    {
        var random = new Random(seed);
        var keys = Enumerable.Range(0, 60).Select(i => new FaceKey($"{name}{i / 20}", "T1", i)).ToArray();
        var labels = keys.Select(_ => ActionUnits.Disfa.Select(_ => (sbyte)random.Next(2)).ToArray()).ToArray();
        return new AuPredictions(
            [.. ActionUnits.Disfa], keys, [.. labels.Select(l => l.Select(v => ((0.3f * v) + random.NextSingle()) / 1.3f).ToArray())], labels);
    }
}
