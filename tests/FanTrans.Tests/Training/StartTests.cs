using FanTrans.Data;
using FanTrans.Distillation;
using FanTrans.Models;
using FanTrans.Synthetic;
using FanTrans.Tests.Data;
using FanTrans.Training;
using FanTrans.Training.Experiments;
using static TorchSharp.torch;

namespace FanTrans.Tests.Training;

/// <summary>Where an experiment starts, and that nobody is tested on whom the weights have seen.</summary>
[Collection(TorchCollection.Name)]
public sealed class StartTests : IDisposable
{
    private static readonly ExperimentOptions Disfa = ExperimentTests.Options with
    {
        Training = ExperimentTests.Options.Training with { Epochs = 1 },
    };
    private static readonly ExperimentOptions Bp4d = Disfa with
    {
        Data = new SynthOptions
        {
            Subjects = 9,
            FramesPerSubject = 6,
            Recordings = 1,
            ImageSize = 32,
            Seed = 5,
        }.ToData(),
    };

    private readonly TemporaryFolder folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public void EachFoldHasAFanOfItsOwnAndAnothersIsRefusedByItsSubjects()
    {
        var options = Disfa with { FanWeights = null };
        Experiment.Run(options, folder.At("one"), cancellation: Token);
        Experiment.Run(options with { Seed = 2 }, folder.At("two"), cancellation: Token);
        var fan = Assert.Single(Directory.GetDirectories(folder.At("fan")));
        // One that another process makes at this moment is waited for, and a run that it has is left to it.
        var weights = Path.Combine(fan, FanPretraining.WeightsFileName);
        var bytes = File.ReadAllBytes(weights);
        File.Delete(weights);
        var hold = FileHold.Try(Path.Combine(fan, "making"))!;
        var waiting = new Told(value =>
        {
            if (value.Task != "fan")
                return;
            Assert.Contains("another process makes what this one needs", value.Warning);
            File.WriteAllBytes(weights, bytes);
            hold.Dispose();
        });
        Experiment.Run(options with { Seed = 3 }, folder.At("waited"), progress: waiting, cancellation: Token);
        using (FileHold.Try(Path.Combine(Directory.CreateDirectory(folder.At("held")).FullName, "in-use")))
            Assert.Throws<RunInUseException>(() =>
                Experiment.Run(options with { Seed = 4 }, folder.At("held"), cancellation: Token)
            );
        Experiment.Run(options with { Fold = 2 }, folder.At("three"), cancellation: Token);
        Assert.Equal(2, Directory.GetDirectories(folder.At("fan")).Length);

        var first = Path.Combine(
            Directory.GetDirectories(folder.At("fan")).Single(d => d.Contains("fold-1-")),
            FanPretraining.WeightsFileName
        );
        var data = ExperimentData.Open(options);
        var error = Assert.Throws<InvalidDataException>(() =>
            Experiment.Run(
                options with
                {
                    Fold = 2,
                    FanWeights = first,
                },
                folder.At("leak"),
                data: data,
                cancellation: Token
            )
        );
        Assert.Contains(
            $"trained on subjects that are to be tested on: {string.Join(", ", data.Fold(2).TestSubjects)} of "
                + "synthfaces disfa",
            error.Message
        );
        Assert.Contains("FanWeights = pretrain", error.Message);
        Assert.NotNull(
            Experiment.Run(options with { FanWeights = first }, folder.At("own"), data: data, cancellation: Token).F1
        );
        // The model knows whom its FAN has seen, too.
        var seen = TrainedModel.SubjectsOf(folder.At("own"));
        Assert.Equal(6, seen.Count);
        Assert.DoesNotContain(
            seen,
            s => data.Fold(1).TestSubjects.Any(t => s.EndsWith($"/{t}", StringComparison.Ordinal))
        );
        // The same names in another set are other people.
        Assert.NotNull(
            Experiment
                .Run(
                    Disfa with
                    {
                        Fold = 2,
                        FanWeights = first,
                        Data = Disfa.Data + "&Seed=3",
                    },
                    folder.At("others"),
                    cancellation: Token
                )
                .F1
        );
    }

