#!/usr/bin/env -S dotnet run
// Runs the experiments of a sweep file: here one after another, or as an array job of SLURM; and collects the results.
//
//   dotnet run --file notebooks/scripts/sweep.cs -- run notebooks/scripts/sweeps/attention-drop.json --out runs/drop
//   dotnet run --file notebooks/scripts/sweep.cs -- submit sweep.json --out /shared/runs/drop --sbatch=--partition=gpu
//   dotnet run --file notebooks/scripts/sweep.cs -- collect sweep.json --out /shared/runs/drop
//
#:project ../../FanTrans.Lib.csproj
#:project ../../lib/Synthetic/FanTrans.Synthetic.csproj
#:package System.CommandLine
#:property PublishAot=false

using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using FanTrans;
using FanTrans.Data;
using FanTrans.Evaluation;
using FanTrans.Synthetic;
using FanTrans.Training;
using FanTrans.Training.Experiments;

var plan = new Argument<string>("sweep")
{
    Description = "The sweep: a JSON file with base, cells and grid",
    HelpName = "FILE",
};
var output = Script.Required("--out", "The sweep's folder, one folder per experiment in it");
var cell = Script.Whole("--cell", "Only this experiment, from 0; -1 is all", -1, -1);
var device = Script.Device();
var threads = Script.Threads();
var sbatch = new Option<string[]>("--sbatch")
{
    Description = "An option for sbatch; may be repeated, as in --sbatch=--partition=gpu --sbatch=--gres=gpu:1",
    HelpName = "OPTION",
    DefaultValueFactory = _ => [],
};
var atOnce = Script.Whole("--at-once", "Experiments that run at a time, at most; 0 leaves it to the cluster", 0, 0);
var dry = Script.Flag("--dry-run", "Prints the batch script and submits nothing");
var units = new Option<int[]>("--units")
{
    Description = "Only these action units, as in --units 6 7",
    HelpName = "AU",
    AllowMultipleArgumentsPerToken = true,
    DefaultValueFactory = _ => [],
};
var part = new Option<string>("--frames")
{
    Description =
        "all test frames, or of rendered faces with hidden evidence those where it is hidden, or those "
        + "where it is seen",
    DefaultValueFactory = _ => "all",
};
part.AcceptOnlyFromAmong("all", "hidden", "seen");
var json = Script.Flag("--json", "The result as JSON on the standard output");

var run = new Command(
    "run",
    "Runs what is not done yet, one experiment after another; may be stopped and run again, and run in several terminals "
        + "at once, which share the work (--threads gives each its part of the processor)"
)
{
    plan,
    output,
    cell,
    device,
    threads,
    json,
};
var submit = new Command(
    "submit",
    "Writes the batch script of an array job, one task an experiment, and submits it with sbatch"
)
{
    plan,
    output,
    device,
    threads,
    sbatch,
    atOnce,
    dry,
};
var collect = new Command(
    "collect",
    "Pools folds, averages seeds, compares all variants with the first, writes table.csv, .json and .tex"
)
{
    plan,
    output,
    units,
    part,
    json,
};
var list = new Command("list", "Shows the experiments and which are done") { plan, output };
Script.Does(run, Run, resumes: true);
Script.Does(submit, (arguments, _) => Submit(arguments));
Script.Does(collect, (arguments, _) => Collect(arguments));
Script.Does(
    list,
    (arguments, _) =>
    {
        var folder = arguments.GetValue(output)!;
        foreach (var c in Sweep.Load(arguments.GetValue(plan)!).Cells)
            Console.WriteLine($"{c.Number, 4}  {(Sweep.IsDone(folder, c) ? "done" : "    ")}  {c.Name}");
        return 0;
    }
);

// Sweep files may name rendered faces.
SynthFaces.Register();
var command = new RootCommand(
    $"""
    Runs a sweep: a grid or list of experiments over the options of train.cs, seeds and folds.
    {Script.ExitCodes}
    """
)
{
    run,
    submit,
    collect,
    list,
};
return await Script.Run(command, args);

