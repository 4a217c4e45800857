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
            if (!HasOutputs(path, remove: !onlyCheck)) continue;
            found++;
            if (onlyCheck) Console.Error.WriteLine($"{path}: has outputs; take them out with: notebook-host "
                + $"strip {path}");
            else Console.WriteLine($"{path}: stripped");
        }
        return onlyCheck && found > 0 ? ExitCodes.Failure : ExitCodes.Success;
    }

    /// <summary>Whether a notebook has outputs or counts. A file that has none is not touched.</summary>
    private static bool HasOutputs(string path, bool remove)
    {
        var notebook = Notebook.Load(path);
        var found = notebook.CodeCells.Count(cell => cell.Clear());
        if (found > 0 && remove) notebook.Save(path);
        return found > 0;
    }
}
