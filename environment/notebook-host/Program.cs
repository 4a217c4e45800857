using System.CommandLine;
using NotebookHost;
using NotebookHost.Cli;

var root = new RootCommand("Runs C# notebooks without a notebook server.") 
{
    RunCommand.Create(), SiteCommand.Create(), ConvertCommand.Create(), StripCommand.Create(), KernelCommand.Create(), InstallCommand.Create(),
    UninstallCommand.Create(),
};
var arguments = root.Parse(args);
if (arguments.Errors.Count > 0)
{
    foreach (var error in arguments.Errors) Console.Error.WriteLine(error.Message);
    Console.Error.WriteLine("notebook-host --help tells more.");
    return ExitCodes.Usage;
}

try
{
    return await arguments.InvokeAsync(new()
    {
        EnableDefaultExceptionHandler = false,
        // An interrupt stops a kernel's cell and not the kernel.
        ProcessTerminationTimeout = arguments.CommandResult.Command.Name == KernelCommand.Name ? null : TimeSpan.FromSeconds(10),
    });
}
catch (HostException e)
{
    Console.Error.WriteLine(e.Message);
    return ExitCodes.Usage;
}
