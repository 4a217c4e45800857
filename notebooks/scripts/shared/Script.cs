// What the scripts of this folder share; Directory.Build.targets compiles it into each of them.
using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;
using FanTrans;
using FanTrans.Training;
using TorchSharp;

/// <summary>Options that are read strictly, exit codes and interruption.</summary>
internal static class Script
{
    /// <summary>What a script's exit codes mean, for its help.</summary>
    public const string ExitCodes =
        "Exit codes: 0 done; 1 something is wrong with a file, the data or the training; 2 wrong arguments; 3 a file, "
        + "folder or program is missing; 130 stopped (files are whole or absent).";

    // As long as a step of training may take; then the process ends as it is.
    private static readonly InvocationConfiguration Stopping = new()
    {
        ProcessTerminationTimeout = TimeSpan.FromMinutes(1),
    };

    /// <summary>A number with a point, between two bounds. A comma is refused: it is no decimal point here.</summary>
    public static Option<double> Number(
        string name,
        string description,
        double value,
        double least,
        double greatest,
        string help = "X"
    ) =>
        Ranged(
            name,
            description,
            value,
            help,
            (string text, out double parsed) =>
                double.TryParse(
                    text,
                    NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
                    CultureInfo.InvariantCulture,
                    out parsed
                )
                && parsed >= least
                && parsed <= greatest,
            string.Create(CultureInfo.InvariantCulture, $"a number from {least} to {greatest}")
        );

