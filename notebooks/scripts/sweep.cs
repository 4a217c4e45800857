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
using FanTrans.Synthetic;
using FanTrans.Training;
using FanTrans.Training.Experiments;

var plan = new Argument<string>("sweep") { Description = "The sweep: a JSON file with base, cells and grid", HelpName = "FILE" };
var output = new Option<string>("--out") { Description = "The sweep's folder, one folder an experiment in it", HelpName = "DIR", Required = true };
var cell = new Option<int?>("--cell") { Description = "Only this experiment, from 0", HelpName = "N" };
var device = new Option<string>("--device") { Description = "cpu, cuda, or cuda:1 …", HelpName = "NAME", DefaultValueFactory = _ => "cpu" };
var threads = new Option<int>("--threads") { Description = "Processor threads; bits repeat only for the same number. 0 for one a core", HelpName = "N" };
var sbatch = new Option<string[]>("--sbatch") { Description = "An option for sbatch; may be repeated, as in --sbatch=--partition=gpu --sbatch=--gres=gpu:1", HelpName = "OPTION", DefaultValueFactory = _ => [] };
var atOnce = new Option<int>("--at-once") { Description = "Experiments that run at a time, at most; 0 leaves it to the cluster", HelpName = "N" };
var dry = new Option<bool>("--dry-run") { Description = "Prints the batch script and submits nothing" };
var json = new Option<bool>("--json") { Description = "The result as JSON on the standard output" };

var run = new Command("run", "Runs what is not done yet, one experiment after another; may be stopped and run again") { plan, output, cell, device, threads, json };
var submit = new Command("submit", "Writes the batch script of an array job, one task an experiment, and submits it with sbatch") { plan, output, device, threads, sbatch, atOnce, dry };
var collect = new Command("collect", "Pools folds, averages seeds, compares every variant with the first, and writes table.csv, .json and .tex") { plan, output, json };
var list = new Command("list", "Shows the experiments and which are done") { plan, output };
run.SetAction((arguments, cancel) => Task.Run(() => Guarded(() => Run(arguments, cancel)), CancellationToken.None));
submit.SetAction(arguments => Guarded(() => Submit(arguments)));
collect.SetAction(arguments => Guarded(() => Collect(arguments)));
list.SetAction(arguments => Guarded(() =>
{
    foreach (var c in Sweep.Load(arguments.GetValue(plan)!).Cells)
        Console.WriteLine($"{c.Number,4}  {(Sweep.IsDone(arguments.GetValue(output)!, c) ? "done" : "    ")}  {c.Name}");
    return 0;
}));

// Sweep files may name rendered faces.
SynthFaces.Register();

var command = new RootCommand("""
    Runs a sweep: a grid or list of experiments over the options of train.cs, seeds and folds.
    Exit codes: 0 done; 1 an experiment failed or a file is wrong; 2 wrong arguments; 3 a file or program is missing; 130 stopped.
    """)
{
    run, submit, collect, list,
};
var parsed = command.Parse(args);
if (parsed.Errors.Count == 0)
    return await parsed.InvokeAsync();
foreach (var error in parsed.Errors)
    Console.Error.WriteLine(error.Message);
Console.Error.WriteLine("--help shows all arguments.");
return 2;

