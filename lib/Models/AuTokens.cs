// One token per action unit. PAPER: "a small learnable add-on convolutional subnet" gives one feature per AU; landmarks
// are the places where AUs are active, and the network is to capture local AU features. How the subnet does so is not
// published. Chosen by this kit: LandmarkTokens, and for comparison the other forms below.
using static TorchSharp.torch;

namespace FanTrans.Models;

/// <summary>
/// A feature source's maps (B, C, h, w) to one token per action unit (B, N, D). Where <see cref="UsesHeatmaps"/> says
/// so, the maps are (B, C + L, h, w): each landmark's heatmap, at least 0, is concatenated after the features.
/// <para>
/// Tokens of your own derive from this class and are named in the options:
/// <c>options with { Tokens = TokenForms.Register((o, maps) => new MyTokens(maps.Channels, …)) }</c>.
/// </para>
/// </summary>
/// <param name="name">The class's name.</param>
public abstract class AuTokens(string name) : nn.Module<Tensor, Tensor>(name)
{
    /// <summary>Whether the landmarks' heatmaps come behind the features.</summary>
    public virtual bool UsesHeatmaps => false;

    /// <summary>Where each action unit looks: (B, N, h, w), at least 0; each unit's map sums to 1.</summary>
    /// <param name="maps">As <c>forward</c> takes them.</param>
    public abstract Tensor Maps(Tensor maps);

    /// <summary>Refuses maps of another number of channels.</summary>
    /// <exception cref="ArgumentException">They have another number of channels.</exception>
    protected static void CheckChannels(Tensor maps, int channels)
    {
        if (maps.dim() != 4 || maps.shape[1] != channels)
        {
            throw new ArgumentException(
                $"FAN features have shape ({string.Join(", ", maps.shape)}), expected (B, {channels}, h, w).",
                nameof(maps)
            );
        }
    }
}

/// <summary>The forms of tokens by name.</summary>
public static class TokenForms
{
    internal static readonly PartTable<Func<FanTransOptions, FeatureShape, AuTokens>> Table = new(
        nameof(FanTransOptions.Tokens),
        nameof(TokenForms)
    )
    {
        { "landmark", (o, maps) => new LandmarkTokens(Sizes(o, maps), Anatomy(o, maps)) },
        { "attention", (o, maps) => new AttentionTokens(Sizes(o, maps), maps.Side / o.FeaturePooling) },
        { "global", (o, maps) => new GlobalTokens(Sizes(o, maps)) },
        { "strict", (o, maps) => new StrictTokens(Sizes(o, maps), Anatomy(o, maps)) },
    };

    /// <summary>The names that <see cref="FanTransOptions.Tokens"/> may have.</summary>
    public static IReadOnlyList<string> Names => Table.Names;

    /// <summary>Names a form of your own; the same name again replaces it.</summary>
    /// <param name="name">For example "my-tokens".</param>
    /// <param name="create">Makes one, of the sizes in the options and in the feature source's maps.</param>
    /// <returns>The name.</returns>
    /// <exception cref="ArgumentException">The name is a built-in form's.</exception>
    public static string Register(string name, Func<FanTransOptions, FeatureShape, AuTokens> create) =>
        Table.Register(name, create);

    /// <summary>Names a form of your own after its class.</summary>
    /// <inheritdoc cref="Register(string, Func{FanTransOptions, FeatureShape, AuTokens})"/>
    public static string Register<T>(Func<FanTransOptions, FeatureShape, T> create)
        where T : AuTokens => Table.Register(typeof(T).Name, create);

    private static float[,] Anatomy(FanTransOptions options, FeatureShape maps) =>
        AuAnatomy.Weights(options.ActionUnits, maps.Landmarks);

    private static SubnetSizes Sizes(FanTransOptions options, FeatureShape maps) =>
        new(
            maps.Channels,
            options.SubnetWidth,
            options.SubnetBlocks,
            options.SubnetNorm,
            options.ActionUnits.Count,
            options.TokenWidth
        );
}
