using System.Text.Json.Serialization;

namespace FanTrans.Models;

/// <summary>How the stem and the hourglasses halve the resolution.</summary>
public enum FanPooling
{
    /// <summary>The greatest of 2 x 2 values. Known: 2dfan2 and 2dfan2_alt.</summary>
    Max,

    /// <summary>The mean of 2 x 2 values. Known: 2dfan4.</summary>
    Average,
}

/// <summary>
/// The shape of a face alignment network (FAN). The architecture is that of Bulat and Tzimiropoulos
/// (ICCV 2017); <see cref="Paper"/> and <see cref="Published2dFan4"/> fit their published weights.
/// </summary>
public sealed record FanOptions
{
    /// <summary>Side of the square input image in pixels: a multiple of 4·2^<see cref="Depth"/>.</summary>
    public required int ImageSize { get; init; }

    /// <summary>Number of stacked hourglasses, at least 1.</summary>
    public required int Stacks { get; init; }

    /// <summary>Channels of the stem's output and of each hourglass: a multiple of 16, since the stem
    /// starts with a quarter of them and a block's last convolution has a quarter of its own.</summary>
    public required int Features { get; init; }

    /// <summary>Levels of an hourglass: how often it halves the resolution, at least 1.</summary>
    public required int Depth { get; init; }

    /// <summary>Landmarks, one heatmap each: 68 in the iBUG order for all presets.</summary>
    public required int Landmarks { get; init; }

    /// <summary>How the resolution is halved; the weights do not tell.</summary>
    public FanPooling Pooling { get; init; }

    /// <summary>Side of a heatmap: the stem reduces the image by 4.</summary>
    [JsonIgnore]
    public int HeatmapSize => ImageSize / 4;

    /// <summary>Channels of the FAN features: the stem's and each stack's, <c>Features·(1 + Stacks)</c>.</summary>
    [JsonIgnore]
    public int FeatureChannels => Features * (1 + Stacks);

    /// <summary>The network's maps.</summary>
    [JsonIgnore]
    public FeatureShape Shape => new(FeatureChannels, Landmarks, HeatmapSize);

    /// <summary>Whether a face's maps are so large, from a megabyte on, that the memory for them is worth
    /// giving back.</summary>
    internal bool HasLargeMaps => 4L * Features * HeatmapSize * HeatmapSize >= 1 << 20;

    /// <summary>The network of the weights "2dfan2": 12,106,504 parameters, 256-pixel images. Known: the authors'
    /// other work (AU-Net, EmoNet) uses it.</summary>
    public static FanOptions Paper { get; } =
        new()
        {
            ImageSize = 256,
            Stacks = 2,
            Features = 256,
            Depth = 4,
            Landmarks = 68,
        };

    /// <summary>The network of the weights "2dfan4": as <see cref="Paper"/>
    /// with four stacks and average pooling.</summary>
    public static FanOptions Published2dFan4 { get; } = Paper with { Stacks = 4, Pooling = FanPooling.Average };

    /// <summary>A small network that trains on a processor in minutes. Chosen by this kit.</summary>
    public static FanOptions Small { get; } =
        new()
        {
            ImageSize = 96,
            Stacks = 1,
            Features = 64,
            Depth = 3,
            Landmarks = 68,
        };

    /// <summary>Checks every field.</summary>
    /// <returns>The record itself.</returns>
    /// <exception cref="ArgumentException">A field is out of range; the message lists every such field.</exception>
    public FanOptions Validate()
    {
        var check = new OptionsCheck(nameof(FanOptions))
            .AtLeast(nameof(Stacks), Stacks, 1)
            .AtLeast(nameof(Landmarks), Landmarks, 1)
            .Defined(nameof(Pooling), Pooling)
            .Require(Depth is >= 1 and <= 8, $"Depth is {Depth}, expected 1 to 8")
            .Require(Features >= 16 && Features % 16 == 0, $"Features is {Features}, expected a multiple of 16");
        if (Depth is >= 1 and <= 8)
        {
            int step = 4 << Depth;
            check.Require(
                ImageSize >= step && ImageSize % step == 0,
                $"ImageSize is {ImageSize}, expected a multiple of {step}: "
                    + $"the stem reduces by 4 and Depth {Depth} by {1 << Depth}"
            );
        }
        check.Throw();
        return this;
    }
}
