namespace FanTrans.Data;

/// <summary>
/// A dataset of annotated face images. Names and labels are cheap; <see cref="Read"/> decodes or renders. Every
/// member may be called from several threads at once and answers the same for the same index.
/// </summary>
public abstract class AuDataset
{
    /// <summary>
    /// Whose faces these are, such as "bp4d": where two datasets say the same, a subject's name is the same person in
    /// both. Weights keep it beside the names of the subjects that they were trained on.
    /// </summary>
    public virtual string People => GetType().Name;

    /// <summary>What it lacks, a sentence each; training says so before it begins.</summary>
    public virtual IReadOnlyList<string> Warnings => [];

    /// <summary>FACS numbers of the labels, in their order.</summary>
    public abstract IReadOnlyList<int> ActionUnits { get; }

    /// <summary>How many frames there are.</summary>
    public abstract int Count { get; }

    /// <summary>The frame's name.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    public abstract FaceKey Key(int index);

    /// <summary>The frame's labels without its image: 0 absent, 1 present, 9 unknown.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    public abstract sbyte[] LabelsAt(int index);

    /// <summary>The whole frame.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    public abstract FaceFrame Read(int index);

    /// <summary>The subject of each frame, from which folds are made.</summary>
    public string[] SubjectOfFrame() => [.. Enumerable.Range(0, Count).Select(i => Key(i).Subject)];

    /// <summary>Refuses a dataset on which nothing can be trained or measured.</summary>
    /// <param name="name">Where it is from, for the error.</param>
    /// <exception cref="InvalidDataException">It has no frame, or no frame has a known label.</exception>
    protected void RequireKnownLabels(string name)
    {
        if (Count == 0)
            throw new InvalidDataException($"{name}: expected frames, found none.");
        if (Enumerable.Range(0, Count).All(i => LabelsAt(i).All(label => label == LabelRule.Unknown)))
        {
            throw new InvalidDataException(
                $"{name}: expected labels 0 or 1, found none in {Count} frames: every one is unknown "
                    + $"({LabelRule.Unknown})."
            );
        }
    }
}
