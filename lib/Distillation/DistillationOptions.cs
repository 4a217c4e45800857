using FanTrans.Models;

namespace FanTrans.Distillation;

/// <summary>
/// Online distillation among peers. PAPER states that online knowledge distillation during training improves the
/// result; its form and every number here are chosen by this kit.
/// </summary>
public sealed record DistillationOptions
{
    /// <summary>Peers M, at least 1; one peer is training without distillation.</summary>
    public required int Peers { get; init; }

    /// <summary>What the peers learn from; see <see cref="Teachers"/>. "mean": the mean of the peers' logits; "gate":
    /// their logits weighted by a learned gate (ONE, Lan et al. 2018).</summary>
    [NamesOf(typeof(Teachers))]
    public required string Teacher
    {
        get;
        init => field = Teachers.Table.Named(value);
    }

    /// <summary>What trains the peers; see <see cref="PeerLosses"/>. "distillation": <see cref="OnlineDistillation"/>,
    /// with the weights below.</summary>
    [NamesOf(typeof(PeerLosses))]
    public string Loss
    {
        get;
        init => field = PeerLosses.Table.Named(value);
    } = "distillation";

    /// <summary>Weight λ_p of the logits' distillation, at least 0.</summary>
    public required double LogitWeight { get; init; }

    /// <summary>Weight λ_f of the tokens' distillation, at least 0.</summary>
    public required double FeatureWeight { get; init; }

    /// <summary>Weight λ_s of the attention drop's sparsity, at least 0.</summary>
    public required double SparsityWeight { get; init; }

    /// <summary>Temperature T of the logits' distillation, above 0.</summary>
    public required double Temperature { get; init; }

    /// <summary>Epochs E_r over which distillation ramps up, at least 0; 0 is full weight from the start.</summary>
    public required double RampEpochs { get; init; }

    /// <summary>Two peers and their mean, for the twelve epochs of
    /// the authors' other work. Chosen by this kit.</summary>
    public static DistillationOptions Paper { get; } =
        new()
        {
            Peers = 2,
            Teacher = "mean",
            LogitWeight = 1,
            FeatureWeight = 0.1,
            SparsityWeight = 0.01,
            Temperature = 2,
            RampEpochs = 4,
        };

    /// <summary><see cref="Paper"/> with a ramp for a run of few epochs. Chosen by this kit.</summary>
    public static DistillationOptions Small { get; } = Paper with { RampEpochs = 2 };

    /// <summary>One peer and no distillation: the baseline of the ablation.</summary>
    public static DistillationOptions None { get; } = Paper with { Peers = 1, LogitWeight = 0, FeatureWeight = 0 };

    /// <summary>Checks every field.</summary>
    /// <returns>The record itself.</returns>
    /// <exception cref="ArgumentException">A field is out of range; the message lists every such field.</exception>
    public DistillationOptions Validate()
    {
        var check = new OptionsCheck(nameof(DistillationOptions))
            .AtLeast(nameof(Peers), Peers, 1)
            .AtLeast(nameof(LogitWeight), LogitWeight, 0)
            .AtLeast(nameof(FeatureWeight), FeatureWeight, 0)
            .AtLeast(nameof(SparsityWeight), SparsityWeight, 0)
            .Require(Temperature > 0 && double.IsFinite(Temperature), $"Temperature is {Temperature}, expected above 0")
            .AtLeast(nameof(RampEpochs), RampEpochs, 0);
        Teachers.Table.Check(check, Teacher);
        PeerLosses.Table.Check(check, Loss);
        check.Throw();
        return this;
    }
}
