using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace FanTrans.Data;

/// <summary>Decodes and encodes videos through the program ffmpeg, frame by frame over a pipe, with nothing stored between.</summary>
public static partial class Ffmpeg
{
    private static readonly string[] Endings = [".avi", ".mp4", ".mkv", ".mov", ".mpg"];

    /// <summary>Whether a file is a video, by its ending.</summary>
    /// <param name="path">The file.</param>
    public static bool IsVideo(string path) => Endings.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    /// <summary>The program's version line.</summary>
    /// <param name="ffmpeg">The program.</param>
    /// <exception cref="InvalidOperationException">It is not installed; the message says how to install it.</exception>
    public static string Version(string ffmpeg = "ffmpeg")
    {
        using var process = Start(ffmpeg, ["-version"]);
        var line = process.StandardOutput.ReadLine() ?? "";
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return line;
    }

    /// <summary>A video's frames a second, on average.</summary>
    /// <param name="video">The file.</param>
    /// <param name="ffmpeg">The program; its companion ffprobe lies beside it.</param>
    /// <exception cref="FileNotFoundException">There is no such video.</exception>
    /// <exception cref="InvalidOperationException">The program is not installed; the message says how to install it.</exception>
    /// <exception cref="InvalidDataException">It is no video, or does not tell its rate.</exception>
    public static double FrameRate(string video, string ffmpeg = "ffmpeg")
    {
        if (!File.Exists(video))
            throw new FileNotFoundException($"{video}: no such video.", video);
        var ffprobe = Path.Combine(Path.GetDirectoryName(ffmpeg) ?? "", Path.GetFileName(ffmpeg).Replace("ffmpeg", "ffprobe", StringComparison.Ordinal));
        using var process = Start(ffprobe, ["-v", "error", "-select_streams", "v:0", "-show_entries", "stream=avg_frame_rate", "-of", "csv=p=0", video]);
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        var said = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        // A fraction, such as 30000/1001.
        double[] parts = [.. said.TrimEnd(',').Split('/').Select(p => double.TryParse(p, NumberStyles.Float, CultureInfo.InvariantCulture, out var v) ? v : 0)];
        return parts is [> 0, > 0]
            ? parts[0] / parts[1]
            : throw new InvalidDataException($"{video}: expected a video with a frame rate, found '{said}' {errors.GetAwaiter().GetResult().Trim()}");
    }

    /// <summary>Every frame of a video in order, none dropped or repeated to keep a rate.</summary>
    /// <param name="video">The file.</param>
    /// <param name="ffmpeg">The program.</param>
    /// <param name="cancel">Stops the program.</param>
    /// <exception cref="FileNotFoundException">There is no such video.</exception>
    /// <exception cref="InvalidOperationException">The program is not installed; the message says how to install it.</exception>
    /// <exception cref="InvalidDataException">The video cannot be decoded to its end; the message has ffmpeg's reason.</exception>
    public static IEnumerable<RgbImage> Decode(string video, string ffmpeg = "ffmpeg", CancellationToken cancel = default)
    {
        if (!File.Exists(video))
            throw new FileNotFoundException($"{video}: no such video.", video);
        return Frames(video, ffmpeg, cancel);
    }

    /// <summary>Writes frames as a video: MPEG-4 at its best quality.</summary>
    /// <param name="frames">Pictures of one size, in order.</param>
    /// <param name="video">The file to write or replace; its ending says the container, such as .avi.</param>
    /// <param name="ffmpeg">The program.</param>
    /// <param name="rate">Frames a second.</param>
    /// <exception cref="InvalidOperationException">The program is not installed; the message says how to install it.</exception>
    /// <exception cref="IOException">It did not take the frames; the message has ffmpeg's reason.</exception>
    public static void Encode(IEnumerable<RgbImage> frames, string video, string ffmpeg = "ffmpeg", int rate = 20)
    {
        ArgumentNullException.ThrowIfNull(frames);
        using var process = Start(ffmpeg,
            ["-hide_banner", "-loglevel", "error", "-y", "-f", "image2pipe", "-c:v", "ppm", "-framerate", $"{rate}", "-i", "-", "-c:v", "mpeg4", "-q:v", "1", video], input: true);
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        var said = "";
        try
        {
            using var pictures = process.StandardInput.BaseStream;
            foreach (var frame in frames)
                Ppm.Write(pictures, frame);
        }
        catch (IOException)
        {
            // It closed the pipe; what it said is below.
            said = "it ended early; ";
        }
        process.WaitForExit();
        said += errors.GetAwaiter().GetResult().Trim();
        if (process.ExitCode != 0 || said.Length > 0)
            throw new IOException($"{video}: ffmpeg gave exit code {process.ExitCode}: {said.ReplaceLineEndings(" ")}");
    }

    private static IEnumerable<RgbImage> Frames(string video, string ffmpeg, CancellationToken cancel)
    {
        // -fps_mode came with 5.1; before it the same was called -vsync.
        string[] everyFrame = IsOld(Version(ffmpeg)) ? ["-vsync", "passthrough"] : ["-fps_mode", "passthrough"];
        using var process = Start(ffmpeg,
            ["-nostdin", "-hide_banner", "-loglevel", "error", "-i", video, "-map", "0:v:0", .. everyFrame, "-f", "image2pipe", "-c:v", "ppm", "-"]);
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            var pictures = process.StandardOutput.BaseStream;
            while (Ppm.Read(pictures, video) is { } frame)
            {
                cancel.ThrowIfCancellationRequested();
                yield return frame;
            }
            process.WaitForExit();
            // ffmpeg goes on after broken packets and tells of them on its error stream alone.
            var said = errors.GetAwaiter().GetResult().Trim();
            if (process.ExitCode != 0 || said.Length > 0)
                throw new InvalidDataException($"{video}: ffmpeg gave exit code {process.ExitCode}: {said.ReplaceLineEndings(" ")}");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private static bool IsOld(string version)
    {
        var match = VersionNumber().Match(version);
        return match.Success
            && new Version(int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture), int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture))
                < new Version(5, 1);
    }

    private static Process Start(string ffmpeg, string[] arguments, bool input = false)
    {
        var start = new ProcessStartInfo(ffmpeg, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = input,
            UseShellExecute = false,
        };
        try
        {
            return Process.Start(start) ?? throw new Win32Exception();
        }
        catch (Win32Exception error)
        {
            throw new InvalidOperationException(
                $"the program '{ffmpeg}' does not start; it decodes the videos. Install it with 'apt-get install ffmpeg' (Debian, Ubuntu), " +
                "'brew install ffmpeg' (macOS) or 'winget install ffmpeg' (Windows), or extract the frames with any other program.", error);
        }
    }

    [GeneratedRegex(@"version n?([0-9]+)\.([0-9]+)", RegexOptions.CultureInvariant)]
    private static partial Regex VersionNumber();
}
