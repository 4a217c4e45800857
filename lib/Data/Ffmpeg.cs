using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Threading.Channels;

namespace FanTrans.Data;

/// <summary>A decoded frame of a video.</summary>
/// <param name="Number">Its place among the decoded frames, from 1.</param>
/// <param name="Seconds">When it is shown, from the file's beginning: its own time stamp.</param>
/// <param name="Image">8-bit RGB with square pixels, turned upright.</param>
internal sealed record VideoFrame(int Number, double Seconds, RgbImage Image);

/// <summary>What a video's container says, with nothing decoded.</summary>
/// <param name="Times">When each frame is shown, in seconds from the file's beginning, in order.</param>
/// <param name="Promised">How many frames its header counts; null where it counts none.</param>
/// <param name="Start">The time stamp of the file's beginning, in seconds.</param>
internal sealed record VideoIndex(IReadOnlyList<double> Times, int? Promised, double Start)
{
    /// <summary>How many frames there should be.</summary>
    public int Frames => Math.Max(Promised ?? 0, Times.Count);
}

/// <summary>
/// Decodes and encodes videos through the programs ffmpeg and ffprobe, over pipes, with nothing stored between. Every
/// container and codec that they know is read, whatever the file's name.
/// </summary>
public static partial class Ffmpeg
{
    private const int LongestSide = 1 << 14;

    // Formats in which ffprobe finds a video stream though the file is a text or a still picture.
    private static readonly string[] NoVideo = ["tty", "image2", "gif"];

    private static readonly JsonSerializerOptions FfprobeNames = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    /// <summary>Whether a file is a video, by what ffprobe finds in it, whatever its name.</summary>
    /// <param name="path">The file.</param>
    /// <param name="ffmpeg">The program; its companion ffprobe lies beside it.</param>
    /// <exception cref="InvalidOperationException">The program is not installed;
    /// the message says how to install it.</exception>
    internal static bool IsVideo(string path, string ffmpeg = "ffmpeg")
    {
        var (found, _) = Probe(path, ffmpeg, "stream=codec_name:format=format_name");
        return found.Streams is [_, ..]
            && found.Format?.FormatName is { } format
            && !NoVideo.Contains(format)
            && !format.EndsWith("_pipe", StringComparison.Ordinal);
    }

    /// <summary>Returns the times of a video's frames; decodes none.</summary>
    /// <param name="video">The file.</param>
    /// <param name="ffmpeg">The program; its companion ffprobe lies beside it.</param>
    /// <exception cref="FileNotFoundException">There is no such video.</exception>
    /// <exception cref="InvalidDataException">It is no video.</exception>
    /// <exception cref="InvalidOperationException">The program is not installed.</exception>
    internal static VideoIndex Index(string video, string ffmpeg = "ffmpeg")
    {
        if (!File.Exists(video))
            throw new FileNotFoundException($"{video}: no such video.", video);
        var (found, errors) = Probe(
            video,
            ffmpeg,
            "packet=pts_time,dts_time,flags:stream=nb_frames:format=start_time,format_name"
        );
        if (found.Streams is not [var stream, ..])
            throw new InvalidDataException($"{video}: expected a video, ffprobe found none. {errors}".TrimEnd());
        var start = Seconds(found.Format?.StartTime) ?? 0;
        // An edit list may leave frames out that the header counts.
        var packets = (found.Packets ?? []).Where(packet => packet.Flags?.Contains('D') != true).ToArray();
        var left = (found.Packets?.Length ?? 0) - packets.Length;
        var times = packets.Select(packet => Seconds(packet.PtsTime) ?? Seconds(packet.DtsTime)).OfType<double>();
        return new VideoIndex(
            [.. times.Select(time => time - start).Order()],
            int.TryParse(stream.NbFrames, CultureInfo.InvariantCulture, out var count) ? count - left : null,
            start
        );
    }

    /// <summary>Decodes a video frame by frame, in order, as they are asked for.</summary>
    /// <param name="video">The file.</param>
    /// <param name="ffmpeg">The program.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <returns>Every frame that can be decoded.</returns>
    /// <exception cref="FileNotFoundException">There is no such video.</exception>
    /// <exception cref="InvalidDataException">It is no video; or, after its last frame: something could not be decoded,
    /// or there are fewer frames than its container counts.</exception>
    /// <exception cref="InvalidOperationException">The program is not installed.</exception>
    internal static IEnumerable<VideoFrame> Frames(
        string video,
        string ffmpeg = "ffmpeg",
        CancellationToken cancellation = default
    ) => Decode(video, Index(video, ffmpeg), ffmpeg, cancellation);

