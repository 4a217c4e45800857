using System.CommandLine;
using System.Diagnostics;
using System.Runtime.InteropServices;
using NotebookHost.Jupyter;

namespace NotebookHost.Cli;

/// <summary><c>notebook-host kernel</c>: what Jupyter starts.</summary>
internal static class KernelCommand
{
    public const string Name = "kernel";

    public static Command Create()
    {
        var connection = new Option<string>("--connection-file") { Description = "The file in which Jupyter says where to listen.", Required = true };
        var allowRemote = new Option<bool>("--allow-remote") { Description = "Listen at an address that other machines reach, if the file says so." };
        var command = new Command(Name, "Runs as a Jupyter kernel; Jupyter calls this.") { connection, allowRemote };
        command.SetAction((arguments, _) => RunAsync(arguments.GetRequiredValue(connection), arguments.GetValue(allowRemote)));
        return command;
    }

    private static async Task<int> RunAsync(string connectionFile, bool allowRemote)
    {
        var connection = ConnectionFile.Read(connectionFile, allowRemote);
        var log = ProcessStreams.TakeOver();
        Console.SetIn(new NoInput());
        using var kernel = new JupyterKernel(connection, Environment.CurrentDirectory, log);

        // Jupyter's way to interrupt kernels that take no messages for it, and a terminal's.
        using var interrupts = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal =>
        {
            signal.Cancel = true;
            kernel.Interrupt();
        });
        var hasEnded = false;
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            if (hasEnded) return;
            kernel.SayThatACellEndsTheProcess();
            kernel.Dispose();
        };
        using var parent = WatchParent(kernel);
        await kernel.RunAsync();
        hasEnded = true;
        return ExitCodes.Success;
    }

    /// <summary>A kernel whose Jupyter is gone without a word ends too. On Windows Jupyter's number is not a process's.</summary>
    private static Timer? WatchParent(JupyterKernel kernel)
    {
        if (OperatingSystem.IsWindows() || !int.TryParse(Environment.GetEnvironmentVariable("JPY_PARENT_PID"), out var id) || id <= 1) return null;
        return new(_ =>
        {
            try
            {
                using var parent = Process.GetProcessById(id);
            }
            catch (ArgumentException)
            {
                kernel.End();
            }
        }, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    /// <summary>Notebooks run unattended too: a cell that asks a question is told so, instead of waiting for ever.</summary>
    private sealed class NoInput : TextReader
    {
        private const string Refusal = "this host takes no input while a cell runs: put the value into a variable of a cell";

        public override int Peek() => throw new NotSupportedException(Refusal);

        public override int Read() => throw new NotSupportedException(Refusal);

        public override int Read(char[] buffer, int index, int count) => throw new NotSupportedException(Refusal);

        public override string? ReadLine() => throw new NotSupportedException(Refusal);

        public override string ReadToEnd() => throw new NotSupportedException(Refusal);
    }
}