    [Fact]
    public void AMovedFolderIsStillTheSameRun()
    {
        Experiment.Run(Disfa with { FanWeights = null }, folder.At("a/run"), cancellation: Token);
        var fan = Directory.GetFiles(folder.At("a/fan"), "fan.safetensors", SearchOption.AllDirectories).Single();
        var ablation = new Ablation(folder.At("runs"), Disfa with { FanWeights = fan }, [1]);
        var before = ablation.Run("all", cancellation: Token)[0].Folder;
        Directory.Move(folder.At("a"), folder.At("b"));
        var moved = fan.Replace("/a/", "/b/", StringComparison.Ordinal);
        var log = new Log();
        Assert.Equal(
            before,
            new Ablation(folder.At("runs"), Disfa with { FanWeights = moved }, [1])
                .Run("all", null, log, Token)[0]
                .Folder
        );
        Assert.Empty(log.Tasks);
        File.WriteAllText(Path.Combine(before, "identity.txt"), "");
        Assert.Contains(
            "is another experiment's",
            Assert
                .Throws<InvalidDataException>(() =>
                    new Ablation(folder.At("runs"), Disfa with { FanWeights = moved }, [1]).Run(
                        "all",
                        cancellation: Token
                    )
                )
                .Message
        );
        File.Delete(Path.Combine(before, "identity.txt"));
        Assert.Contains(
            "earlier version of the kit",
            Assert.Throws<InvalidDataException>(() => Experiment.OptionsOf(before)).Message
        );
    }

    [Fact]
    public void AHeadStartsFromAnotherDatasetByActionUnit()
    {
        Experiment.Run(Bp4d, folder.At("bp4d"), cancellation: Token);
        using var old = TrainedModel.Load(folder.At("bp4d"));
        using var fresh = new PeerEnsemble(
            Tiny.Model with
            {
                ActionUnits = ActionUnits.Disfa,
            },
            DistillationOptions.Small with
            {
                Peers = 3,
            }
        );
        var before = Tiny.Weights(fresh);
        var report = TrainedModel.Start(fresh, folder.At("bp4d"));
        Assert.Equal([1, 2, 4, 6, 12], report.ActionUnits);
        Assert.Empty(report.Kept);
        Assert.Contains("peers.2.classifier.weight", report.Matched);
        Assert.Contains("peers.0.blocks.0.mlp.fc1.weight", report.Whole);
        var (from, to) = (Tiny.Weights(old), Tiny.Weights(fresh));
        Assert.Equal(from["peers.1.blocks.0.mlp.fc1.weight"], to["peers.1.blocks.0.mlp.fc1.weight"]);
        // The joint classifier is (N, N·D): the weight of AU12's logit from AU2's token, and of AU9, which starts anew.
        const int D = 8;
        Assert.Equal(
            from["peers.0.classifier.weight"].AsSpan(((6 * 12) + 1) * D, D),
            to["peers.0.classifier.weight"].AsSpan(((5 * 8) + 1) * D, D)
        );
        Assert.Equal(
            before["peers.0.classifier.weight"].AsSpan(4 * 8 * D, 8 * D),
            to["peers.0.classifier.weight"].AsSpan(4 * 8 * D, 8 * D)
        );
        Assert.Equal(before["fan.conv1.weight"], to["fan.conv1.weight"]);

        Experiment.Run(Disfa with { StartFrom = folder.At("bp4d") }, folder.At("started"), cancellation: Token);
        Assert.Contains("for the shared action units 1, 2, 4, 6, 12", File.ReadAllText(folder.At("started/start.txt")));
        var error = Assert.Throws<InvalidDataException>(() =>
            Experiment.Run(
                Bp4d with
                {
                    Fold = 2,
                    StartFrom = folder.At("bp4d"),
                },
                folder.At("leak"),
                cancellation: Token
            )
        );
        Assert.Contains("Start from a model of other people.", error.Message);
        Assert.Contains(
            "nothing in it fits",
            Assert
                .Throws<InvalidDataException>(() =>
                {
                    using var other = new PeerEnsemble(
                        Tiny.Model with
                        {
                            ActionUnits = [26],
                            SubnetWidth = 16,
                            TokenWidth = 4,
                            Heads = 1,
                        },
                        DistillationOptions.None
                    );
                    TrainedModel.Start(other, folder.At("bp4d"));
                })
                .Message
        );
    }

