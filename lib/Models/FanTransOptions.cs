namespace FanTrans.Models;

/// <summary>How attention between action units is dropped. PAPER: "a learnable attention drop". The form of
/// <see cref="Learnable"/> and the three others, for ablation, are chosen by this kit.</summary>
public enum AttentionDropKind
{
    /// <summary>Plain attention.</summary>
    None,

    /// <summary>Each pair is dropped with a fixed probability, in training only.</summary>
    Random,

    /// <summary>A learned keep probability for each head and pair of units.</summary>
    Learnable,

    /// <summary>As <see cref="Learnable"/>, with a term that depends on the image.</summary>
    InputDependent,
}

/// <summary>How the tokens become logits. PAPER: each unit is predicted from all units' features, which is
/// <see cref="Joint"/>; the others, for ablation, are chosen by this kit.</summary>
public enum ClassifierKind
{
    /// <summary>Each unit from the tokens of all: one linear map of the joined tokens.</summary>
    Joint,

    /// <summary>Each unit from its own token, by weights of its own.</summary>
    Independent,

    /// <summary>Each unit from its own token, by weights that all share.</summary>
    Shared,

    /// <summary>As <see cref="Joint"/>, through a hidden layer.</summary>
    JointHidden,
}

/// <summary>
/// The shape of a FAN-Trans model. PAPER (Yang et al., WACV 2023) fixes the parts: a pre-trained FAN, a small
/// convolutional subnet to one feature per action unit, transformer blocks with a learnable attention drop,
/// and a classifier of each unit from all units' features. Every number below is chosen by this kit.
/// </summary>
public sealed record FanTransOptions
{
    /// <summary>FACS numbers of the units to predict, in the order of the logits; known to
    /// <see cref="FanTrans.ActionUnits"/>, each once.</summary>
    public required IReadOnlyList<int> ActionUnits { get; init; }

    /// <summary>The face alignment network whose features are used.</summary>
    public required FanOptions Fan { get; init; }

    /// <summary>The FAN features are averaged over squares of this many cells a side before the subnet; 1 leaves them as
    /// they are. More makes the subnet, and features that are kept on disk, cheaper by its square.</summary>
    public int FeaturePooling { get; init; } = 1;

    /// <summary>Channels W of the subnet: a multiple of 4.</summary>
    public required int SubnetWidth { get; init; }

    /// <summary>Blocks K of the subnet, each halving the resolution: the heatmap size is a multiple of 2^K.</summary>
    public required int SubnetBlocks { get; init; }

    /// <summary>Whether the subnet batch-normalises what it takes in, and, with a ReLU, what its last block gives. The
    /// FAN's features are products with raw heatmaps, of a scale that its training leaves open; without this the peers
    /// need about twice the steps to the same F1 (measured on SynthFaces with the Small preset).</summary>
    public required bool SubnetNorm { get; init; }

    /// <summary>Width D of a unit's token: a multiple of <see cref="Heads"/>.</summary>
    public required int TokenWidth { get; init; }

    /// <summary>Transformer blocks L, at least 1.</summary>
    public required int TransformerBlocks { get; init; }

    /// <summary>Attention heads H of each block.</summary>
    public required int Heads { get; init; }

    /// <summary>Hidden width of a block's MLP, in token widths.</summary>
    public required int MlpRatio { get; init; }

    /// <summary>The kind of attention drop.</summary>
    public required AttentionDropKind AttentionDrop { get; init; }

    /// <summary>Drop probability of <see cref="AttentionDropKind.Random"/>, in [0, 1).</summary>
    public required double DropProbability { get; init; }

    /// <summary>Temperature τ of the binary concrete relaxation, above 0.</summary>
    public required double Temperature { get; init; }

    /// <summary>Keep probability σ(Θ) that the learned drop starts from, between 0 and 1.</summary>
    public required double InitialKeep { get; init; }

    /// <summary>Rank r of the image's term in <see cref="AttentionDropKind.InputDependent"/>.</summary>
    public required int GateRank { get; init; }

    /// <summary>The kind of classifier.</summary>
    public required ClassifierKind Classifier { get; init; }

    /// <summary>Width of the hidden layer of <see cref="ClassifierKind.JointHidden"/>.</summary>
    public required int HiddenWidth { get; init; }

