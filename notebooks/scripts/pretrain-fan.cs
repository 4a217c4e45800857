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

var output = Script.Required("--out", "The run's folder: new, or from a run that was stopped");
var device = Script.Device();
var threads = Script.Threads();
var json = Script.Flag("--json", "The result as JSON on the standard output, progress on the other");

var start = FanPretraining.Default with { Data = new SynthOptions { ImageSize = 128 }.ToData() };

// What concerns the landmarks alone, each field under its own name.
string[] concerned =
[
    "Data",
    "Protocol",
    "Fold",
    "ValidationShare",
    "Seed",
    "BatchSize",
    "Stride",
    "Augmentation",
    "Training",
    "Model.Fan",
];
var fields = Script.Fields(
    start,
    ["Augmentation"],
    path => concerned.Any(c => path == c || path.StartsWith(c + ".", StringComparison.Ordinal))
);

var command = new RootCommand(
    $"""
    Pre-trains a face alignment network, which train.cs takes as --FanWeights RUN/fan.safetensors. It trains on the
    fold's training subjects alone, so that no test subject's face reaches it, and may be stopped and run again at any
    time.
    Options with a capital letter are the fields of the library's ExperimentOptions; in brackets the default.
    {Script.ExitCodes}
    """
)
{
    output,
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
    var options = Script.With(start, arguments, fields);
    Script.Use(arguments.GetValue(threads));
    var folder = arguments.GetValue(output)!;
    var progress = TrainingProgress.Lines(arguments.GetValue(json) ? Console.Error : Console.Out);
    var on = Script.DeviceOf(arguments.GetValue(device));
    var result = FanPretraining.Run(options, folder, on, progress: progress, cancellation: cancel);
    var weights = Path.Combine(folder, FanPretraining.WeightsFileName);
    Console.WriteLine(
        arguments.GetValue(json)
            ? JsonSerializer.Serialize(
                new
                {
                    weights,
                    result.BestEpoch,
                    result.Best.Validation,
                }
            )
            : $"Landmark error {100 * result.Best.Validation["nme"]:0.00} % of the distance of the outer eye corners, "
                + $"epoch {result.BestEpoch}; the weights are {weights}."
    );
    return 0;
}
