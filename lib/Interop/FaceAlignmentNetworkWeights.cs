using FanTrans.Data;
using FanTrans.Models;

namespace FanTrans.Interop;

/// <summary>Face alignment networks from weights: <c>FaceAlignmentNetwork.LoadShipped()</c>,
/// <c>Load("2dfan2.pth")</c>.</summary>
public static class FaceAlignmentNetworkWeights
{
    /// <summary>Metadata of a safetensors file: the network's options as JSON.</summary>
    public const string OptionsKey = "fan";

    private const int PublishedImageSize = 256;

    extension(FaceAlignmentNetwork)
    {
        /// <summary>
        /// Makes a network and loads its weights: a safetensors file of this kit, which says the network's options, or
        /// published weights, for example 2dfan2.pth of hhj1897/face_alignment. The network is in evaluation mode and
        /// not frozen.
        /// </summary>
        /// <param name="path">The weights, in any format of <see cref="WeightsFile"/>.</param>
        /// <param name="options">The network's shape; null takes what the file says of itself, or what its weights'
        /// names and shapes tell, for images of 256 pixels as for all published weights.</param>
        /// <param name="guessed">
        /// Weights do not tell whether the network halves by maximum or by mean, and with the wrong one its features
        /// are wrong by nine tenths. Where neither the options nor the file say it, and the file is none of the
        /// published ones by its checksum, it is guessed and this is told the guess in one sentence; null refuses the
        /// file instead.
        /// </param>
        /// <exception cref="InvalidDataException">The file is broken, does not hold such a network, says other options
        /// of itself, or its pooling would have to be guessed.</exception>
        /// <exception cref="ArgumentException">The options are not valid.</exception>
        public static FaceAlignmentNetwork Load(string path, FanOptions? options = null, Action<string>? guessed = null)
        {
            using var weights = WeightsFile.Load(path);
            return Make(weights, OptionsOf(weights, path, options, guessed));
        }

        /// <summary>
        /// The small network that the library carries: trained on rendered faces of people whom no other set has, see
        /// docs/model-card.md. In evaluation mode and not frozen.
        /// </summary>
        public static FaceAlignmentNetwork LoadShipped()
        {
            using var weights = ShippedWeights.Open(ShippedWeights.Fan);
            return Make(weights, OptionsJson.Read<FanOptions>(weights.Metadata[OptionsKey]));
        }
    }

    private static FaceAlignmentNetwork Make(StateDict weights, FanOptions options)
    {
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

    /// <summary>Writes a network with its options, whole or not at all.</summary>
    /// <param name="fan">The network.</param>
    /// <param name="path">The file, ending in .safetensors.</param>
    /// <param name="metadata">More texts by name to keep in the file, such as what it was trained on.</param>
    public static void Save(
        this FaceAlignmentNetwork fan,
        string path,
        IReadOnlyDictionary<string, string>? metadata = null
    )
    {
        ArgumentNullException.ThrowIfNull(fan);
        var all = new Dictionary<string, string>(metadata ?? new Dictionary<string, string>())
        {
            [OptionsKey] = OptionsJson.Write(fan.Options),
        };
        WeightsFile.Save(path, fan.state_dict(), all);
    }

    /// <summary>What the caller says, else the file, else its weights and checksum.</summary>
    private static FanOptions OptionsOf(StateDict weights, string path, FanOptions? options, Action<string>? guessed)
    {
        var said = weights.Metadata.TryGetValue(OptionsKey, out var text)
            ? OptionsJson.Read<FanOptions>(text).Validate()
            : null;
        if (said is not null && options is not null && said != options)
        {
            throw new InvalidDataException(
                $"{path} holds a network with {OptionsJson.Write(said)}, expected {OptionsJson.Write(options)}."
            );
        }
        var published = PublishedPooling(path);
        if (options is not null && published is not null && options.Pooling != published)
        {
            throw new InvalidDataException(
                $"{path} was published with {published} pooling, expected {options.Pooling}."
            );
        }
        if ((options ?? said) is { } known)
            return known;
        var inferred = Infer(weights);
        if (published is { } pooling)
            return inferred with { Pooling = pooling };
        var guess = inferred.Stacks == FanOptions.Published2dFan4.Stacks ? FanPooling.Average : FanPooling.Max;
        var name = guess is FanPooling.Average ? "2dfan4" : "2dfan2";
        var why =
            $"{path}: weights do not tell how the network halves its maps, and the file is none of the published ones";
        if (guessed is null)
        {
            throw new InvalidDataException(
                $"{why}; say it by FanOptions.Pooling, as in FanOptions.Paper with {{ Pooling = FanPooling.Max }}."
            );
        }
        guessed($"{why}: guessed {guess.ToString().ToLowerInvariant()} pooling, as in {name}.");
        return inferred with { Pooling = guess };
    }

    /// <summary>The shape of the network that a state dict belongs to: stacks, depth, features and landmarks as the
    /// names and shapes tell them, images of 256 pixels as for all published weights. The pooling stands in no weight
    /// and is left at its default.</summary>
    /// <exception cref="InvalidDataException">It does not belong to a face alignment network.</exception>
    public static FanOptions Infer(StateDict weights)
    {
        var tensors = StateDict.MapNames(weights, ["conv_last0.weight", "m0.b1_1.conv1.weight", "l0.weight"]);
        int stacks = CountFrom(0, s => tensors.ContainsKey($"conv_last{s}.weight"));
        int depth = CountFrom(1, level => tensors.ContainsKey($"m0.b1_{level}.conv1.weight"));
        if (stacks == 0 || depth == 0)
        {
            throw new InvalidDataException(
                $"{weights.Name} does not hold a face alignment network: expected conv_last0.weight and "
                    + $"m0.b1_1.conv1.weight, found {string.Join(", ", weights.Keys.Take(5))}, …."
            );
        }
        var options = new FanOptions
        {
            ImageSize = PublishedImageSize,
            Stacks = stacks,
            Depth = depth,
            Features = Outputs("conv_last0.weight"),
            Landmarks = Outputs("l0.weight"),
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

    /// <summary>The pooling of a published file, by its checksum
    /// in data-manifests/fan-weights.json; null for other files.</summary>
    private static FanPooling? PublishedPooling(string path)
    {
        var file = FanWeightsManifest.Load().Identify(WeightsFile.Split(path).Path);
        return file is null ? null : Enum.Parse<FanPooling>(file.Pooling, ignoreCase: true);
    }

    private static int CountFrom(int first, Func<int, bool> exists)
    {
        int count = 0;
        while (exists(first + count))
            count++;
        return count;
    }
}
