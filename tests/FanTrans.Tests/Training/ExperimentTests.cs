using System.Text.Json;
using FanTrans.Data;
using FanTrans.Evaluation;
using FanTrans.Interop;
using FanTrans.Models;
using FanTrans.Synthetic;
using FanTrans.Training.Experiments;

namespace FanTrans.Tests.Training;

[Collection(TorchCollection.Name)]
public sealed class ExperimentTests : IDisposable
{
    internal static readonly ExperimentOptions Options = ExperimentOptions.Small with
    {
        Data = new SynthOptions
        {
            Profile = "disfa",
            Subjects = 9,
            FramesPerSubject = 6,
            Recordings = 1,
            ImageSize = 32,
        }.ToData(),
        Model = Tiny.Model with { ActionUnits = ActionUnits.Bp4d },
        FanWeights = "random",
        Training = Tiny.Options with { Epochs = 2 },
        BatchSize = 8,
        ValidationShare = 0.3,
    };

    private readonly TemporaryFolder folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public void ARunIsDoneOnceAndItsFolderIsItsOwn()
    {
        var result = Experiment.Run(Options, folder.At("run"), cancellation: Token);
        Assert.Equal(8, result.UnitF1.Count);
        Assert.Equal(2, result.PeerF1.Count);
        string[] files =
        [
            "events",
            "history.json",
            "identity.txt",
            "last.safetensors",
            "log.jsonl",
            "model.safetensors",
            "options.json",
            "result.json",
            "test.csv",
            "validation.csv",
        ];
        Assert.All(
            files,
            f =>
                Assert.Contains(
                    Directory.GetFiles(folder.At("run")),
                    path => Path.GetFileName(path).StartsWith(f, StringComparison.Ordinal)
                )
        );
        var written = File.GetLastWriteTimeUtc(folder.At("run/model.safetensors"));
        Assert.Equal(result.UnitF1, Experiment.Run(Options, folder.At("run"), cancellation: Token).UnitF1);
        Assert.Equal(written, File.GetLastWriteTimeUtc(folder.At("run/model.safetensors")));
        var error = Assert.Throws<InvalidDataException>(() =>
            Experiment.Run(Options with { Seed = 9 }, folder.At("run"), cancellation: Token)
        );
        Assert.Contains("""is another experiment's: it has "Seed": 1, expected "Seed": 9.""", error.Message);

        using var model = TrainedModel.Load(folder.At("run/model.safetensors"));
        Assert.Equal(FanTrans.ActionUnits.Disfa, model.Options.ActionUnits);
        Assert.Contains(
            "no trained model",
            Assert.Throws<InvalidDataException>(() => TrainedModel.Load(folder.At("run/last.safetensors"))).Message
        );
    }

    [Fact]
    public void KeptFeaturesAreSharedByRunsOfOtherSeedsAndHeads()
    {
        var kept = Options with { KeepFeatures = 2 };
        Experiment.Run(kept, folder.At("a"), cancellation: Token);
        var files = Directory.GetFiles(folder.At("features"));
        Assert.Equal(3, files.Length);
        // A frozen FAN of random weights is another one for another seed; with given weights it is the same.
        Experiment.Run(kept with { Model = kept.Model with { Heads = 4 } }, folder.At("b"), cancellation: Token);
        Assert.Equal(files, Directory.GetFiles(folder.At("features")));
        Assert.Contains(
            "cannot be kept",
            Assert
                .Throws<ArgumentException>(() =>
                    Experiment.Run(kept with { FanRateFactor = 1 }, folder.At("c"), cancellation: Token)
                )
                .Message
        );
    }

    [Fact]
    public void AFrozenFanMayComputeInBFloat16()
    {
        var half = Options with { FanPrecision = FanPrecision.BFloat16, KeepFeatures = 1, FlipTest = false };
        var result = Experiment.Run(half, folder.At("half/run"), cancellation: Token);
        var single = Experiment.Run(
            half with
            {
                FanPrecision = FanPrecision.Float32,
            },
            folder.At("half/single"),
            cancellation: Token
        );
        Assert.Equal(single.Auc!.Value, result.Auc!.Value, 0.05);
        // Three sets of frames in either precision; the model that is left is an ordinary one.
        Assert.Equal(6, Directory.GetFiles(folder.At("half/features")).Length);
        using var model = TrainedModel.Load(folder.At("half/run/model.safetensors"));
        Assert.All(model.parameters(), p => Assert.Equal(TorchSharp.torch.ScalarType.Float32, p.dtype));
        var error = Assert.Throws<ArgumentException>(() =>
            Experiment.Run(half with { KeepFeatures = 0, FanRateFactor = 0.1 }, folder.At("tuned"), cancellation: Token)
        );
        Assert.Contains("FanPrecision is BFloat16 and FanRateFactor 0.1", error.Message);
    }

