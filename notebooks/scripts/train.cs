#!/usr/bin/env -S dotnet run
// Trains FAN-Trans on a prepared set or on rendered faces, and tests it: one fold, or all of them.
//
//   dotnet run --file notebooks/scripts/train.cs -- --out runs/try --Training.Epochs 3
//   dotnet run --file notebooks/scripts/train.cs -- --out runs/bp4d --preset Paper --Data /data/bp4d-256
//       --FanWeights 2dfan2.pth --cross-validate
//   dotnet run --file notebooks/scripts/train.cs -- --help
//
#:project ../../FanTrans.Lib.csproj
#:project ../../lib/Synthetic/FanTrans.Synthetic.csproj
#:package System.CommandLine
#:property PublishAot=false

using System.CommandLine;
using System.Text.Json;
using FanTrans;
using FanTrans.Evaluation;
using FanTrans.Synthetic;
using FanTrans.Training;
using FanTrans.Training.Experiments;

var output = Script.Required("--out", "The run's folder: new, or from a run that was stopped");
var preset = Script.Choice(
    "--preset",
    "What the others start from: Small (minutes on a CPU), Ablation (one peer on cached FAN features, for comparing "
        + "variants), Smoke (seconds, to check a set-up) or Paper (published sizes)",
    "Small",
    "Ablation",
    "Smoke",
    "Paper"
);
var file = Script.Text("--options", "An options.json to start from instead, such as an earlier run's", "FILE");
var every = Script.Flag("--cross-validate", "Every fold in turn, then the pooled results beside the published ones");
var system = Script.Text("--system", "The name of the own row in tables", "NAME", "this kit");
var device = Script.Device();
var threads = Script.Threads();
var json = Script.Flag("--json", "The result as JSON on the standard output, progress on the other");

var fields = Script.Fields(
    Preset("Small"),
    ["Model", "Model.Fan", "Distillation", "Augmentation", "Training", "Training.Schedule"]
);

var command = new RootCommand(
    $"""
    Trains FAN-Trans, chooses the epoch on subjects cut from the training part, and tests on the fold's own. It may be
    stopped and run again at any time. The folder gets options.json, checkpoints, log.jsonl and TensorBoard events,
    model.safetensors, test.csv and validation.csv with every prediction, and result.json.
    Options with a capital letter are the fields of the library's ExperimentOptions; in brackets the Small preset's
    value. A whole record can be a preset: --Distillation None, --Augmentation None, --Model Paper.
    {Script.ExitCodes}
    """
)
{
    output,
    preset,
    file,
    every,
    system,
    device,
    threads,
    json,
};
foreach (var (_, option) in fields)
    command.Add(option);
Script.Does(command, Run, resumes: true);
return await Script.Run(command, args);

int Run(ParseResult arguments, CancellationToken cancel)
{
    var start = arguments.GetValue(file) is { } path
        ? OptionsJson.Read<ExperimentOptions>(File.ReadAllText(path))
        : Preset(arguments.GetValue(preset)!);
    var options = Script.With(start, arguments, fields);
    options.Validate();
    Script.Use(arguments.GetValue(threads));
    var on = Script.DeviceOf(arguments.GetValue(device));
    var folder = arguments.GetValue(output)!;
    var machine = arguments.GetValue(json);
    var progress = TrainingProgress.Lines(machine ? Console.Error : Console.Out);
    if (arguments.GetValue(every))
    {
        var name = arguments.GetValue(system)!;
        var result = CrossValidatedExperiment.Run(options, folder, name, on, progress: progress, cancellation: cancel);
        if (machine)
            Console.WriteLine(File.ReadAllText(Path.Combine(folder, "cross-validation.json")));
        else
            Print(result, name, folder);
        return 0;
    }
    if (Experiment.IsDone(folder))
        Console.Error.WriteLine($"{folder} is done already: its result is read and nothing is trained.");
    var one = Experiment.Run(options, folder, on, progress: progress, cancellation: cancel);
    Console.WriteLine(
        machine
            ? JsonSerializer.Serialize(one)
            : $"F1 {one.F1:0.000} on the test subjects (best constant {one.ConstantF1:0.000}), AUC {one.Auc:0.000}, "
                + $"epoch {one.BestEpoch} of {one.Epochs}; everything is in {folder}."
    );
    return 0;
}

ExperimentOptions Preset(string name) =>
    OptionFields.Preset<ExperimentOptions>(name) with
    {
        Data = new SynthOptions { ImageSize = name == "Paper" ? 256 : 128 }.ToData(),
    };

void Print(CrossValidation result, string name, string folder)
{
    Console.WriteLine(result.Table());
    Console.WriteLine(result.BesidePublished(name));
    var (mean, deviation) = (100 * result.MacroF1OverFolds.Mean, 100 * result.MacroF1OverFolds.Deviation);
    Console.WriteLine($"Macro F1 over folds: {mean:0.0} ± {deviation:0.0}. Tables are in {folder}.");
}
