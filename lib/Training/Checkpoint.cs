using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using FanTrans.Interop;
using static TorchSharp.torch;

namespace FanTrans.Training;

/// <summary>What a checkpoint says about itself.</summary>
internal sealed record CheckpointHeader
{
    /// <summary>The task's name.</summary>
    public required string Task { get; init; }

    /// <summary>The task's options, as JSON.</summary>
    public required string Description { get; init; }

    /// <summary>How the run trains.</summary>
    public required TrainingOptions Options { get; init; }

    /// <summary>Fingerprint of the training and validation frames, their labels and the loaders' options.</summary>
    public required string Data { get; init; }

    /// <summary>Torch threads of the run: another number rounds differently.</summary>
    public required int Threads { get; init; }

    /// <summary>Optimizer steps done. Every random number of training follows from the seed and this count.</summary>
    public required long Step { get; init; }

    /// <summary>The epochs done.</summary>
    public required IReadOnlyList<EpochReport> History { get; init; }

    /// <summary>Number of the best epoch, 0 for none; its weights are in the file too.</summary>
    public required int BestEpoch { get; init; }
}

/// <summary>
/// A training run on disk: one safetensors file with what training changes of the module ("model."), the best epoch's
/// weights ("best."), their average ("average."), what the optimizer writes of itself ("optimizer") and, as metadata,
/// the header and a SHA-256 over all of it. Written whole or not at all.
/// </summary>
internal static class Checkpoint
{
    private const string Format = "fantrans-checkpoint",
        Version = "3";

    private static readonly JsonSerializerOptions Json = new()
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter(namingPolicy: null, allowIntegerValues: false) },
    };

    /// <summary>Writes a checkpoint.</summary>
    /// <param name="path">The file, ending in .safetensors.</param>
    /// <param name="header">What it says about itself.</param>
    /// <param name="tensors">Everything that resuming needs.</param>
    public static void Save(string path, CheckpointHeader header, IReadOnlyDictionary<string, Tensor> tensors)
    {
        ArgumentNullException.ThrowIfNull(header);
        ArgumentNullException.ThrowIfNull(tensors);
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var stored = tensors.ToDictionary(t => t.Key, t => t.Value.cpu().contiguous());
        var text = JsonSerializer.Serialize(header, Json);
        WeightsFile.Save(
            path,
            stored,
            new Dictionary<string, string>
            {
                ["format"] = Format,
                ["version"] = Version,
                ["header"] = text,
                ["sha256"] = Checksum(text, stored),
            }
        );
    }

    /// <summary>Reads a checkpoint and checks it.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The header, and the tensors on the processor; the caller disposes them.</returns>
    /// <exception cref="InvalidDataException">
    /// The file is broken, cut off or changed, no checkpoint of this kit, or of another version; the message says
    /// which.
    /// </exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static (CheckpointHeader Header, StateDict Tensors) Load(string path)
    {
        var tensors = WeightsFile.Load(path);
        try
        {
            if (tensors.Metadata.GetValueOrDefault("format") != Format)
                throw new InvalidDataException($"{path} holds weights but is no checkpoint of a training run.");
            if (tensors.Metadata.GetValueOrDefault("version") is var version && version != Version)
                throw new InvalidDataException(
                    $"{path}: expected a checkpoint of version {Version}, found {version ?? "none"}: "
                        + "finish that run with the version of the kit "
                        + "that began it, or start anew in another folder."
                );
            var text =
                tensors.Metadata.GetValueOrDefault("header")
                ?? throw new InvalidDataException($"{path} has no header.");
            if (tensors.Metadata.GetValueOrDefault("sha256") != Checksum(text, tensors))
                throw new InvalidDataException(
                    $"{path}: the content does not fit its checksum; the file was damaged or changed."
                );
            return (JsonSerializer.Deserialize<CheckpointHeader>(text, Json)!, tensors);
        }
        catch (JsonException error)
        {
            tensors.Dispose();
            throw new InvalidDataException($"{path}: the header cannot be read: {error.Message}", error);
        }
        catch
        {
            tensors.Dispose();
            throw;
        }
    }

    private static string Checksum(string header, IEnumerable<KeyValuePair<string, Tensor>> tensors)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(header));
        foreach (var (name, tensor) in tensors.OrderBy(t => t.Key, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"\n{name} {tensor.dtype} {string.Join(',', tensor.shape)}\n"));
            if (tensor.numel() > 0)
                hash.AppendData(tensor.bytes);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

/// <summary>Another process, notebook or task is training in a folder.</summary>
/// <param name="folder">The folder.</param>
public sealed class RunInUseException(string folder)
    : IOException(
        $"{folder}: a run is training here already, perhaps from another notebook or terminal; wait for it, or use "
            + "another folder."
    );

/// <summary>
/// The checkpoints of a run's folder: the last one, and the one before it in case that one is damaged. The folder is
/// this object's alone until it is disposed or the process ends, however it ends.
/// </summary>
internal sealed class CheckpointFiles : IDisposable
{
    private readonly string last,
        previous,
        next;
    private readonly FileStream hold;

    /// <exception cref="RunInUseException">Another run is in the folder.</exception>
    public CheckpointFiles(string folder)
    {
        Directory.CreateDirectory(folder);
        hold = FileHold.Try(Path.Combine(folder, "running")) ?? throw new RunInUseException(folder);
        (last, previous, next) = (
            Path.Combine(folder, "last.safetensors"),
            Path.Combine(folder, "previous.safetensors"),
            Path.Combine(folder, "next.safetensors")
        );
    }

    /// <summary>The file to resume; null for a new run.</summary>
    public string? Newest =>
        File.Exists(last) ? last
        : File.Exists(previous) ? previous
        : null;

    /// <summary>Writes a new last checkpoint. Whenever the process ends, a whole one is left.</summary>
    public void Replace(Action<string> write)
    {
        write(next);
        if (File.Exists(last))
            File.Move(last, previous, overwrite: true);
        File.Move(next, last, overwrite: true);
    }

    /// <summary>Reads a checkpoint; where the last one is damaged, the message offers the one before it.</summary>
    /// <exception cref="InvalidDataException">The file is damaged or no checkpoint.</exception>
    public (CheckpointHeader Header, StateDict Tensors) Load(string path)
    {
        try
        {
            return Checkpoint.Load(path);
        }
        catch (InvalidDataException error) when (path == last && Intact() is { } epochs)
        {
            throw new InvalidDataException(
                $"{error.Message} {previous} is whole and has {epochs} epochs: remove {last} to resume from there.",
                error
            );
        }
    }

    /// <summary>Leaves the folder to the next run.</summary>
    public void Dispose() => hold.Dispose();

    private int? Intact()
    {
        if (!File.Exists(previous))
            return null;
        try
        {
            var (header, tensors) = Checkpoint.Load(previous);
            using (tensors)
                return header.History.Count;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
