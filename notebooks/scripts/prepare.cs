#!/usr/bin/env -S dotnet run
// Turns the licensed files of BP4D or DISFA into a prepared set: one face crop a labelled frame, and a manifest.
//
//   dotnet run --file notebooks/scripts/prepare.cs -- --dataset bp4d --root /data/BP4D --out /data/bp4d-256
//   dotnet run --file notebooks/scripts/prepare.cs -- --out /data/bp4d-256 --verify
//   dotnet run --file notebooks/scripts/prepare.cs -- --help
//
// (--file, since a folder with a project in it would run that instead.)
#:project ../../FanTrans.Lib.csproj
#:project ../../lib/Charts/FanTrans.Charts.csproj
#:package System.CommandLine
#:property PublishAot=false

using System.CommandLine;
using FanTrans.Charts;
using FanTrans.Data;
using FanTrans.Prediction;
using Spectre.Console;

var dataset = new Option<string?>("--dataset") { Description = "bp4d or disfa", HelpName = "NAME" };
dataset.AcceptOnlyFromAmong("bp4d", "disfa");
var root = new Option<string?>("--root") { Description = "The licensed folder; it is only read", HelpName = "DIR" };
var output = new Option<string>("--out") { Description = "The prepared set's folder: new, or from a run that was stopped", HelpName = "DIR", Required = true };
var verify = new Option<bool>("--verify") { Description = "Check a finished set in --out instead: its manifest and every crop" };
var strict = new Option<bool>("--strict") { Description = "Treat anything wrong with the licensed files as an error, and make no set" };
var size = new Option<int>("--size") { Description = "Side in pixels of the square that the network sees", HelpName = "N", DefaultValueFactory = _ => 256 };
var margin = new Option<double>("--margin") { Description = "How much wider the kept crop is, for rotated and shifted training crops", HelpName = "X", DefaultValueFactory = _ => 1.5 };
var align = new Option<string>("--align") { Description = "box: upright, as the paper; five-point: eyes level, as JAA-Net", HelpName = "HOW", DefaultValueFactory = _ => "box" };
align.AcceptOnlyFromAmong("box", "five-point");
var format = new Option<string>("--format") { Description = "jpeg or png", HelpName = "NAME", DefaultValueFactory = _ => "jpeg" };
format.AcceptOnlyFromAmong("jpeg", "png");
var quality = new Option<int>("--quality") { Description = "Quality of JPEG crops, 1 to 100", HelpName = "N", DefaultValueFactory = _ => 95 };
var camera = new Option<string>("--camera") { Description = "DISFA: left (as published), right or both", HelpName = "WHICH", DefaultValueFactory = _ => "left" };
camera.AcceptOnlyFromAmong("left", "right", "both");
var frames = new Option<string?>("--frames") { Description = "DISFA: a folder of extracted frames, one folder a subject, in place of the videos", HelpName = "DIR" };
var ffmpeg = new Option<string>("--ffmpeg") { Description = "DISFA: the program that decodes the videos", HelpName = "PATH", DefaultValueFactory = _ => "ffmpeg" };
var fanWeights = new Option<string?>("--fan-weights") { Description = "A face alignment network, such as 2dfan2.pth, for frames to which the dataset gives no landmarks; without it they are left out", HelpName = "FILE" };
var workers = new Option<int>("--workers") { Description = "Threads that decode and crop; 0 for one a core", HelpName = "N", DefaultValueFactory = _ => 0 };
var against = new Option<string>("--against") { Description = "Whose published counts to compare with: me-graphau (every coded frame) or jaa-net", HelpName = "NAME", DefaultValueFactory = _ => "me-graphau" };
against.AcceptOnlyFromAmong("me-graphau", "jaa-net");

