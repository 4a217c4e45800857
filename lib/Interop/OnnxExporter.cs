// The layers of lib/Models as ONNX operators, in evaluation mode: each method reads beside the forward pass of its
// namesake, and finds its weights by their names in the state dict.
using FanTrans.Distillation;
using FanTrans.Models;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace FanTrans.Interop;

/// <summary>
/// A part of your own that can be exported: a feature source, tokens, attention drop, classifier or teacher that
/// implements this. A part that does not is refused by name.
/// </summary>
public interface IOnnxPart
{
    /// <summary>Adds this part to a graph as it works in evaluation mode; weights become constants.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="inputs">What <c>forward</c> takes: images; maps; attention and the block's normalised input;
    /// tokens; or the peers' logits and the features.</param>
    /// <returns>A feature source's last heatmaps and its features; of every other part the first of what
    /// <c>forward</c> gives.</returns>
    IReadOnlyList<OnnxValue> ToOnnx(OnnxGraph graph, IReadOnlyList<OnnxValue> inputs);
}

/// <summary>Adds a model's layers to a graph.</summary>
/// <param name="graph">The graph.</param>
/// <param name="root">The module; layers are named from it.</param>
internal sealed class OnnxExporter(OnnxGraph graph, nn.Module root)
{
    private readonly Dictionary<string, Tensor> weights = root.state_dict();
    private readonly Dictionary<string, nn.Module> modules = root.named_modules()
        .ToDictionary(m => m.name, m => m.module);

    /// <summary>Images (B, 3, S, S) to the last stack's heatmaps (B, L, h, w) and the features (B, C, h, w).</summary>
    public (OnnxValue Heatmaps, OnnxValue Features) Source(FeatureSource source, OnnxValue images, string at)
    {
        if (source is FaceAlignmentNetwork fan)
            return Fan(images, fan.Options, at);
        var made = Own(source, images);
        return (made[0], made[1]);
    }

    /// <summary>What the head takes, see <see cref="FeatureSource.Features"/>.</summary>
    public OnnxValue Taken((OnnxValue Heatmaps, OnnxValue Features) source, int pooling, bool heatmaps)
    {
        var maps = heatmaps ? graph.Concat(1, source.Features, source.Heatmaps.Then("Relu")) : source.Features;
        return pooling == 1 ? maps : Pool(maps, "AveragePool", pooling);
    }

    /// <summary>Features, with heatmaps where the tokens use them, to logits (B, N).</summary>
    public OnnxValue Head(OnnxValue features, FanTransOptions options, string at)
    {
        var x = Tokens(features, options, $"{at}tokens");
        for (var b = 0; b < options.TransformerBlocks; b++)
            x = TransformerBlock(x, options, $"{at}blocks.{b}.");
        return Classifier(LayerNorm(x, $"{at}norm"), options, $"{at}classifier");
    }

    /// <summary>Each peer's logits (B, N) and the features, without heatmaps, to the teacher's logits (B, N).</summary>
    public OnnxValue Teacher(IReadOnlyList<OnnxValue> peers, OnnxValue features, int units, string at)
    {
        var logits = graph.Concat(1, peers.Select(peer => peer.Reshape(0, 1, units))); // (B, M, N)
        switch (modules[at])
        {
            case MeanTeacher:
                return logits.Mean(keep: false, 1);
            case GateTeacher:
                var gate = Linear(features.Mean(keep: false, 2, 3), at).Then("Softmax", [], ("axis", 1L)); // (B, M)
                return (logits * gate.Reshape(0, peers.Count, 1)).Sum(keep: false, 1);
            case var own:
                return Own(own, logits, features)[0];
        }
    }

    /// <summary>Heatmaps (B, L, h, h) to landmarks (B, L, 2) in image pixels and their confidence (B, L): what
    /// <see cref="LandmarkHeatmaps.Read"/> gives. The 5 x 5 cells about
    /// the highest are those not more than 2 from it.</summary>
    public (OnnxValue Landmarks, OnnxValue Confidence) Landmarks(OnnxValue heatmaps, int count, int side, int imageSize)
    {
        var cells = heatmaps.Reshape(0, count, -1); // (B, L, h·h)
        var highest = cells.Then("ArgMax", [], ("axis", 2L)); // (B, L, 1)
        var row = highest / graph.Constant([side]);
        OnnxValue[] at = [highest - row * graph.Constant([side]), row]; // its column and row
        using var scope = NewDisposeScope();
        var (rows, columns) = Arithmetic.Count((long)side * side).DividedBy(side);
        OnnxValue[] from = [.. at.Zip([columns, rows], (place, own) => graph.Constant(own) - place)]; // (B, L, h·h)
        var near = from.Select(d => d.Then("Abs").Then("LessOrEqual", [graph.Constant([2])])).ToArray();
        var inside = near[0].Then("And", [near[1]]).Then("Cast", [], ("to", 1L));
        var positive = cells.Then("Relu") * inside;
        var total = positive.Sum(keep: true, 2).Then("Max", [graph.Constant(1e-12)]);
        var scale = graph.Constant((double)imageSize / side);
        var points = at.Zip(
            from,
            (place, d) =>
            {
                var offset = (positive * d.Then("Cast", [], ("to", 1L))).Sum(keep: true, 2) / total;
                return (place.Then("Cast", [], ("to", 1L)) + offset + graph.Constant(0.5)) * scale;
            }
        );
        var height = cells.Then("ReduceMax", [graph.Constant([2])], ("keepdims", 0L));
        return (graph.Concat(2, points), height.Then("Clip", [graph.Constant(0.0), graph.Constant(1.0)]));
    }

