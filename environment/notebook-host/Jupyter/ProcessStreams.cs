using System.Runtime.InteropServices;
using NotebookHost.Core;

namespace NotebookHost.Jupyter;

/// <summary>
/// The process's own standard output. A kernel that was started from a terminal has that terminal there, and libraries that
/// draw progress bars would take the notebook for it: the descriptor is turned to standard error, by a pipe.
/// </summary>
internal static partial class ProcessStreams
{
    /// <summary>Turns standard output away, and gives a writer for the kernel's own messages.</summary>
    public static TextWriter TakeOver()
    {
        var (_, errors) = ConsoleRouter.Install();
        if (!OperatingSystem.IsWindows()) Redirect();
        return errors;
    }

    private static unsafe void Redirect()
    {
        var ends = stackalloc int[2];
        if (Pipe(ends) != 0) return;
        _ = Dup2(ends[1], 1);
        _ = CloseDescriptor(ends[1]);
        var reader = new FileStream(new Microsoft.Win32.SafeHandles.SafeFileHandle(ends[0], ownsHandle: true), FileAccess.Read, 0);
        new Thread(() =>
        {
            // What native libraries print.
            using var errors = Console.OpenStandardError();
            reader.CopyTo(errors);
        })
        { IsBackground = true, Name = "native output" }.Start();
    }

    [LibraryImport("libc", EntryPoint = "pipe")]
    private static unsafe partial int Pipe(int* ends);

    [LibraryImport("libc", EntryPoint = "dup2")]
    private static partial int Dup2(int from, int to);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int CloseDescriptor(int descriptor);
}
