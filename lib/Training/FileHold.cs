namespace FanTrans.Training;

/// <summary>
/// A file that one task, notebook or process at a time holds, until it is disposed or the process ends, however it
/// ends.
/// </summary>
internal static class FileHold
{
    // What FileShare.None meets on Windows, Linux and macOS where another has the file.
    private const int Windows = unchecked((int)0x80070020),
        Linux = 11,
        MacOs = 35;

    /// <summary>Holds a file, which is made for it and goes with it; null where another holds it.</summary>
    public static FileStream? Try(string path)
    {
        try
        {
            return new FileStream(
                path,
                FileMode.OpenOrCreate,
                FileAccess.ReadWrite,
                FileShare.None,
                1,
                FileOptions.DeleteOnClose
            );
        }
        catch (IOException error) when (error.HResult is Windows or Linux or MacOs)
        {
            return null;
        }
    }

    /// <summary>Holds a file as soon as no other does.</summary>
    /// <param name="path">The file.</param>
    /// <param name="task">What waits, for the report that it does.</param>
    /// <param name="progress">Told once where it has to wait.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public static FileStream Wait(
        string path,
        string task,
        IProgress<TrainingProgress>? progress,
        CancellationToken cancellation
    )
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        for (var told = false; ; told = true)
        {
            cancellation.ThrowIfCancellationRequested();
            if (Try(path) is { } held)
                return held;
            if (!told)
                progress?.Report(
                    new TrainingProgress(task, 0, 0, 0, 0, double.NaN, TimeSpan.Zero, TimeSpan.Zero)
                    {
                        Warning = $"another process makes what this one needs, and it waits ({path}).",
                    }
                );
            cancellation.WaitHandle.WaitOne(TimeSpan.FromSeconds(1));
        }
    }
}
