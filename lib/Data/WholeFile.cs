namespace FanTrans.Data;

/// <summary>
/// Files that are there whole or not at all, however the process ends. They are not forced to the disk, which would
/// cost more than the crops themselves: only a crash of the whole machine can lose them, and a second run notices that.
/// </summary>
internal static class WholeFile
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
