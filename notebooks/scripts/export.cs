#!/usr/bin/env -S dotnet run
// Writes a trained model, or the face alignment network alone, as an ONNX file for any runtime of that format.
//
//   dotnet run --file notebooks/scripts/export.cs -- --out model.onnx
//   dotnet run --file notebooks/scripts/export.cs -- --model runs/try --out model.onnx --licence CC-BY-4.0
//   dotnet run --file notebooks/scripts/export.cs -- --fan shipped --out fan.onnx
//
#:project ../../FanTrans.Lib.csproj
#:package System.CommandLine
#:property PublishAot=false

using System.CommandLine;
using System.Text.Json;
using FanTrans;
using FanTrans.Interop;
using FanTrans.Models;
using FanTrans.Training.Experiments;

var model = Script.Text(
    "--model",
    "A trained model, such as train.cs writes to model.safetensors, instead of the kit's own",
    "FILE"
);
var fan = Script.Text("--fan", "The face alignment network alone: a file of weights, or 'shipped'", "FILE");
var output = Script.Required("--out", "The file to write", "FILE.onnx");
var licence = Script.Text("--licence", "Under what terms the weights are given", "TEXT", OnnxExport.NoLicence);

var command = new RootCommand(
    $"""
    Writes a model as ONNX: input "image" (B, 3, S, S), RGB from 0 to 1; outputs "logits", "landmarks" and "confidence",
    or of the face alignment network "heatmaps" and "features" too. The batch is of any size; docs/onnx.md has the rest.
    {Script.ExitCodes}
    """
)
{
    model,
    fan,
    output,
    licence,
};
Script.Does(command, Run);
return await Script.Run(
    command,
    args,
    arguments =>
        arguments.GetValue(model) is not null && arguments.GetValue(fan) is not null
            ? "--model and --fan: expected one of them."
            : null
);

int Run(ParseResult arguments, CancellationToken cancel)
{
    var (path, terms) = (arguments.GetValue(output)!, arguments.GetValue(licence)!);
    if (arguments.GetValue(fan) is { } weights)
    {
        using var network =
            weights == ShippedWeights.Name
                ? FaceAlignmentNetwork.LoadShipped()
                : FaceAlignmentNetwork.Load(weights, guessed: Console.Error.WriteLine);
        OnnxExport.Save(network, path, terms);
        Report(network.Options.ImageSize, []);
    }
    else
    {
        using var ensemble = arguments.GetValue(model) is { } file
            ? TrainedModel.Load(file)
            : TrainedModel.LoadShipped();
        OnnxExport.Save(ensemble, path, terms);
        Report(ensemble.Options.Fan.ImageSize, ensemble.Options.ActionUnits);
    }
    return 0;

    void Report(int imageSize, IEnumerable<int> units) =>
        Console.WriteLine(
            JsonSerializer.Serialize(
                new
                {
                    file = Path.GetFileName(path),
                    bytes = new FileInfo(path).Length,
                    imageSize,
                    actionUnits = units
                        .Select(ActionUnits.Get)
                        .Select(unit => new { number = unit.Number, name = unit.Name }),
                }
            )
        );
}