    private (OnnxValue Heatmaps, OnnxValue Features) Fan(OnnxValue images, FanOptions options, string at)
    {
        var x = BatchNorm(Conv(images, $"{at}conv1", padding: 3, stride: 2), $"{at}bn1").Then("Relu");
        x = Halve(ConvBlock(x, $"{at}conv2."), options);
        var stem = ConvBlock(ConvBlock(x, $"{at}conv3."), $"{at}conv4."); // (B, F, S/4, S/4)
        var (previous, features, heatmaps) = (stem, new List<OnnxValue>(), stem);
        for (var s = 0; s < options.Stacks; s++)
        {
            x = ConvBlock(Hourglass(previous, options, options.Depth, $"{at}m{s}."), $"{at}top_m_{s}.");
            var feature = BatchNorm(Conv(x, $"{at}conv_last{s}"), $"{at}bn_end{s}").Then("Relu");
            heatmaps = Conv(feature, $"{at}l{s}"); // (B, L, S/4, S/4)
            if (s < options.Stacks - 1)
            {
                feature = Conv(feature, $"{at}bl{s}");
                previous = previous + feature + Conv(heatmaps, $"{at}al{s}");
            }
            features.Add(feature);
        }
        var weight = heatmaps.Sum(keep: true, 1); // (B, 1, S/4, S/4)
        return (heatmaps, graph.Concat(1, [stem, .. features.Select(feature => feature * weight)]));
    }

    private OnnxValue Hourglass(OnnxValue x, FanOptions options, int level, string at)
    {
        var full = ConvBlock(x, $"{at}b1_{level}.");
        var half = ConvBlock(Halve(x, options), $"{at}b2_{level}.");
        var below = level == 1 ? ConvBlock(half, $"{at}b2_plus_1.") : Hourglass(half, options, level - 1, at);
        return Double(ConvBlock(below, $"{at}b3_{level}.")) + full;
    }

    private OnnxValue ConvBlock(OnnxValue x, string at)
    {
        var half = Conv(BatchNorm(x, $"{at}bn1").Then("Relu"), $"{at}conv1", padding: 1);
        var quarter = Conv(BatchNorm(half, $"{at}bn2").Then("Relu"), $"{at}conv2", padding: 1);
        var last = Conv(BatchNorm(quarter, $"{at}bn3").Then("Relu"), $"{at}conv3", padding: 1);
        var shortcut = weights.ContainsKey($"{at}downsample.2.weight")
            ? Conv(BatchNorm(x, $"{at}downsample.0").Then("Relu"), $"{at}downsample.2")
            : x;
        return graph.Concat(1, half, quarter, last) + shortcut;
    }

    private OnnxValue Tokens(OnnxValue maps, FanTransOptions options, string at)
    {
        var (units, width) = (options.ActionUnits.Count, options.TokenWidth);
        switch (modules[at])
        {
            case GlobalTokens:
                var mean = Subnet(maps, options.SubnetBlocks, halve: true, at).Mean(keep: true, 2, 3);
                return Conv(mean, $"{at}.project").Reshape(0, units, width) + Weight($"{at}.embedding");
            case AttentionTokens:
                var x = Subnet(maps, options.SubnetBlocks, halve: false, at);
                var scores = Conv(x, $"{at}.score") + Weight($"{at}.place"); // (B, N, h, w)
                return Pooled(x, scores.Reshape(0, units, -1).Then("Softmax", [], ("axis", -1L)), options, at);
            case LandmarkTokens:
                using (var learned = F.softplus(weights[$"{at}.landmarks"]))
                    return AtLandmarks(maps, learned, options.SubnetBlocks, options, at);
            case StrictTokens:
                return AtLandmarks(maps, weights[$"{at}.landmarks"], 0, options, at);
            case var own:
                return Own(own, maps)[0];
        }
    }

