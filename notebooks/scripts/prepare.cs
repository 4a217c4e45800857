#!/usr/bin/env -S dotnet run
// Turns the licensed files of BP4D or DISFA into a prepared set: one face crop per labelled frame, and a manifest.
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
using FanTrans;
using FanTrans.Charts;
using FanTrans.Data;
using FanTrans.Evaluation;
using FanTrans.Prediction;

var dataset = Script.Text("--dataset", "bp4d or disfa", "NAME");
dataset.AcceptOnlyFromAmong("bp4d", "disfa");
var root = Script.Text("--root", "The licensed folder; it is only read", "DIR");
var output = Script.Required("--out", "The prepared set's folder: new, or from a run that was stopped");
var verify = Script.Flag("--verify", "Check a finished set in --out instead: its manifest and every crop");
var strict = Script.Flag("--strict", "Treat anything wrong with the licensed files as an error, and make no set");
var units = Script.Text(
    "--units",
    "The action units to read: Bp4d, Disfa, Disfa12 (all that DISFA labels), or numbers such as 1,2,5; "
        + "without it those of published tables",
    "LIST"
);
var size = Script.Whole("--size", "Side in pixels of the square that the network sees", 256, 16, 2048);
var margin = Script.Number(
    "--margin",
    "How much wider the kept crop is, for rotated and shifted training crops",
    1.5,
    1,
    4
);
var align = Script.Choice(
    "--align",
    "box: upright, as the paper; five-point: eyes level, as JAA-Net",
    "box",
    "five-point"
);
var format = Script.Choice("--format", "How crops are kept", "jpeg", "png");
var quality = Script.Whole("--quality", "Quality of JPEG crops", 95, 1, 100);
var camera = Script.Choice("--camera", "DISFA: left is what published systems use", "left", "right", "both");
var frames = Script.Text(
    "--frames",
    "DISFA: a folder of extracted frames, one folder per subject, in place of the videos",
    "DIR"
);
var ffmpeg = Script.Text("--ffmpeg", "DISFA: the program that decodes the videos", "PATH", "ffmpeg");
var fanWeights = Script.Text(
    "--fan-weights",
    "A face alignment network, such as 2dfan2.pth, for frames to which the dataset gives no landmarks"
        + "; without it they are left out. FILE#KEY takes the weights under a key of a checkpoint",
    "FILE"
);
var workers = Script.Whole("--workers", "Threads that decode and crop; 0 for one per core", 0, 0, 1024);
var against = Script.Choice(
    "--against",
    "Whose published counts to compare with; me-graphau counts every coded frame",
    "me-graphau",
    "jaa-net"
);

var command = new RootCommand(
    $"""
    Prepares BP4D or DISFA for training: finds the recordings in the licensed folder, reads the labels, matches frames
    and labels, cuts out the faces, and writes them with a manifest to --out. It may be stopped and run again at any
    time. What cannot be used is left out and reported at the end and in --out/report.json; --out/summary.json counts
    what there is, --out/summary.html shows it.
    {Script.ExitCodes}
    """
)
{
    dataset,
    root,
    output,
    verify,
    strict,
    units,
    size,
    margin,
    align,
    format,
    quality,
    camera,
    frames,
    ffmpeg,
    fanWeights,
    workers,
    against,
};
Script.Does(
    command,
    (arguments, cancel) => arguments.GetValue(verify) ? Verify(arguments, cancel) : Prepare(arguments, cancel),
    resumes: true
);
return await Script.Run(
    command,
    args,
    arguments =>
        !arguments.GetValue(verify) && (arguments.GetValue(dataset) is null || arguments.GetValue(root) is null)
            ? "--dataset and --root are needed, unless --verify checks a finished set."
            : null
);

