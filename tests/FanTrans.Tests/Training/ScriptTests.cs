using System.Diagnostics;
using System.Text.Json.Nodes;
using FanTrans.Data;
using FanTrans.Evaluation;
using FanTrans.Synthetic;
using FanTrans.Training;

namespace FanTrans.Tests.Training;

/// <summary>The scripts as a stranger calls them, at a size that says nothing about results.</summary>
public sealed class ScriptTests(Scripts scripts) : IClassFixture<Scripts>, IDisposable
{
    private static readonly string[] Network =
    [
        "--Model.Fan.ImageSize",
        "32",
        "--Model.Fan.Features",
        "16",
        "--Model.Fan.Depth",
        "1",
    ];

    private static readonly string[] Small =
    [
        "--Data",
        "synthfaces?Profile=disfa&Subjects=9&FramesPerSubject=6&Recordings=1&ImageSize=32",
        "--BatchSize",
        "8",
        "--ValidationShare",
        "0.3",
        "--Training.Epochs",
        "1",
        .. Network,
    ];

    private static readonly string[] Head =
    [
        "--Model.SubnetWidth",
        "8",
        "--Model.SubnetBlocks",
        "2",
        "--Model.TokenWidth",
        "8",
        "--Model.Heads",
        "2",
    ];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void FromPreTrainingToATableOfPredictions()
    {
        var (exit, output, error) = scripts.Run(
            "pretrain-fan",
            ["--out", folder.At("fan"), "--json", "--Augmentation", "AnyCamera", .. Small]
        );
        Assert.True(exit == 0, output + error);
        var fan = (string)JsonNode.Parse(output)!["weights"]!;
        Assert.True(File.Exists(fan));

        (exit, output, error) = scripts.Run(
            "train",
            ["--out", folder.At("cv"), "--cross-validate", "--system", "ours", .. Small, .. Head]
        );
        Assert.True(exit == 0, output + error);
        Assert.Contains("FAN-Trans (WACV 23)", output);
        Assert.Contains("Macro F1 over folds", output);

        (exit, output, error) = scripts.Run(
            "train",
            ["--out", folder.At("one"), "--json", "--FanWeights", fan, "--Distillation", "None", .. Small, .. Head]
        );
        Assert.True(exit == 0, output + error);
        Assert.Single(JsonNode.Parse(output)!["PeerF1"]!.AsArray());
        Assert.Contains("fan-trans 1/1: loss", error);

        string[] folds = [folder.At("cv/fold-1"), folder.At("cv/fold-2"), folder.At("cv/fold-3")];
        (exit, output, error) = scripts.Run("evaluate", ["--runs", .. folds, "--json"]);
        Assert.True(exit == 0, output + error);
        Assert.Equal(
            (double)
                JsonNode.Parse(File.ReadAllText(folder.At("cv/cross-validation.json")))!["parts"]!["pooled"]!["macro"]![
                    "f1"
                ]!,
            (double)JsonNode.Parse(output)!["f1"]!,
            12
        );
        (exit, output, error) = scripts.Run(
            "evaluate",
            "--runs",
            folder.At("cv/fold-1"),
            "--against",
            folder.At("one"),
            "--out",
            folder.At("compared")
        );
        Assert.True(exit == 0, output + error);
        Assert.True(File.Exists(folder.At("compared/table.json")));
        Assert.Contains("1 seed cannot be tested; 3 are needed.", output);
        Assert.Equal(
            (2, true),
            Named(
                scripts.Run("evaluate", "--runs", folder.At("cv/fold-2"), "--against", folder.At("one")),
                "--against: expected runs of fold 2 as --runs has, found fold 1."
            )
        );

        Predicts(folder.At("one/model.safetensors"));
    }

    [Fact]
    public void AModelIsTestedOnAPreparedSet()
    {
        SynthFaces.Generate(
            new SynthOptions
            {
                Subjects = 3,
                FramesPerSubject = 4,
                Recordings = 1,
                FrameStep = 1,
                ImageSize = 64,
                Seed = 7,
            },
            folder.At("files"),
            cancellation: TestContext.Current.CancellationToken
        );
        var report = new PreparationReport();
        new Preparation(
            DatasetFiles.Find("bp4d", folder.At("files"), report),
            report,
            folder.At("set"),
            new PreparationOptions { Size = 32 }
        ).Run(cancellation: TestContext.Current.CancellationToken);
        var (exit, output, error) = scripts.Run(
            "train",
            [
                "--out",
                folder.At("run"),
                "--preset",
                "Ablation",
                .. Small[2..],
                .. Head,
                "--Data",
                "synthfaces?Subjects=9&FramesPerSubject=6&Recordings=1&ImageSize=32",
            ]
        );
        Assert.True(exit == 0, output + error);
        Assert.Equal(4, (int)JsonNode.Parse(File.ReadAllText(folder.At("run/options.json")))!["KeepFeatures"]!);

        (exit, output, error) = scripts.Run(
            "evaluate",
            "--model",
            folder.At("run/model.safetensors"),
            "--data",
            folder.At("set"),
            "--out",
            folder.At("tested"),
            "--json"
        );
        Assert.True(exit == 0, output + error);
        Assert.Contains("a partial copy without F0", error);
        var result = JsonNode.Parse(output)!;
        var saved = PredictionsFile.Load(folder.At("tested/test.csv"));
        Assert.Equal(12, saved.Keys.Count);
        Assert.Equal(saved.Evaluate().MacroF1, (double)result["f1"]!, 12);
        Assert.Equal(ActionUnits.Bp4d, result["units"]!.AsArray().Select(u => (int)u!["actionUnit"]!));
        Assert.InRange(
            (double)result["f1"]!,
            (double)result["interval"]!["low"]!,
            (double)result["interval"]!["high"]!
        );
    }

