using FanTrans.Interop;

namespace FanTrans.Training;

/// <summary>
/// The checkpoints of a run's folder: the last one, and the one before it in case that one is damaged. The folder is this
/// object's alone until it is disposed or the process ends, however it ends.
/// </summary>
internal sealed class CheckpointFiles : IDisposable
{
    private readonly string _last, _previous, _next;
    private readonly FileStream _hold;

    /// <exception cref="IOException">Another run is in the folder.</exception>
    public CheckpointFiles(string folder)
    {
        Directory.CreateDirectory(folder);
        try
        {
            _hold = new FileStream(Path.Combine(folder, "running"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (IOException error)
        {
            throw new IOException($"{folder}: a run is training here already, perhaps from another notebook or terminal; wait for it, or use another folder.", error);
        }
        (_last, _previous, _next) =
            (Path.Combine(folder, "last.safetensors"), Path.Combine(folder, "previous.safetensors"), Path.Combine(folder, "next.safetensors"));
    }

    /// <summary>The file to take up; null for a new run.</summary>
    public string? Newest => File.Exists(_last) ? _last : File.Exists(_previous) ? _previous : null;

    /// <summary>Writes a new last checkpoint. Whenever the process ends, a whole one is left.</summary>
    public void Replace(Action<string> write)
    {
        write(_next);
        if (File.Exists(_last))
            File.Move(_last, _previous, overwrite: true);
        File.Move(_next, _last, overwrite: true);
    }

    /// <summary>Reads a checkpoint; where the last one is damaged, the message offers the one before it.</summary>
    /// <exception cref="InvalidDataException">The file is damaged or no checkpoint.</exception>
    public (CheckpointHeader Header, StateDict Tensors) Load(string path)
    {
        try
        {
            return Checkpoint.Load(path);
        }
        catch (InvalidDataException error) when (path == _last && Intact() is { } epochs)
        {
            throw new InvalidDataException(
                $"{error.Message} {_previous} is whole and has {epochs} epochs: remove {_last} to go on from there.", error);
        }
    }

    /// <summary>Leaves the folder to the next run.</summary>
    public void Dispose() => _hold.Dispose();

    private int? Intact()
    {
        if (!File.Exists(_previous))
            return null;
        try
        {
            var (header, tensors) = Checkpoint.Load(_previous);
            using (tensors)
                return header.History.Count;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