int Run(ParseResult arguments, CancellationToken cancel)
{
    var sweep = Sweep.Load(arguments.GetValue(plan)!);
    var folder = arguments.GetValue(output)!;
    TorchThreads.Use(arguments.GetValue(threads) is > 0 and var n ? n : null);
    var on = arguments.GetValue(device) == "cpu" ? null : TorchSharp.torch.device(arguments.GetValue(device)!);
    var chosen = arguments.GetValue(cell) is { } number
        ? [number >= 0 && number < sweep.Cells.Count ? sweep.Cells[number] : throw new ArgumentException($"--cell is {number}, expected 0 to {sweep.Cells.Count - 1}.")]
        : sweep.Cells;
    var failed = 0;
    (ExperimentOptions Options, ExperimentData Data)? open = null;
    foreach (var c in chosen)
    {
        if (Sweep.IsDone(folder, c))
            continue;
        Console.Error.WriteLine($"{c.Number + 1} of {sweep.Cells.Count}: {c.Name}");
        try
        {
            // Experiments on the same data share what is in memory.
            if (open is not { } there || !there.Options.SameData(c.Options))
                open = (c.Options, ExperimentData.Open(c.Options));
            Experiment.Run(c.Options, Sweep.FolderOf(folder, c), on, open.Value.Data, TrainingProgress.Lines(Console.Error), cancel);
        }
        catch (NonFiniteLossException error)
        {
            // The other experiments go on.
            failed++;
            Console.Error.WriteLine($"{c.Name}: {error.Message}");
        }
    }
    var done = sweep.Cells.Count(c => Sweep.IsDone(folder, c));
    Console.WriteLine(arguments.GetValue(json)
        ? JsonSerializer.Serialize(new { cells = sweep.Cells.Count, done, failed })
        : $"{done} of {sweep.Cells.Count} experiments are done{(failed > 0 ? $", {failed} failed" : "")}.");
    return failed > 0 ? 1 : 0;
}

int Submit(ParseResult arguments)
{
    var sweep = Sweep.Load(arguments.GetValue(plan)!);
    var folder = Path.GetFullPath(arguments.GetValue(output)!);
    // This program as it is built now: the tasks of an array would build it all at once.
    string[] program =
    [
        "dotnet", Path.Combine(AppContext.BaseDirectory, "sweep.dll"), "run", Path.GetFullPath(sweep.Path), "--out", folder,
        "--device", arguments.GetValue(device)!, "--threads", $"{arguments.GetValue(threads)}",
    ];
    var limit = arguments.GetValue(atOnce) is > 0 and var most ? $"%{most}" : "";
    string[] lines =
    [
        "#!/bin/bash",
        $"#SBATCH --job-name={Path.GetFileNameWithoutExtension(sweep.Path)}",
        $"#SBATCH --array=0-{sweep.Cells.Count - 1}{limit}",
        $"#SBATCH --output={Quoted(Path.Combine(folder, "slurm-%a.log"))}",
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
}

// Writes the script to the sweep's folder and hands it to SLURM; what sbatch said, for example "Submitted batch job 12".
string Sbatch(string script, string folder)
{
    Directory.CreateDirectory(folder);
    var path = Path.Combine(folder, "sweep.sbatch");
    File.WriteAllText(path, script);
    try
    {
        using var process = Process.Start(new ProcessStartInfo("sbatch", [path]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var said = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        return process.ExitCode == 0
            ? said
            : throw new InvalidOperationException($"sbatch gave exit code {process.ExitCode}: {error.Result.Trim()} The script is {path}.");
    }
    catch (System.ComponentModel.Win32Exception missing)
    {
        throw new InvalidOperationException($"there is no sbatch here ({missing.Message}); the script is {path}, to submit where SLURM is.", missing);
    }
}

int Collect(ParseResult arguments)
{
    var folder = arguments.GetValue(output)!;
    var table = SweepTable.Collect(Sweep.Load(arguments.GetValue(plan)!), folder);
    table.Save(folder);
    if (arguments.GetValue(json))
    {
        Console.WriteLine(File.ReadAllText(Path.Combine(folder, "table.json")));
        return 0;
    }
    Console.WriteLine(table.Table());
    foreach (var sentence in SweepFindings.Of(table))
        Console.WriteLine($"- {sentence}");
    if (table.Missing.Count > 0)
        Console.WriteLine($"Not done yet: {string.Join(", ", table.Missing)}.");
    Console.WriteLine($"The table is in {folder} as CSV, JSON and LaTeX.");
    return 0;
}

int Guarded(Func<int> work)
{
    try
    {
        return work();
    }
    catch (OperationCanceledException)
    {
        Console.Error.WriteLine("Stopped; run the same command again to go on.");
        return 130;
    }
    catch (Exception error) when (error is ArgumentException or InvalidDataException or InvalidOperationException or IOException or UnauthorizedAccessException)
    {
        Console.Error.WriteLine(error.Message);
        return error switch { ArgumentException => 2, InvalidDataException => 1, _ => 3 };
    }
}