    [Fact]
    public void AnOverlayKeepsTheTimeOfAVideoWhoseRateVaries()
    {
        var video = Repository.Shared("cases/video-variable-rate/vfr.mp4");
        Assert.SkipUnless(HasFfmpeg(), "ffmpeg is not installed.");
        scripts.Run("predict", video, "--out", folder.At("p.csv"), "--overlay", folder.At("shown"));
        var times = Ffmpeg
            .Frames(folder.At("shown/vfr.mp4"), cancellation: TestContext.Current.CancellationToken)
            .Select(f => Math.Round(f.Seconds, 3))
            .ToList();
        // 25 frames a second, as its first two, until its last at 1.64 s.
        Assert.Equal(Enumerable.Range(0, 42).Select(k => Math.Round(k / 25.0, 3)), times);
    }

    private void Predicts(string model)
    {
        var faces = new SynthFaces(
            new SynthOptions
            {
                Profile = "disfa",
                Subjects = 3,
                FramesPerSubject = 4,
                Recordings = 1,
                ImageSize = 64,
            }
        );
        Directory.CreateDirectory(folder.At("pictures"));
        faces.Read(0).Image.SavePng(folder.At("pictures/a, b.png"));
        faces.Read(4).Image.SavePng(folder.At("pictures/c.png"));
        string[] inputs = [folder.At("pictures")];
        if (HasFfmpeg())
        {
            Ffmpeg.Encode(Enumerable.Range(0, 4).Select(i => faces.Read(i).Image), folder.At("v.avi"), rate: 10);
            inputs = [.. inputs, folder.At("v.avi")];
        }
        var (exit, output, error) = scripts.Run(
            "predict",
            [
                .. inputs,
                "--model",
                model,
                "--out",
                folder.At("p.csv"),
                "--overlay",
                folder.At("shown"),
                "--least-confidence",
                "0",
                "--json",
            ]
        );
        Assert.True(exit == 0, output + error);
        var lines = File.ReadAllLines(folder.At("p.csv"));
        Assert.StartsWith("frame,face_id,timestamp,confidence,success,FaceRectX,", lines[0]);
        Assert.Contains("AU01_p,AU02_p,AU04_p,AU06_p,AU09_p,AU12_p,AU25_p,AU26_p,AU01_c,", lines[0]);
        Assert.Contains("a, b.png\"", lines[1]);
        Assert.Equal(lines.Length - 1, (int)JsonNode.Parse(output)!["faces"]!);
        Assert.NotEqual(faces.Read(4).Image.Pixels, RgbImage.Load(folder.At("shown/c.png")).Pixels);
        Assert.True(File.Exists(folder.At("shown/a, b.png")));
        if (inputs.Length > 1)
        {
            Assert.Equal(["0.000", "0.100", "0.200", "0.300"], lines[3..].Select(l => l.Split(',')[2]).Distinct());
            Assert.Equal(
                [0, 0.1, 0.2, 0.3],
                Ffmpeg.Frames(folder.At("shown/v.mp4")).Select(f => Math.Round(f.Seconds, 3))
            );
        }
        // No face is that sure; the row says so, and the exit code.
        (exit, output, error) = scripts.Run(
            "predict",
            folder.At("pictures/c.png"),
            "--model",
            model,
            "--least-confidence",
            "1"
        );
        Assert.Equal(1, exit);
        Assert.Contains("1,,0.000,,0,,,,,,,,,,,,,,,,,,,,,,,", output);
        Assert.Contains("No face was found", error);
        // One broken file: its row, the others', exit code 1; the table and an input are never written over before
        // that.
        folder.Write("pictures/broken.png", "no picture");
        File.Copy(folder.At("p.csv"), folder.At("old.csv"));
        (exit, _, error) = scripts.Run(
            "predict",
            folder.At("pictures"),
            "--model",
            model,
            "--least-confidence",
            "0",
            "--out",
            folder.At("new.csv")
        );
        Assert.Equal(1, exit);
        Assert.Equal(
            3,
            File.ReadAllLines(folder.At("new.csv"))
                .Skip(1)
                .Select(l => l.Contains("broken.png:") ? "broken" : "read")
                .Count()
        );
        Assert.Equal(
            3,
            scripts.Run("predict", folder.At("no.png"), "--model", model, "--out", folder.At("old.csv")).Exit
        );
        Assert.Equal(lines, File.ReadAllLines(folder.At("old.csv")));
        var picture = File.ReadAllBytes(folder.At("pictures/c.png"));
        Assert.Equal(
            (2, true),
            Named(
                scripts.Run(
                    "predict",
                    folder.At("pictures/c.png"),
                    "--model",
                    model,
                    "--out",
                    folder.At("pictures/c.png")
                ),
                "would be written over"
            )
        );
        Assert.Equal(picture, File.ReadAllBytes(folder.At("pictures/c.png")));
    }

