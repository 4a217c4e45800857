using System.CommandLine;
using NotebookHost.Jupyter;

namespace NotebookHost.Cli;

/// <summary><c>notebook-host uninstall</c>.</summary>
internal static class UninstallCommand
{
    public static Command Create()
    {
        var name = InstallCommand.NameOption();
        var folder = InstallCommand.FolderOption();
        var command = new Command("uninstall", "Takes back what install wrote.") { name, folder };
        command.SetAction(arguments =>
        {
            Console.WriteLine($"{KernelSpec.Uninstall(arguments.GetRequiredValue(name), arguments.GetValue(folder))}: removed");
            return ExitCodes.Success;
        });
        return command;
    }
}
