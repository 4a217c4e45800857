using System.CommandLine;
using FanTrans.Benchmarks;
using FanTrans.Benchmarks.Data;
using FanTrans.Benchmarks.Models;
using FanTrans.Benchmarks.Prediction;
using FanTrans.Benchmarks.Synthetic;
using Spectre.Console;

// Every benchmark of the kit, in the table's order.
IBenchmark[] benchmarks =
[
    .. ModelBenchmark.All,
    .. FeaturesBenchmark.All,
    .. VideoBenchmark.All,
    new PeersBenchmark(),
    new CacheBenchmark(),
    new GrowthBenchmark(),
    new MemoryBenchmark(),
    new LoaderBenchmark(),
    new WaitingBenchmark(),
    new RenderingBenchmark(),
    new DetectorBenchmark(),
    new StartUpBenchmark(),
];

var only = new Option<string[]>("--only")
{
    Description = "Only the benchmarks whose name contains one of these; --list shows the names",
    HelpName = "PART",
    AllowMultipleArgumentsPerToken = true,
};
var list = new Option<bool>("--list") { Description = "Shows the names and ends" };
var rounds = new Option<int>("--rounds")
{
    Description = "At most so many timed rounds of each, of which the median counts",
    HelpName = "N",
    DefaultValueFactory = _ => int.MaxValue,
};
var threads = new Option<int>("--threads")
{
    Description = "Processor threads of each side",
    HelpName = "N",
    DefaultValueFactory = _ => Environment.ProcessorCount,
};
var json = new Option<string?>("--json")
{
    Description = "Where to write {name: {kit, peer, ratio, unit}}",
    HelpName = "FILE",
};
var worker = new Option<string?>("--worker") { Hidden = true };
foreach (var count in new[] { rounds, threads })
{
    count.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<int>() < 1)
            result.AddError($"{result.Option.Name}: expected at least 1, found {result.GetValueOrDefault<int>()}.");
    });
}

var command = new RootCommand(
    """
    Measures the kit beside its peers: each pair in one run, taking turns, medians of several rounds.
    Of times and memory a ratio below 1 is better, of rates one above.
    """
)
{
    only,
    list,
    rounds,
    threads,
    json,
    worker,
};
command.SetAction(arguments =>
{
    if (arguments.GetValue(worker) is { } caseFile)
    {
        ModelWorker.Serve(caseFile);
        return 0;
    }
    var parts = arguments.GetValue(only) ?? [];
    var chosen = benchmarks
        .Where(b => parts.Length == 0 || parts.Any(p => b.Name.Contains(p, StringComparison.OrdinalIgnoreCase)))
        .ToArray();
    if (chosen.Length == 0 || arguments.GetValue(list))
    {
        foreach (var benchmark in benchmarks)
            Console.WriteLine(benchmark.Name);
        return arguments.GetValue(list) ? 0 : 2;
    }
    var setting = new Setting(
        arguments.GetValue(rounds),
        arguments.GetValue(threads),
        reason => Console.Error.WriteLine(reason)
    );
    var measured = new List<Measurement>();
    var failed = new List<string>();
    foreach (var benchmark in chosen)
    {
        Console.Error.WriteLine($"measuring {benchmark.Name}");
        // One that fails does not take the others' figures with it.
        try
        {
            measured.AddRange(benchmark.Run(setting));
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            Console.Error.WriteLine($"{benchmark.Name} failed: {error}");
            failed.Add(benchmark.Name);
        }
        if (arguments.GetValue(json) is { } path)
            Report.Save(path, measured);
    }
    // The table keeps its shape in a file or a pipe.
    if (!AnsiConsole.Profile.Out.IsTerminal)
        AnsiConsole.Profile.Width = 160;
    AnsiConsole.Write(Report.Table(measured));
    if (failed.Count > 0)
        Console.Error.WriteLine($"failed: {string.Join(", ", failed)}");
    return failed.Count > 0 ? 1 : 0;
});
return await command.Parse(args).InvokeAsync();