    [Fact]
    public void TheWeightsOfAComparisonAreTrainedOnce()
    {
        var data = ExperimentData.Open(Options);
        var weights = FanPretraining.WeightsFor(Options, folder.Path, epochs: 1, data: data, cancellation: Token);
        var written = File.GetLastWriteTimeUtc(weights);
        var variant = Options with
        {
            Seed = 7,
            Model = Options.Model with { Heads = 4 },
            Training = Options.Training with { Epochs = 9 },
        };
        Assert.Equal(weights, FanPretraining.WeightsFor(variant, folder.Path, epochs: 1, cancellation: Token));
        Assert.Equal(written, File.GetLastWriteTimeUtc(weights));
        Assert.NotEqual(
            FanPretraining.FolderOf(FanPretraining.For(Options), folder.Path),
            FanPretraining.FolderOf(FanPretraining.For(Options with { Fold = 2 }), folder.Path)
        );

        // The network of the experiment, so its weights fit, and the validation subjects have seen it learn.
        using var fan = FaceAlignmentNetwork.Load(weights, Options.Model.Fan);
        Assert.Single(
            FanPretraining
                .Run(FanPretraining.For(Options, 1), Path.GetDirectoryName(weights)!, data: data, cancellation: Token)
                .Epochs
        );
    }

    [Fact]
    public void EveryFoldInOneCall()
    {
        var result = CrossValidatedExperiment.Run(
            Options with
            {
                Training = Options.Training with { Epochs = 1 },
            },
            folder.Path,
            cancellation: Token
        );
        Assert.Equal(3, result.Folds.Count);
        Assert.Equal(9 * 6, result.Pooled.Units.Max(u => u.Counts.Known));
        Assert.Equal(9, result.F1Intervals.Subjects);
        Assert.Equal(3, result.TunedFolds.Count);
        Assert.All(new[] { "csv", "json", "tex" }, e => Assert.True(File.Exists(folder.At($"cross-validation.{e}"))));
        Assert.Contains(
            "no finished run",
            Assert.Throws<FileNotFoundException>(() => CrossValidatedExperiment.Collect([folder.Path], null)).Message
        );
    }

    [Fact]
    public void TheKitsOwnSweepsAreWhole()
    {
        var files = Directory.GetFiles(Path.Combine(Repository.Root, "notebooks", "scripts", "sweeps"), "*.json");
        Assert.True(files.Length >= 5);
        Assert.All(files, file => Assert.True(Sweep.Load(file).Cells.Count >= 9));
    }

    [Fact]
    public void ASweepFileBecomesExperiments()
    {
        var path = folder.Write(
            "sweep.json",
            """
            {
              "base": { "Data": "synthfaces", "Training.Epochs": 5 },
              "cells": [ { "Model.AttentionDrop": "None" }, { "Distillation": "None" } ],
              "grid": { "fold": [1, 2], "Seed": [7, 8, 9] },
            }
            """
        );
        var sweep = Sweep.Load(path);
        Assert.Equal(12, sweep.Cells.Count);
        Assert.Equal("AttentionDrop-None_Fold-1_Seed-7", sweep.Cells[0].Name);
        Assert.Equal("Distillation-None_Fold-2_Seed-9", sweep.Cells[^1].Name);
        Assert.All(sweep.Cells, c => Assert.Equal(5, c.Options.Training.Epochs));
        Assert.Equal(
            (2, 9, 1),
            (sweep.Cells[^1].Options.Fold, sweep.Cells[^1].Options.Seed, sweep.Cells[^1].Options.Distillation.Peers)
        );

        foreach (
            var (text, message) in new[]
            {
                ("{ \"grid\": { \"Model.Hats\": [1] } }", "there is no option Model.Hats"),
                ("{ \"grids\": {} }", "expected preset, base, cells and grid, found grids"),
                ("{ \"base\": { \"Data\": \"x\" }, \"cells\": [ {\"Seed\": 1}, {\"Seed\": 1} ] }", "is there twice"),
                ("{ \"base\": { \"Fold\": 0 } }", "Fold is 0"),
                ("{}", "only has no Data; expected a dataset's folder or registered name"),
                ("{ \"preset\": \"Large\" }", "there is no preset Large, only Small, Ablation, Smoke, Paper"),
                ("{ \"base\": { \"Seed\": 1, \"Seed\": 2 } }", "Seed"),
                (
                    "{ \"cells\": [ {\"Seed\": 1} ], \"grid\": { \"seed\": [1] } }",
                    "Seed: expected it once, in cells or in grid"
                ),
                ("[1]", "expected a JSON object"),
                ("{", "sweep.json: "),
            }
        )
        {
            File.WriteAllText(path, text);
            Assert.Contains(message, Assert.Throws<InvalidDataException>(() => Sweep.Load(path)).Message);
        }
    }