var command = new RootCommand("""
    Prepares BP4D or DISFA for training: finds the recordings in the licensed folder, reads the labels, matches frames
    and labels, cuts out the faces, and writes them with a manifest to --out. It may be stopped and run again at any time.
    Everything wrong is reported at the end and in --out/report.json; --out/summary.json counts what there is,
    --out/summary.html shows it.

    Exit codes: 0 done; 1 something is wrong (with --strict or --verify); 2 wrong arguments; 3 a folder, file or program
    is missing; 130 stopped.
    """)
{
    dataset, root, output, verify, strict, size, margin, align, format, quality, camera, frames, ffmpeg, fanWeights, workers, against,
};
command.Validators.Add(result =>
{
    if (result.GetResult(verify) is null && (result.GetResult(dataset) is null || result.GetResult(root) is null))
        result.AddError("--dataset and --root are needed, unless --verify checks a finished set.");
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
        return arguments.GetValue(verify) ? Verify(arguments, cancel) : Prepare(arguments, cancel);
    }
    catch (OperationCanceledException)
    {
        Console.Error.WriteLine("Stopped; run the same command again to go on.");
        return 130;
    }
    catch (Exception error) when (error is ArgumentException or InvalidDataException or IOException or InvalidOperationException or UnauthorizedAccessException)
    {
        Console.Error.WriteLine(error.Message);
        return error switch { ArgumentException => 2, InvalidDataException => 1, _ => 3 };
    }
}

int Prepare(ParseResult arguments, CancellationToken cancel)
{
    var options = new PreparationOptions
    {
        Size = arguments.GetValue(size),
        Margin = arguments.GetValue(margin),
        Alignment = arguments.GetValue(align) == "five-point" ? CropAlignment.FivePoint : CropAlignment.Box,
        Format = arguments.GetValue(format) == "png" ? CropFormat.Png : CropFormat.Jpeg,
        Quality = arguments.GetValue(quality),
    }.Validate();
    var disfa = new DisfaOptions
    {
        Cameras = arguments.GetValue(camera) is "both" ? ["left", "right"] : [arguments.GetValue(camera)!],
        FramesFolder = arguments.GetValue(frames),
        Ffmpeg = arguments.GetValue(ffmpeg)!,
    }.Validate();
    var scan = new PreparationReport();
    var files = DatasetFiles.Find(arguments.GetValue(dataset)!, arguments.GetValue(root)!, scan, disfa);
    Console.WriteLine($"{files.Manifest.Title}: {files.Count:N0} labelled frames in {files.Sequences.Count:N0} recordings");
    using var finder = arguments.GetValue(fanWeights) is { } weights ? FanLandmarkFinder.Load(weights, guessed: Console.Error.WriteLine) : null;
    var preparation = new Preparation(files, scan, arguments.GetValue(output)!, options, finder)
    {
        Workers = arguments.GetValue(workers),
        Strict = arguments.GetValue(strict),
    };
    var result = preparation.Run(new ProgressLines<PreparationProgress>(p => $"cropping: {p.Done:N0} of {p.Total:N0} {p.Sequence}"), cancel);

    var summary = PreparationSummary.Of(result.Set, files.Manifest, arguments.GetValue(against)!);
    summary.Save(arguments.GetValue(output)!);
    Figures.DatasetSummary(summary, $"{files.Manifest.Title}: {result.Set.Count:N0} frames prepared").SaveHtml(Path.Combine(arguments.GetValue(output)!, "summary.html"));
    AnsiConsole.Write(summary.FrameTable());
    AnsiConsole.Write(summary.PositiveTable());
    if (!summary.IsComplete)
        AnsiConsole.Write(summary.SubjectTable());
    foreach (var line in result.Report.Lines())
        Console.WriteLine(line);
    Console.WriteLine($"{result.Set.Count:N0} crops in {arguments.GetValue(output)}: {result.Made:N0} made now, {result.Kept:N0} there before.");
    return 0;
}

int Verify(ParseResult arguments, CancellationToken cancel)
{
    var folder = arguments.GetValue(output)!;
    var total = Directory.Exists(folder) && !Preparation.IsUnfinished(folder) ? PreparedSet.Open(folder).Count : 0;
    var wrong = PreparedSet.Verify(folder, new ProgressLines<int>(done => $"checking: {done:N0} of {total:N0}"), cancel);
    foreach (var line in wrong)
        Console.WriteLine(line);
    Console.WriteLine(wrong.Count == 0 ? $"{total:N0} crops are as they were made." : $"{wrong.Count:N0} things are wrong.");
    return wrong.Count == 0 ? 0 : 1;
}
