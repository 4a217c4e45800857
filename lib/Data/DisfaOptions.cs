namespace FanTrans.Data;

/// <summary>Which of DISFA's recordings to use and where their frames are.</summary>
public sealed record DisfaOptions
{
    /// <summary>The cameras: "left", "right" or both. Published systems use the left one, whose landmarks DISFA has.</summary>
    public IReadOnlyList<string> Cameras { get; init; } = ["left"];

    /// <summary>A folder with extracted frames, one folder a subject, for one camera; null to look in the licensed folder.</summary>
    public string? FramesFolder { get; init; }

    /// <summary>The program that decodes videos.</summary>
    public string Ffmpeg { get; init; } = "ffmpeg";

    /// <summary>Checks the cameras.</summary>
    /// <exception cref="ArgumentException">A value is not allowed; the message names it.</exception>
    public DisfaOptions Validate()
    {
        if (Cameras.Count == 0 || Cameras.Any(c => c is not ("left" or "right")) || Cameras.Distinct().Count() != Cameras.Count)
            throw new ArgumentException($"{nameof(Cameras)}: expected left, right or both, found {string.Join(", ", Cameras)}.");
        if (FramesFolder is not null && Cameras.Count > 1)
            throw new ArgumentException($"{nameof(FramesFolder)} holds the frames of one camera; {string.Join(" and ", Cameras)} were asked for.");
        if (string.IsNullOrWhiteSpace(Ffmpeg))
            throw new ArgumentException($"{nameof(Ffmpeg)}: expected a program, found nothing.");
        return this;
    }
}