    [Fact]
    public void RunsOfAnEditedSweepFileAreNotItsResults()
    {
        var sweep = Sweep.Load(folder.Write("sweep.json", """{ "base": { "Data": "synthfaces", "Seed": 8 } }"""));
        folder.Write("only/identity.txt", "");
        folder.Write("only/options.json", OptionsJson.Write(sweep.Cells[0].Options with { Seed = 9 }));
        folder.Write("only/result.json", "{}");
        Assert.Contains(
            "it has \"Seed\": 9, expected \"Seed\": 8",
            Assert.Throws<InvalidDataException>(() => SweepTable.Collect(sweep, folder.Path)).Message
        );

        // A file that moved is the same file, and one with other content is not.
        var (before, now) = (folder.Write("a/fan", "weights"), folder.Write("b/fan", "weights"));
        folder.Write("only/options.json", OptionsJson.Write(sweep.Cells[0].Options with { FanWeights = before }));
        folder.Write(
            "only/identity.txt",
            RunIdentity.Of(sweep.Cells[0].Options with { FanWeights = before }, null) + "\n"
        );
        folder.Write(
            "sweep.json",
            $$"""{ "base": { "Data": "synthfaces", "Seed": 8, "FanWeights": {{JsonSerializer.Serialize(now)}} } }"""
        );
        var moved = Sweep.Load(sweep.Path);
        Assert.Contains(
            "test.csv",
            Assert.Throws<FileNotFoundException>(() => SweepTable.Collect(moved, folder.Path)).Message
        );
        File.WriteAllText(now, "others");
        Assert.Contains(
            "it has \"FanWeights\"",
            Assert.Throws<InvalidDataException>(() => SweepTable.Collect(moved, folder.Path)).Message
        );
        Assert.EndsWith("#key", FanStart.IdentityOf(moved.Cells[0].Options with { FanWeights = $"{now}#key" }, null));
    }

    [Fact]
    public void FoldsOfTwoDatasetsAreNotPooled()
    {
        string[] runs = [folder.At("a"), folder.At("b")];
        foreach (var run in runs)
        {
            var name = Path.GetFileName(run);
            folder.Write($"{name}/identity.txt", "");
            PredictionsFile.Save(
                Path.Combine(run, "test.csv"),
                new(
                    [1],
                    [new(name, "T1", 1)],
                    [
                        [0.5f],
                    ],
                    [
                        [1],
                    ]
                )
            );
            folder.Write($"{name}/options.json", OptionsJson.Write(Options with { Data = name }));
        }
        Assert.Contains(
            "only folds of one dataset are pooled",
            Assert.Throws<InvalidDataException>(() => CrossValidatedExperiment.Collect(runs, null)).Message
        );
    }

    [Fact]
    public void UnitsThatTheDatasetWouldReplaceAreRefused()
    {
        var options = Options with { Model = Tiny.Model with { ActionUnits = [1, 2] } };
        Assert.Contains(
            "Model.ActionUnits is 1,2, but the dataset has 1,2,4,6,9,12,25,26",
            Assert
                .Throws<ArgumentException>(() => Experiment.Run(options, folder.At("run"), cancellation: Token))
                .Message
        );
    }

    [Fact]
    public void LandmarksThatAreNotThereAreNotTrained()
    {
        var rows = Enumerable.Range(0, 12).Select(n => $"{n}.png,P{n / 2},{n % 2},{(n + 1) % 2}\n");
        folder.Write("faces.csv", "path,subject,AU1,AU2\n" + string.Concat(rows));
        for (var n = 0; n < 12; n++)
            new RgbImage(32, 32).SavePng(folder.At($"{n}.png"));
        var data = ExperimentData.Of(CsvDataset.Open(folder.At("faces.csv"), cancellation: Token));
        var options = Options with { Data = "" };
        var tuned = options with { FanRateFactor = 0.1, LandmarkLoss = 0.1 };
        foreach (
            var train in new Action[]
            {
                () => Experiment.Run(tuned, folder.At("run"), data: data, cancellation: Token),
                () => FanPretraining.Run(options, folder.At("fan"), data: data, cancellation: Token),
            }
        )
            Assert.Contains(
                "expected landmarks to train on, found none in",
                Assert.Throws<InvalidDataException>(train).Message
            );
    }
}
