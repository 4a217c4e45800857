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

var dataset = new Option<string>("--dataset") { Description = "bp4d or disfa: labels, names and folders", HelpName = "NAME", Required = true };
dataset.AcceptOnlyFromAmong("bp4d", "disfa");
var output = new Option<string>("--out") { Description = "The folder to write", HelpName = "DIR", Required = true };
var subjects = new Option<int?>("--subjects") { Description = "People; as many as the dataset has if not given", HelpName = "N" };
var frames = new Option<int>("--frames") { Description = "Frames of each person, over all recordings", HelpName = "N", DefaultValueFactory = _ => 96 };
var recordings = new Option<int?>("--recordings") { Description = "Recordings of each person; as many as the dataset has if not given", HelpName = "N" };
var size = new Option<int>("--size") { Description = "Side of the pictures in pixels, 32 to 1024", HelpName = "N", DefaultValueFactory = _ => 256 };
var seed = new Option<long>("--seed") { Description = "Everything follows from it", HelpName = "N", DefaultValueFactory = _ => 1 };
var pictures = new Option<bool>("--pictures") { Description = "DISFA: pictures in place of videos, which need ffmpeg" };

var command = new RootCommand("""
    Renders faces with known action units, in the folder layout of BP4D or DISFA, for prepare.cs.

    Exit codes: 0 done; 2 wrong arguments; 3 a file cannot be written or a program is missing; 130 stopped.
    """)
{
    dataset, output, subjects, frames, recordings, size, seed, pictures,
};
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
        var options = new SynthOptions
        {
            Profile = arguments.GetValue(dataset)!,
            Subjects = arguments.GetValue(subjects),
            FramesPerSubject = arguments.GetValue(frames),
            Recordings = arguments.GetValue(recordings),
            ImageSize = arguments.GetValue(size),
            Seed = arguments.GetValue(seed),
        };
        var total = new SynthFaces(options).Count;
        var videos = options.Profile == "disfa" && !arguments.GetValue(pictures);
        var faces = SynthFaces.Generate(
            options, arguments.GetValue(output)!, videos ? "ffmpeg" : null, new ProgressLines<int>(done => $"rendering: {done:N0} of {total:N0}"), cancel);
        Console.WriteLine($"{faces.Count:N0} frames of {faces.Parts.Sum(p => p.Count)} people in {arguments.GetValue(output)}.");
        return 0;
    }
    catch (OperationCanceledException)
    {
        Console.Error.WriteLine("Stopped.");
        return 130;
    }
    catch (Exception error) when (error is ArgumentException or IOException or InvalidOperationException or UnauthorizedAccessException)
    {
        Console.Error.WriteLine(error.Message);
        return error is ArgumentException ? 2 : 3;
    }
}
