using System.CommandLine;
using NotebookHost.Jupyter;

namespace NotebookHost.Cli;

/// <summary><c>notebook-host install</c>.</summary>
internal static class InstallCommand
{
    public static Command Create()
    {
        var name = NameOption();
        var folder = FolderOption();
        var force = new Option<bool>("--force") { Description = "Replace another program's kernel of this name." };
        var command = new Command("install", "Makes .NET Interactive's tool known to Jupyter as a kernel, for this user.") { name, folder, force };
        command.SetAction(async (arguments, cancellation) =>
        {
            var tool = await InteractiveTool.RestoreAsync(cancellation);
            var file = KernelSpec.Install(tool, arguments.GetRequiredValue(name), arguments.GetValue(folder), arguments.GetValue(force));
            Console.WriteLine($"{file}\nJupyter, JupyterLab and VS Code's Jupyter extension now run C# notebooks. 'notebook-host uninstall' takes it back.");
            return ExitCodes.Success;
        });
        return command;
    }

    internal static Option<string> NameOption() => new("--name")
    {
        Description = "The kernel's name; notebooks say by it which kernel they want.",
        DefaultValueFactory = _ => KernelSpec.DefaultName,
    };

    internal static Option<string?> FolderOption() => new("--kernels-dir")
    {
        Description = "The folder of kernels, such as share/jupyter/kernels of a Python environment; without it, this user's.",
    };
}
