using System.CommandLine;
using NotebookHost;
using NotebookHost.Cli;

var root = new RootCommand("Runs C# notebooks without a notebook server.") 
{
    RunCommand.Create(), SiteCommand.Create(), ConvertCommand.Create(), StripCommand.Create(), InstallCommand.Create(),
    InstallCommand.CreateUndo(),
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
        // A stopped cell is waited for, and what a run has is written.
        ProcessTerminationTimeout = TimeSpan.FromSeconds(30),
    });
}
catch (HostException e)
{
    Console.Error.WriteLine(e.Message);
    return ExitCodes.Usage;
}
