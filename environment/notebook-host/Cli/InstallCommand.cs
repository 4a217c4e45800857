using System.CommandLine;
using NotebookHost.Jupyter;

namespace NotebookHost.Cli;

/// <summary><c>notebook-host install</c> and <c>notebook-host uninstall</c>.</summary>
internal static class InstallCommand
{
    public static Command Create()
    {
        var folder = FolderOption();
        var force = new Option<bool>("--force") { Description = "Replace another program's kernel of this name." };
        var command = new Command("install", "Makes .NET Interactive's tool known to Jupyter as a kernel, for this user.") { folder, force };
        command.SetAction(async (arguments, cancellation) =>
        {
            var file = KernelSpec.Install(await InteractiveTool.RestoreAsync(cancellation), arguments.GetValue(folder), arguments.GetValue(force));
            Console.WriteLine($"{file}\nJupyter, JupyterLab and VS Code's Jupyter extension now run C# notebooks. "
                + "'notebook-host uninstall' takes it back.");
            return ExitCodes.Success;
        });
        return command;
    }

    public static Command CreateUndo()
    {
        var folder = FolderOption();
        var command = new Command("uninstall", "Takes back what install wrote.") { folder };
        command.SetAction(arguments =>
        {
            Console.WriteLine($"{KernelSpec.Uninstall(arguments.GetValue(folder))}: removed");
            return ExitCodes.Success;
        });
        return command;
    }

    private static Option<string?> FolderOption() => new("--kernels-dir")
    {
        Description = "The folder of kernels, such as share/jupyter/kernels of a Python environment; without it, "
            + "this user's.",
    };
}
