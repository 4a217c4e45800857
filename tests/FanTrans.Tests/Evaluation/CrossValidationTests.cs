using System.Text.Json.Nodes;
using FanTrans.Data;
using FanTrans.Evaluation;

namespace FanTrans.Tests.Evaluation;

public class CrossValidationTests
{
    [Fact]
    public void FoldsArePooledAndStandBesideThePublishedRows()
    {
        using var folder = new TemporaryFolder();
        AuPredictions[] tests = [.. Enumerable.Range(0, 3).Select(k => Frames($"t{k}", k))];
        AuPredictions[] validation = [.. Enumerable.Range(0, 3).Select(k => Frames($"v{k}", 10 + k))];
        var result = CrossValidation.Of(tests, validation);

        Assert.Equal(AuPredictions.Pooled(tests).Evaluate().MacroF1, result.Pooled.MacroF1);
        Assert.Equal(result.Folds.Average(f => f.MacroF1), result.MacroF1OverFolds.Mean, 12);
        Assert.Equal(result.Pooled.MacroF1, result.F1Intervals.Macro.Estimate, 12);
        // Counts of all folds at each fold's own thresholds.
        Assert.Equal(
            result.TunedFolds.Aggregate(default(BinaryCounts), (sum, f) => sum + f.Units[3].Counts).F1,
            result.TunedF1!.Units[3].Estimate,
            12
        );

        result.Save(folder.At("out"), "ours_1");
        var csv = File.ReadAllLines(folder.At("out/cross-validation.csv"));
        // A header; three folds, three tuned folds and the pooled part, of 8 action units and a mean each.
        Assert.Equal(1 + (7 * 9), csv.Length);
        Assert.All(csv, line => Assert.Equal(csv[0].Split(',').Length, line.Split(',').Length));
        Assert.EndsWith(
            ",f1_constant,f1,f1_low,f1_high,auc,auc_low,auc_high,ap,ap_low,ap_high,precision,precision_low,precision_high,recall,"
                + "recall_low,recall_high,accuracy,accuracy_low,accuracy_high,mcc,mcc_low,mcc_high,ece,ece_low,ece_high",
            csv[0],
            StringComparison.Ordinal
        );
        Assert.All(
            csv.Where(l => l.StartsWith("pooled,", StringComparison.Ordinal) && !l.Contains("macro")),
            l => Assert.DoesNotContain(",,", l)
        );
        var json = JsonNode.Parse(File.ReadAllText(folder.At("out/cross-validation.json")))!;
        Assert.Equal(result.Pooled.Units[2].F1, (double)json["parts"]!["pooled"]!["units"]!["4"]!["f1"]!, 12);
        Assert.Equal("tuned on validation", (string?)json["parts"]!["fold 2 (tuned)"]!["thresholds"]!["Origin"]);
        Assert.Equal(9, json["published"]!.AsArray().Count);
        var latex = File.ReadAllText(folder.At("out/cross-validation.tex"));
        Assert.Contains(
            "FAN-Trans (WACV 23) & 56.4 & 50.2 & 68.6 & 49.2 & 57.6 & 75.6 & 93.6 & 58.8 & 63.8 \\\\",
            latex
        );
        Assert.Contains("AU-Net (its README) &  &  &  &  &  &  &  &  & 66.1 \\\\", latex);
        Assert.Contains("ours\\_1 & ", latex);
        Assert.Equal(1 + 9 + 4, latex.Split('\n').Count(l => l.EndsWith("\\\\", StringComparison.Ordinal)));
    }

    [Fact]
    public void TablesAreTextAndSayWhatTheyAre()
    {
        AuPredictions[] tests = [.. Enumerable.Range(0, 3).Select(k => Frames($"t{k}", k))];
        var result = CrossValidation.Of(tests);
        var text = result.Table().ToString().Split('\n');
        Assert.StartsWith("AU ", text[0], StringComparison.Ordinal);
        Assert.Equal(text[0].Length, text[10].Length);
        Assert.StartsWith("mean ", text[10], StringComparison.Ordinal);
        Assert.Contains("AP ", text[11]);
        Assert.Equal(
            "Intervals over 9 test subjects; one seed, so how results vary with the seed is not in them.",
            text[12]
        );

        var beside = result.BesidePublished("<ours>");
        Assert.Contains(
            "FMAE-IAT ViT-L (FG 25): its code takes the epoch with the best F1 on the test fold.",
            beside.ToString()
        );
        Assert.Contains("<td style=\"text-align:left;padding:0.25em 0.45em\">&lt;ours&gt;</td>", beside.Html());
        Assert.Contains("| Norface (ECCV 24) |  |  |  |  |  |  |  |  | 72.7 |\n", beside.Markdown());
        Assert.Equal(
            "a,b\n\"x, \"\"y\"\"\",1\n",
            new ResultTable(
                ["a", "b"],
                [
                    ["x, \"y\"", "1"],
                ],
                []
            ).Csv()
        );
        Assert.Contains(
            "x\\_y \\& z & 5\\% \\\\",
            new ResultTable(
                ["a", "b"],
                [
                    ["x_y & z", "5%"],
                ],
                []
            ).Latex()
        );
    }

    [Fact]
    public void OtherActionUnitsHaveNoPublishedRows()
    {
        Assert.Equal(9, PublishedResults.For(ActionUnits.Bp4d).Count);
        Assert.Empty(PublishedResults.For([1, 2]));
        Assert.All(PublishedResults.All.Bp4d, row => Assert.Contains(row.F1.Count, new[] { 0, 12 }));
        Assert.All(PublishedResults.All.Disfa, row => Assert.Contains(row.F1.Count, new[] { 0, 8 }));
        foreach (var row in PublishedResults.All.Bp4d.Concat(PublishedResults.All.Disfa).Where(r => r.F1.Count > 0))
            Assert.True(
                Math.Abs(row.F1.Average() - row.Average) < 0.1,
                $"{row.System}: {row.F1.Average()} is printed as {row.Average}"
            );
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
        Assert.Contains(
            "p.csv, line 62: expected 19 values, found 2",
            Assert.Throws<InvalidDataException>(() => PredictionsFile.Load(folder.At("p.csv"))).Message
        );
        File.WriteAllText(folder.At("p.csv"), "frame,AU01_r\n1,0\n");
        Assert.Contains(
            "line 1: expected a column subject",
            Assert.Throws<InvalidDataException>(() => PredictionsFile.Load(folder.At("p.csv"))).Message
        );
    }

    private static AuPredictions Frames(string name, int seed)
    {
        var random = new Random(seed);
        var keys = Enumerable.Range(0, 60).Select(i => new FaceKey($"{name}{i / 20}", "T1", i)).ToArray();
        var labels = keys.Select(_ => ActionUnits.Disfa.Select(_ => (sbyte)random.Next(2)).ToArray()).ToArray();
        return new AuPredictions(
            [.. ActionUnits.Disfa],
            keys,
            [.. labels.Select(l => l.Select(v => ((0.3f * v) + random.NextSingle()) / 1.3f).ToArray())],
            labels
        );
    }
}
