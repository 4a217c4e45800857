#!/usr/bin/env -S dotnet run
// Predicts action units in pictures, folders of pictures and videos, as a CSV table and as pictures with an overlay.
//
//   dotnet run --file notebooks/scripts/predict.cs -- --model runs/try/model.safetensors face.jpg --out face.csv
//   dotnet run --file notebooks/scripts/predict.cs -- --model runs/try/model.safetensors video.mp4 pictures/ --overlay shown
//
#:project ../../FanTrans.Lib.csproj
#:package System.CommandLine
#:property PublishAot=false

using System.CommandLine;
using System.Text.Json;
using FanTrans.Data;
using FanTrans.Prediction;
using FanTrans.Training.Experiments;

var inputs = new Argument<string[]>("input") { Description = "Pictures, folders of pictures, and videos (through ffmpeg)", HelpName = "FILE", Arity = ArgumentArity.OneOrMore };
var model = new Option<string>("--model") { Description = "A trained model, such as train.cs writes to model.safetensors", HelpName = "FILE", Required = true };
var output = new Option<string?>("--out") { Description = "Where to write the table; without it, the standard output", HelpName = "FILE" };
var overlay = new Option<string?>("--overlay") { Description = "A folder for pictures with landmarks and probabilities, one a frame", HelpName = "DIR" };
var threshold = new Option<double>("--threshold") { Description = "A probability of at least this counts as present", HelpName = "P", DefaultValueFactory = _ => 0.5 };
var confidence = new Option<double>("--least-confidence") { Description = "A face of a lower confidence counts as none", HelpName = "C", DefaultValueFactory = _ => FacePredictor.DefaultLeastConfidence };
var ffmpeg = new Option<string>("--ffmpeg") { Description = "The program that decodes videos", HelpName = "PATH", DefaultValueFactory = _ => "ffmpeg" };
var json = new Option<bool>("--json") { Description = "How many frames and faces there were, as JSON on the standard output; needs --out" };

var command = new RootCommand("""
    Predicts the action units of the most likely face of each picture or frame. The table's columns are those of OpenFace
    and py-feat: frame, face_id, timestamp, confidence, success, AU01_p … (probability), AU01_c … (present), input.
    The face is found by the model's own landmark network, which is no face detector: crop pictures of crowds first.
    Exit codes: 0 done; 1 a file cannot be decoded; 2 wrong arguments; 3 a file or program is missing; 130 stopped.
    """)
{
    inputs, model, output, overlay, threshold, confidence, ffmpeg, json,
};
command.Validators.Add(result =>
{
    if (result.GetValue(json) && result.GetValue(output) is null)
        result.AddError("--json needs --out, since the table would be on the standard output too.");
});
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
        using var ensemble = TrainedModel.Load(arguments.GetValue(model)!);
        var predictor = new FacePredictor(ensemble);
        using var file = arguments.GetValue(output) is { } path ? new StreamWriter(path) : null;
        var table = new FaceTable(file ?? Console.Out, ensemble.Options.ActionUnits);
        var (frames, faces) = (0, 0);
        var pictures = arguments.GetValue(inputs)!.SelectMany(PredictionInputs.Files)
            .SelectMany(input => PredictionInputs.Frames(input, arguments.GetValue(ffmpeg)!, cancel));
        foreach (var found in predictor.Predict(pictures, arguments.GetValue(confidence), cancel))
        {
            table.Write(found, arguments.GetValue(threshold));
            frames++;
            faces += found.Success ? 1 : 0;
            if (arguments.GetValue(overlay) is { } folder)
            {
                Directory.CreateDirectory(folder);
                var name = $"{Path.GetFileNameWithoutExtension(found.File)}{(Ffmpeg.IsVideo(found.File) ? $"-{found.Number:000000}" : "")}.png";
                FaceOverlay.Draw(found.Image!, found.Prediction, arguments.GetValue(threshold)).SavePng(Path.Combine(folder, name));
            }
        }
        if (arguments.GetValue(json))
            Console.WriteLine(JsonSerializer.Serialize(new { frames, faces }));
        return 0;
    }
    catch (OperationCanceledException)
    {
        Console.Error.WriteLine("Stopped.");
        return 130;
    }
    catch (Exception error) when (error is ArgumentException or InvalidDataException or InvalidOperationException or IOException or UnauthorizedAccessException)
    {
        Console.Error.WriteLine(error.Message);
        return error switch { ArgumentException => 2, InvalidDataException => 1, _ => 3 };
    }
}
