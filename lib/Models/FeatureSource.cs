// Where the features come from. PAPER: a pre-trained face alignment network is the feature extractor. Known from the
// authors' other work: it is frozen and in evaluation mode while FAN-Trans trains. Chosen by this kit: that something
// else may stand in its place, for ablation.
using static TorchSharp.torch;

namespace FanTrans.Models;

/// <summary>The maps that a feature source gives for an image.</summary>
/// <param name="Channels">Channels C of the features.</param>
/// <param name="Landmarks">Heatmaps L, one for each landmark; 0 where the source knows none.</param>
/// <param name="Side">Side of the maps in cells.</param>
public readonly record struct FeatureShape(int Channels, int Landmarks, int Side);

/// <summary>
/// Images (B, 3, S, S), RGB in [0, 1], to features and heatmaps. The built-in one is
/// <see cref="FaceAlignmentNetwork"/>. One of your own derives from this class and is named in the options:
/// <c>options with { FeatureSource = FeatureSources.Register(o => new MyNetwork(o.Fan.ImageSize)) }</c>.
/// </summary>
/// <param name="name">The class's name.</param>
public abstract class FeatureSource(string name) : nn.Module<Tensor, FanOutput>(name)
{
    /// <summary>What it gives for an image.</summary>
    public abstract FeatureShape Shape { get; }

    /// <summary>Whether it is frozen: its parameters take no gradient, it stays in evaluation mode whatever
    /// <c>train()</c> says, and its passes are not recorded for the backward pass.</summary>
    public bool Frozen { get; private set; }

    /// <summary>Freezes it; see <see cref="Frozen"/>.</summary>
    public void Freeze()
    {
        Frozen = true;
        foreach (var parameter in parameters())
            parameter.requires_grad = false;
        eval();
    }

    /// <summary>Undoes <see cref="Freeze"/>, for pre-training or fine-tuning. The mode stays evaluation until the next
    /// <c>train()</c>.</summary>
    public void Unfreeze()
    {
        Frozen = false;
        foreach (var parameter in parameters())
            parameter.requires_grad = true;
    }

    /// <summary>Sets training or evaluation mode; a frozen source stays in evaluation mode.</summary>
    public override void train(bool train = true) => base.train(train && !Frozen);

    /// <summary>The features, and behind them as more channels, where asked for, each landmark's heatmap without its
    /// negative values: (B, C, h, w) or (B, C + L, h, w).</summary>
    /// <param name="images">(B, 3, S, S), RGB in [0, 1].</param>
    /// <param name="pooling">p: means over squares of so many cells a side; 1 is every cell.</param>
    /// <param name="heatmaps">Whether the last stack's heatmaps are concatenated after the features.</param>
    /// <exception cref="ArgumentException">The images have another shape.</exception>
    public Tensor Features(Tensor images, int pooling = 1, bool heatmaps = false)
    {
        using var scope = NewDisposeScope();
        using var mode = RecordUnlessFrozen();
        return Taken(call(images), pooling, heatmaps).MoveToOuterDisposeScope();
    }

    /// <summary>The same from a pass that was made already.</summary>
    internal static Tensor Taken(FanOutput output, int pooling, bool heatmaps)
    {
        var maps = heatmaps ? cat([output.Features, output.Heatmaps[^1].NoLess(0)], dim: 1) : output.Features;
        return pooling == 1 ? maps : nn.functional.avg_pool2d(maps, pooling);
    }

    /// <summary>This as a face alignment network.</summary>
    internal FaceAlignmentNetwork AsFan() =>
        this as FaceAlignmentNetwork
        ?? throw new InvalidOperationException(
            $"the features come from {GetName()}, not from a face alignment network."
        );

    /// <summary>A scope in which nothing is recorded for the backward pass while the source is frozen.</summary>
    protected IDisposable? RecordUnlessFrozen() => Frozen ? no_grad() : null;
}

/// <summary>The feature sources by name.</summary>
public static class FeatureSources
{
    internal static readonly PartTable<Func<FanTransOptions, FeatureSource>> Table = new(
        nameof(FeatureSource),
        nameof(FeatureSources)
    )
    {
        { "fan", o => new FaceAlignmentNetwork(o.Fan) },
    };

    /// <summary>The names that <see cref="FanTransOptions.FeatureSource"/> may have.</summary>
    public static IReadOnlyList<string> Names => Table.Names;

    /// <summary>Names a feature source of your own; the same name again replaces it.</summary>
    /// <param name="name">For example "my-network".</param>
    /// <param name="create">Makes one, for images of the side in the options' Fan.</param>
    /// <returns>The name.</returns>
    /// <exception cref="ArgumentException">The name is a built-in source's.</exception>
    public static string Register(string name, Func<FanTransOptions, FeatureSource> create) =>
        Table.Register(name, create);

    /// <summary>Names a feature source of your own after its class.</summary>
    /// <inheritdoc cref="Register(string, Func{FanTransOptions, FeatureSource})"/>
    public static string Register<T>(Func<FanTransOptions, T> create)
        where T : FeatureSource => Table.Register(typeof(T).Name, create);
}