    private OnnxValue AtLandmarks(OnnxValue maps, Tensor places, int blocks, FanTransOptions options, string at)
    {
        var (channels, landmarks) = (weights[$"{at}.reduce.weight"].shape[1], places.shape[1]);
        var x = Subnet(maps.Slice(1, 0, channels), blocks, halve: false, at);
        var heatmaps = maps.Slice(1, channels, channels + landmarks).Reshape(0, landmarks, -1);
        var sums = graph.Constant(places).MatMul(heatmaps) + graph.Constant(1e-6); // (B, N, h·w)
        return Pooled(x, sums / sums.Sum(keep: true, 2), options, at);
    }

    private OnnxValue Subnet(OnnxValue x, int blocks, bool halve, string at)
    {
        var norm = weights.ContainsKey($"{at}.bn_end.weight");
        x = Conv(norm ? BatchNorm(x, $"{at}.bn_in") : x, $"{at}.reduce");
        for (var b = 0; b < blocks; b++)
            x = halve ? Pool(ConvBlock(x, $"{at}.blocks.{b}."), "MaxPool", 2) : ConvBlock(x, $"{at}.blocks.{b}.");
        // Tokens that pool by maps of their own take a ReLU with or without the norm.
        return norm ? BatchNorm(x, $"{at}.bn_end").Then("Relu")
            : halve ? x
            : x.Then("Relu");
    }

    private OnnxValue Pooled(OnnxValue x, OnnxValue places, FanTransOptions options, string at)
    {
        var (units, width, channels) = (options.ActionUnits.Count, options.TokenWidth, options.SubnetWidth);
        var cells = x.Reshape(0, channels, -1).Transpose(0, 2, 1); // (B, h·w, W)
        var pooled = places.MatMul(cells).Transpose(1, 0, 2); // (N, B, W)
        using var scope = NewDisposeScope();
        var project = weights[$"{at}.project.weight"].view(units, width, channels).transpose(1, 2); // (N, W, D)
        var shift = weights[$"{at}.project.bias"].view(units, width).Plus(weights[$"{at}.embedding"]);
        return pooled.MatMul(graph.Constant(project)).Transpose(1, 0, 2) + graph.Constant(shift); // (B, N, D)
    }

    private OnnxValue TransformerBlock(OnnxValue x, FanTransOptions options, string at)
    {
        var tokens = x + Attention(LayerNorm(x, $"{at}norm1"), options, $"{at}attention.");
        var hidden = Linear(LayerNorm(tokens, $"{at}norm2"), $"{at}mlp.fc1").Then("Gelu");
        return tokens + Linear(hidden, $"{at}mlp.fc2");
    }

    private OnnxValue Attention(OnnxValue x, FanTransOptions options, string at)
    {
        var (units, width, heads) = (options.ActionUnits.Count, options.TokenWidth, options.Heads);
        long each = width / heads;
        using var scope = NewDisposeScope();
        var (weight, bias) = (weights[$"{at}qkv.weight"], weights[$"{at}qkv.bias"]);
        OnnxValue Part(int part, double scale) =>
            Heads( // (B, H, N, d)
                x.MatMul(graph.Constant(weight.narrow(0, part * width, width).t().Times(scale)))
                    + graph.Constant(bias.narrow(0, part * width, width).Times(scale)),
                units,
                heads
            );
        var (q, k, v) = (Part(0, 1 / Math.Sqrt(each)), Part(1, 1), Part(2, 1));
        var softened = q.MatMul(k.Transpose(0, 1, 3, 2)).Then("Softmax", [], ("axis", -1L)); // (B, H, N, N)
        var attention = Drop(softened, x, options, $"{at}drop");
        return Linear(attention.MatMul(v).Transpose(0, 2, 1, 3).Reshape(0, units, width), $"{at}proj");
    }

    private OnnxValue Drop(OnnxValue attention, OnnxValue x, FanTransOptions options, string at)
    {
        using var scope = NewDisposeScope();
        var units = options.ActionUnits.Count;
        using var own = eye(units, dtype: ScalarType.Bool);
        switch (modules[at])
        {
            case NoDrop or RandomDrop:
                return attention;
            case AttentionOff:
                // Values that are not finite stay so.
                return attention * graph.Constant(0.0) + graph.Constant(own.to_type(ScalarType.Float32));
            case InputDependentDrop:
                var (a, c) = (Linear(x, $"{at}.query"), Linear(x, $"{at}.key"));
                var image = Heads(a, units, options.Heads).MatMul(Heads(c, units, options.Heads).Transpose(0, 1, 3, 2));
                var theta = image / graph.Constant(Math.Sqrt(options.GateRank)) + Weight($"{at}.logits");
                var kept = theta.Then("Sigmoid").Then("GreaterOrEqual", [graph.Constant(0.5)]);
                return Masked(kept.Then("Or", [graph.Constant(own)]).Then("Cast", [], ("to", 1L)));
            case LearnableDrop drop when drop.GetType() == typeof(LearnableDrop):
                var mask = weights[$"{at}.logits"].cpu().sigmoid().AtLeast(0.5).logical_or(own);
                return Masked(graph.Constant(mask.to_type(ScalarType.Float32)));
            case var part:
                return Own(part, attention, x)[0];
        }

        OnnxValue Masked(OnnxValue mask)
        {
            var kept = attention * mask;
            return kept / kept.Sum(keep: true, 3).Then("Max", [graph.Constant(1e-12)]);
        }
    }

