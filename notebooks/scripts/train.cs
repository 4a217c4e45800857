#!/usr/bin/env -S dotnet run
// Trains FAN-Trans on a prepared set or on rendered faces, and tests it: one fold, or all of them.
//
//   dotnet run --file notebooks/scripts/train.cs -- --out runs/try --Training.Epochs 3
//   dotnet run --file notebooks/scripts/train.cs -- --out runs/bp4d --preset Paper --Data /data/bp4d-256 --FanWeights 2dfan2.pth --cross-validate
//   dotnet run --file notebooks/scripts/train.cs -- --help
//
#:project ../../FanTrans.Lib.csproj
#:project ../../lib/Synthetic/FanTrans.Synthetic.csproj
#:package System.CommandLine
#:property PublishAot=false

using System.CommandLine;
using System.Text.Json;
using FanTrans.Evaluation;
using FanTrans.Models;
using FanTrans.Synthetic;
using FanTrans.Training;
using FanTrans.Training.Experiments;

var output = new Option<string>("--out") { Description = "The run's folder: new, or from a run that was stopped", HelpName = "DIR", Required = true };
var preset = new Option<string>("--preset") { Description = "What all other options start from: Small (rendered faces, minutes on a processor) or Paper (published sizes)", HelpName = "NAME", DefaultValueFactory = _ => "Small" };
preset.AcceptOnlyFromAmong("Small", "Paper");
var file = new Option<string?>("--options") { Description = "An options.json to start from instead, such as an earlier run's", HelpName = "FILE" };
var every = new Option<bool>("--cross-validate") { Description = "Every fold in turn, then the pooled results beside the published ones" };
var system = new Option<string>("--system") { Description = "The name of the own row in tables", HelpName = "NAME", DefaultValueFactory = _ => "this kit" };
var device = new Option<string>("--device") { Description = "cpu, cuda, or cuda:1 …", HelpName = "NAME", DefaultValueFactory = _ => "cpu" };
var threads = new Option<int>("--threads") { Description = "Processor threads; bits repeat only for the same number. 0 for one a core", HelpName = "N" };
var json = new Option<bool>("--json") { Description = "The result as JSON on the standard output, progress on the other" };

// Every field of the options record under its own name.
var fields = OptionFields.Of(ExperimentOptions.Small with { Data = new SynthOptions { ImageSize = 128 }.ToData() })
    .Select(field => (field.Path, Option: new Option<string?>($"--{field.Path}") { Description = $"{field.Summary} [{field.Default}]", HelpName = field.Expected })).ToArray();

var command = new RootCommand("""
    Trains FAN-Trans, chooses the epoch on subjects cut from the training part, and tests on the fold's own. It may be
    stopped and run again at any time. The folder gets options.json, checkpoints, log.jsonl and TensorBoard events,
    model.safetensors, test.csv and validation.csv with every prediction, and result.json.
    Options with a capital letter are the fields of the library's ExperimentOptions; in brackets the Small preset's value.
    A whole record can be a preset: --Distillation None, --Augmentation None, --Model Paper.
    Exit codes: 0 done; 1 something is wrong with the data or the training; 2 wrong arguments; 3 a file is missing; 130 stopped.
    """)
{
    output, preset, file, every, system, device, threads, json,
};
foreach (var (_, option) in fields)
    command.Add(option);
var records = new[] { "Model", "Model.Fan", "Distillation", "Augmentation", "Training", "Training.Schedule" }
    .Select(path => (Path: path, Option: new Option<string?>($"--{path}") { Description = "The whole record: a preset's name, or JSON", HelpName = "PRESET" })).ToArray();
foreach (var (_, option) in records)
    command.Add(option);

command.SetAction((arguments, cancel) => Task.Run(() => Run(arguments, cancel), CancellationToken.None));
var parsed = command.Parse(args);
if (parsed.Errors.Count == 0)
    return await parsed.InvokeAsync();
foreach (var error in parsed.Errors)
    Console.Error.WriteLine(error.Message);
Console.Error.WriteLine("--help shows all arguments.");
return 2;

int Run(ParseResult arguments, CancellationToken cancel)
{
    try
    {
        var options = arguments.GetValue(file) is { } path
            ? OptionsJson.Read<ExperimentOptions>(File.ReadAllText(path))
            : arguments.GetValue(preset) == "Paper" ? ExperimentOptions.Paper with { Data = new SynthOptions().ToData() }
            : ExperimentOptions.Small with { Data = new SynthOptions { ImageSize = 128 }.ToData() };
        // Whole records first, so that a single field may differ from its preset.
        foreach (var (field, option) in records.Concat(fields))
        {
            if (arguments.GetValue(option) is { } value)
                options = OptionFields.With(options, field, value);
        }
        options.Validate();
        TorchThreads.Use(arguments.GetValue(threads) is > 0 and var n ? n : null);
        var on = arguments.GetValue(device) == "cpu" ? null : TorchSharp.torch.device(arguments.GetValue(device)!);
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
        var one = Experiment.Run(options, folder, on, progress: progress, cancellation: cancel);
        Console.WriteLine(machine
            ? JsonSerializer.Serialize(one)
            : $"F1 {one.F1:0.000} on the test subjects (best constant {one.ConstantF1:0.000}), AUC {one.Auc:0.000}, epoch {one.BestEpoch} of {one.Epochs}; everything is in {folder}.");
        return 0;
    }
    catch (OperationCanceledException)
    {
        Console.Error.WriteLine("Stopped; run the same command again to go on.");
        return 130;
    }
    catch (Exception error) when (error is ArgumentException or InvalidDataException or NonFiniteLossException or IOException or InvalidOperationException or UnauthorizedAccessException)
    {
        Console.Error.WriteLine(error.Message);
        return error switch { ArgumentException => 2, InvalidDataException or NonFiniteLossException => 1, _ => 3 };
    }
}

void Print(CrossValidation result, string name, string folder)
{
    Console.WriteLine(result.Table());
    Console.WriteLine(result.BesidePublished(name));
    Console.WriteLine($"Macro F1 over folds: {100 * result.MacroF1OverFolds.Mean:0.0} ± {100 * result.MacroF1OverFolds.Deviation:0.0}. Tables are in {folder}.");
}
