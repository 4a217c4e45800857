#!/usr/bin/env -S dotnet run
// Evaluates what train.cs left: one run, the folds of a cross-validation, or two systems against each other.
//
//   dotnet run --file notebooks/scripts/evaluate.cs -- --runs runs/bp4d/fold-1 runs/bp4d/fold-2 runs/bp4d/fold-3
//   dotnet run --file notebooks/scripts/evaluate.cs -- --runs runs/a-seed1 runs/a-seed2 --against runs/b-seed1 runs/b-seed2
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

var runs = new Option<string[]>("--runs") { Description = "Finished runs of train.cs: the folds of one system, pooled; or, with --against, one run per seed (and fold)", HelpName = "DIR", AllowMultipleArgumentsPerToken = true };
var against = new Option<string[]>("--against") { Description = "Runs of another system on the same frames: the test over seeds and subjects, paired where the seeds are the same", HelpName = "DIR", AllowMultipleArgumentsPerToken = true };
var model = new Option<string?>("--model") { Description = "A model.safetensors, to run over --data", HelpName = "FILE" };
var data = new Option<string?>("--data") { Description = "The dataset to predict, every frame of it: a prepared set's folder or a registered name. The action units that it shares with the model are evaluated; subjects that the model was trained on are refused", HelpName = "DATA" };
var flip = new Option<bool>("--FlipTest") { Description = "With --model: logits averaged over each crop and its mirror image", DefaultValueFactory = _ => true };
var output = new Option<string?>("--out") { Description = "Where to write the tables as CSV, JSON and LaTeX, or the predictions of --model", HelpName = "DIR" };
var system = new Option<string>("--system") { Description = "The name of the own row in tables", HelpName = "NAME", DefaultValueFactory = _ => "this kit" };
var json = new Option<bool>("--json") { Description = "The result as JSON on the standard output" };

var command = new RootCommand("""
    Evaluates finished runs from their predictions, frame by frame and cumulative as published: F1 at 0.5 by protocol with
    an interval over subjects, F1 at thresholds tuned on validation subjects, and all other metrics.
    Exit codes: 0 done; 1 something is wrong with a file; 2 wrong arguments; 3 a file is missing.
    """)
{
    runs, against, model, data, flip, output, system, json,
};
command.Validators.Add(result =>
{
    if (result.GetValue(runs) is not { Length: > 0 } == result.GetValue(model) is null)
        result.AddError("Either --runs or --model is needed.");
    if (result.GetValue(model) is null != result.GetValue(data) is null)
        result.AddError("--model and --data go together.");
});
SynthFaces.Register();
command.SetAction(Run);
var parsed = command.Parse(args);
if (parsed.Errors.Count == 0)
    return parsed.Invoke();
foreach (var error in parsed.Errors)
    Console.Error.WriteLine(error.Message);
Console.Error.WriteLine("--help shows all arguments.");
return 2;

int Run(ParseResult arguments)
{
    try
    {
        if (arguments.GetValue(model) is { } file)
            Predict(arguments, file);
        else if (arguments.GetValue(against) is { Length: > 0 } others)
            Compare(arguments, others);
        else
            Pool(arguments);
        return 0;
    }
    catch (Exception error) when (error is ArgumentException or InvalidDataException or IOException or UnauthorizedAccessException)
    {
        Console.Error.WriteLine(error.Message);
        return error switch { ArgumentException => 2, InvalidDataException => 1, _ => 3 };
    }
}

void Pool(ParseResult arguments)
{
    var name = arguments.GetValue(system)!;
    var result = CrossValidatedExperiment.Collect(arguments.GetValue(runs)!, arguments.GetValue(output), name);
    if (arguments.GetValue(json))
    {
        Json(new { f1 = result.Pooled.MacroF1, interval = result.F1Intervals.Macro, auc = result.Pooled.MacroAuc, units = result.Pooled.Units.Zip(result.F1Intervals.Units, (u, i) => new { u.ActionUnit, u.F1, i.Low, i.High }) });
        return;
    }
    Console.WriteLine(result.Table());
    Console.WriteLine(result.BesidePublished(name));
}

void Compare(ParseResult arguments, string[] others)
{
    var table = SweepTable.Of([Runs("the other", others), Runs(arguments.GetValue(system)!, arguments.GetValue(runs)!)]);
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
    static VariantRuns Runs(string name, string[] folders) => VariantRuns.Pool(name, folders.Select((run, k) =>
    {
        var own = File.Exists(Path.Combine(run, "options.json")) ? Experiment.OptionsOf(run) : null;
        return (own?.Fold ?? 1, own?.Seed ?? k + 1, PredictionsFile.Load(Path.Combine(run, "test.csv")));
    }));
}

void Predict(ParseResult arguments, string file)
{
    using var ensemble = TrainedModel.Load(file);
    var (source, _) = Datasets.Open(arguments.GetValue(data)!);
    TrainedModel.RefuseSeen(file, source, source.SubjectOfFrame().Distinct());
    var loader = new AuLoader(source, new AuLoaderOptions { ImageSize = ensemble.Options.Fan.ImageSize, Workers = Environment.ProcessorCount });
    TorchThreads.Use();
    var (predictions, _) = EnsemblePrediction.All(ensemble, loader, flip: arguments.GetValue(flip), shared: true);
    if (arguments.GetValue(output) is { } folder)
    {
        Directory.CreateDirectory(folder);
        PredictionsFile.Save(Path.Combine(folder, "test.csv"), predictions);
    }
    var intervals = HierarchicalBootstrap.Mean([predictions]);
    var evaluation = predictions.Evaluate();
    if (arguments.GetValue(json))
    {
        Json(new { f1 = evaluation.MacroF1, interval = intervals.Macro, auc = evaluation.MacroAuc, units = evaluation.Units.Select(u => new { u.ActionUnit, u.F1, u.Auc }) });
        return;
    }
    Console.WriteLine($"{predictions.Keys.Count} frames");
    Console.WriteLine(CrossValidation.Of([predictions]).Table());
}

void Json(object value) => Console.WriteLine(JsonSerializer.Serialize(
    value, new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals }));
