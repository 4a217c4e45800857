// Tokens with a place on the face for each action unit. PAPER: the network is to capture local AU features, and
// landmarks are the places where AUs are active. Chosen by this kit: all three forms. In trials on rendered faces
// (12x12 cells) LandmarkTokens gained 6.5 F1 over the global mean at equal resolution and cost the same.
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace FanTrans.Models;

/// <summary>
/// Each unit pools the subnet's map x (B, W, h, w), after a ReLU, with a map of its own that sums to 1, and projects
/// what it gets by weights of its own: token_n = project_n(Σ over cells of m_n · x) + embedding_n.
/// </summary>
internal abstract class LocalTokens(string name, SubnetSizes sizes) : SubnetTokens(name, sizes)
{
    /// <summary>Features (B, C, h, w) to the values that are pooled: (B, W, h, w), at least 0.</summary>
    protected Tensor Values(Tensor features)
    {
        var x = Subnet(features, halve: false);
        return Sizes.Norm ? x : x.relu();
    }

    /// <summary>(B, W, h, w) to tokens (B, N, D), pooled with (B, N, h, w).</summary>
    protected Tensor Pool(Tensor x, Tensor places)
    {
        var cells = x.permute(0, 2, 3, 1).flatten(1, 2); // (B, h·w, W)
        var pooled = places.flatten(2).matmul(cells); // (B, N, W)
        var weight = project.weight!.view(Sizes.Units, Sizes.TokenWidth, Sizes.Width).transpose(1, 2); // (N, W, D)
        var tokens = pooled.transpose(0, 1).matmul(weight).transpose(0, 1); // (B, N, D)
        return tokens.Plus(project.bias!.view(Sizes.Units, Sizes.TokenWidth)).Plus(embedding);
    }
}

/// <summary>
/// Each unit pools where landmarks are that belong to it: m_n = Σ_l softplus(w_nl) · heatmap_l, normalised. The
/// weights start at the unit's anatomy and are learned. The subnet's blocks do not pool, so that the map stays as
/// fine as the features.
/// </summary>
internal sealed class LandmarkTokens : LocalTokens
{
    private readonly Parameter landmarks;

    /// <param name="sizes">Sizes.</param>
    /// <param name="start">For each unit and landmark the weight to start from, above 0: (N, L).</param>
    public LandmarkTokens(SubnetSizes sizes, float[,] start)
        : base(nameof(LandmarkTokens), sizes)
    {
        // softplus of this is the weight to start from.
        landmarks = nn.Parameter(tensor(start).expm1().log());
        RegisterComponents();
    }

    public override bool UsesHeatmaps => true;

    public override Tensor forward(Tensor maps)
    {
        using var scope = NewDisposeScope();
        var (features, heatmaps) = LandmarkMaps.Split(maps, Sizes.Channels, landmarks.shape[1]);
        return Pool(Values(features), LandmarkMaps.Of(heatmaps, F.softplus(landmarks))).MoveToOuterDisposeScope();
    }

    public override Tensor Maps(Tensor maps)
    {
        using var scope = NewDisposeScope();
        var (_, heatmaps) = LandmarkMaps.Split(maps, Sizes.Channels, landmarks.shape[1]);
        return LandmarkMaps.Of(heatmaps, F.softplus(landmarks)).MoveToOuterDisposeScope();
    }
}

/// <summary>
/// As <see cref="LandmarkTokens"/> with the maps fixed and no convolution wider than one cell in the subnet: nothing
/// behind the features carries anything from one place to another but attention and the classifier, for studying them.
/// The features themselves are as local as their source's receptive field.
/// </summary>
internal sealed class StrictTokens : LocalTokens
{
    private readonly Tensor landmarks;

    public StrictTokens(SubnetSizes sizes, float[,] weights)
        : base(nameof(StrictTokens), sizes with { Blocks = 0 })
    {
        landmarks = tensor(weights);
        RegisterComponents();
    }

    public override bool UsesHeatmaps => true;

    public override Tensor forward(Tensor maps)
    {
        using var scope = NewDisposeScope();
        var (features, heatmaps) = LandmarkMaps.Split(maps, Sizes.Channels, landmarks.shape[1]);
        return Pool(Values(features), LandmarkMaps.Of(heatmaps, landmarks)).MoveToOuterDisposeScope();
    }

    public override Tensor Maps(Tensor maps)
    {
        using var scope = NewDisposeScope();
        var (_, heatmaps) = LandmarkMaps.Split(maps, Sizes.Channels, landmarks.shape[1]);
        return LandmarkMaps.Of(heatmaps, landmarks).MoveToOuterDisposeScope();
    }
}

/// <summary>
/// Each unit pools where a learned map says: softmax over cells of a linear score of the cell's features and of a bias
/// for the cell. It needs no landmarks, and may look anywhere.
/// </summary>
internal sealed class AttentionTokens : LocalTokens
{
    private readonly Conv2d score;
    private readonly Parameter place;

    /// <param name="sizes">Sizes.</param>
    /// <param name="side">Side of the maps in cells.</param>
    public AttentionTokens(SubnetSizes sizes, int side)
        : base(nameof(AttentionTokens), sizes)
    {
        // A bias would be the same for all cells, which the softmax takes away.
        score = nn.Conv2d(sizes.Width, sizes.Units, kernel_size: 1, bias: false);
        place = nn.Parameter(zeros(sizes.Units, side, side));
        RegisterComponents();
    }

    public override Tensor forward(Tensor maps)
    {
        using var scope = NewDisposeScope();
        CheckChannels(maps, Sizes.Channels);
        var x = Values(maps);
        return Pool(x, Places(x)).MoveToOuterDisposeScope();
    }

    public override Tensor Maps(Tensor maps)
    {
        using var scope = NewDisposeScope();
        CheckChannels(maps, Sizes.Channels);
        return Places(Values(maps)).MoveToOuterDisposeScope();
    }

    private Tensor Places(Tensor x)
    {
        var scores = score.call(x).Plus(place); // (B, N, h, w)
        return scores.flatten(2).softmax(-1).view(scores.shape);
    }
}

/// <summary>Combinations of landmarks' heatmaps.</summary>
internal static class LandmarkMaps
{
    /// <summary>Where no landmark is seen at all, a unit's map is the mean over the face.</summary>
    private const double Floor = 1e-6;

    /// <summary>(B, C + L, h, w) to features and heatmaps.</summary>
    /// <exception cref="ArgumentException">The maps have another number of channels.</exception>
    public static (Tensor Features, Tensor Heatmaps) Split(Tensor maps, int channels, long landmarks)
    {
        if (maps.dim() != 4 || maps.shape[1] != channels + landmarks)
        {
            throw new ArgumentException(
                $"FAN features have shape ({string.Join(", ", maps.shape)}), "
                    + $"expected (B, {channels + landmarks}, h, w): "
                    + $"{channels} channels and the heatmaps of {landmarks} landmarks.",
                nameof(maps)
            );
        }
        return (maps.narrow(1, 0, channels), maps.narrow(1, channels, landmarks));
    }

    /// <summary>Heatmaps (B, L, h, w), at least 0, and weights (N, L), at least 0,
    /// to maps (B, N, h, w) that sum to 1.</summary>
    public static Tensor Of(Tensor heatmaps, Tensor weights)
    {
        var sums = weights.matmul(heatmaps.flatten(2)).Plus(Floor); // (B, N, h·w)
        return (sums / sums.sum(-1, keepdim: true)).unflatten(2, heatmaps.shape[2], heatmaps.shape[3]);
    }
}
