namespace FanTrans.Data;

/// <summary>
/// The frames of a video, counted from 1 by their time stamps: a frame that is lost leaves a gap, and those behind it
/// keep their numbers.
/// </summary>
internal sealed class VideoFrames : IFrameStore
{
    // How far a time stamp may lie from the grid, as a part of the time between two frames.
    private const double Tolerance = 0.3;
    private const int MostFrames = 1000;

    private readonly string path;
    private readonly string ffmpeg;
    private readonly VideoIndex index;
    private readonly double[] times;
    private readonly int[] numbers;

    /// <summary>Reads when the frames are shown; decodes none.</summary>
    /// <exception cref="InvalidDataException">Frames are lost without a gap, or the rate varies:
    /// they cannot be numbered.</exception>
    /// <exception cref="InvalidOperationException">ffmpeg is not installed.</exception>
    public VideoFrames(string path, string ffmpeg)
    {
        (this.path, this.ffmpeg, index) = (path, ffmpeg, Ffmpeg.Index(path, ffmpeg));
        times = [.. index.Times];
        numbers = Number();
        if (numbers.Length == 0 || index.Promised > numbers[^1])
        {
            throw new InvalidDataException(
                $"{path}: its header counts {index.Promised ?? 0} frames and {numbers.Length} are there; "
                    + "which are lost cannot be told, so the others cannot be numbered. Copy the file again."
            );
        }
    }

    public string Fingerprint => Fingerprints.OfFiles([path]);

    public IReadOnlyCollection<int> Numbers => numbers;

    public IEnumerable<FrameImage> Read(IReadOnlySet<int> wanted, CancellationToken cancellation)
    {
        foreach (var frame in Ffmpeg.Decode(path, index, ffmpeg, cancellation))
        {
            var number = numbers[Nearest(frame.Seconds)];
            if (wanted.Contains(number))
                yield return new FrameImage(number, () => frame.Image);
        }
    }

    /// <summary>Which of the times is a frame's.</summary>
    private int Nearest(double seconds)
    {
        var after = Array.BinarySearch(times, seconds) is var at && at < 0 ? ~at : at;
        var before = Math.Max(0, after - 1);
        return after == times.Length || seconds - times[before] < times[after] - seconds ? before : after;
    }

    /// <summary>The place of each time on the grid that the usual distance of two frames makes, from 1.</summary>
    private int[] Number()
    {
        if (times.Length < 2)
            return [.. times.Select(_ => 1)];
        double[] steps = [.. times.Zip(times.Skip(1), (a, b) => b - a)];
        var usual = steps.Order().ElementAt(steps.Length / 2);
        var result = new int[times.Length];
        result[0] = 1;
        for (var k = 0; k < steps.Length; k++)
        {
            var frames = Math.Round(steps[k] / usual);
            if (frames is not (>= 1 and <= MostFrames) || Math.Abs((steps[k] / usual) - frames) > Tolerance)
            {
                throw new InvalidDataException(
                    $"{path}: expected a constant rate, found frames {steps[k]:0.###} s apart at "
                        + $"{times[k]:0.###} s where "
                        + $"{usual:0.###} s is usual. Extract the frames, so that each has its number as a name."
                );
            }
            result[k + 1] = result[k] + (int)frames;
        }
        return result;
    }
}
