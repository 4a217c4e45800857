namespace FanTrans.Data;

/// <summary>Which frame of a dataset one is.</summary>
/// <param name="Subject">The person, for example "F001".</param>
/// <param name="Sequence">The recording, for example "T1".</param>
/// <param name="Frame">The number within the recording.</param>
public readonly record struct FaceKey(string Subject, string Sequence, int Frame)
{
    /// <summary>For messages, for example "F001/T1/17".</summary>
    public override string ToString() => $"{Subject}/{Sequence}/{Frame}";
}

/// <summary>
/// One annotated face image. Coordinates are continuous pixels: the picture spans 0 to Width and 0 to Height, so
/// the centre of its first pixel is (0.5, 0.5).
/// </summary>
public sealed record FaceFrame
{
    /// <summary>The person, for example "F001".</summary>
    public required string Subject { get; init; }

    /// <summary>The recording, for example "T1".</summary>
    public required string Sequence { get; init; }

    /// <summary>The number within the recording.</summary>
    public required int Frame { get; init; }

    /// <summary>The picture.</summary>
    public required RgbImage Image { get; init; }

    /// <summary>136 values: 68 x (x, y) in pixels of the picture, iBUG order; a NaN pair is not known.</summary>
    public required float[] Landmarks { get; init; }

    /// <summary>68 flags: whether the landmark can be seen.</summary>
    public required bool[] Visible { get; init; }

    /// <summary>Where the face is: a tight box of its landmarks.</summary>
    public required FaceBox Box { get; init; }

    /// <summary>One label per action unit, in the source's order: 0 absent, 1 present, 9 unknown.</summary>
    public required sbyte[] Labels { get; init; }

    /// <summary>One intensity per action unit, 0 to 5, in the same order; null where the source has none.</summary>
    public byte[]? Intensities { get; init; }

    /// <summary>The frame's name.</summary>
    public FaceKey Key => new(Subject, Sequence, Frame);
}
