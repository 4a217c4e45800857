using System.CommandLine;
using NotebookHost.Pages;
using NotebookHost.Running;

namespace NotebookHost.Cli;

/// <summary><c>notebook-host site</c>.</summary>
internal static class SiteCommand
{
    private const string IntroductionFile = "README.md";

    public static Command Create()
    {
        var notebooks = new Argument<string[]>("notebooks")
        {
            Description = $"The .ipynb files in order, or a folder of them; a {IntroductionFile} beside the first "
                + "stands above the index.",
            Arity = ArgumentArity.OneOrMore,
        };
        var folder = new Option<string>("--out") { Description = "The site's folder; made if it is not there.", Required = true };
        var set = new Option<string[]>("--set")
        {
            Description = "A value for a parameter that every notebook has, name=value; may be repeated.",
            DefaultValueFactory = _ => [],
        };
        var file = new Option<string?>("--parameters") { Description = "A JSON file of values for each notebook; --set goes before it." };
        var command = new Command("site", "Runs a series of notebooks, each in a process of its own, and writes their "
            + "pages and an index.")
        {
            notebooks, folder, set, file,
        };
        command.SetAction((arguments, cancellation) => RunAsync(
            Files(arguments.GetRequiredValue(notebooks)), Path.GetFullPath(arguments.GetRequiredValue(folder)), arguments.GetValue(set) ?? [],
            arguments.GetValue(file), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(IReadOnlyList<string> notebooks, string folder, string[] set, string? file, CancellationToken cancellation)
    {
        var site = new Site(folder, notebooks, Introduction(notebooks[0]));
        site.SaveIndex();
        foreach (var entry in site.Entries.ToList())
        {
            Console.WriteLine($"── {entry.Name}: {entry.Title}");
            var request = site.Begin(entry, RunCommand.With(set, ParameterFile.For(file, entry.Path)));
            try
            {
                var done = site.End(entry, await NotebookProcess.RunAsync(request, cancellation));
                Console.WriteLine($"── {entry.Name}: {done.Status.ToString().ToLowerInvariant()} after "
                    + $"{HtmlPage.Duration(done.Duration)}");
            }
            catch (OperationCanceledException)
            {
                Console.Error.WriteLine($"{entry.Name}: stopped; the same command runs it again");
                return ExitCodes.Interrupted;
            }
            // After each: the index shows how far a long run is.
            site.SaveIndex();
        }
        var failed = site.Entries.Where(e => e.Status == SiteStatus.Failed).ToList();
        Console.WriteLine(site.IndexPath);
        foreach (var entry in failed) Console.Error.WriteLine($"{entry.Name} failed: {entry.Error.Split('\n')[0]}");
        return failed.Count == 0 ? ExitCodes.Success : ExitCodes.Failure;
    }

    private static List<string> Files(string[] given)
    {
        List<string> files =
        [
            .. given.SelectMany(g => Directory.Exists(g) ? Directory.GetFiles(g, "*.ipynb").Order(StringComparer.Ordinal) : (IEnumerable<string>)[g])
                .Select(Path.GetFullPath),
        ];
        return files.Count > 0 ? files : throw new HostException($"{string.Join(", ", given)}: no notebook is there");
    }

    private static string Introduction(string notebook)
    {
        var file = Path.Combine(Path.GetDirectoryName(notebook)!, IntroductionFile);
        return File.Exists(file) ? File.ReadAllText(file) : "# Notebooks\n";
    }
}
