using FanTrans.Models;

namespace FanTrans.Training;

/// <summary>The factor of the learning rate at a moment of the run: a curve by name, after a linear warm-up.</summary>
public sealed record LearningRateSchedule
{
    /// <summary>
    /// The curve after the warm-up: "constant"; "step", multiplied by a factor every few epochs; "cosine", half a
    /// cosine from the full rate to the final share; or one that <see cref="Schedules.Register"/> named.
    /// </summary>
    public required string Kind { get; init; }

    /// <summary>For "step": epochs between two steps.</summary>
    public double StepEpochs { get; init; } = 4;

    /// <summary>For "step": the factor of each step.</summary>
    public double StepFactor { get; init; } = 0.3;

    /// <summary>For "cosine": the share of the rate that is left at the end.</summary>
    public double FinalShare { get; init; } = 0.01;

    /// <summary>Epochs over which the rate rises linearly from nothing; 0 for none.</summary>
    public double WarmupEpochs { get; init; }

    /// <summary>Known from the authors' AU-Net: times 0.3 every 4 epochs.</summary>
    public static LearningRateSchedule Paper { get; } = new() { Kind = "step" };

    /// <summary>The factor, 0 to 1 for the named curves.</summary>
    /// <param name="epoch">Epochs done; a fraction counts.</param>
    /// <param name="epochs">Epochs of the whole run.</param>
    public double At(double epoch, double epochs) =>
        (epoch < WarmupEpochs ? epoch / WarmupEpochs : 1) * Schedules.Table.Find(Kind)(this, epoch, epochs);

    /// <summary>Checks every field.</summary>
    /// <returns>The record itself.</returns>
    /// <exception cref="ArgumentException">A field is out of range; the message names it.</exception>
    public LearningRateSchedule Validate()
    {
        var check = new OptionsCheck(nameof(LearningRateSchedule))
            .Require(StepEpochs > 0, $"StepEpochs is {StepEpochs}, expected above 0")
            .Require(StepFactor is > 0 and <= 1, $"StepFactor is {StepFactor}, expected above 0, to 1")
            .Require(FinalShare is >= 0 and <= 1, $"FinalShare is {FinalShare}, expected 0 to 1")
            .AtLeast(nameof(WarmupEpochs), WarmupEpochs, 0);
        Schedules.Table.Check(check, Kind);
        check.Throw();
        return this;
    }
}

/// <summary>The curves of the learning rate by name.</summary>
public static class Schedules
{
    internal static readonly PartTable<Func<LearningRateSchedule, double, double, double>> Table = new(
        nameof(LearningRateSchedule.Kind),
        nameof(Schedules)
    )
    {
        { "constant", (_, _, _) => 1 },
        { "step", (s, epoch, _) => Math.Pow(s.StepFactor, Math.Floor(epoch / s.StepEpochs)) },
        {
            "cosine",
            (s, epoch, epochs) =>
                s.FinalShare + ((1 - s.FinalShare) * (1 + Math.Cos(Math.PI * Share(s, epoch, epochs))) / 2)
        },
    };

    /// <summary>Names a curve of your own; the same name again replaces it.</summary>
    /// <param name="name">For example "halves".</param>
    /// <param name="factor">The factor, from the options, the epochs done, a fraction counts,
    /// and the epochs of the run.</param>
    /// <returns>The name.</returns>
    /// <exception cref="ArgumentException">The name is a built-in curve's.</exception>
    public static string Register(string name, Func<LearningRateSchedule, double, double, double> factor) =>
        Table.Register(name, factor);

    private static double Share(LearningRateSchedule s, double epoch, double epochs) =>
        epochs > s.WarmupEpochs ? Math.Clamp((epoch - s.WarmupEpochs) / (epochs - s.WarmupEpochs), 0, 1) : 1;
}