int Prepare(ParseResult arguments, CancellationToken cancel)
{
    var folder = arguments.GetValue(output)!;
    var options = new PreparationOptions
    {
        Size = (int)arguments.GetValue(size),
        Margin = arguments.GetValue(margin),
        Alignment = arguments.GetValue(align) == "five-point" ? CropAlignment.FivePoint : CropAlignment.Box,
        Format = arguments.GetValue(format) == "png" ? CropFormat.Png : CropFormat.Jpeg,
        Quality = (int)arguments.GetValue(quality),
    };
    var disfa = new DisfaOptions
    {
        Cameras = arguments.GetValue(camera) is "both" ? ["left", "right"] : [arguments.GetValue(camera)!],
        FramesFolder = arguments.GetValue(frames),
        Ffmpeg = arguments.GetValue(ffmpeg)!,
    }.Validate();
    var scan = new PreparationReport();
    var files = DatasetFiles.Find(
        arguments.GetValue(dataset)!,
        arguments.GetValue(root)!,
        scan,
        disfa,
        arguments.GetValue(units) is { } list ? ActionUnits.Parse(list) : null
    );
    var title = files.Manifest.Title;
    Console.WriteLine($"{title}: {files.Count:N0} labelled frames in {files.Recordings:N0} recordings");
    using var finder = arguments.GetValue(fanWeights) is { } weights
        ? FanLandmarkFinder.Load(weights, guessed: Console.Error.WriteLine)
        : null;
    var preparation = new Preparation(files, scan, folder, options, finder)
    {
        Workers = (int)arguments.GetValue(workers),
        Strict = arguments.GetValue(strict),
    };
    var result = preparation.Run(
        new ProgressLines<PreparationProgress>(p => $"cropping: {p.Done:N0} of {p.Total:N0} {p.Sequence}"),
        cancel
    );

    var summary = PreparationSummary.Of(result.Set, files.Manifest, arguments.GetValue(against)!);
    summary.Save(folder);
    Figures
        .DatasetSummary(summary, $"{title}: {result.Set.Count:N0} frames prepared")
        .SaveHtml(Path.Combine(folder, "summary.html"));
    GroupCounts[] groups = [.. summary.Parts, summary.All];
    string[] columns = ["frames", summary.Against, "missing"];
    Print(["part", .. columns], groups.Select(Row));
    Print(
        ["AU", .. groups.Select(g => g.ExpectedPositives is null ? g.Name : $"{g.Name}, of {summary.Against}")],
        summary.ActionUnits.Select(
            (unit, n) =>
                (string[])
                    [
                        $"{unit}",
                        .. groups.Select(g =>
                            $"{g.Positives[n]:N0}{(g.ExpectedPositives is { } expected ? $" of {expected[n]:N0}" : "")}"
                        ),
                    ]
        )
    );
    if (!summary.IsComplete)
        Print(["subject", .. columns], summary.Subjects.Where(s => s.Missing is not 0).Select(Row));
    foreach (var line in result.Report.Lines())
        Console.WriteLine(line);
    var (all, made, kept) = (result.Set.Count, result.Made, result.Kept);
    Console.WriteLine($"{all:N0} crops in {folder}: {made:N0} made now, {kept:N0} there before.");
    return result.Report.HasFaults ? 1 : 0;

    static void Print(string[] columns, IEnumerable<string[]> rows) =>
        Console.WriteLine(new ResultTable(columns, [.. rows], []));

    static string[] Row(GroupCounts group) =>
        [group.Name, $"{group.Frames:N0}", $"{group.Expected:N0}", $"{group.Missing:N0}"];
}

int Verify(ParseResult arguments, CancellationToken cancel)
{
    var folder = arguments.GetValue(output)!;
    var total = Directory.Exists(folder) && !Preparation.IsUnfinished(folder) ? PreparedSet.Open(folder).Count : 0;
    var progress = new ProgressLines<int>(done => $"checking: {done:N0} of {total:N0}");
    var wrong = PreparedSet.Verify(folder, progress, cancel);
    foreach (var line in wrong)
        Console.WriteLine(line);
    Console.WriteLine(
        wrong.Count == 0 ? $"{total:N0} crops are as they were made." : $"{wrong.Count:N0} things are wrong."
    );
    return wrong.Count == 0 ? 0 : 1;
}
