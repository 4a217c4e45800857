#!/usr/bin/env -S dotnet run
// Renders faces with known action units into a folder that lies on disk as BP4D or DISFA does: what to prepare and
// train on before the licensed files have arrived.
//
//   dotnet run --file notebooks/scripts/synthesize.cs -- --dataset bp4d --out /data/synthetic-bp4d
//   dotnet run --file notebooks/scripts/synthesize.cs -- --help
//
// (--file, since a folder with a project in it would run that instead.)
#:project ../../FanTrans.Lib.csproj
#:project ../../lib/Synthetic/FanTrans.Synthetic.csproj
#:package System.CommandLine
#:property PublishAot=false

using System.CommandLine;
using FanTrans.Data;
using FanTrans.Synthetic;

var dataset = Script.Required("--dataset", "bp4d or disfa: labels, names and folders", "NAME");
dataset.AcceptOnlyFromAmong("bp4d", "disfa");
var output = Script.Required("--out", "The folder to write");
var subjects = Script.Whole("--subjects", "People; 0 for as many as the dataset has", 0, 0);
var frames = Script.Whole("--frames", "Frames of each person, over all recordings", 96, 1);
var recordings = Script.Whole("--recordings", "Recordings of each person; 0 for as many as the dataset has", 0, 0);
var size = Script.Whole("--size", "Side of the images in pixels", 256, 32, 1024);
var seed = Script.Whole("--seed", "Everything follows from it", 1, long.MinValue, long.MaxValue);
var pictures = Script.Flag("--pictures", "DISFA: images in place of videos, which need ffmpeg");

var command = new RootCommand(
    $"""
    Renders faces with known action units, in the folder layout of BP4D or DISFA, for prepare.cs.
    {Script.ExitCodes}
    """
)
{
    dataset,
    output,
    subjects,
    frames,
    recordings,
    size,
    seed,
    pictures,
};
Script.Does(
    command,
    (arguments, cancel) =>
    {
        var options = new SynthOptions
        {
            Profile = arguments.GetValue(dataset)!,
            Subjects = arguments.GetValue(subjects) is > 0 and var people ? (int)people : null,
            FramesPerSubject = (int)arguments.GetValue(frames),
            Recordings = arguments.GetValue(recordings) is > 0 and var each ? (int)each : null,
            ImageSize = (int)arguments.GetValue(size),
            Seed = arguments.GetValue(seed),
        };
        var folder = arguments.GetValue(output)!;
        var videos = options.Profile == "disfa" && !arguments.GetValue(pictures);
        var total = new SynthFaces(options).Count;
        var progress = new ProgressLines<int>(done => $"rendering: {done:N0} of {total:N0}");
        var faces = SynthFaces.Generate(options, folder, videos ? "ffmpeg" : null, progress, cancel);
        Console.WriteLine($"{faces.Count:N0} frames of {faces.Parts.Sum(p => p.Count)} people in {folder}.");
        return 0;
    }
);
return await Script.Run(command, args);
