// What each part of a model gives and costs. Known, and checked by a test: the published FAN takes 27.8 GFLOP per face,
// two for each multiply-add. Batch norms, activations, pooling and sums are not counted, as usual; of a classifier that
// is not built in, one for each weight; other parts of your own count 0.
using static TorchSharp.torch;

namespace FanTrans.Models;

/// <summary>One part of a model.</summary>
/// <param name="Part">Its name.</param>
/// <param name="Output">The shape of what it gives for one face.</param>
/// <param name="Parameters">Its weights.</param>
/// <param name="MultiplyAdds">Millions of multiply-adds of its convolutions,
/// linear maps and attention for one face.</param>
public sealed record ModelPart(string Part, string Output, long Parameters, double MultiplyAdds);

/// <summary>A model's parts in the order of the data's way through them.</summary>
public static class ModelParts
{
    /// <summary>Shapes, parameters and multiply-adds of every part, and a last row for all of it.</summary>
    /// <param name="options">The model.</param>
    /// <exception cref="ArgumentException">The options are not valid.</exception>
    public static IReadOnlyList<ModelPart> Of(FanTransOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        using var source = FeatureSources.Table.Find(options.FeatureSource)(options);
        List<ModelPart> parts =
        [
            .. source is FaceAlignmentNetwork fan
                ? FanParts(fan)
                : [new($"feature source, {options.FeatureSource}", Maps(source.Shape), Weights(source), 0)],
            .. HeadParts(options, source),
        ];
        var work = Math.Round(parts.Sum(p => p.MultiplyAdds), 2);
        return [.. parts, new("all", $"{options.ActionUnits.Count} logits", parts.Sum(p => p.Parameters), work)];
    }

    private static long Weights(nn.Module module) => module.parameters().Sum(parameter => parameter.numel());

    private static string Maps(FeatureShape shape, bool heatmaps = true) =>
        $"{shape.Channels} x {shape.Side} x {shape.Side}"
        + (heatmaps && shape.Landmarks > 0 ? $", {shape.Landmarks} heatmaps" : "");

    private static IEnumerable<ModelPart> FanParts(FaceAlignmentNetwork network)
    {
        var fan = network.Options;
        var parameters = network.named_parameters().ToList();
        long Count(params string[] modules) =>
            parameters.Where(p => modules.Contains(p.name.Split('.')[0])).Sum(p => p.parameter.numel());
        var (f, half, cells) = (fan.Features, fan.ImageSize / 2, fan.HeatmapSize);
        var maps = $"{f} x {cells} x {cells}";
        yield return new(
            "FAN stem",
            maps,
            Count("conv1", "bn1", "conv2", "conv3", "conv4"),
            Millions(
                (Square(half) * 7 * 7 * 3 * f / 4)
                    + Block(f / 4, f / 2, half)
                    + Block(f / 2, f / 2, cells)
                    + Block(f / 2, f, cells)
            )
        );
        for (var s = 0; s < fan.Stacks; s++)
        {
            yield return new($"FAN hourglass {s + 1}", maps, Count($"m{s}"), Millions(Hourglass(fan.Depth, f, cells)));
            var links = s == fan.Stacks - 1 ? 0 : Square(cells) * f * (f + fan.Landmarks);
            yield return new(
                $"FAN stack {s + 1}'s features and heatmaps",
                $"{maps}, {fan.Landmarks} x {cells} x {cells}",
                Count($"top_m_{s}", $"conv_last{s}", $"bn_end{s}", $"l{s}", $"bl{s}", $"al{s}"),
                Millions(Block(f, f, cells) + (Square(cells) * f * (f + fan.Landmarks)) + links)
            );
        }
    }

