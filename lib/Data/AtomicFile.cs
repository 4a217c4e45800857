namespace FanTrans.Data;

/// <summary>Files that are there whole or not at all, however the process ends.</summary>
internal static class AtomicFile
{
    /// <summary>The ending of a file that is still being written.</summary>
    public const string Temporary = ".part";

    /// <summary>Writes beside the place, then moves into it.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        var temporary = path + Temporary;
        File.WriteAllBytes(temporary, content);
        File.Move(temporary, path, overwrite: true);
    }
}
