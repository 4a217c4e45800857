namespace FanTrans.Data;

/// <summary>What a file is, by its content.</summary>
internal enum MediaKind
{
    /// <summary>Neither of the others.</summary>
    Other,

    /// <summary>A still image that <see cref="RgbImage.Load"/> reads.</summary>
    Image,

    /// <summary>A video that ffmpeg decodes.</summary>
    Video,
}

/// <summary>Finds images and videos, by what is in the files and not by their names.</summary>
internal static class MediaFiles
{
    private static readonly string[] VideoEndings =
    [
        ".avi",
        ".mp4",
        ".m4v",
        ".mkv",
        ".mov",
        ".mpg",
        ".mpeg",
        ".mts",
        ".m2ts",
        ".webm",
        ".wmv",
        ".3gp",
        ".flv",
        ".ogv",
    ];

    /// <summary>What a file is.</summary>
    /// <param name="path">The file.</param>
    /// <param name="ffmpeg">The program; its companion ffprobe lies beside it.</param>
    public static MediaKind KindOf(string path, string ffmpeg = "ffmpeg")
    {
        if (RgbImage.IsImage(path) || RgbImage.HoldsImage(path))
            return MediaKind.Image;
        if (IsText(path))
            return MediaKind.Other;
        try
        {
            return Ffmpeg.IsVideo(path, ffmpeg) ? MediaKind.Video : MediaKind.Other;
        }
        catch (InvalidOperationException)
        {
            // ffprobe is not installed: a folder with a video says what is lacking.
            return IsNamedVideo(path) ? MediaKind.Video : MediaKind.Other;
        }
    }

    /// <summary>Whether a file has a video's name, whatever is in it.</summary>
    public static bool IsNamedVideo(string path) =>
        VideoEndings.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    /// <summary>The images and videos of a folder in natural order (2 before 10), hidden files left out.</summary>
    /// <param name="folder">The folder; those in it are not searched.</param>
    /// <param name="ffmpeg">The program; its companion ffprobe lies beside it.</param>
    /// <returns>The files, and the names of the files and folders that are neither.</returns>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static (IReadOnlyList<string> Files, IReadOnlyList<string> PassedOver) In(
        string folder,
        string ffmpeg = "ffmpeg"
    )
    {
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"{folder}: no such folder.");
        var files = Folders.Files(folder).ToLookup(file => KindOf(file, ffmpeg) is not MediaKind.Other);
        var passedOver = Folders
            .Directories(folder)
            .Select(inner => Path.GetFileName(inner) + "/")
            .Concat(files[false].Select(file => Path.GetFileName(file)));
        return ([.. files[true]], [.. passedOver]);
    }

    /// <summary>Whether a file begins as a text, in which ffprobe would find a video of its letters.</summary>
    private static bool IsText(string path)
    {
        using var file = File.OpenRead(path);
        Span<byte> head = stackalloc byte[512];
        head = head[..file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)];
        return head.IndexOfAnyInRange((byte)0, (byte)8) < 0;
    }
}