    /// <summary>As <see cref="Frames"/>, for a video whose index is known.</summary>
    internal static IEnumerable<VideoFrame> Decode(
        string video,
        VideoIndex index,
        string ffmpeg,
        CancellationToken cancellation
    )
    {
        // showinfo tells each frame's time on the error stream; -copyts keeps it as the container has it.
        using var process = Start(
            ffmpeg,
            [
                "-nostdin",
                "-hide_banner",
                "-nostats",
                "-loglevel",
                "repeat+level+info",
                "-copyts",
                "-i",
                $"file:{video}",
                "-map",
                "0:V:0",
                .. EveryFrame(ffmpeg),
                "-vf",
                $"showinfo=checksum=0,{SquarePixels}",
                .. Pictures,
                "-",
            ]
        );
        var times = Channel.CreateUnbounded<double>();
        var errors = Listen(process, times.Writer);
        try
        {
            var number = 0;
            while (ReadPicture(process.StandardOutput.BaseStream, $"{video}, frame {number + 1}") is { } image)
            {
                cancellation.ThrowIfCancellationRequested();
                number++;
                yield return new VideoFrame(number, Next(times.Reader, video, number) - index.Start, image);
            }
            process.WaitForExit();
            // ffmpeg passes over broken packets and reports them, if at all, on its error stream alone.
            var said = errors.GetAwaiter().GetResult();
            if (process.ExitCode != 0 || said.Length > 0)
                throw new InvalidDataException($"{video}: ffmpeg gave exit code {process.ExitCode}: {said}");
            if (number < index.Frames)
            {
                throw new InvalidDataException(
                    $"{video}: expected {index.Frames} frames as its container counts, decoded {number}: "
                        + "frames are lost, and the numbers of those behind them may be too low."
                );
            }
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>Decodes a still picture of a format that ffmpeg knows, such as AVIF.</summary>
    /// <exception cref="InvalidDataException">It cannot.</exception>
    /// <exception cref="InvalidOperationException">The program is not installed.</exception>
    internal static RgbImage Picture(string path, string ffmpeg = "ffmpeg")
    {
        using var process = Start(
            ffmpeg,
            [
                "-nostdin",
                "-hide_banner",
                "-loglevel",
                "error",
                "-i",
                $"file:{path}",
                "-map",
                "0:v:0",
                "-frames:v",
                "1",
                "-vf",
                SquarePixels,
                .. Pictures,
                "-",
            ]
        );
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        var image = ReadPicture(process.StandardOutput.BaseStream, path);
        process.WaitForExit();
        return image ?? throw new InvalidDataException($"{path}: {OneLine(errors.GetAwaiter().GetResult())}");
    }

    /// <summary>Encodes frames as a video, whole or not at all: MPEG-4 at its best quality.</summary>
    /// <param name="frames">Images of one size, in order.</param>
    /// <param name="video">The file to write or replace; its ending says the container, such as .avi.</param>
    /// <param name="ffmpeg">The program.</param>
    /// <param name="rate">Frames a second.</param>
    /// <exception cref="InvalidOperationException">The program is not installed.</exception>
    /// <exception cref="IOException">It did not take the frames; the message has ffmpeg's reason.</exception>
    public static void Encode(IEnumerable<RgbImage> frames, string video, string ffmpeg = "ffmpeg", double rate = 20)
    {
        ArgumentNullException.ThrowIfNull(frames);
        var place = Path.GetFullPath(video);
        Directory.CreateDirectory(Path.GetDirectoryName(place)!);
        var aside = WholeFile.Aside(place);
        try
        {
            using var process = Start(
                ffmpeg,
                [
                    "-hide_banner",
                    "-loglevel",
                    "error",
                    "-y",
                    "-f",
                    "image2pipe",
                    "-c:v",
                    "ppm",
                    "-framerate",
                    rate.ToString("R", CultureInfo.InvariantCulture),
                    "-i",
                    "-",
                    "-c:v",
                    "mpeg4",
                    "-q:v",
                    "1",
                    $"file:{aside}",
                ],
                input: true
            );
            var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
            var ended = "";
            try
            {
                using var pictures = process.StandardInput.BaseStream;
                foreach (var frame in frames)
                {
                    pictures.Write(Encoding.ASCII.GetBytes($"P6 {frame.Width} {frame.Height} 255\n"));
                    pictures.Write(frame.Pixels);
                }
            }
            catch (IOException)
            {
                // It closed the pipe; what it said is below.
                ended = "it ended early; ";
            }
            process.WaitForExit();
            var said = ended + OneLine(errors.GetAwaiter().GetResult());
            if (process.ExitCode != 0 || said.Length > 0)
                throw new IOException($"{video}: ffmpeg gave exit code {process.ExitCode}: {said}");
            File.Move(aside, place, overwrite: true);
        }
        finally
        {
            File.Delete(aside);
        }
    }

    private static string SquarePixels => "scale=max(1\\,trunc(iw*sar+0.5)):ih,setsar=1";

    private static string[] Pictures => ["-pix_fmt", "rgb24", "-f", "image2pipe", "-c:v", "ppm"];

    /// <summary>The option by which ffmpeg neither repeats nor drops frames; before 5.1 it had another name.</summary>
    private static string[] EveryFrame(string ffmpeg)
    {
        using var process = Start(ffmpeg, ["-version"]);
        var match = VersionNumber().Match(process.StandardOutput.ReadToEnd());
        process.WaitForExit();
        var old = match.Success && Version.Parse(match.Groups[1].Value) < new Version(5, 1);
        return [old ? "-vsync" : "-fps_mode", "passthrough"];
    }

    /// <summary>Passes on the time of each frame, and collects what ffmpeg says is wrong,
    /// with the frame near it.</summary>
    private static async Task<string> Listen(Process process, ChannelWriter<double> times)
    {
        var errors = new StringBuilder();
        var frames = 0;
        while (await process.StandardError.ReadLineAsync(CancellationToken.None).ConfigureAwait(false) is { } line)
        {
            if (FrameTime().Match(line) is { Success: true } frame)
            {
                frames++;
                times.TryWrite(Seconds(frame.Groups[1].Value) ?? double.NaN);
            }
            else if (Complaint().IsMatch(line) && errors.Length < 1000)
            {
                errors
                    .Append(errors.Length > 0 ? "; " : "")
                    .Append(Printable.Of(line, 200))
                    .Append(CultureInfo.InvariantCulture, $" (near frame {frames + 1})");
            }
        }
        times.Complete();
        return errors.ToString();
    }

    private static double Next(ChannelReader<double> times, string video, int frame)
    {
        while (times.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            if (times.TryRead(out var time))
                return time;
        }
        throw new InvalidDataException($"{video}, frame {frame}: ffmpeg gave no time for it.");
    }

    /// <summary>The next picture of a pipe, as binary PPM; null at the end.</summary>
    private static RgbImage? ReadPicture(Stream stream, string name)
    {
        if (Word() is not { Length: > 0 } magic)
            return null;
        if (magic != "P6" || !Side(Word(), out var width) || !Side(Word(), out var height) || Word() != "255")
            throw new InvalidDataException($"{name}: expected 8-bit RGB up to {LongestSide} pixels wide from ffmpeg.");
        var image = new RgbImage(width, height);
        return stream.ReadAtLeast(image.Pixels, image.Pixels.Length, throwOnEndOfStream: false) == image.Pixels.Length
            ? image
            : throw new InvalidDataException($"{name}: ffmpeg broke off within it.");

        string Word()
        {
            var word = new StringBuilder();
            while (word.Length < 16 && stream.ReadByte() is >= 0 and var next && !char.IsWhiteSpace((char)next))
                word.Append((char)next);
            return word.ToString();
        }

        static bool Side(string text, out int side) =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out side)
            && side is >= 1 and <= LongestSide;
    }

    private static (Probed Found, string Errors) Probe(string path, string ffmpeg, string entries)
    {
        var name = Path.GetFileName(ffmpeg).Replace("ffmpeg", "ffprobe", StringComparison.Ordinal);
        using var process = Start(
            Path.Combine(Path.GetDirectoryName(ffmpeg) ?? "", name),
            ["-v", "error", "-select_streams", "V:0", "-show_entries", entries, "-of", "json", $"file:{path}"]
        );
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        var said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        try
        {
            var found = JsonSerializer.Deserialize<Probed>(said, FfprobeNames);
            return (found ?? new Probed(null, null, null), OneLine(errors.GetAwaiter().GetResult()));
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{path}: ffprobe gave no answer: {error.Message}", error);
        }
    }

    private static Process Start(string program, string[] arguments, bool input = false)
    {
        var start = new ProcessStartInfo(program, arguments)
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
                $"the program '{program}' does not start; it decodes the videos. Install it with 'apt-get install "
                    + "ffmpeg' (Debian, Ubuntu), 'brew install ffmpeg' (macOS) or 'winget install ffmpeg' "
                    + "(Windows), or extract the frames with any other program.",
                error
            );
        }
    }

    private static double? Seconds(string? text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null;

    private static string OneLine(string text) => Printable.Of(text.Trim().ReplaceLineEndings(" "), 1000);

    [GeneratedRegex(@"version n?([0-9]+\.[0-9]+)", RegexOptions.CultureInvariant)]
    private static partial Regex VersionNumber();

    [GeneratedRegex(
        @"^\[Parsed_showinfo_[^\]]*\] \[info\] n: *[0-9]+ .*?pts_time:(\S+)",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex FrameTime();

    [GeneratedRegex(@"^(\[[^\]]*\] )?\[(error|fatal|panic)\]", RegexOptions.CultureInvariant)]
    private static partial Regex Complaint();

    private sealed record Probed(ProbedStream[]? Streams, ProbedPacket[]? Packets, ProbedFormat? Format);

    private sealed record ProbedStream(string? NbFrames);

    private sealed record ProbedPacket(string? PtsTime, string? DtsTime, string? Flags);

    private sealed record ProbedFormat(string? FormatName, string? StartTime);
}
