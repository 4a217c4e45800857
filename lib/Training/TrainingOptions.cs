using FanTrans.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanTrans.Training;

/// <summary>How a model is trained. Travels inside the checkpoint.</summary>
public sealed record TrainingOptions
{
    /// <summary>Epochs of the whole run, at least 1.</summary>
    public required int Epochs { get; init; }

    /// <summary>"adamw", "sgd" with <see cref="Beta1"/> as its momentum,
    /// or one that <see cref="Optimizers.Register"/> named.</summary>
    public string Optimizer { get; init; } = "adamw";

    /// <summary>The learning rate before the schedule.</summary>
    public required double LearningRate { get; init; }

    /// <summary>AdamW's β1.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>AdamW's β2.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Weight decay; AdamW's is decoupled.</summary>
    public double WeightDecay { get; init; }

    /// <summary>The learning rate's course.</summary>
    public required LearningRateSchedule Schedule { get; init; }

    /// <summary>Largest L2 norm of all gradients together; longer ones are scaled down. 0 is no limit.</summary>
    public double ClipNorm { get; init; }

    /// <summary>Batches whose gradients are averaged into one step, at least 1:
    /// a larger batch in the memory of a small one.</summary>
    public int AccumulateBatches { get; init; } = 1;

    /// <summary>
    /// Decay of the exponential moving average of the weights, for example 0.999; 0 for none. With it the average is
    /// validated, kept as the best epoch and left in the module at the end.
    /// </summary>
    public double AverageDecay { get; init; }

    /// <summary>Ends the run after so many epochs without a better validation; 0 never does.</summary>
    public int Patience { get; init; }

    /// <summary>Seed of every random number that training draws; the loader has its own.</summary>
    public int Seed { get; init; }

    /// <summary>
    /// Whether the run ends with the weights of its best validation epoch rather than the last one's. The validation
    /// part must be cut from the training subjects.
    /// </summary>
    public bool KeepBest { get; init; } = true;

    /// <summary>Known from the authors' AU-Net: AdamW 1e-4, no weight decay, 12 epochs, times 0.3 every 4.</summary>
    public static TrainingOptions Paper { get; } =
        new()
        {
            Epochs = 12,
            LearningRate = 1e-4,
            Schedule = LearningRateSchedule.Paper,
        };

    /// <summary>Checks every field.</summary>
    /// <returns>The record itself.</returns>
    /// <exception cref="ArgumentException">A field is out of range; the message lists every such field.</exception>
    public TrainingOptions Validate()
    {
        var check = new OptionsCheck(nameof(TrainingOptions))
            .AtLeast(nameof(Epochs), Epochs, 1)
            .Require(
                LearningRate > 0 && double.IsFinite(LearningRate),
                $"LearningRate is {LearningRate}, expected above 0"
            )
            .Require(Beta1 is >= 0 and < 1, $"Beta1 is {Beta1}, expected 0 to below 1")
            .Require(Beta2 is >= 0 and < 1, $"Beta2 is {Beta2}, expected 0 to below 1")
            .Require(
                WeightDecay >= 0 && double.IsFinite(WeightDecay),
                $"WeightDecay is {WeightDecay}, expected at least 0"
            )
            .AtLeast(nameof(AccumulateBatches), AccumulateBatches, 1)
            .Require(AverageDecay is >= 0 and < 1, $"AverageDecay is {AverageDecay}, expected 0 to below 1")
            .AtLeast(nameof(Patience), Patience, 0)
            .Require(ClipNorm >= 0 && double.IsFinite(ClipNorm), $"ClipNorm is {ClipNorm}, expected at least 0");
        Optimizers.Table.Check(check, Optimizer);
        check.Throw();
        Schedule.Validate();
        return this;
    }

    /// <summary>The optimizer and schedule of your own that the options name, each with a hash of its code; empty where
    /// both are built in.</summary>
    internal string Identity() =>
        Parts.Joined(Optimizers.Table.IdentityOf(Optimizer), Schedules.Table.IdentityOf(Schedule.Kind));
}

/// <summary>The optimizers by name.</summary>
public static class Optimizers
{
    internal static readonly PartTable<Func<IReadOnlyList<ParameterSet>, TrainingOptions, optim.Optimizer>> Table = new(
        nameof(TrainingOptions.Optimizer),
        nameof(Optimizers)
    )
    {
        {
            "adamw",
            (sets, o) =>
                new AdamW(
                    sets.Select(set => new AdamW.ParamGroup(
                        set.Parameters.Select(p => p.Parameter),
                        o.LearningRate * set.RateFactor,
                        o.Beta1,
                        o.Beta2,
                        weight_decay: set.WeightDecay ?? o.WeightDecay
                    ))
                )
        },
        {
            "sgd",
            (sets, o) =>
                optim.SGD(
                    sets.Select(set => new SGD.ParamGroup(
                        set.Parameters.Select(p => p.Parameter),
                        o.LearningRate * set.RateFactor,
                        momentum: o.Beta1,
                        weight_decay: set.WeightDecay ?? o.WeightDecay
                    )),
                    o.LearningRate,
                    momentum: o.Beta1,
                    weight_decay: o.WeightDecay
                )
        },
    };

    /// <summary>Names an optimizer of your own; the same name again replaces it.</summary>
    /// <param name="name">For example "lion".</param>
    /// <param name="create">
    /// Makes one with a group for each set, at the options' learning rate times the set's factor; the schedule
    /// multiplies the groups' rates.
    /// </param>
    /// <returns>The name.</returns>
    /// <exception cref="ArgumentException">The name is a built-in optimizer's.</exception>
    public static string Register(
        string name,
        Func<IReadOnlyList<ParameterSet>, TrainingOptions, optim.Optimizer> create
    ) => Table.Register(name, create);

    internal static optim.Optimizer Create(IReadOnlyList<ParameterSet> sets, TrainingOptions options) =>
        Table.Find(options.Optimizer)(sets, options);
}
