namespace FanTrans.Synthetic;

/// <summary>What a synthetic set holds. Every default is chosen by this kit.</summary>
public sealed record SynthOptions
{
    /// <summary>Everything follows from it.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>"bp4d" (12 action units, 41 subjects) or "disfa" (8 action units, 27 subjects):
    /// labels, names and parts.</summary>
    public string Profile { get; init; } = "bp4d";

    /// <summary>How many people; null as many as the profile has. Beyond those,
    /// further names continue the list.</summary>
    public int? Subjects { get; init; }

    /// <summary>Frames of each person, over all recordings.</summary>
    public int FramesPerSubject { get; init; } = 96;

    /// <summary>Recordings of each person, each with its own light, backdrop and clothes;
    /// null as the profile has.</summary>
    public int? Recordings { get; init; }

    /// <summary>
    /// Frames of time between two frames of the set; null spreads them over recordings of the real length. 1 makes
    /// consecutive frames, which look alike.
    /// </summary>
    public int? FrameStep { get; init; }

    /// <summary>Side of the square picture in pixels, 32 to 1024.</summary>
    public int ImageSize { get; init; } = 256;

    /// <summary>What makes the set hard.</summary>
    public Difficulty Difficulty { get; init; } = new();

    /// <summary>Action units hidden in a part of the frames, to validate a method; null for none.</summary>
    public PlantedDependency? Planted { get; init; }

    /// <summary>The set as a text for <c>ExperimentOptions.Data</c>, options files and command lines,
    /// such as "synthfaces?Subjects=9".</summary>
    public string ToData()
    {
        SynthFaces.Register();
        var changed = OptionFields.Text(this, new SynthOptions());
        return changed.Length == 0 ? SynthFaces.Name : $"{SynthFaces.Name}?{changed}";
    }

    /// <summary>Checks the options.</summary>
    /// <exception cref="ArgumentException">A value lies outside its range; the message names it.</exception>
    internal void Validate()
    {
        static void Check(bool ok, string field, object? found, string expected)
        {
            if (!ok)
                throw new ArgumentException($"SynthOptions.{field}: expected {expected}, found {found}.");
        }
        Check(Profile is "bp4d" or "disfa", nameof(Profile), Profile, "bp4d or disfa");
        Check(Subjects is null or > 0, nameof(Subjects), Subjects, "at least 1");
        Check(FramesPerSubject > 0, nameof(FramesPerSubject), FramesPerSubject, "at least 1");
        Check(Recordings is null or > 0, nameof(Recordings), Recordings, "at least 1");
        Check(FrameStep is null or > 0, nameof(FrameStep), FrameStep, "at least 1");
        Check(ImageSize is >= 32 and <= 1024, nameof(ImageSize), ImageSize, "32 to 1024");
        Difficulty.Validate();
    }
}

/// <summary>What makes a synthetic set hard; every measure runs from 0, easy.</summary>
public sealed record Difficulty
{
    /// <summary>Nothing in the way: every label is right, every action unit free to see.</summary>
    public static Difficulty None { get; } =
        new()
        {
            LabelNoise = 0,
            Subtlety = 0,
            Occlusion = 0,
        };

    /// <summary>
    /// Share of an average action unit's frames, at equal rates of presence and absence, where the coder and the face
    /// disagree: onsets and offsets coded early or late, traces missed or imagined. 0 to 0.25.
    /// </summary>
    public double LabelNoise { get; init; } = 0.01;

    /// <summary>
    /// How faint expressions are given presence: 0 (bold, as posed), 0.5 (about as in spontaneous recordings, where a
    /// half is traces and slight ones) to 1 (mostly traces).
    /// </summary>
    public double Subtlety { get; init; } = 0.1;

    /// <summary>Share of labels that were not coded and read 9; in the bp4d profile only. 0 to 0.5.</summary>
    public double UnknownLabels { get; init; }

    /// <summary>Share of frames with a hand before a part of the face. 0 to 1.</summary>
    public double Occlusion { get; init; } = 0.05;

    /// <summary>
    /// How different the three parts' people and recordings are (complexion, age, liveliness, light), so that a model
    /// meets what it has not trained on. 0 to 1.
    /// </summary>
    public double SubjectShift { get; init; }

    internal void Validate()
    {
        static void Check(double value, double most, string field)
        {
            if (!(value >= 0 && value <= most))
                throw new ArgumentException($"Difficulty.{field}: expected 0 to {most}, found {value}.");
        }
        Check(LabelNoise, 0.25, nameof(LabelNoise));
        Check(Subtlety, 1, nameof(Subtlety));
        Check(UnknownLabels, 0.5, nameof(UnknownLabels));
        Check(Occlusion, 1, nameof(Occlusion));
        Check(SubjectShift, 1, nameof(SubjectShift));
    }
}
