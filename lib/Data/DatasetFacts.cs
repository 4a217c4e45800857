namespace FanTrans.Data;

/// <summary>What label files hold.</summary>
public enum LabelKind
{
    /// <summary>0 absent, 1 present.</summary>
    Occurrence,

    /// <summary>0 absent, then 1, a trace, and up.</summary>
    Intensity,
}

/// <summary>What the values in a dataset's label files mean.</summary>
public sealed record LabelRule
{
    /// <summary>The label that stands for "not coded" in the kit, in every dataset.</summary>
    public const sbyte Unknown = 9;

    /// <summary>Occurrence or intensity.</summary>
    public required LabelKind Kind { get; init; }

    /// <summary>For occurrence: the value of what was not coded; null where everything was.</summary>
    public int? NotCoded { get; init; }

    /// <summary>For intensity: the greatest value.</summary>
    public int? Maximum { get; init; }

    /// <summary>For intensity: the least value that counts as present. DISFA's published protocols: 2.</summary>
    public int? PresentFrom { get; init; }

    /// <summary>The label of a value: 0 absent, 1 present, 9 unknown; null for a value outside the rule.</summary>
    /// <param name="value">As in the file.</param>
    public sbyte? Label(int value) =>
        Kind switch
        {
            LabelKind.Occurrence when value is 0 or 1 => (sbyte)value,
            LabelKind.Occurrence when value == NotCoded => Unknown,
            LabelKind.Intensity when value >= 0 && value <= Maximum => (sbyte)(value >= PresentFrom ? 1 : 0),
            _ => null,
        };

    /// <summary>The allowed values, for messages.</summary>
    public string Allowed =>
        Kind is LabelKind.Intensity ? $"0 to {Maximum}"
        : NotCoded is { } other ? $"0, 1 or {other}"
        : "0 or 1";
}

/// <summary>Paths in the licensed folder, with {subject}, {sequence}, {au} and {frame} in place of names.</summary>
public sealed record DatasetLayout
{
    /// <summary>Pictures or videos.</summary>
    public required IReadOnlyList<string> Frames { get; init; }

    /// <summary>Label files.</summary>
    public required string Labels { get; init; }

    /// <summary>Landmark files; may be none.</summary>
    public required IReadOnlyList<string> Landmarks { get; init; }

    /// <summary>What the paths do not say.</summary>
    public required IReadOnlyList<string> Notes { get; init; }
}

/// <summary>How a published system numbers its folds.</summary>
public sealed record ProtocolFolds
{
    /// <summary>The part that each fold tests on, from fold 1; the others train.</summary>
    public required IReadOnlyList<string> TestParts { get; init; }

    /// <summary>Where that is published.</summary>
    public required string Source { get; init; }

    /// <summary>What else to know.</summary>
    public string? Note { get; init; }
}

/// <summary>How many frames a published system uses.</summary>
public sealed record FrameList
{
    /// <summary>All of them.</summary>
    public required int Frames { get; init; }

    /// <summary>By part.</summary>
    public required IReadOnlyDictionary<string, int> ByPart { get; init; }

    /// <summary>By subject.</summary>
    public required IReadOnlyDictionary<string, int> BySubject { get; init; }

    /// <summary>Frames with each action unit present, by part; null where not published.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<int>>? Positives { get; init; }

    /// <summary>Where the numbers are from.</summary>
    public required string Source { get; init; }

    /// <summary>What else to know.</summary>
    public string? Note { get; init; }
}

/// <summary>What is wrong with frames in the data as it is given out.</summary>
public enum DefectKind
{
    /// <summary>They have no label.</summary>
    Labels,

    /// <summary>They have no landmarks, or landmarks that are not on the face.</summary>
    Landmarks,

    /// <summary>They have no picture.</summary>
    Frames,
}

/// <summary>A known defect of some frames of one recording.</summary>
public sealed record KnownDefect
{
    /// <summary>Stands for every sequence of the subject.</summary>
    public const string EverySequence = "*";

    /// <summary>What is wrong.</summary>
    public required DefectKind Kind { get; init; }

    /// <summary>The person.</summary>
    public required string Subject { get; init; }

    /// <summary>The recording, or * for all of them.</summary>
    public required string Sequence { get; init; }

    /// <summary>Ranges [first, last] of frame numbers, both within.</summary>
    public required IReadOnlyList<IReadOnlyList<int>> Frames { get; init; }

    /// <summary>How it is known.</summary>
    public required string Note { get; init; }

    /// <summary>Whether it is about this frame.</summary>
    /// <param name="key">The frame.</param>
    public bool Covers(FaceKey key) =>
        key.Subject == Subject
        && (Sequence == EverySequence || key.Sequence == Sequence)
        && Frames.Any(range => key.Frame >= range[0] && key.Frame <= range[1]);
}