    /// <summary>The 12 units of BP4D over the published two-stack FAN at 256 pixels. PAPER fixes the parts and the
    /// authors' other work the FAN and W = 256, K = 4; the rest is chosen by this kit.</summary>
    public static FanTransOptions Paper { get; } = new()
    {
        ActionUnits = FanTrans.ActionUnits.Bp4d,
        Fan = FanOptions.Paper,
        SubnetWidth = 256,
        SubnetBlocks = 4,
        SubnetNorm = true,
        TokenWidth = 256,
        TransformerBlocks = 2,
        Heads = 8,
        MlpRatio = 4,
        AttentionDrop = AttentionDropKind.Learnable,
        DropProbability = 0.1,
        Temperature = 2.0 / 3.0,
        InitialKeep = 0.9,
        GateRank = 8,
        Classifier = ClassifierKind.Joint,
        HiddenWidth = 256,
    };

    /// <summary>The same parts at a size that trains on a processor in minutes. Chosen by this kit.</summary>
    public static FanTransOptions Small { get; } = Paper with
    {
        Fan = FanOptions.Small,
        SubnetWidth = 48,
        SubnetBlocks = 3,
        TokenWidth = 64,
        Heads = 4,
        HiddenWidth = 64,
    };

    /// <summary>Checks every field, the FAN's included.</summary>
    /// <returns>The record itself.</returns>
    /// <exception cref="ArgumentException">A field is out of range; the message lists every such field.</exception>
    public FanTransOptions Validate()
    {
        Fan.Validate();
        var unknown = ActionUnits.Where(unit => !FanTrans.ActionUnits.IsValid(unit)).ToList();
        var check = new OptionsCheck(nameof(FanTransOptions))
            .Require(ActionUnits.Count >= 1, "ActionUnits is empty, expected at least one")
            .Require(unknown.Count == 0,
                $"ActionUnits has {string.Join(", ", unknown)}, expected FACS numbers, 1 to 99")
            .Require(ActionUnits.Distinct().Count() == ActionUnits.Count,
                $"ActionUnits {string.Join(", ", ActionUnits)} names a unit twice")
            .Require(SubnetWidth >= 4 && SubnetWidth % 4 == 0,
                $"SubnetWidth is {SubnetWidth}, expected a multiple of 4")
            .Require(SubnetBlocks is >= 1 and <= 10, $"SubnetBlocks is {SubnetBlocks}, expected 1 to 10")
            .AtLeast(nameof(FeaturePooling), FeaturePooling, 1)
            .AtLeast(nameof(TransformerBlocks), TransformerBlocks, 1)
            .AtLeast(nameof(Heads), Heads, 1)
            .AtLeast(nameof(MlpRatio), MlpRatio, 1)
            .Defined(nameof(AttentionDrop), AttentionDrop)
            .Require(DropProbability is >= 0 and < 1, $"DropProbability is {DropProbability}, expected 0 to below 1")
            .Require(Temperature > 0 && double.IsFinite(Temperature), $"Temperature is {Temperature}, expected above 0")
            .Fraction(nameof(InitialKeep), InitialKeep)
            .AtLeast(nameof(GateRank), GateRank, 1)
            .Defined(nameof(Classifier), Classifier)
            .AtLeast(nameof(HiddenWidth), HiddenWidth, 1);
        if (Heads >= 1)
            check.Require(TokenWidth >= Heads && TokenWidth % Heads == 0,
                $"TokenWidth is {TokenWidth}, expected a multiple of Heads {Heads}");
        if (SubnetBlocks is >= 1 and <= 10 && FeaturePooling >= 1)
            check.Require(Fan.HeatmapSize % (FeaturePooling << SubnetBlocks) == 0,
                $"SubnetBlocks {SubnetBlocks} halves {Fan.HeatmapSize} (a quarter of ImageSize, pooled by {FeaturePooling}) unevenly, "
                + $"expected a multiple of {FeaturePooling << SubnetBlocks}");
        check.Throw();
        return this;
    }

    /// <summary>Equal when every field is, the units by value and order.</summary>
    public bool Equals(FanTransOptions? other) =>
        other is not null && OptionsJson.Write(this) == OptionsJson.Write(other);

    /// <inheritdoc/>
    public override int GetHashCode() => OptionsJson.Write(this).GetHashCode(StringComparison.Ordinal);
}
