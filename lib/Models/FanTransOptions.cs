namespace FanTrans.Models;

/// <summary>
/// The shape of a FAN-Trans model. PAPER (Yang et al., WACV 2023) fixes the parts: a pre-trained FAN, a small
/// convolutional subnet to one feature per action unit, transformer blocks with a learnable attention drop,
/// and a classifier of each unit from all units' features. Where the doc of a preset names no source, its numbers are
/// chosen by this kit.
/// <para>
/// Parts are chosen by name, in any case and with or without hyphens. A part of your own gets a name by
/// <see cref="AttentionDrops.Register(string, Func{FanTransOptions, AttentionDrop})"/> and its like.
/// </para>
/// </summary>
public sealed record FanTransOptions
{
    /// <summary>FACS numbers of the units to predict, in the order of the logits; known to
    /// <see cref="FanTrans.ActionUnits"/>, each once.</summary>
    public required IReadOnlyList<int> ActionUnits { get; init; }

    /// <summary>The face alignment network whose features are used.</summary>
    public required FanOptions Fan { get; init; }

    /// <summary>Where the features come from: "fan", or a name of <see cref="FeatureSources"/>.</summary>
    [NamesOf(typeof(FeatureSources))]
    public string FeatureSource
    {
        get;
        init => field = FeatureSources.Table.Named(value);
    } = "fan";

    /// <summary>The FAN features are averaged over squares of this many cells a side before the subnet; 1 leaves them
    /// as they are. More makes the subnet, and features that are kept on disk, cheaper by its square.</summary>
    public int FeaturePooling { get; init; } = 1;

    /// <summary>
    /// How each unit gets its token; see <see cref="TokenForms"/>. PAPER: local features, by landmarks. "landmark":
    /// each unit pools where its landmarks are, by weights that are learned; "attention": where a learned map says;
    /// "strict": as landmark, with fixed maps and nothing wider than a cell in the subnet; "global": one mean of the
    /// whole face for all, as this kit did at first and as options without this field mean it.
    /// </summary>
    [NamesOf(typeof(TokenForms))]
    public string Tokens
    {
        get;
        init => field = TokenForms.Table.Named(value);
    } = "global";

    /// <summary>Channels W of the subnet: a multiple of 4.</summary>
    public required int SubnetWidth { get; init; }

    /// <summary>Blocks K of the subnet, 0 to 10. With global tokens each halves the resolution, and the pooled heatmap
    /// size is a multiple of 2^K; with local ones the map stays as fine as it is; strict tokens have none.</summary>
    public required int SubnetBlocks { get; init; }

    /// <summary>Whether the subnet batch-normalises what it takes in, and, with a ReLU, what its last block gives. The
    /// FAN's features are products with raw heatmaps, of a scale that its training leaves open; without this the peers
    /// need about twice the steps to the same F1 (measured on SynthFaces with the Small preset).</summary>
    public required bool SubnetNorm { get; init; }

    /// <summary>Width D of a unit's token: a multiple of <see cref="Heads"/>.</summary>
    public required int TokenWidth { get; init; }

    /// <summary>Transformer blocks L; with 0 the tokens go to the classifier as they are.</summary>
    public required int TransformerBlocks { get; init; }

    /// <summary>Attention heads H of each block.</summary>
    public required int Heads { get; init; }

    /// <summary>Hidden width of a block's MLP, in token widths.</summary>
    public required int MlpRatio { get; init; }

    /// <summary>
    /// How attention between units is dropped; see <see cref="AttentionDrops"/>. PAPER: "a learnable attention drop".
    /// "learnable": a learned keep probability for each head and pair; "input-dependent": as learnable, with a term
    /// that depends on the image; "random": one fixed probability, in training only; "none": plain attention; "off":
    /// each unit attends to itself alone, the control of equal depth.
    /// </summary>
    [NamesOf(typeof(AttentionDrops))]
    public required string AttentionDrop
    {
        get;
        init => field = AttentionDrops.Table.Named(value);
    }

    /// <summary>Drop probability of the random drop, in [0, 1).</summary>
    public required double DropProbability { get; init; }

    /// <summary>Temperature τ of the binary concrete relaxation, above 0.</summary>
    public required double Temperature { get; init; }

    /// <summary>Keep probability σ(Θ) that the learned drop starts from, between 0 and 1.</summary>
    public required double InitialKeep { get; init; }

    /// <summary>
    /// Θ's learning rate, in learning rates of the run, above 0. Under Adam a logit travels at most about the sum of
    /// the rates: 0.7 for the authors' schedule on BP4D, too little to decide anything from a start of 0.9, as this kit
    /// had it at first.
    /// </summary>
    public double KeepRate { get; init; } = 1;

    /// <summary>Rank r of the image's term in the input-dependent drop.</summary>
    public required int GateRank { get; init; }

