using System.CommandLine;
using NotebookHost.Notebooks;

namespace NotebookHost.Cli;

/// <summary><c>notebook-host strip</c>.</summary>
internal static class StripCommand
{
    public static Command Create()
    {
        var notebooks = new Argument<string[]>("notebooks") { Description = "The .ipynb files.", Arity = ArgumentArity.OneOrMore };
        var check = new Option<bool>("--check") { Description = "Change nothing; fail if a notebook has outputs." };
        var command = new Command("strip", "Takes outputs and execution counts out of notebooks, in place.") { notebooks, check };
        command.SetAction(arguments => Strip(arguments.GetRequiredValue(notebooks), arguments.GetValue(check)));
        return command;
    }

    private static int Strip(string[] paths, bool onlyCheck)
    {
        var found = 0;
        foreach (var path in paths)
        {
            if (!NotebookStripper.Strip(path, onlyCheck)) continue;
            found++;
            if (onlyCheck) Console.Error.WriteLine($"{path}: has outputs; take them out with: notebook-host strip {path}");
            else Console.WriteLine($"{path}: stripped");
        }
        return onlyCheck && found > 0 ? ExitCodes.Failure : ExitCodes.Success;
    }
}