    [Fact]
    public void AsManyUnitsAsOtherPartsAreNotTakenForThem()
    {
        // Three units, as many as q, k and v.
        FanTransOptions Of(params int[] units) => Tiny.Model with { ActionUnits = units, Tokens = "attention" };
        random.manual_seed(3);
        using var old = new PeerEnsemble(Of(1, 2, 4), DistillationOptions.None);
        using var fresh = new PeerEnsemble(Of(4, 1, 6), DistillationOptions.None);
        var units = old.state_dict().Single(t => t.Key.EndsWith("tokens.place", StringComparison.Ordinal));
        using (no_grad())
            units.Value.copy_(rand_like(units.Value));
        var path = folder.At("old.safetensors");
        TrainedModel.Save(old, path, []);
        var before = Tiny.Weights(fresh);
        var report = TrainedModel.Start(fresh, path);
        Assert.Equal([1, 4], report.ActionUnits.Order());
        var (from, to) = (Tiny.Weights(old), Tiny.Weights(fresh));
        var cells = from[units.Key].Length / 3;
        Assert.Equal(from[units.Key].AsSpan(2 * cells, cells), to[units.Key].AsSpan(0, cells));
        Assert.Equal(from[units.Key].AsSpan(0, cells), to[units.Key].AsSpan(cells, cells));
        Assert.Equal(before[units.Key].AsSpan(2 * cells, cells), to[units.Key].AsSpan(2 * cells, cells));
        foreach (var name in from.Keys.Where(name => name.Contains(".qkv.") || name.Contains(".mlp.")))
            Assert.Equal(from[name], to[name]);
    }

    [Fact]
    public void AModelIsTestedOnAnotherDatasetByTheSharedUnits()
    {
        Experiment.Run(Bp4d, folder.At("bp4d"), cancellation: Token);
        using var model = TrainedModel.Load(folder.At("bp4d"));
        var (disfa, _) = Datasets.Open(Disfa.Data);
        var loader = new AuLoader(disfa, new AuLoaderOptions { ImageSize = 32, BatchSize = 16 });
        Assert.Contains(
            "the loader labels AU 1, 2, 4, 6, 9",
            Assert.Throws<ArgumentException>(() => EnsemblePrediction.All(model, loader, cancellation: Token)).Message
        );
        var (found, _) = EnsemblePrediction.All(model, loader, shared: true, cancellation: Token);
        Assert.Equal([1, 2, 4, 6, 12], found.ActionUnits);
        Assert.Equal(disfa.LabelsAt(7)[5], found.Labels[7][4]);
        // The same faces by the model's own units: AU12 is the seventh of twelve.
        var (bp4d, _) = Datasets.Open(Bp4d.Data);
        var own = EnsemblePrediction.All(model, new AuLoader(bp4d, loader.Options), cancellation: Token).Ensemble;
        var again = EnsemblePrediction
            .All(model, new AuLoader(bp4d, loader.Options), shared: true, cancellation: Token)
            .Ensemble;
        Assert.Equal(own.Probabilities, again.Probabilities);
        Assert.NotEqual(0, found.Evaluate().MacroAuc);
        TrainedModel.RefuseSeen(folder.At("bp4d"), disfa, disfa.SubjectOfFrame());
        Assert.Throws<InvalidDataException>(() =>
            TrainedModel.RefuseSeen(folder.At("bp4d"), bp4d, bp4d.SubjectOfFrame())
        );
    }

    [Fact]
    public void AnyDatasetOfAProgramIsAnExperiment()
    {
        var dots = new DotFaces(56);
        var data = ExperimentData.Of(dots, Folds.Random(dots.SubjectOfFrame()));
        var options = Disfa with { Data = "", FanWeights = null, BatchSize = 4 };
        var ablation = new Ablation(folder.At("runs"), options, [1], data: data);
        var run = ablation.Run("dots", cancellation: Token)[0];
        Assert.Equal(
            run,
            new Ablation(folder.At("runs"), options, [1], data: ExperimentData.Of(new DotFaces(56))).Run(
                "again",
                cancellation: Token
            )[0]
        );
        Assert.All(
            new[]
            {
                new DotFaces(57),
                new DotFaces(56) { Off = 1 },
            },
            other =>
                Assert.NotEqual(
                    run.Folder,
                    new Ablation(folder.At("runs"), options, [1], data: ExperimentData.Of(other)).FolderOf(options)
                )
        );
        Assert.Equal(
            3,
            CrossValidatedExperiment.Run(options, folder.At("cv"), data: data, cancellation: Token).Folds.Count
        );
        Assert.Contains(
            "no dataset was passed",
            Assert
                .Throws<ArgumentException>(() => Experiment.Run(options, folder.At("none"), cancellation: Token))
                .Message
        );
    }

    private sealed class Log : IProgress<TrainingProgress>
    {
        public List<string> Tasks { get; } = [];

        public void Report(TrainingProgress value) => Tasks.Add(value.Task);
    }
}