    /// <summary>
    /// How the tokens become logits; see <see cref="Classifiers"/>. PAPER: each unit is predicted from all units'
    /// features, which is "joint", one linear map of the joined tokens; for ablation "joint-hidden", through a hidden
    /// layer, "independent", each unit from its own token by weights of its own, and "shared", by weights that all
    /// share.
    /// </summary>
    [NamesOf(typeof(Classifiers))]
    public required string Classifier
    {
        get;
        init => field = Classifiers.Table.Named(value);
    }

    /// <summary>Width of the joint-hidden classifier's hidden layer.</summary>
    public required int HiddenWidth { get; init; }

    /// <summary>The 12 units of BP4D over the published two-stack FAN at 256 pixels. PAPER fixes the parts. Known from
    /// the authors' AU-Net: the FAN and W = 256. Chosen by this kit: the rest. Maps of 32 x 32 cells, 8 pixels each,
    /// and two blocks, so that a cell sees 13 of them: AU-Net's four, which halve,
    /// would leave 4 x 4 cells and no place.</summary>
    public static FanTransOptions Paper { get; } =
        new()
        {
            ActionUnits = FanTrans.ActionUnits.Bp4d,
            Fan = FanOptions.Paper,
            FeaturePooling = 2,
            Tokens = "landmark",
            SubnetWidth = 256,
            SubnetBlocks = 2,
            SubnetNorm = true,
            TokenWidth = 256,
            TransformerBlocks = 2,
            Heads = 8,
            MlpRatio = 4,
            AttentionDrop = "learnable",
            DropProbability = 0.1,
            Temperature = 2.0 / 3.0,
            InitialKeep = 0.6,
            KeepRate = 30,
            GateRank = 8,
            Classifier = "joint",
            HiddenWidth = 256,
        };

    /// <summary>The same parts at a size that trains on a processor in minutes:
    /// maps of 12 x 12 cells. Chosen by this kit.</summary>
    public static FanTransOptions Small { get; } =
        Paper with
        {
            Fan = FanOptions.Small,
            SubnetWidth = 48,
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
            .Require(
                unknown.Count == 0,
                $"ActionUnits has {string.Join(", ", unknown)}, expected FACS numbers, 1 to 99"
            )
            .Require(
                ActionUnits.Distinct().Count() == ActionUnits.Count,
                $"ActionUnits {string.Join(", ", ActionUnits)} names a unit twice"
            )
            .Require(
                SubnetWidth >= 4 && SubnetWidth % 4 == 0,
                $"SubnetWidth is {SubnetWidth}, expected a multiple of 4"
            )
            .Require(SubnetBlocks is >= 0 and <= 10, $"SubnetBlocks is {SubnetBlocks}, expected 0 to 10")
            .AtLeast(nameof(FeaturePooling), FeaturePooling, 1)
            .AtLeast(nameof(TransformerBlocks), TransformerBlocks, 0)
            .AtLeast(nameof(Heads), Heads, 1)
            .AtLeast(nameof(MlpRatio), MlpRatio, 1)
            .Require(DropProbability is >= 0 and < 1, $"DropProbability is {DropProbability}, expected 0 to below 1")
            .Require(Temperature > 0 && double.IsFinite(Temperature), $"Temperature is {Temperature}, expected above 0")
            .Fraction(nameof(InitialKeep), InitialKeep)
            .Require(KeepRate > 0 && double.IsFinite(KeepRate), $"KeepRate is {KeepRate}, expected above 0")
            .AtLeast(nameof(GateRank), GateRank, 1)
            .AtLeast(nameof(HiddenWidth), HiddenWidth, 1);
        if (Heads >= 1)
            check.Require(
                TokenWidth >= Heads && TokenWidth % Heads == 0,
                $"TokenWidth is {TokenWidth}, expected a multiple of Heads {Heads}"
            );
        var halvings = Tokens == "global" ? SubnetBlocks : 0;
        if (FeatureSource == "fan" && halvings is >= 0 and <= 10 && FeaturePooling >= 1)
            check.Require(
                Fan.HeatmapSize % (FeaturePooling << halvings) == 0,
                $"SubnetBlocks {halvings} halves {Fan.HeatmapSize} (a quarter of ImageSize, pooled by "
                    + $"{FeaturePooling}) unevenly, expected a multiple of {FeaturePooling << halvings}"
            );
        FeatureSources.Table.Check(check, FeatureSource);
        TokenForms.Table.Check(check, Tokens);
        AttentionDrops.Table.Check(check, AttentionDrop);
        Classifiers.Table.Check(check, Classifier);
        check.Throw();
        return this;
    }

    /// <summary>Equal when every field is, the units by value and order.</summary>
    public bool Equals(FanTransOptions? other) =>
        other is not null && OptionsJson.Write(this) == OptionsJson.Write(other);

    /// <inheritdoc/>
    public override int GetHashCode() => OptionsJson.Write(this).GetHashCode(StringComparison.Ordinal);
}
