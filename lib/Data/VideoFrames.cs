namespace FanTrans.Data;

/// <summary>The frames of a video, counted from 1, decoded in order by ffmpeg.</summary>
internal sealed class VideoFrames(string path, string ffmpeg) : IFrameStore
{
    public string Fingerprint => Fingerprints.OfFiles([path]);

    public int? Length { get; private set; }

    public bool IsWhole { get; private set; }

    public IEnumerable<FramePicture> Read(
        IReadOnlySet<int> wanted, DatasetSequence of, PreparationReport report, CancellationToken cancel)
    {
        var number = 0;
        IsWhole = true;
        using var frames = Ffmpeg.Decode(path, ffmpeg, cancel).GetEnumerator();
        while (Next(frames, of, report))
        {
            number++;
            if (!wanted.Contains(number))
                continue;
            var image = frames.Current;
            yield return new FramePicture(number, $"{path} frame {number}", () => image);
        }
        Length = number;
    }

    /// <summary>The next frame; a video that breaks off is reported and ends there.</summary>
    private bool Next(IEnumerator<RgbImage> frames, DatasetSequence of, PreparationReport report)
    {
        try
        {
            return frames.MoveNext();
        }
        catch (InvalidDataException error)
        {
            IsWhole = false;
            report.Add(new Problem(ProblemKind.UnreadableVideo, of.Subject, of.Name, error.Message));
            return false;
        }
    }
}