    [Fact]
    public void MistakesHaveTheirExitCodes()
    {
        Assert.Equal(
            (2, true),
            Named(
                scripts.Run("train", "--out", folder.At("x"), "--Model.Heads", "two"),
                "Model.Heads is 'two', expected a whole number"
            )
        );
        Assert.Equal(
            (2, true),
            Named(scripts.Run("train", "--out", folder.At("x"), "--Haeds", "2"), "--help shows all arguments")
        );
        Assert.Equal(
            (3, true),
            Named(scripts.Run("train", "--out", folder.At("x"), "--Data", folder.At("none")), "no such folder")
        );
        folder.Write("a.png", "no picture");
        Assert.Equal(
            (3, true),
            Named(scripts.Run("predict", folder.At("a.png"), "--model", folder.At("no.safetensors")), "no.safetensors")
        );
        Assert.Equal(
            (2, true),
            Named(
                scripts.Run("predict", "a.png", "--threshold", "0,5"),
                "--threshold: expected a number from 0 to 1, found '0,5'"
            )
        );
        Assert.Equal((2, true), Named(scripts.Run("predict", "a.png", "--json", "--out"), "Required argument missing"));
        // A number with a comma, out of range or not finite; an option whose value an empty variable took away.
        foreach (
            var (script, option, value) in new[]
            {
                ("predict", "--threshold", "nan"),
                ("predict", "--every", "0"),
                ("train", "--threads", "1,5"),
            }
        )
        {
            string[] rest = script == "predict" ? ["a.png"] : ["--out", folder.At("x")];
            Assert.Equal((2, true), Named(scripts.Run(script, [.. rest, option, value]), $"{option}: expected a"));
        }
        foreach (var arguments in new string[][] { ["--runs"], ["--model", "x", "--data"] })
            Assert.Equal((2, true), Named(scripts.Run("evaluate", arguments), "Required argument missing"));
        Assert.Equal((2, true), Named(scripts.Run("evaluate"), "Either --runs or --model is needed."));
        folder.Write("empty.json", """{ "base": { "Data": "synthfaces" }, "grid": { "Seed": [], "Fold": [1] } }""");
        Assert.Equal(
            (1, true),
            Named(
                scripts.Run("sweep", "submit", folder.At("empty.json"), "--out", folder.At("x"), "--dry-run"),
                "Seed: expected a list of at least one value, found []."
            )
        );
        folder.Write("a b.json", """{ "base": { "Data": "synthfaces" }, "grid": { "Fold": [1, 2] } }""");
        var (_, batch, _) = scripts.Run(
            "sweep",
            "submit",
            folder.At("a b.json"),
            "--out",
            folder.At("my runs"),
            "--dry-run"
        );
        Assert.Contains("#SBATCH --job-name=\"a b\"\n", batch);
        Assert.Contains($"#SBATCH --output=\"{folder.At("my runs")}/slurm-%a.log\"\n", batch);
        folder.Write("fold.json", """{ "base": { "Data": "synthfaces" }, "grid": { "Fold": [1, 4] } }""");
        Assert.Equal(
            (2, true),
            Named(
                scripts.Run("sweep", "run", folder.At("fold.json"), "--out", folder.At("sweep")),
                "Fold is 4, expected 1 to 3."
            )
        );
        Assert.False(Directory.Exists(folder.At("sweep")));
        Assert.Equal((3, true), Named(scripts.Run("evaluate", "--runs", folder.At("none")), "no finished run"));
        var (exit, help, _) = scripts.Run("train", "--help");
        Assert.Equal(0, exit);
        Assert.Contains("--Model.AttentionDrop", help);
        Assert.Contains("How attention between units is dropped", help);
    }

