// What the scripts of this folder share; Directory.Build.targets compiles it into each of them.
using System.CommandLine;
using System.Globalization;

/// <summary>Options that are read strictly, exit codes and interruption.</summary>
internal static class Script
{
    /// <summary>What a script's exit codes mean, for its help.</summary>
    public const string ExitCodes =
        "Exit codes: 0 done; 1 something is wrong with a file or the data; 2 wrong arguments; 3 a file, folder or program "
        + "is missing; 130 stopped.";

    /// <summary>A number with a point, between two bounds. A comma is refused: it is no decimal point here.</summary>
    public static Option<double> Number(
        string name, string description, double value, double least, double greatest, string help = "X") =>
        Ranged(name, description, value, help, (string text, out double parsed) => double.TryParse(
            text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
            CultureInfo.InvariantCulture, out parsed) && parsed >= least && parsed <= greatest,
            string.Create(CultureInfo.InvariantCulture, $"a number from {least} to {greatest}"));

    /// <summary>A whole number between two bounds.</summary>
    public static Option<long> Whole(
        string name, string description, long value, long least, long greatest = int.MaxValue, string help = "N") =>
        Ranged(name, description, value, help, (string text, out long parsed) => long.TryParse(
            text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out parsed)
            && parsed >= least && parsed <= greatest,
            greatest == int.MaxValue ? $"a whole number of at least {least}" : $"a whole number from {least} to {greatest}");

    /// <summary>A text.</summary>
    public static Option<string?> Text(string name, string description, string help, string? value = null)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = help };
        if (value is not null)
            option.DefaultValueFactory = _ => value;
        return option;
    }

    /// <summary>One of several words, the first by default.</summary>
    public static Option<string> Choice(string name, string description, params string[] words)
    {
        var option = new Option<string>(name) { Description = description, DefaultValueFactory = _ => words[0] };
        option.AcceptOnlyFromAmong(words);
        return option;
    }

    /// <summary>
    /// Parses the arguments and runs the script. Rules over several options are checked here and not by validators of
    /// the command line's library: it runs those on options in error too, and reading such an option there ends the
    /// process (its issue 2645).
    /// </summary>
    /// <param name="command">The options.</param>
    /// <param name="args">The arguments.</param>
    /// <param name="run">The work, told when to stop; its result is the exit code.</param>
    /// <param name="problem">What is wrong with the arguments together, or null.</param>
    public static async Task<int> Run(
        RootCommand command, string[] args, Func<ParseResult, CancellationToken, int> run,
        Func<ParseResult, string?>? problem = null)
    {
        command.SetAction((arguments, cancel) => Task.Run(() => Guarded(() => run(arguments, cancel)), CancellationToken.None));
        var parsed = command.Parse(args);
        var errors = parsed.Errors.Select(error => error.Message).ToList();
        // Without an action of the command itself it was asked for help or the version.
        if (errors.Count == 0 && parsed.Action == command.Action && problem?.Invoke(parsed) is { } wrong)
            errors.Add(wrong);
        if (errors.Count == 0)
            return await parsed.InvokeAsync();
        foreach (var error in errors)
            Console.Error.WriteLine(error);
        Console.Error.WriteLine("--help shows all arguments.");
        return 2;
    }

    private static int Guarded(Func<int> run)
    {
        try
        {
            return run();
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("Stopped.");
            return 130;
        }
        catch (Exception error) when (error is ArgumentException or InvalidDataException or IOException
            or InvalidOperationException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(error.Message);
            return error switch { ArgumentException => 2, InvalidDataException => 1, _ => 3 };
        }
    }

    private delegate bool TryParse<T>(string text, out T value);

    private static Option<T> Ranged<T>(
        string name, string description, T value, string help, TryParse<T> parse, string expected) => new(name)
        {
            Description = description,
            HelpName = help,
            DefaultValueFactory = _ => value,
            CustomParser = result =>
            {
                if (result.Tokens is [var token] && parse(token.Value, out var parsed))
                    return parsed;
                result.AddError($"{name}: expected {expected}, found '{string.Join(' ', result.Tokens.Select(t => t.Value))}'.");
                return value;
            },
        };
}
