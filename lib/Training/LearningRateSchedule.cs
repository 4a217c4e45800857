namespace FanTrans.Training;

/// <summary>How the learning rate falls over a run.</summary>
public enum ScheduleKind
{
    /// <summary>The same throughout.</summary>
    Constant,

    /// <summary>Multiplied by a factor every few epochs: the published schedule.</summary>
    Step,

    /// <summary>Half a cosine, from the full rate to the final share.</summary>
    Cosine,
}

/// <summary>The factor of the learning rate at a moment of the run.</summary>
public sealed record LearningRateSchedule
{
    /// <summary>The course after the warm-up.</summary>
    public required ScheduleKind Kind { get; init; }

    /// <summary>For <see cref="ScheduleKind.Step"/>: epochs between two steps.</summary>
    public double StepEpochs { get; init; } = 4;

    /// <summary>For <see cref="ScheduleKind.Step"/>: the factor of each step.</summary>
    public double StepFactor { get; init; } = 0.3;

    /// <summary>For <see cref="ScheduleKind.Cosine"/>: the share of the rate that is left at the end.</summary>
    public double FinalShare { get; init; } = 0.01;

    /// <summary>Epochs over which the rate rises linearly from nothing; 0 for none.</summary>
    public double WarmupEpochs { get; init; }

    /// <summary>PAPER (from the authors' AU-Net): times 0.3 every 4 epochs.</summary>
    public static LearningRateSchedule Paper { get; } = new() { Kind = ScheduleKind.Step };

    /// <summary>The factor, 0 to 1.</summary>
    /// <param name="epoch">Epochs gone, a fraction counts.</param>
    /// <param name="epochs">Epochs of the whole run.</param>
    public double At(double epoch, double epochs)
    {
        var warmup = epoch < WarmupEpochs ? epoch / WarmupEpochs : 1;
        return warmup * Kind switch
        {
            ScheduleKind.Constant => 1,
            ScheduleKind.Step => Math.Pow(StepFactor, Math.Floor(epoch / StepEpochs)),
            ScheduleKind.Cosine => FinalShare + ((1 - FinalShare) * (1 + Math.Cos(Math.PI * Rest(epoch, epochs))) / 2),
            _ => throw new InvalidOperationException($"no schedule of kind {Kind}."),
        };
    }

    /// <summary>Checks every field.</summary>
    /// <returns>The record itself.</returns>
    /// <exception cref="ArgumentException">A field is out of range; the message names it.</exception>
    public LearningRateSchedule Validate()
    {
        Check(Enum.IsDefined(Kind), nameof(Kind), Kind, string.Join(", ", Enum.GetNames<ScheduleKind>()));
        Check(StepEpochs > 0, nameof(StepEpochs), StepEpochs, "above 0");
        Check(StepFactor is > 0 and <= 1, nameof(StepFactor), StepFactor, "above 0, to 1");
        Check(FinalShare is >= 0 and <= 1, nameof(FinalShare), FinalShare, "0 to 1");
        Check(WarmupEpochs >= 0, nameof(WarmupEpochs), WarmupEpochs, "at least 0");
        return this;
    }

    private double Rest(double epoch, double epochs) =>
        epochs > WarmupEpochs ? Math.Clamp((epoch - WarmupEpochs) / (epochs - WarmupEpochs), 0, 1) : 1;

    private static void Check(bool holds, string name, object value, string expected)
    {
        if (!holds)
            throw new ArgumentException($"{nameof(LearningRateSchedule)}.{name}: expected {expected}, found {value}.");
    }
}
