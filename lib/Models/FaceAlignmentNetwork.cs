// The face alignment network (FAN) of Bulat and Tzimiropoulos, "How far are we from solving the 2D & 3D face alignment
// problem?", ICCV 2017. Known, from the published weights and AU-Net and EmoNet, by authors of FAN-Trans: the whole
// architecture and its state-dict keys; the FAN features (the stem's output and each stack's feature, the stacks'
// multiplied by the sum of the last stack's raw heatmaps); the network is frozen and in evaluation mode while
// FAN-Trans trains. 12,106,504 parameters with two stacks of 256 features.
// Chosen by this kit: the widths of the Small preset, in the published proportions F/4, F/2, F/2, F of the stem.
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanTrans.Models;

/// <summary>
/// Stacked hourglasses over a convolutional stem: RGB images (B, 3, S, S) in [0, 1], without mean or deviation
/// normalisation, to the heatmaps of every stack and the FAN features.
/// </summary>
public sealed class FaceAlignmentNetwork : FeatureSource
{
    private readonly Conv2d conv1;
    private readonly BatchNorm2d bn1;
    private readonly ConvBlock conv2;
    private readonly ConvBlock conv3;
    private readonly ConvBlock conv4;

    // Arrays are not registered by themselves, so each part is registered once, under its published name.
    private readonly Hourglass[] hourglasses; // m{s}
    private readonly ConvBlock[] tops; // top_m_{s}
    private readonly Conv2d[] lasts; // conv_last{s}
    private readonly BatchNorm2d[] ends; // bn_end{s}
    private readonly Conv2d[] heads; // l{s}
    private readonly Conv2d[] featureLinks; // bl{s}
    private readonly Conv2d[] heatmapLinks; // al{s}

    /// <exception cref="ArgumentException">The options are not valid.</exception>
    public FaceAlignmentNetwork(FanOptions options)
        : base(nameof(FaceAlignmentNetwork))
    {
        Options = options.Validate();
        int features = options.Features,
            stacks = options.Stacks;
        if (options.HasLargeMaps)
            MemoryLayout.ReturnBlocks(from: 2 << 20);
        conv1 = nn.Conv2d(3, features / 4, kernel_size: 7, stride: 2, padding: 3);
        bn1 = nn.BatchNorm2d(features / 4);
        conv2 = new ConvBlock(features / 4, features / 2);
        conv3 = new ConvBlock(features / 2, features / 2);
        conv4 = new ConvBlock(features / 2, features);
        RegisterComponents();

        hourglasses = Each(stacks, s => $"m{s}", () => new Hourglass(options.Depth, features, options.Pooling));
        tops = Each(stacks, s => $"top_m_{s}", () => new ConvBlock(features, features));
        lasts = Each(stacks, s => $"conv_last{s}", () => nn.Conv2d(features, features, kernel_size: 1));
        ends = Each(stacks, s => $"bn_end{s}", () => nn.BatchNorm2d(features));
        heads = Each(stacks, s => $"l{s}", () => nn.Conv2d(features, options.Landmarks, kernel_size: 1));
        featureLinks = Each(stacks - 1, s => $"bl{s}", () => nn.Conv2d(features, features, kernel_size: 1));
        heatmapLinks = Each(stacks - 1, s => $"al{s}", () => nn.Conv2d(options.Landmarks, features, kernel_size: 1));
    }

    /// <summary>The shape of this network.</summary>
    public FanOptions Options { get; }

    /// <inheritdoc/>
    public override FeatureShape Shape => Options.Shape;

    /// <summary>Heatmaps and features of a batch.</summary>
    /// <param name="images">(B, 3, S, S), RGB in [0, 1].</param>
    /// <exception cref="ArgumentException">The shape is another one.</exception>
    public override FanOutput forward(Tensor images)
    {
        using var scope = NewDisposeScope();
        using var mode = RecordUnlessFrozen();
        var (stem, features, heatmaps) = Run(images);
        var output = new FanOutput(heatmaps, Join(stem, features, heatmaps));
        scope.MoveToOuter(output.Tensors);
        return output;
    }

    /// <summary>The heatmaps of every stack alone, each (B, 68, S/4, S/4): what pre-training needs.</summary>
    /// <inheritdoc cref="forward" path="/param|/exception"/>
    public IReadOnlyList<Tensor> Heatmaps(Tensor images)
    {
        using var scope = NewDisposeScope();
        using var mode = RecordUnlessFrozen();
        var heatmaps = Run(images).Heatmaps;
        scope.MoveToOuter(heatmaps);
        return heatmaps;
    }

    private (Tensor Stem, Tensor[] Features, Tensor[] Heatmaps) Run(Tensor images)
    {
        CheckImages(images);
        var x = conv1.call(MemoryLayout.ChannelsLast(images)).Into(bn1).relu_(); // (B, F/4, S/2, S/2)
        using var wide = x.Into(conv2);
        var stem = Hourglass.Halve(wide, Options.Pooling).Into(conv3).Into(conv4); // (B, F, S/4, S/4)

        int stacks = Options.Stacks;
        var features = new Tensor[stacks];
        var heatmaps = new Tensor[stacks];
        var previous = stem;
        for (int s = 0; s < stacks; s++)
        {
            var feature = hourglasses[s].call(previous).Into(tops[s]).Into(lasts[s]).Into(ends[s]).relu_();
            heatmaps[s] = heads[s].call(feature); // (B, 68, S/4, S/4)
            if (s < stacks - 1)
            {
                feature = featureLinks[s].call(feature);
                previous = previous.Plus(feature).PlusInPlace(heatmapLinks[s].call(heatmaps[s]));
            }
            features[s] = feature; // (B, F, S/4, S/4)
        }
        return (stem, features, heatmaps);
    }

    private static Tensor Join(Tensor stem, Tensor[] features, Tensor[] heatmaps)
    {
        var weight = heatmaps[^1].sum(dim: 1, keepdim: true); // (B, 1, S/4, S/4)
        return cat([stem, .. features.Select(feature => feature * weight)], dim: 1);
    }

    private void CheckImages(Tensor images)
    {
        int side = Options.ImageSize;
        if (images.shape is not [_, 3, var height, var width] || height != side || width != side)
        {
            throw new ArgumentException(
                $"Images have shape ({string.Join(", ", images.shape)}), expected (B, 3, {side}, {side}).",
                nameof(images)
            );
        }
    }

    private TModule[] Each<TModule>(int count, Func<int, string> name, Func<TModule> create)
        where TModule : nn.Module
    {
        var parts = new TModule[count];
        for (int s = 0; s < count; s++)
        {
            parts[s] = create();
            register_module(name(s), parts[s]);
        }
        return parts;
    }
}

/// <summary>What a face alignment network gives for a batch.</summary>
/// <param name="Heatmaps">For each stack, first to last, the raw heatmaps (B, L, S/4, S/4).</param>
/// <param name="Features">The FAN features (B, F·(1+stacks), S/4, S/4): the stem's output, then each stack's
/// feature times the sum of the last stack's heatmaps.</param>
public sealed record FanOutput(IReadOnlyList<Tensor> Heatmaps, Tensor Features) : IDisposable
{
    internal IEnumerable<Tensor> Tensors => [.. Heatmaps, Features];

    /// <summary>Frees every tensor.</summary>
    public void Dispose()
    {
        foreach (var tensor in Tensors)
            tensor.Dispose();
    }
}
