using FanTrans.Data;

namespace FanTrans.Prediction;

/// <summary>A picture, or a frame of a video, that is to be predicted.</summary>
/// <param name="File">Where it is from.</param>
/// <param name="Number">The frame's number in its video, from 1; 1 for a picture.</param>
/// <param name="Seconds">Its time in the video; 0 for a picture.</param>
/// <param name="Image">The picture.</param>
public sealed record InputFrame(string File, int Number, double Seconds, RgbImage Image);

/// <summary>What was found in a frame.</summary>
/// <param name="File">Where the frame is from.</param>
/// <param name="Number">Its number in the video, from 1.</param>
/// <param name="Seconds">Its time in the video.</param>
/// <param name="Prediction">The most likely face.</param>
/// <param name="Success">Whether its score is high enough to count.</param>
public sealed record FramePrediction(string File, int Number, double Seconds, FacePrediction Prediction, bool Success)
{
    /// <summary>The frame; null where it is not kept, as of a long video.</summary>
    public RgbImage? Image { get; init; }
}

/// <summary>Pictures, folders of both, and videos as frames to predict: what predict.cs and the notebook take.</summary>
public static class PredictionInputs
{
    /// <summary>The pictures and videos of a path: itself, or what lies in the folder, by name.</summary>
    /// <param name="path">A picture, a video, or a folder of them.</param>
    /// <exception cref="FileNotFoundException">There is no such file or folder.</exception>
    public static IReadOnlyList<string> Files(string path)
    {
        if (Directory.Exists(path))
            return [.. Directory.EnumerateFiles(path).Where(f => RgbImage.IsPicture(f) || Ffmpeg.IsVideo(f)).Order(StringComparer.Ordinal)];
        return File.Exists(path) ? [path] : throw new FileNotFoundException($"{path}: no such file or folder.", path);
    }

    /// <summary>The frames of a picture or video, decoded as they are asked for.</summary>
    /// <param name="file">One of <see cref="Files"/>.</param>
    /// <param name="ffmpeg">The program that decodes videos.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="InvalidDataException">The file cannot be decoded.</exception>
    /// <exception cref="InvalidOperationException">It is a video and ffmpeg is not installed.</exception>
    public static IEnumerable<InputFrame> Frames(string file, string ffmpeg = "ffmpeg", CancellationToken cancellation = default)
    {
        if (!Ffmpeg.IsVideo(file))
            return [new InputFrame(file, 1, 0, RgbImage.Load(file))];
        var rate = Ffmpeg.FrameRate(file, ffmpeg);
        return Ffmpeg.Decode(file, ffmpeg, cancellation).Select((image, i) => new InputFrame(file, i + 1, i / rate, image));
    }

    /// <summary>A folder of pictures as the frames of a video, by name.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="rate">Pictures a second, above 0.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static IEnumerable<InputFrame> Sequence(string folder, double rate)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rate);
        return Directory.EnumerateFiles(folder).Where(RgbImage.IsPicture).Order(StringComparer.Ordinal)
            .Select((file, i) => new InputFrame(folder, i + 1, i / rate, RgbImage.Load(file)));
    }
}
