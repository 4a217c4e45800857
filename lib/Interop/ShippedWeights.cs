using System.Security.Cryptography;
using static TorchSharp.torch;

namespace FanTrans.Interop;

/// <summary>
/// The trained weights that this library carries, as safetensors files with half-precision values. Each file's metadata
/// has the options of its module, how it was trained (as JSON: data, people, epochs, measures), whom it was trained on,
/// and a checksum of its values, which is checked whenever it is loaded.
/// </summary>
public static class ShippedWeights
{
    /// <summary>What names these weights where a path may be given: "shipped".</summary>
    public const string Name = "shipped";

    /// <summary>The face alignment network's file, see <c>FaceAlignmentNetwork.LoadShipped</c>.</summary>
    public const string Fan = "fan-small.safetensors";

    /// <summary>The trained model's file, see <c>TrainedModel.LoadShipped</c>.</summary>
    public const string Model = "model-small.safetensors";

    /// <summary>Metadata: JSON list of the subjects that the weights were trained on;
    /// the reserved ones are one entry.</summary>
    public const string SubjectsKey = "subjects";

    /// <summary>Metadata: how the weights were trained, as JSON.</summary>
    public const string TrainingKey = "training";

    private const string ChecksumKey = "sha256";

    /// <summary>Whether the library was built with a file.</summary>
    /// <param name="file"><see cref="Fan"/> or <see cref="Model"/>.</param>
    public static bool Has(string file) =>
        typeof(ShippedWeights).Assembly.GetManifestResourceInfo($"FanTrans.{file}") is not null;

    /// <summary>Opens a file of the library.</summary>
    /// <param name="file">Such as <see cref="Fan"/>.</param>
    /// <exception cref="InvalidDataException">The library was built without it, or its checksum is wrong.</exception>
    public static StateDict Open(string file)
    {
        using var stream =
            typeof(ShippedWeights).Assembly.GetManifestResourceStream($"FanTrans.{file}")
            ?? throw new InvalidDataException($"{file}: this build of the library carries no such weights.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return Read(file, bytes);
    }

    /// <summary>Reads a file and checks its checksum.</summary>
    internal static StateDict Read(string file, byte[] bytes)
    {
        var weights = WeightsFile.Load(ByteSource.Of(file, bytes));
        var expected = weights.Metadata.GetValueOrDefault(ChecksumKey);
        if (expected == Checksum(weights))
            return weights;
        weights.Dispose();
        throw new InvalidDataException(
            $"{file}: the values' checksum is not the {expected ?? "(missing)"} of its metadata; the file was changed."
        );
    }

    /// <summary>Writes weights as the library ships them: floating-point values
    /// in half precision, with a checksum.</summary>
    /// <param name="path">The file, ending in .safetensors.</param>
    /// <param name="tensors">Names and tensors, for example <c>module.state_dict()</c>.</param>
    /// <param name="metadata">Options, training record and subjects.</param>
    /// <exception cref="ArgumentException">A value is too large for half precision;
    /// the message names the tensor.</exception>
    public static void Save(
        string path,
        IEnumerable<KeyValuePair<string, Tensor>> tensors,
        IReadOnlyDictionary<string, string> metadata
    )
    {
        ArgumentNullException.ThrowIfNull(tensors);
        ArgumentNullException.ThrowIfNull(metadata);
        using var scope = NewDisposeScope();
        List<KeyValuePair<string, Tensor>> halves =
        [
            .. tensors.Select(pair => new KeyValuePair<string, Tensor>(pair.Key, Half(pair))),
        ];
        WeightsFile.Save(path, halves, new Dictionary<string, string>(metadata) { [ChecksumKey] = Checksum(halves) });
    }

    private static Tensor Half(KeyValuePair<string, Tensor> pair)
    {
        if (!pair.Value.is_floating_point())
            return pair.Value;
        var half = pair.Value.detach().cpu().to(ScalarType.Float16);
        return half.isfinite().all().item<bool>()
            ? half
            : throw new ArgumentException($"{pair.Key}: a value is beyond half precision.", nameof(pair));
    }

    /// <summary>SHA-256 over the names and values, by name.</summary>
    internal static string Checksum(IEnumerable<KeyValuePair<string, Tensor>> tensors)
    {
        using var scope = NewDisposeScope();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, tensor) in tensors.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes(name + "\n"));
            if (tensor.numel() > 0)
                hash.AppendData(tensor.detach().cpu().contiguous().bytes);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