    /// <summary>A whole number between two bounds.</summary>
    public static Option<long> Whole(
        string name,
        string description,
        long value,
        long least,
        long greatest = int.MaxValue,
        string help = "N"
    ) =>
        Ranged(
            name,
            description,
            value,
            help,
            (string text, out long parsed) =>
                long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out parsed)
                && parsed >= least
                && parsed <= greatest,
            $"a whole number {(greatest == int.MaxValue ? $"of at least {least}" : $"from {least} to {greatest}")}"
        );

    /// <summary>A text.</summary>
    public static Option<string?> Text(string name, string description, string help, string? value = null)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = help };
        if (value is not null)
            option.DefaultValueFactory = _ => value;
        return option;
    }

    /// <summary>A file or folder that the script cannot do without.</summary>
    public static Option<string> Required(string name, string description, string help = "DIR") =>
        new(name)
        {
            Description = description,
            HelpName = help,
            Required = true,
        };

    /// <summary>One of several words, the first by default.</summary>
    public static Option<string> Choice(string name, string description, params string[] words)
    {
        var option = new Option<string>(name) { Description = description, DefaultValueFactory = _ => words[0] };
        option.AcceptOnlyFromAmong(words);
        return option;
    }

    /// <summary>Yes or no.</summary>
    public static Option<bool> Flag(string name, string description) => new(name) { Description = description };

    /// <summary>The device to compute on.</summary>
    /// <param name="value">By default; null is the GPU if there is one.</param>
    public static Option<string?> Device(string? value = "cpu") =>
        Text(
            "--device",
            "cpu, cuda, or cuda:1 …" + (value is null ? "; without it the GPU if there is one" : ""),
            "NAME",
            value
        );

    /// <summary>PyTorch's device of a name; null is the GPU if there is one.</summary>
    /// <exception cref="ArgumentException">There is no such device here.</exception>
    public static torch.Device DeviceOf(string? name)
    {
        var there = torch.cuda.is_available() ? torch.cuda.device_count() : 0;
        name ??= there > 0 ? "cuda" : "cpu";
        var number = Regex.Match(name, "^cuda(?::([0-9]{1,3}))?$");
        var known =
            name == "cpu"
            || (number.Success && (number.Groups[1].Success ? int.Parse(number.Groups[1].Value) : 0) < there);
        var expected = there > 0 ? $"cpu, cuda, or cuda:0 to cuda:{there - 1}" : "cpu (there is no GPU)";
        return known
            ? torch.device(name)
            : throw new ArgumentException($"--device: expected {expected}, found '{name}'.");
    }

    /// <summary>Processor threads.</summary>
    public static Option<long> Threads() =>
        Whole("--threads", "Processor threads; bits repeat only for the same number. 0 for one per core", 0, 0, 1024);

    /// <summary>Sets the threads that <see cref="Threads"/> was given.</summary>
    public static void Use(long threads) => TorchThreads.Use(threads > 0 ? (int)threads : null);

    /// <summary>A record's fields, each an option under its own name. Whole records come first, so that a single field may
    /// differ from its preset.</summary>
    /// <param name="start">The record; its values are shown as the defaults.</param>
    /// <param name="records">The records in it that may be given whole.</param>
    /// <param name="chosen">Which fields; null is all.</param>
    public static (string Path, Option<string?> Option)[] Fields<T>(
        T start,
        string[] records,
        Func<string, bool>? chosen = null
    )
        where T : class =>
        [
            .. records.Select(path =>
                (path, Text($"--{path}", "The whole record: a preset's name, or JSON", "PRESET"))
            ),
            .. OptionFields
                .Of(start)
                .Where(f => chosen?.Invoke(f.Path) ?? true)
                .Select(f => (f.Path, Text($"--{f.Path}", $"{f.Summary} [{f.Default}]", f.Expected))),
        ];

    /// <summary>A record with what the command line says of its fields.</summary>
    public static T With<T>(T options, ParseResult arguments, (string Path, Option<string?> Option)[] fields)
        where T : class
    {
        foreach (var (path, option) in fields)
        {
            if (arguments.GetValue(option) is { } value)
                options = OptionFields.With(options, path, value);
        }
        return options;
    }

    /// <summary>What a command does; its result is the exit code.</summary>
    /// <param name="command">The command.</param>
    /// <param name="run">The work, told when to stop.</param>
    /// <param name="resumes">Whether the same command resumes what was stopped.</param>
    public static void Does(Command command, Func<ParseResult, CancellationToken, int> run, bool resumes = false) =>
        command.SetAction(
            (arguments, cancel) =>
                Task.Run(() => Guarded(() => run(arguments, cancel), resumes), CancellationToken.None)
        );

    /// <summary>
    /// Parses the arguments and runs the command. Rules over several options are checked here and not by validators of
    /// the command line's library: it runs those on options in error too, and reading such an option there ends the
    /// process (its issue 2645).
    /// </summary>
    /// <param name="command">The options, with an action of <see cref="Does"/>.</param>
    /// <param name="args">The arguments.</param>
    /// <param name="problem">What is wrong with the arguments together, or null.</param>
    public static async Task<int> Run(RootCommand command, string[] args, Func<ParseResult, string?>? problem = null)
    {
        var parsed = command.Parse(args);
        var errors = parsed.Errors.Select(error => error.Message).ToList();
        // Without an action of the command itself it was asked for help or the version.
        var acts = parsed.Action == parsed.CommandResult.Command.Action;
        if (errors.Count == 0 && acts && problem?.Invoke(parsed) is { } wrong)
            errors.Add(wrong);
        if (errors.Count == 0)
            return await parsed.InvokeAsync(Stopping);
        foreach (var error in errors)
            Console.Error.WriteLine(error);
        Console.Error.WriteLine("--help shows all arguments.");
        return 2;
    }

    private static int Guarded(Func<int> run, bool resumes)
    {
        try
        {
            return run();
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine(resumes ? "Stopped; the same command resumes it." : "Stopped.");
            return 130;
        }
        catch (Exception error)
            when (error
                    is ArgumentException
                        or InvalidDataException
                        or IOException
                        or InvalidOperationException
                        or UnauthorizedAccessException
                        or NonFiniteLossException
            )
        {
            // The parameter's name is for those who call the library.
            Console.Error.WriteLine(
                error is ArgumentException { ParamName: { } name }
                    ? error.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal)
                    : error.Message
            );
            return error switch
            {
                ArgumentException => 2,
                InvalidDataException or NonFiniteLossException => 1,
                _ => 3,
            };
        }
    }

    private delegate bool TryParse<T>(string text, out T value);

    private static Option<T> Ranged<T>(
        string name,
        string description,
        T value,
        string help,
        TryParse<T> parse,
        string expected
    ) =>
        new(name)
        {
            Description = description,
            HelpName = help,
            DefaultValueFactory = _ => value,
            CustomParser = result =>
            {
                if (result.Tokens is [var token] && parse(token.Value, out var parsed))
                    return parsed;
                var found = string.Join(' ', result.Tokens.Select(t => t.Value));
                result.AddError($"{name}: expected {expected}, found '{found}'.");
                return value;
            },
        };
}