int Run(ParseResult arguments, CancellationToken cancel)
{
    var sweep = Sweep.Load(arguments.GetValue(plan)!);
    var folder = arguments.GetValue(output)!;
    Script.Use(arguments.GetValue(threads));
    var on = Script.DeviceOf(arguments.GetValue(device));
    var number = (int)arguments.GetValue(cell);
    if (number >= sweep.Cells.Count)
        throw new ArgumentException($"--cell: expected a number from 0 to {sweep.Cells.Count - 1}, found '{number}'.");
    var chosen = number < 0 ? sweep.Cells : [sweep.Cells[number]];
    var failed = 0;
    List<SweepCell> elsewhere = [];
    (ExperimentOptions Options, ExperimentData Data)? open = null;
    // At the end those once more that another process had: it may have been stopped.
    foreach (var c in chosen.Concat(elsewhere))
    {
        if (Sweep.IsDone(folder, c))
        {
            // Only read; refused where it is of other options or data.
            Experiment.Run(c.Options, Sweep.FolderOf(folder, c), on);
            continue;
        }
        Console.Error.WriteLine($"{c.Number + 1} of {sweep.Cells.Count}: {c.Name}");
        // Experiments on the same data share what is in memory.
        if (open is not { } there || !there.Options.SameData(c.Options))
        {
            open = (c.Options, ExperimentData.Open(c.Options));
            // A fold that is not there is said now, not when its turn comes.
            foreach (var other in chosen.Select(o => o.Options).Where(c.Options.SameData))
                open.Value.Data.Fold(other.Fold);
        }
        try
        {
            var progress = TrainingProgress.Lines(Console.Error);
            Experiment.Run(c.Options, Sweep.FolderOf(folder, c), on, open.Value.Data, progress, cancel);
        }
        catch (Exception error) when (error is NonFiniteLossException or InvalidDataException)
        {
            // The other experiments go on.
            failed++;
            Console.Error.WriteLine($"{c.Name}: {error.Message}");
        }
        catch (RunInUseException)
        {
            if (!elsewhere.Contains(c))
                elsewhere.Add(c);
            Console.Error.WriteLine($"{c.Name} is being trained by another process, and left to it.");
        }
    }
    var done = sweep.Cells.Count(c => Sweep.IsDone(folder, c));
    var left = elsewhere.Count(c => !Sweep.IsDone(folder, c));
    Console.WriteLine(
        arguments.GetValue(json)
            ? JsonSerializer.Serialize(
                new
                {
                    cells = sweep.Cells.Count,
                    done,
                    failed,
                    elsewhere = left,
                }
            )
            : $"{done} of {sweep.Cells.Count} experiments are done{(failed > 0 ? $", {failed} failed" : "")}"
                + $"{(left > 0 ? $", {left} left to another process" : "")}."
    );
    return failed > 0 ? 1 : 0;
}

int Submit(ParseResult arguments)
{
    var sweep = Sweep.Load(arguments.GetValue(plan)!);
    var folder = Path.GetFullPath(arguments.GetValue(output)!);
    // This program as it is built now: the tasks of an array would build it all at once.
    string[] program =
    [
        "dotnet",
        Path.Combine(AppContext.BaseDirectory, "sweep.dll"),
        "run",
        Path.GetFullPath(sweep.Path),
        "--out",
        folder,
        "--device",
        arguments.GetValue(device)!,
        "--threads",
        $"{arguments.GetValue(threads)}",
    ];
    var limit = arguments.GetValue(atOnce) is > 0 and var most ? $"%{most}" : "";
    string[] lines =
    [
        "#!/bin/bash",
        $"#SBATCH --job-name={InDirective(Path.GetFileNameWithoutExtension(sweep.Path))}",
        $"#SBATCH --array=0-{sweep.Cells.Count - 1}{limit}",
        $"#SBATCH --output={InDirective(Path.Combine(folder, "slurm-%a.log"))}",
        // A task that is killed resumes from its checkpoint when it is queued again.
        "#SBATCH --requeue",
        .. arguments.GetValue(sbatch)!.Select(option => $"#SBATCH {option}"),
        "",
        $"exec {string.Join(' ', program.Select(Quoted))} --cell \"$SLURM_ARRAY_TASK_ID\"",
    ];
    var script = string.Join('\n', lines) + "\n";
    if (arguments.GetValue(dry))
        Console.WriteLine(script);
    else
        Console.WriteLine(Sbatch(script, folder));
    return 0;

    static string Quoted(string word) => $"'{word.Replace("'", "'\\''")}'";

    // sbatch reads its lines itself; without quotes it refuses a space.
    static string InDirective(string word) => $"\"{word.Replace("\\", "\\\\").Replace("\"", "\\\"")}\"";
}

