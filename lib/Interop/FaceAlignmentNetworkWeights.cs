using FanTrans.Models;

namespace FanTrans.Interop;

/// <summary>Face alignment networks from weights: <c>FaceAlignmentNetwork.LoadShipped()</c>, <c>Load("2dfan2.pth")</c>.</summary>
public static class FaceAlignmentNetworkWeights
{
    /// <summary>Metadata of a safetensors file: the network's options as JSON.</summary>
    public const string OptionsKey = "fan";

    private const int PublishedImageSize = 256;

    extension(FaceAlignmentNetwork)
    {
        /// <summary>
        /// Makes a network and loads its weights, for example 2dfan2.pth or 2dfan4.pth of hhj1897/face_alignment. The
        /// network is in evaluation mode and not frozen.
        /// </summary>
        /// <param name="path">The weights, in any format of <see cref="WeightsFile"/>.</param>
        /// <param name="options">The network's shape; without it the file's own options, or what <see cref="Infer"/> finds.</param>
        /// <exception cref="InvalidDataException">The file is broken, or does not hold such a network.</exception>
        /// <exception cref="ArgumentException">The options are not valid.</exception>
        public static FaceAlignmentNetwork Load(string path, FanOptions? options = null)
        {
            using var weights = WeightsFile.Load(path);
            return Make(weights, options);
        }

        /// <summary>
        /// The small network that the library carries: trained on rendered faces of people whom no other set has, see
        /// docs/model-card.md. In evaluation mode and not frozen.
        /// </summary>
        public static FaceAlignmentNetwork LoadShipped()
        {
            using var weights = ShippedWeights.Open(ShippedWeights.Fan);
            return Make(weights, options: null);
        }
    }

    private static FaceAlignmentNetwork Make(StateDict weights, FanOptions? options)
    {
        options ??= weights.Metadata.TryGetValue(OptionsKey, out var own) ? OptionsJson.Read<FanOptions>(own) : Infer(weights);
        var network = new FaceAlignmentNetwork(options);
        try
        {
            StateDict.LoadInto(network, weights);
            network.eval();
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>The shape of the network that a state dict belongs to: stacks, depth, features and landmarks as the
    /// names and shapes tell them, images of 256 pixels as for all published weights. The pooling stands in no weight: four
    /// stacks are taken for 2dfan4, which was published with average pooling, any other number for maximum pooling.</summary>
    /// <exception cref="InvalidDataException">It does not belong to a face alignment network.</exception>
    public static FanOptions Infer(StateDict weights)
    {
        var tensors = StateDict.MapNames(weights);
        int stacks = CountFrom(0, s => tensors.ContainsKey($"conv_last{s}.weight"));
        int depth = CountFrom(1, level => tensors.ContainsKey($"m0.b1_{level}.conv1.weight"));
        if (stacks == 0 || depth == 0)
        {
            throw new InvalidDataException(
                $"{weights.Name} does not hold a face alignment network: expected conv_last0.weight and "
                + $"m0.b1_1.conv1.weight, found {string.Join(", ", weights.Keys.Take(5))}, ….");
        }
        var options = new FanOptions
        {
            ImageSize = PublishedImageSize,
            Stacks = stacks,
            Depth = depth,
            Features = Outputs("conv_last0.weight"),
            Landmarks = Outputs("l0.weight"),
            Pooling = stacks == FanOptions.Published2dFan4.Stacks ? FanPooling.Average : FanPooling.Max,
        };
        try
        {
            return options.Validate();
        }
        catch (ArgumentException error)
        {
            throw new InvalidDataException($"{weights.Name}: {error.Message}", error);
        }

        int Outputs(string name) =>
            tensors.TryGetValue(name, out var tensor) && tensor.shape is [var outputs and < 1 << 16, _, 1, 1]
                ? (int)outputs
                : throw new InvalidDataException($"{weights.Name}: expected {name} of shape (outputs, inputs, 1, 1).");
    }

    private static int CountFrom(int first, Func<int, bool> exists)
    {
        int count = 0;
        while (exists(first + count))
            count++;
        return count;
    }
}