    private OnnxValue Classifier(OnnxValue tokens, FanTransOptions options, string at)
    {
        var joined = (long)options.ActionUnits.Count * options.TokenWidth;
        switch (modules[at])
        {
            case JointClassifier:
                return Linear(tokens.Reshape(0, joined), at);
            case IndependentClassifier:
                return (tokens * Weight($"{at}.weight")).Sum(keep: false, 2) + Weight($"{at}.bias");
            case SharedClassifier:
                return Linear(tokens, at).Reshape(0, options.ActionUnits.Count);
            case JointHiddenClassifier:
                return Linear(Linear(tokens.Reshape(0, joined), $"{at}.hidden").Then("Gelu"), $"{at}.output");
            case var own:
                return Own(own, tokens)[0];
        }
    }

    private IReadOnlyList<OnnxValue> Own(nn.Module part, params OnnxValue[] inputs) =>
        part is IOnnxPart own
            ? own.ToOnnx(graph, inputs)
            : throw new NotSupportedException(
                $"{part.GetType().Name} is a part of your own that does not say how it is exported: "
                    + $"implement {nameof(IOnnxPart)}.{nameof(IOnnxPart.ToOnnx)} in it."
            );

    private static OnnxValue Heads(OnnxValue x, int units, int heads) =>
        x.Reshape(0, units, heads, -1).Transpose(0, 2, 1, 3); // (B, H, N, d)

    private OnnxValue Linear(OnnxValue x, string at)
    {
        using var turned = weights[$"{at}.weight"].t();
        return x.MatMul(graph.Constant(turned)) + Weight($"{at}.bias");
    }

    private OnnxValue LayerNorm(OnnxValue x, string at) =>
        x.Then("LayerNormalization", [Weight($"{at}.weight"), Weight($"{at}.bias")], ("epsilon", 1e-5f));

    private OnnxValue Conv(OnnxValue x, string at, long padding = 0, long stride = 1)
    {
        OnnxValue[] bias = weights.ContainsKey($"{at}.bias") ? [Weight($"{at}.bias")] : [];
        return x.Then(
            "Conv",
            [Weight($"{at}.weight"), .. bias],
            ("kernel_shape", weights[$"{at}.weight"].shape[2..]),
            ("pads", new[] { padding, padding, padding, padding }),
            ("strides", new[] { stride, stride })
        );
    }

    private OnnxValue BatchNorm(OnnxValue x, string at)
    {
        using var one = ones(weights[$"{at}.running_mean"].shape);
        using var zero = zeros(one.shape);
        var affine = weights.ContainsKey($"{at}.weight");
        return x.Then(
            "BatchNormalization",
            [
                affine ? Weight($"{at}.weight") : graph.Constant(one),
                affine ? Weight($"{at}.bias") : graph.Constant(zero),
                Weight($"{at}.running_mean"),
                Weight($"{at}.running_var"),
            ],
            ("epsilon", 1e-5f)
        );
    }

    private static OnnxValue Halve(OnnxValue x, FanOptions options) =>
        Pool(x, options.Pooling is FanPooling.Average ? "AveragePool" : "MaxPool", 2);

    private static OnnxValue Pool(OnnxValue x, string operation, long cells) =>
        x.Then(operation, [], ("kernel_shape", new[] { cells, cells }), ("strides", new[] { cells, cells }));

    /// <summary>Each cell as 2 x 2.</summary>
    private OnnxValue Double(OnnxValue x)
    {
        using var none = empty(0);
        using var scales = tensor(new[] { 1f, 1f, 2f, 2f });
        return x.Then(
            "Resize",
            [graph.Constant(none), graph.Constant(scales)],
            ("mode", "nearest"),
            ("coordinate_transformation_mode", "asymmetric"),
            ("nearest_mode", "floor")
        );
    }

    private OnnxValue Weight(string name) => graph.Constant(weights[name], name);
}