// Writes the script to the sweep's folder and hands it to SLURM. Returns what sbatch printed, such as "Submitted batch
// job 12".
string Sbatch(string script, string folder)
{
    Directory.CreateDirectory(folder);
    var path = Path.Combine(folder, "sweep.sbatch");
    WholeFile.Write(path, script);
    try
    {
        using var process = Process.Start(
            new ProcessStartInfo("sbatch", [path]) { RedirectStandardOutput = true, RedirectStandardError = true }
        )!;
        var error = process.StandardError.ReadToEndAsync();
        var said = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        return process.ExitCode == 0
            ? said
            : throw new InvalidOperationException(
                $"sbatch gave exit code {process.ExitCode}: {error.Result.Trim()} The script is {path}."
            );
    }
    catch (System.ComponentModel.Win32Exception missing)
    {
        throw new InvalidOperationException(
            $"there is no sbatch here ({missing.Message}); the script is {path}, to submit where SLURM is.",
            missing
        );
    }
}

int Collect(ParseResult arguments)
{
    var folder = arguments.GetValue(output)!;
    var sweep = Sweep.Load(arguments.GetValue(plan)!);
    int[] only = arguments.GetValue(units)!;
    var frames = arguments.GetValue(part)!;
    var hidden = frames == "all" ? null : Hidden(sweep);
    var table = SweepTable.Collect(sweep, folder, View);
    // The table of a part lies beside that of the whole.
    var to =
        hidden is null && only.Length == 0
            ? folder
            : Directory.CreateDirectory(Path.Combine(folder, string.Join('-', [frames, .. only]))).FullName;
    table.Save(to);
    if (arguments.GetValue(json))
    {
        Console.WriteLine(File.ReadAllText(Path.Combine(to, "table.json")));
        return 0;
    }
    Console.WriteLine(table.Table());
    if (Oracle() is { } oracle)
        Console.WriteLine($"- What the labels of the other units tell, by logistic regression: {oracle}.");
    foreach (var sentence in SweepFindings.Of(table))
        Console.WriteLine($"- {sentence}");
    if (table.Missing.Count > 0)
        Console.WriteLine($"Not done yet: {string.Join(", ", table.Missing)}.");
    Console.WriteLine($"The table is in {to} as CSV, JSON and LaTeX.");
    return 0;

    AuPredictions View(AuPredictions all) => Frames(only.Length > 0 ? all.Only(only) : all);

    AuPredictions Frames(AuPredictions all) =>
        hidden is null ? all : all.Where(key => hidden.Contains(key) == (frames == "hidden"));

    // What a model could know of a unit at best if it saw the others alone; units that are hidden tell nothing of each
    // other. The first finished cell's fold stands for all. Null where the sweep is not over one set of rendered faces.
    string? Oracle()
    {
        if (Faces(sweep) is not { } faces)
            return null;
        var cell = sweep.Cells.First(c => Sweep.IsDone(folder, c));
        var data = ExperimentData.Open(cell.Options);
        sbyte[][] known = [.. data.Fold(cell.Options.Fold).Train.Select(data.Source.LabelsAt)];
        var test = PredictionsFile.Load(Path.Combine(Sweep.FolderOf(folder, cell), "test.csv"));
        int[] planted = frames == "hidden" ? [.. faces.Planted!.ActionUnits] : [];
        AuMetrics[] told =
        [
            .. View(test)
                .ActionUnits.Select(unit => LabelOracle.Predict(known, test, [unit, .. planted.Except([unit])]))
                .Select(oracle => Frames(oracle).Evaluate().Units[0]),
        ];
        var each = told.Select(u => $"AU{u.ActionUnit} {Scores(u.F1, u.Auc)}");
        return $"{Scores(told.Average(u => u.F1), told.Average(u => u.Auc))} in the mean ({string.Join(", ", each)})";

        static string Scores(double f1, double auc) =>
            FormattableString.Invariant($"F1 {100 * f1:0.0}, AUC {100 * auc:0.0}");
    }
}

// The frames in which a rendered set hides its planted units.
HashSet<FaceKey> Hidden(Sweep sweep)
{
    if (Faces(sweep) is not { Planted: not null } options)
    {
        throw new ArgumentException(
            "--frames: expected a sweep over one set of rendered faces with Planted, found "
                + $"{sweep.Cells[0].Options.Data}."
        );
    }
    var faces = new SynthFaces(options);
    return [.. Enumerable.Range(0, faces.Count).Where(faces.IsHidden).Select(faces.Key)];
}

// The options of a sweep's rendered faces; null where it is over several sets, or over another dataset.
static SynthOptions? Faces(Sweep sweep) =>
    sweep.Cells.Select(c => c.Options.Data).Distinct().ToArray() is [var data]
    && data.Split('?', 2) is [SynthFaces.Name, var text]
        ? OptionFields.Read(new SynthOptions(), text)
        : null;
