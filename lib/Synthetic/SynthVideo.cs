using FanTrans.Data;

namespace FanTrans.Synthetic;

/// <summary>A short video of one rendered person, every frame's action units known.</summary>
/// <param name="Path">The video, or where ffmpeg is not installed the folder with its pictures.</param>
/// <param name="Subject">Who it is.</param>
/// <param name="ActionUnits">The N FACS numbers.</param>
/// <param name="Rate">Frames a second.</param>
/// <param name="Labels">N labels per frame, 0 absent, 1 present.</param>
public sealed record SynthVideo(
    string Path,
    string Subject,
    IReadOnlyList<int> ActionUnits,
    int Rate,
    IReadOnlyList<sbyte[]> Labels
)
{
    private const int RecordedRate = 25;

    /// <summary>Whether it is a folder of pictures.</summary>
    public bool IsFolder => Directory.Exists(Path);

    /// <summary>
    /// Renders the person of the last part whose labels change most, in real time, and writes the video; what is there
    /// already is written again.
    /// </summary>
    /// <param name="options">The set that the people are of;
    /// the last part's are those that the quickstart tests on.</param>
    /// <param name="folder">Where to.</param>
    /// <param name="frames">Length in frames, at least 2.</param>
    /// <param name="rate">Frames a second, 1 to 25.</param>
    /// <param name="ffmpeg">The program that encodes.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static SynthVideo Make(
        SynthOptions options,
        string folder,
        int frames = 240,
        int rate = 12,
        string ffmpeg = "ffmpeg",
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(frames, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(rate, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rate, RecordedRate);
        var faces = new SynthFaces(
            options with
            {
                FramesPerSubject = frames,
                Recordings = 1,
                FrameStep = RecordedRate / rate,
            }
        );
        var first = Enumerable
            .Range(0, faces.Count / frames)
            .Select(subject => subject * frames)
            .Where(start => faces.Parts[^1].Contains(faces.Key(start).Subject))
            .MaxBy(start =>
                Enumerable
                    .Range(start + 1, frames - 1)
                    .Sum(i => faces.LabelsAt(i).Zip(faces.LabelsAt(i - 1)).Count(l => l.First != l.Second))
            );
        var pictures = Enumerable
            .Range(first, frames)
            .AsParallel()
            .AsOrdered()
            .WithCancellation(cancellation)
            .Select(i => faces.Read(i).Image);
        Directory.CreateDirectory(folder);
        var path = System.IO.Path.Combine(folder, $"{faces.Key(first).Subject}.avi");
        try
        {
            Ffmpeg.Encode(pictures, path, ffmpeg, rate);
        }
        catch (InvalidOperationException)
        {
            path = System.IO.Path.Combine(folder, faces.Key(first).Subject);
            Directory.CreateDirectory(path);
            foreach (var (k, picture) in pictures.Index())
                picture.SavePng(System.IO.Path.Combine(path, $"{k + 1:0000}.png"));
        }
        return new SynthVideo(
            path,
            faces.Key(first).Subject,
            faces.ActionUnits,
            rate,
            [.. Enumerable.Range(first, frames).Select(faces.LabelsAt)]
        );
    }
}
