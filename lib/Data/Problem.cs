namespace FanTrans.Data;

/// <summary>What can be wrong with a licensed folder, or worth knowing about it.</summary>
internal enum ProblemKind
{
    /// <summary>A subject of the manifest has neither frames nor labels.</summary>
    MissingSubject,

    /// <summary>A recording of a subject has no frames: no folder, no video.</summary>
    MissingSequence,

    /// <summary>A recording has frames and no label file.</summary>
    MissingLabels,

    /// <summary>An action unit has no column, or no file of its own.</summary>
    MissingColumn,

    /// <summary>A label row does not have the form that the dataset gives it.</summary>
    UnreadableRow,

    /// <summary>A label file cannot be used: it has no rows, or a column or frame twice.</summary>
    UnreadableLabels,

    /// <summary>A label is none of the allowed values; it counts as unknown.</summary>
    ValueOutOfRange,

    /// <summary>A frame has labels for some of the action units only; the others count as unknown.</summary>
    MissingValue,

    /// <summary>A label row is about a frame that is not there.</summary>
    LabelWithoutFrame,

    /// <summary>A frame between labelled ones has no label.</summary>
    FrameWithoutLabel,

    /// <summary>Two images have the same frame number; neither is used.</summary>
    DuplicateFrame,

    /// <summary>An image's name holds no frame number.</summary>
    UnnumberedFrame,

    /// <summary>An image cannot be decoded.</summary>
    UnreadableImage,

    /// <summary>A video cannot be decoded to its end.</summary>
    UnreadableVideo,

    /// <summary>A landmark file cannot be read, or does not fit the frames.</summary>
    UnreadableLandmarks,

    /// <summary>A frame has no landmarks on the face, so it cannot be cropped.</summary>
    MissingLandmarks,

    /// <summary>A folder or file has the name of no subject or recording of the manifest; it is not used.</summary>
    UnknownName,

    /// <summary>Worth knowing: frames before the first or after the last label,
    /// which the dataset does not code.</summary>
    UncodedFrames,

    /// <summary>Worth knowing: images are numbered from 0 and labels from 1, or the other way round.</summary>
    CountedFromZero,

    /// <summary>Worth knowing: landmarks that the manifest knows to be off the face were not used.</summary>
    UntrustedLandmarks,

    /// <summary>Worth knowing: landmarks came from a network, since the dataset has none for the frames.</summary>
    FoundLandmarks,
}

/// <summary>One finding about a folder: of one file, one frame, or a run of frames.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Subject">The person; empty where it is about no single one.</param>
/// <param name="Sequence">The recording; empty where it is about no single one.</param>
/// <param name="Detail">What was expected and found, with the file's name.</param>
internal sealed record Problem(ProblemKind Kind, string Subject, string Sequence, string Detail)
{
    /// <summary>The first frame of the run; null where it is about no frame.</summary>
    public int? FirstFrame { get; init; }

    /// <summary>The last frame of the run, within it.</summary>
    public int? LastFrame { get; init; }

    /// <summary>How many things are wrong: frames, rows or files.</summary>
    public int Count { get; init; } = 1;

    /// <summary>Whether the manifest lists it as a defect of the data as it is given out.</summary>
    public bool Known { get; init; }

    /// <summary>Whether it is only worth knowing: nothing is wrong with the copy at hand.</summary>
    public bool IsNote =>
        Known
        || Kind
            is ProblemKind.UncodedFrames
                or ProblemKind.CountedFromZero
                or ProblemKind.UntrustedLandmarks
                or ProblemKind.FoundLandmarks;

    /// <summary>Whether a file that is there cannot be used, or not in whole;
    /// else one is missing, or it is a note.</summary>
    public bool IsFault =>
        !Known
        && Kind
            is ProblemKind.UnreadableRow
                or ProblemKind.UnreadableLabels
                or ProblemKind.ValueOutOfRange
                or ProblemKind.DuplicateFrame
                or ProblemKind.UnnumberedFrame
                or ProblemKind.UnreadableImage
                or ProblemKind.UnreadableVideo
                or ProblemKind.UnreadableLandmarks;

    /// <summary>For messages, for example "F001/T1 frames 12 to 14".</summary>
    public string Where
    {
        get
        {
            var place = string.Join('/', new[] { Subject, Sequence }.Where(s => s.Length > 0));
            var frames = (FirstFrame, LastFrame) switch
            {
                (null, _) => "",
                ({ } first, { } last) when last > first => $"frames {first} to {last}",
                ({ } first, _) => $"frame {first}",
            };
            return string.Join(' ', new[] { place, frames }.Where(s => s.Length > 0));
        }
    }

    /// <summary>A problem of one frame.</summary>
    /// <param name="kind">What is wrong.</param>
    /// <param name="key">The frame.</param>
    /// <param name="detail">What was expected and found.</param>
    public static Problem At(ProblemKind kind, FaceKey key, string detail) =>
        new(kind, key.Subject, key.Sequence, detail) { FirstFrame = key.Frame, LastFrame = key.Frame };

    /// <summary>One problem a run of consecutive frames.</summary>
    /// <param name="kind">What is wrong.</param>
    /// <param name="subject">The person.</param>
    /// <param name="sequence">The recording.</param>
    /// <param name="frames">Frame numbers, in any order.</param>
    /// <param name="detail">What was expected and found.</param>
    /// <param name="known">Which of the frames the manifest knows; null for none.</param>
    public static IEnumerable<Problem> Runs(
        ProblemKind kind,
        string subject,
        string sequence,
        IEnumerable<int> frames,
        string detail,
        Func<int, bool>? known = null
    )
    {
        ArgumentNullException.ThrowIfNull(frames);
        (int First, int Last, bool Known)? run = null;
        foreach (var frame in frames.Order())
        {
            var isKnown = known?.Invoke(frame) ?? false;
            if (run is { } open && open.Known == isKnown && frame <= open.Last + 1)
            {
                run = open with { Last = frame };
                continue;
            }
            if (run is { } done)
                yield return Of(done);
            run = (frame, frame, isKnown);
        }
        if (run is { } last)
            yield return Of(last);

        Problem Of((int First, int Last, bool Known) r) =>
            new(kind, subject, sequence, detail)
            {
                FirstFrame = r.First,
                LastFrame = r.Last,
                Count = r.Last - r.First + 1,
                Known = r.Known,
            };
    }
}