    private static IEnumerable<ModelPart> HeadParts(FanTransOptions options, FeatureSource source)
    {
        var maps = source.Shape with { Side = source.Shape.Side / options.FeaturePooling };
        using var head = new AuHead(options, source.Shape);
        var parameters = head.named_parameters().ToList();
        long Count(params string[] prefixes) =>
            parameters
                .Where(p => prefixes.Any(prefix => p.name.StartsWith(prefix, StringComparison.Ordinal)))
                .Sum(p => p.parameter.numel());
        string[] subnet = ["tokens.bn_in", "tokens.reduce", "tokens.blocks", "tokens.bn_end"];
        int units = options.ActionUnits.Count,
            cells = maps.Side,
            width = options.SubnetWidth;
        var features = source is FaceAlignmentNetwork ? "FAN features, stem and weighed stacks" : "features";
        yield return new(features, Maps(maps, head.UsesHeatmaps), 0, 0);
        var halved = options.Tokens == "global" ? cells >> options.SubnetBlocks : cells;
        var blocks = options.Tokens == "strict" ? 0 : options.SubnetBlocks;
        // Tokens of one's own may have no subnet.
        var ofOnesOwn = Count(subnet) == 0;
        yield return new(
            "subnet",
            ofOnesOwn ? "none" : $"{width} x {halved} x {halved}",
            Count(subnet),
            ofOnesOwn
                ? 0
                : Millions(
                    (Square(cells) * maps.Channels * width)
                        + Enumerable
                            .Range(0, blocks)
                            .Sum(k => Block(width, width, options.Tokens == "global" ? cells >> k : cells))
                )
        );
        yield return new(
            $"AU tokens, {options.Tokens}",
            $"{units} x {options.TokenWidth}",
            Count("tokens.") - Count(subnet),
            ofOnesOwn ? 0 : Millions((double)width * units * options.TokenWidth + Pooling(options, maps))
        );
        for (var block = 0; block < options.TransformerBlocks; block++)
        {
            yield return new(
                $"transformer block {block + 1}",
                $"{units} x {options.TokenWidth}",
                Count($"blocks.{block}."),
                Millions(Transformer(options))
            );
        }
        yield return new("layer norm", $"{units} x {options.TokenWidth}", Count("norm."), 0);
        yield return new(
            $"classifier, {options.Classifier}",
            $"{units}",
            Count("classifier."),
            Millions(Classifier(options) ?? Count("classifier."))
        );
    }

    /// <summary>Each unit's map from landmarks or scores, and the mean that it weighs.</summary>
    private static double Pooling(FanTransOptions options, FeatureShape maps) =>
        options.Tokens switch
        {
            "landmark" or "strict" => Square(maps.Side)
                * options.ActionUnits.Count
                * (maps.Landmarks + options.SubnetWidth),
            "attention" => Square(maps.Side) * options.ActionUnits.Count * 2 * options.SubnetWidth,
            _ => 0,
        };

    /// <summary>Queries, keys, values and the projection, attention twice, the MLP;
    /// an input-dependent drop's two maps.</summary>
    private static double Transformer(FanTransOptions options)
    {
        double n = options.ActionUnits.Count,
            d = options.TokenWidth,
            gate = options.Heads * options.GateRank;
        return (4 * n * d * d)
            + (2 * n * n * d)
            + (2 * options.MlpRatio * n * d * d)
            + (options.AttentionDrop == "input-dependent" ? (2 * n * d * gate) + (n * n * gate) : 0);
    }

    /// <summary>Null for a classifier that is not built in.</summary>
    private static double? Classifier(FanTransOptions options)
    {
        double n = options.ActionUnits.Count,
            d = options.TokenWidth;
        return options.Classifier switch
        {
            "joint" => n * n * d,
            "joint-hidden" => (n * d * options.HiddenWidth) + (options.HiddenWidth * n),
            "independent" or "shared" => n * d,
            _ => null,
        };
    }

    private static double Hourglass(int level, int features, int cells) =>
        Block(features, features, cells)
        + (2 * Block(features, features, cells / 2))
        + (level == 1 ? Block(features, features, cells / 2) : Hourglass(level - 1, features, cells / 2));

    private static double Block(int inputs, int outputs, int cells) =>
        Square(cells)
        * (
            (9.0 * inputs * outputs / 2)
            + (9.0 * outputs * outputs / 8)
            + (9.0 * outputs * outputs / 16)
            + (inputs == outputs ? 0 : inputs * outputs)
        );

    private static double Square(int side) => (double)side * side;

    private static double Millions(double count) => Math.Round(count / 1e6, 2);
}