    [Fact]
    public void AScriptThatIsStoppedLeavesWholeFilesAndSaysSo()
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("there is no SIGTERM on Windows");
        var start = new ProcessStartInfo(
            "dotnet",
            [
                scripts.Assembly("train"),
                "--out",
                folder.At("run"),
                .. Small[..6],
                .. Network,
                .. Head,
                "--Training.Epochs",
                "500",
            ]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        Assert.NotNull(process.StandardOutput.ReadLine()); // an epoch is over
        using (var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]))
            kill.WaitForExit();
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(60)));
        Assert.Equal(130, process.ExitCode);
        Assert.Contains("Stopped; the same command resumes it.", process.StandardError.ReadToEnd());
        Assert.Empty(
            Directory.EnumerateFiles(folder.At("run"), WholeFile.Unfinished + "*", SearchOption.AllDirectories)
        );
    }

    [Fact]
    public void ASweepRunsHereAndOnSlurm()
    {
        folder.Write(
            "sweep.json",
            """
            {
              "base": { "Data": "synthfaces?Profile=disfa&Subjects=9&FramesPerSubject=6&Recordings=1&ImageSize=32",
                "Model.Fan.ImageSize": 32, "Model.Fan.Features": 16, "Model.Fan.Depth": 1, "Model.SubnetWidth": 8, "Model.SubnetBlocks": 2,
                "Model.TokenWidth": 8, "Model.Heads": 2, "BatchSize": 8, "ValidationShare": 0.3, "Training.Epochs": 1 },
              "cells": [ { "Model.AttentionDrop": "None" }, { "Model.AttentionDrop": "Learnable" } ],
              "grid": { "Seed": [1, 2] }
            }
            """
        );
        var here = folder.At("here");
        var dry = scripts.Run(
            "sweep",
            "submit",
            folder.At("sweep.json"),
            "--out",
            folder.At("nowhere"),
            "--dry-run",
            "--sbatch=--partition=gpu"
        );
        Assert.Contains("#SBATCH --array=0-3\n", dry.Output);
        Assert.Contains("#SBATCH --partition=gpu\n", dry.Output);
        string[] last = ["run", folder.At("sweep.json"), "--out", here, "--threads", "1", "--cell", "3"];
        int exit;
        string output,
            error;
        var held = Directory.CreateDirectory(Path.Combine(here, "AttentionDrop-Learnable_Seed-2")).FullName;
        using (FileHold.Try(Path.Combine(held, "in-use")))
            (exit, output, error) = scripts.Run("sweep", last);
        Assert.True(exit == 0, output + error);
        Assert.Contains("0 of 4 experiments are done, 1 left to another process.", output);
        (exit, output, error) = scripts.Run("sweep", last);
        Assert.True(exit == 0, output + error);
        Assert.Contains("1 of 4 experiments are done.", output);
        (exit, output, error) = scripts.Run(
            "sweep",
            "run",
            folder.At("sweep.json"),
            "--out",
            here,
            "--threads",
            "1",
            "--json"
        );
        Assert.True(exit == 0, output + error);
        Assert.Equal(4, (int)JsonNode.Parse(output)!["done"]!);
        Assert.DoesNotContain("4 of 4:", error);
        (exit, output, error) = scripts.Run("sweep", "collect", folder.At("sweep.json"), "--out", here);
        Assert.True(exit == 0, output + error);
        Assert.Contains("AttentionDrop Learnable", output);
        Assert.All(new[] { "csv", "json", "tex" }, e => Assert.True(File.Exists(Path.Combine(here, $"table.{e}"))));

        using var cluster = new SlurmCluster();
        var there = folder.At("there");
        (exit, output, error) = cluster.Run(
            "dotnet",
            scripts.Assembly("sweep"),
            "submit",
            folder.At("sweep.json"),
            "--out",
            there,
            "--threads",
            "1",
            "--at-once",
            "1",
            "--sbatch=--time=30"
        );
        Assert.True(exit == 0, output + error);
        Assert.Contains("Submitted batch job", output);
        cluster.WaitForJobs();
        var logs = string.Concat(Directory.GetFiles(there, "slurm-*.log").Select(File.ReadAllText));
        (exit, output, error) = scripts.Run("sweep", "collect", folder.At("sweep.json"), "--out", there, "--json");
        Assert.True(exit == 0, output + error + logs);
        Assert.Empty(JsonNode.Parse(output)!["Missing"]!.AsArray());
        Assert.Equal(
            File.ReadAllText(Path.Combine(here, "table.csv")),
            File.ReadAllText(Path.Combine(there, "table.csv"))
        );
    }

    private static (int Exit, bool Said) Named((int Exit, string Output, string Error) result, string message) =>
        (result.Exit, result.Error.Contains(message, StringComparison.Ordinal));

    private static bool HasFfmpeg()
    {
        try
        {
            return !Ffmpeg.IsVideo("nowhere");
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
