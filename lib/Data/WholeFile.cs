using System.Text;

namespace FanTrans.Data;

/// <summary>
/// A file that appears whole or not at all, however the process ends: it is written beside its place and moved there
/// by <see cref="Commit"/>. A failed write leaves what was there before.
/// </summary>
public sealed class WholeFile : IDisposable
{
    /// <summary>How the names of unfinished files begin; hidden, so that no reader of a folder takes them.</summary>
    internal const string Unfinished = ".part-";

    private readonly string path;
    private readonly string aside;
    private readonly FileStream file;

    /// <summary>Begins a file; its folder is made where it is missing.</summary>
    /// <param name="path">Its place.</param>
    public WholeFile(string path)
    {
        this.path = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(this.path)!);
        // A device such as /dev/null is written to and not replaced.
        aside = Path.GetDirectoryName(this.path) is "/dev" or "/dev/fd" ? this.path : Aside(this.path);
        file = new FileStream(aside, FileMode.Create, FileAccess.Write, FileShare.Read);
    }

    /// <summary>Takes the content.</summary>
    public Stream Stream => file;

    /// <summary>Moves the file to its place. Nothing may be written after.</summary>
    /// <param name="toDisk">Whether to wait for the disk, so that not even a crash of
    /// the machine leaves an empty file.</param>
    public void Commit(bool toDisk = true)
    {
        file.Flush(toDisk && aside != path);
        file.Dispose();
        if (aside != path)
            File.Move(aside, path, overwrite: true);
    }

    /// <summary>Removes what was not committed.</summary>
    public void Dispose()
    {
        file.Dispose();
        if (aside != path)
            File.Delete(aside);
    }

    /// <summary>Writes a file in one go.</summary>
    /// <param name="path">Its place.</param>
    /// <param name="write">Writes the content.</param>
    /// <param name="toDisk">As for <see cref="Commit"/>.</param>
    public static void Write(string path, Action<Stream> write, bool toDisk = true)
    {
        ArgumentNullException.ThrowIfNull(write);
        using var file = new WholeFile(path);
        write(file.Stream);
        file.Commit(toDisk);
    }

    /// <summary>Writes a text in UTF-8 in one go.</summary>
    /// <param name="path">Its place.</param>
    /// <param name="text">The content.</param>
    public static void Write(string path, string text) => Write(path, file => file.Write(Encoding.UTF8.GetBytes(text)));

    /// <summary>A place beside another, with the same ending, that nobody else uses, on no machine.</summary>
    internal static string Aside(string path) =>
        Path.Combine(Path.GetDirectoryName(path)!, $"{Unfinished}{Path.GetRandomFileName()}-{Path.GetFileName(path)}");
}
