using System.CommandLine;
using NotebookHost.Cells;
using NotebookHost.Running;

namespace NotebookHost.Cli;

/// <summary><c>notebook-host run</c>.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var notebook = new Argument<string>("notebook") { Description = "The .ipynb or .dib file." };
        var set = new Option<string[]>("--set")
        {
            Description = "A value for a parameter, name=value; may be repeated. Parameters are the variables of the "
                + "cell tagged 'parameters'.",
            DefaultValueFactory = _ => [],
        };
        var file = new Option<string?>("--parameters") { Description = "A JSON file of values for each notebook of a series; --set goes before it." };
        var outNotebook = new Option<string?>("--out-notebook") { Description = "Where to write the executed notebook; its folder is made." };
        var outHtml = new Option<string?>("--out-html") { Description = "Where to write the page; it needs no network." };
        var timeout = new Option<int?>("--timeout") { Description = "Seconds that each cell may take; without it, no limit." };
        var quiet = new Option<bool>("--quiet") { Description = "Print errors only." };
        timeout.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() <= 0) result.AddError("--timeout: expected seconds above 0");
        });

        var command = new Command("run", "Runs a notebook from top to bottom; stops at the first cell that fails.")
        {
            notebook, set, file, outNotebook, outHtml, timeout, quiet,
        };
        command.SetAction((arguments, cancellation) => RunAsync(
            new(Path.GetFullPath(arguments.GetRequiredValue(notebook)))
            {
                Set = With(arguments.GetValue(set) ?? [], ParameterFile.For(arguments.GetValue(file), arguments.GetRequiredValue(notebook))),
                OutNotebook = FullPath(arguments.GetValue(outNotebook)),
                OutHtml = FullPath(arguments.GetValue(outHtml)),
                Timeout = arguments.GetValue(timeout) is { } seconds ? TimeSpan.FromSeconds(seconds) : Timeout.InfiniteTimeSpan,
            },
            arguments.GetValue(quiet), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(RunRequest request, bool quiet, CancellationToken cancellation)
    {
        // The kernel puts writers of its own in their place while a cell runs.
        var (output, errors) = (Console.Out, Console.Error);
        // Cells find files as they do in Jupyter, and nobody is there to answer a question.
        if (Path.GetDirectoryName(request.Path) is { } folder && Directory.Exists(folder))
            Environment.CurrentDirectory = folder;
        Console.SetIn(TextReader.Null);

        // A cell may call Environment.Exit; that must not pass for a run that went well.
        var hasEnded = false;
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            if (hasEnded) return;
            errors.WriteLine($"{Path.GetFileName(request.Path)}: a cell ended the process");
            Environment.ExitCode = ExitCodes.Failure;
        };
        try
        {
            var error = await new HeadlessRunner(new(output, errors, quiet)).RunAsync(request, cancellation);
            if (error is null) return ExitCodes.Success;
            // The place first, as compilers do.
            var place = error.Line is null
                ? ""
                : $", line {error.Line}{(error.Column is { } column ? $", column {column}" : "")}";
            await errors.WriteLineAsync(
                $"{Path.GetFileName(request.Path)}: cell {error.Cell}{place} "
                    + $"failed\n{string.Join('\n', error.Traceback)}"
            );
            return error.Name == CellError.Interrupted ? ExitCodes.Interrupted : ExitCodes.Failure;
        }
        finally
        {
            hasEnded = true;
        }
    }

    /// <summary>Values of the command line, then those of a file that it does not give.</summary>
    internal static IReadOnlyList<string> With(IReadOnlyList<string> set, IReadOnlyList<string> file) =>
        [.. set, .. file.Where(value => !set.Any(given => given.StartsWith(value[..(value.IndexOf('=', StringComparison.Ordinal) + 1)], StringComparison.Ordinal)))];

    private static string? FullPath(string? path) => path is null ? null : Path.GetFullPath(path);
}
