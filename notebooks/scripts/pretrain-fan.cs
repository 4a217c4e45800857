#!/usr/bin/env -S dotnet run
// Pre-trains a face alignment network on 68 landmarks: of a prepared set, or of rendered faces.
//
//   dotnet run --file notebooks/scripts/pretrain-fan.cs -- --out runs/fan
//   dotnet run --file notebooks/scripts/pretrain-fan.cs -- --out runs/fan --Fold 2 --Training.Epochs 20
//   dotnet run --file notebooks/scripts/pretrain-fan.cs -- --help
//
#:project ../../FanTrans.Lib.csproj
#:project ../../lib/Synthetic/FanTrans.Synthetic.csproj
#:package System.CommandLine
#:property PublishAot=false

using System.CommandLine;
using System.Text.Json;
using FanTrans.Synthetic;
using FanTrans.Training;
using FanTrans.Training.Experiments;

var output = new Option<string>("--out") { Description = "The run's folder: new, or from a run that was stopped", HelpName = "DIR", Required = true };
var device = new Option<string>("--device") { Description = "cpu, cuda, or cuda:1 …", HelpName = "NAME", DefaultValueFactory = _ => "cpu" };
var threads = new Option<int>("--threads") { Description = "Processor threads; bits repeat only for the same number. 0 for one a core", HelpName = "N" };
var json = new Option<bool>("--json") { Description = "The result as JSON on the standard output, progress on the other" };

var start = FanPretraining.Default with { Data = new SynthOptions { ImageSize = 128 }.ToData() };

// What concerns the landmarks alone, each field under its own name.
string[] concerned = ["Data", "Protocol", "Fold", "ValidationShare", "Seed", "BatchSize", "Stride", "Augmentation", "Training", "Model.Fan"];
var fields = OptionFields.Of(start).Where(f => concerned.Any(c => f.Path == c || f.Path.StartsWith(c + ".", StringComparison.Ordinal)))
    .Select(field => (field.Path, Option: new Option<string?>($"--{field.Path}") { Description = $"{field.Summary} [{field.Default}]", HelpName = field.Expected })).ToArray();

var command = new RootCommand("""
    Pre-trains a face alignment network, which train.cs takes as --FanWeights RUN/fan.safetensors. It trains on the fold's
    training subjects alone, so that no test subject's face reaches it, and may be stopped and run again at any time.
    Options with a capital letter are the fields of the library's ExperimentOptions; in brackets the default.
    Exit codes: 0 done; 1 something is wrong with the data or the training; 2 wrong arguments; 3 a file is missing; 130 stopped.
    """)
{
    output, device, threads, json,
};
foreach (var (_, option) in fields)
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
        var options = start;
        foreach (var (field, option) in fields)
        {
            if (arguments.GetValue(option) is { } value)
                options = OptionFields.With(options, field, value);
        }
        TorchThreads.Use(arguments.GetValue(threads) is > 0 and var n ? n : null);
        var on = arguments.GetValue(device) == "cpu" ? null : TorchSharp.torch.device(arguments.GetValue(device)!);
        var folder = arguments.GetValue(output)!;
        var progress = TrainingProgress.Lines(arguments.GetValue(json) ? Console.Error : Console.Out);
        var result = FanPretraining.Run(options, folder, on, progress: progress, cancellation: cancel);
        var weights = Path.Combine(folder, FanPretraining.WeightsFileName);
        Console.WriteLine(arguments.GetValue(json)
            ? JsonSerializer.Serialize(new { weights, result.BestEpoch, result.Best.Validation })
            : $"Landmark error {100 * result.Best.Validation["nme"]:0.00} % of the distance of the outer eye corners, epoch {result.BestEpoch}; the weights are {weights}.");
        return 0;
    }
    catch (OperationCanceledException)
    {
        Console.Error.WriteLine("Stopped; run the same command again to go on.");
        return 130;
    }
    catch (Exception error) when (error is ArgumentException or InvalidDataException or NonFiniteLossException or IOException or UnauthorizedAccessException)
    {
        Console.Error.WriteLine(error.Message);
        return error switch { ArgumentException => 2, InvalidDataException or NonFiniteLossException => 1, _ => 3 };
    }
}
