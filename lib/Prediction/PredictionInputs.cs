using FanTrans.Data;

namespace FanTrans.Prediction;

/// <summary>A picture, or a frame of a video, that is to be predicted.</summary>
/// <param name="File">Where it is from.</param>
/// <param name="Number">The frame's number in its video, from 1; 1 for a picture.</param>
/// <param name="Seconds">Its time in the video; 0 for a picture.</param>
/// <param name="Image">The picture; null where it could not be read.</param>
public sealed record InputFrame(string File, int Number, double Seconds, RgbImage? Image)
{
    /// <summary>Whether it stands alone; else it is a frame of a video.</summary>
    public bool IsPicture { get; init; }

    /// <summary>Why the file could not be read, or not to its end; then this is its last.</summary>
    public string? Error { get; init; }
}

/// <summary>Pictures, folders of both, and videos as frames to predict:
/// what predict.cs and the notebook take.</summary>
public static class PredictionInputs
{
    /// <summary>The pictures and videos of a path: itself, or what lies in the folder, by name.</summary>
    /// <param name="path">A picture, a video, or a folder of them.</param>
    /// <param name="ffmpeg">The program that decodes videos.</param>
    /// <exception cref="FileNotFoundException">There is no such file or folder.</exception>
    /// <exception cref="InvalidDataException">The folder holds no picture and no video;
    /// the message has what it holds.</exception>
    public static IReadOnlyList<string> Files(string path, string ffmpeg = "ffmpeg")
    {
        if (!Directory.Exists(path))
            return File.Exists(path)
                ? [path]
                : throw new FileNotFoundException($"{path}: no such file or folder.", path);
        // A damaged video is none by its content; by its name it is tried, so that it has a row with the reason.
        string[] files =
        [
            .. Folders
                .Files(path)
                .Where(file => MediaFiles.IsNamedVideo(file) || MediaFiles.KindOf(file, ffmpeg) is not MediaKind.Other),
        ];
        if (files.Length > 0)
            return files;
        var (_, passedOver) = MediaFiles.In(path, ffmpeg);
        throw new InvalidDataException(
            $"{path}: expected pictures or videos in this folder, found "
                + $"{(passedOver.Count == 0 ? "nothing" : string.Join(", ", passedOver.Take(8)))}."
        );
    }

    /// <summary>
    /// The frames of pictures and videos, decoded as they are asked for. A file that cannot be read, or not to its end,
    /// gives a last frame without an image, and the next file follows.
    /// </summary>
    /// <param name="files">Such as <see cref="Files"/> gives.</param>
    /// <param name="every">Of a video, every how many frames one is taken, at least 1.</param>
    /// <param name="rate">Of a video, how many frames per second are taken at most; null for all.</param>
    /// <param name="ffmpeg">The program that decodes videos.</param>
    /// <param name="cancellation">Ends it early.</param>
    public static IEnumerable<InputFrame> Frames(
        IEnumerable<string> files,
        int every = 1,
        double? rate = null,
        string ffmpeg = "ffmpeg",
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentOutOfRangeException.ThrowIfLessThan(every, 1);
        return files.SelectMany(file => OrError(file, Of(file, every, rate, ffmpeg, cancellation)));
    }

    /// <summary>A folder of pictures as the frames of a video, by name.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="rate">Pictures a second, above 0.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static IEnumerable<InputFrame> Sequence(string folder, double rate)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rate);
        return MediaFiles
            .In(folder)
            .Files.Select((file, i) => new InputFrame(folder, i + 1, i / rate, RgbImage.Load(file)));
    }

    private static IEnumerable<InputFrame> Of(
        string file,
        int every,
        double? rate,
        string ffmpeg,
        CancellationToken cancellation
    )
    {
        var kind = MediaFiles.KindOf(file, ffmpeg);
        if (kind is MediaKind.Other && MediaFiles.IsNamedVideo(file))
            throw new InvalidDataException($"{file}: expected a video, found none with images that ffmpeg can read.");
        if (kind is not MediaKind.Video)
        {
            yield return new InputFrame(file, 1, 0, RgbImage.Load(file)) { IsPicture = true };
            yield break;
        }
        var due = double.NegativeInfinity;
        foreach (var frame in Ffmpeg.Frames(file, ffmpeg, cancellation))
        {
            // A frame may come a little before its time.
            if ((frame.Number - 1) % every != 0 || (rate is { } most && frame.Seconds + (0.01 / most) < due))
                continue;
            due = rate is { } r ? Math.Max(due, frame.Seconds) + (1 / r) : due;
            yield return new InputFrame(file, frame.Number, frame.Seconds, frame.Image);
        }
    }

    private static IEnumerable<InputFrame> OrError(string file, IEnumerable<InputFrame> frames)
    {
        using var enumerator = frames.GetEnumerator();
        while (true)
        {
            InputFrame frame;
            try
            {
                if (!enumerator.MoveNext())
                    yield break;
                frame = enumerator.Current;
            }
            catch (Exception error)
                when (error
                        is InvalidDataException
                            or InvalidOperationException
                            or IOException
                            or UnauthorizedAccessException
                )
            {
                frame = new InputFrame(file, 0, 0, null) { Error = error.Message };
            }
            yield return frame;
            if (frame.Error is not null)
                yield break;
        }
    }
}
