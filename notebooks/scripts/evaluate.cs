#!/usr/bin/env -S dotnet run
// Evaluates what train.cs left: one run, the folds of a cross-validation, or two systems against each other.
//
//   dotnet run --file notebooks/scripts/evaluate.cs -- --runs runs/bp4d/fold-1 runs/bp4d/fold-2 runs/bp4d/fold-3
//   dotnet run --file notebooks/scripts/evaluate.cs -- --runs runs/a-1 runs/a-2 --against runs/b-1 runs/b-2
//   dotnet run --file notebooks/scripts/evaluate.cs -- --model runs/try/model.safetensors --data /data/disfa-256
//
#:project ../../FanTrans.Lib.csproj
#:project ../../lib/Synthetic/FanTrans.Synthetic.csproj
#:package System.CommandLine
#:property PublishAot=false

using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using FanTrans.Data;
using FanTrans.Evaluation;
using FanTrans.Synthetic;
using FanTrans.Training;
using FanTrans.Training.Experiments;
using TorchSharp;

var runs = Runs(
    "--runs",
    "Finished runs of train.cs: the folds of one system, pooled; with --against, one per seed (and fold)"
);
var against = Runs(
    "--against",
    "Runs of another system on the same frames: the test over seeds and subjects, paired where seeds are the same"
);
var model = Script.Text("--model", "A model.safetensors, to run over --data", "FILE");
var data = Script.Text(
    "--data",
    "The dataset to predict, every frame of it: a prepared set's folder or a registered name. The action "
        + "units that it shares with the model are evaluated; subjects that the model was trained on are refused",
    "DATA"
);
var flip = Script.Flag("--FlipTest", "With --model: logits averaged over each crop and its mirror image");
flip.DefaultValueFactory = _ => true;
var output = Script.Text(
    "--out",
    "Where to write the tables as CSV, JSON and LaTeX, or the predictions of --model",
    "DIR"
);
var system = Script.Text("--system", "The name of the own row in tables", "NAME", "this kit");
var device = Script.Device(null);
var json = Script.Flag("--json", "The result as JSON on the standard output");

var command = new RootCommand(
    $"""
    Evaluates finished runs from their predictions, frame by frame and cumulative as published: F1 at 0.5 by protocol
    with an interval over subjects, F1 at thresholds tuned on validation subjects, and all other metrics.
    {Script.ExitCodes}
    """
)
{
    runs,
    against,
    model,
    data,
    flip,
    output,
    system,
    device,
    json,
};
SynthFaces.Register();
Script.Does(
    command,
    (arguments, cancel) =>
    {
        if (arguments.GetValue(model) is { } file)
            Predict(arguments, file, cancel);
        else if (arguments.GetValue(against) is { Length: > 0 } others)
            Compare(arguments, others);
        else
            Pool(arguments);
        return 0;
    }
);
return await Script.Run(
    command,
    args,
    arguments =>
        arguments.GetValue(runs) is not { Length: > 0 } == arguments.GetValue(model) is null
            ? "Either --runs or --model is needed."
        : arguments.GetValue(model) is null != arguments.GetValue(data) is null ? "--model and --data go together."
        : arguments.GetValue(model) is not null && arguments.GetValue(against) is { Length: > 0 }
            ? "--against compares runs, and goes with --runs."
        : null
);

static Option<string[]> Runs(string name, string description) =>
    new(name)
    {
        Description = description,
        HelpName = "DIR",
        AllowMultipleArgumentsPerToken = true,
    };

void Pool(ParseResult arguments)
{
    var name = arguments.GetValue(system)!;
    var result = CrossValidatedExperiment.Collect(arguments.GetValue(runs)!, arguments.GetValue(output), name);
    if (arguments.GetValue(json))
    {
        var (pooled, intervals) = (result.Pooled, result.F1Intervals);
        var units = pooled.Units.Zip(
            intervals.Units,
            (u, i) =>
                new
                {
                    u.ActionUnit,
                    u.F1,
                    i.Low,
                    i.High,
                }
        );
        Json(
            new
            {
                f1 = pooled.MacroF1,
                interval = intervals.Macro,
                auc = pooled.MacroAuc,
                units,
            }
        );
        return;
    }
    Console.WriteLine(result.Table());
    Console.WriteLine(result.BesidePublished(name));
}

void Compare(ParseResult arguments, string[] others)
{
    var table = SweepTable.Of([
        Read("the other", others),
        Read(arguments.GetValue(system)!, arguments.GetValue(runs)!),
    ]);
    var (there, here) = (table.Rows[0].Folds, table.Rows[1].Folds);
    if (!here.SequenceEqual(there))
        throw new ArgumentException(
            $"--against: expected runs of fold {string.Join(", ", here)} as --runs has, found fold {string.Join(", ", there)}."
        );
    if (arguments.GetValue(output) is { } folder)
        table.Save(Directory.CreateDirectory(folder).FullName);
    if (arguments.GetValue(json))
    {
        Json(table);
        return;
    }
    Console.WriteLine(table.Table());
    Console.WriteLine(table.ByUnit(Metric.F1));
    foreach (var sentence in SweepFindings.Of(table))
        Console.WriteLine($"- {sentence}");

    // Runs of other programs have no options: the first of both share a seed, and so on.
    static VariantRuns Read(string name, string[] folders) =>
        VariantRuns.Pool(
            name,
            folders.Select(
                (run, k) =>
                {
                    var own = File.Exists(Path.Combine(run, "options.json")) ? Experiment.OptionsOf(run) : null;
                    return (own?.Fold ?? 1, own?.Seed ?? k + 1, PredictionsFile.Load(Path.Combine(run, "test.csv")));
                }
            )
        );
}

void Predict(ParseResult arguments, string file, CancellationToken cancel)
{
    using var ensemble = TrainedModel.Load(file);
    var on = Script.DeviceOf(arguments.GetValue(device));
    ensemble.to(on);
    var (source, _) = Datasets.Open(arguments.GetValue(data)!);
    foreach (var warning in source.Warnings)
        Console.Error.WriteLine(warning);
    TrainedModel.RefuseSeen(file, source, source.SubjectOfFrame().Distinct());
    var loader = new AuLoader(
        source,
        new AuLoaderOptions { ImageSize = ensemble.Options.Fan.ImageSize, Workers = Environment.ProcessorCount }
    );
    TorchThreads.Use();
    var (predictions, _) = EnsemblePrediction.All(ensemble, loader, on, arguments.GetValue(flip), shared: true, cancel);
    if (arguments.GetValue(output) is { } folder)
    {
        Directory.CreateDirectory(folder);
        PredictionsFile.Save(Path.Combine(folder, "test.csv"), predictions);
    }
    var intervals = HierarchicalBootstrap.Mean([predictions]);
    var evaluation = predictions.Evaluate();
    if (arguments.GetValue(json))
    {
        var units = evaluation.Units.Select(u => new
        {
            u.ActionUnit,
            u.F1,
            u.Auc,
        });
        Json(
            new
            {
                f1 = evaluation.MacroF1,
                interval = intervals.Macro,
                auc = evaluation.MacroAuc,
                units,
            }
        );
        return;
    }
    Console.WriteLine($"{predictions.Keys.Count} frames");
    Console.WriteLine(CrossValidation.Of([predictions]).Table());
}

void Json(object value) =>
    Console.WriteLine(
        JsonSerializer.Serialize(
            value,
            new JsonSerializerOptions
            {
                PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
                NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
            }
        )
    );
