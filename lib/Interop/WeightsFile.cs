using static TorchSharp.torch;

namespace FanTrans.Interop;

/// <summary>The formats of weights files.</summary>
public enum WeightsFormat
{
    /// <summary>torch.save since PyTorch 1.6: a ZIP file.</summary>
    PyTorchZip,

    /// <summary>torch.save before 1.6: a stream of pickles and storages.</summary>
    PyTorchLegacy,

    /// <summary>safetensors.</summary>
    SafeTensors,
}

/// <summary>
/// Reads and writes named tensors as PyTorch's .pth (both forms) and as safetensors. Reading runs no code of the file:
/// a pickle may hold plain values, dicts and tensors, and anything else in it is refused by name. Element types: bool,
/// 8-bit unsigned, 8- to 64-bit signed, float16, bfloat16, float32, float64.
/// </summary>
public static class WeightsFile
{
    private static readonly IReadOnlyDictionary<string, string> NoMetadata = new Dictionary<string, string>();

    /// <summary>Reads a file, whose format is recognised by its content.</summary>
    /// <param name="path">The file.</param>
    /// <param name="key">For a checkpoint that holds a state dict among other things, the top-level key to use. Without
    /// it the file's whole content is used, or what is under the only one of the usual keys (state_dict, model,
    /// …).</param>
    /// <returns>The tensors, on the processor, in the file's order; the caller disposes it.</returns>
    /// <exception cref="InvalidDataException">The file is broken, cut off, of another format, or holds what is not
    /// weights; the message names the file, the offset and what was found.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static StateDict Load(string path, string? key = null)
    {
        using var source = ByteSource.Open(path);
        return Load(source, key);
    }

    /// <summary>Writes a file, whole or not at all.</summary>
    /// <param name="path">The file: .pth or .pt for <see cref="WeightsFormat.PyTorchZip"/>, .safetensors for
    /// <see cref="WeightsFormat.SafeTensors"/>.</param>
    /// <param name="tensors">Names and tensors, for example <c>module.state_dict()</c>.</param>
    /// <param name="metadata">Texts by name; only safetensors has a place for them.</param>
    /// <exception cref="ArgumentException">The extension is another, a name appears twice, an element type is not
    /// among those above, or there is metadata for a .pth file.</exception>
    public static void Save(
        string path,
        IEnumerable<KeyValuePair<string, Tensor>> tensors,
        IReadOnlyDictionary<string, string>? metadata = null) =>
        Save(path, tensors, FormatOf(path), metadata);

    /// <summary>Writes a file of a given format, whatever its extension, whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">Names and tensors.</param>
    /// <param name="format">The format.</param>
    /// <param name="metadata">Texts by name; only safetensors has a place for them.</param>
    /// <exception cref="ArgumentException">A name appears twice, an element type is not among those above, or there is
    /// metadata for a .pth file.</exception>
    public static void Save(
        string path,
        IEnumerable<KeyValuePair<string, Tensor>> tensors,
        WeightsFormat format,
        IReadOnlyDictionary<string, string>? metadata = null)
    {
        var list = tensors.Select(pair => (Name: pair.Key, Tensor: pair.Value)).ToList();
        if (list.GroupBy(pair => pair.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new ArgumentException($"Tensor {twice.Key} appears twice.", nameof(tensors));
        if (format is not WeightsFormat.SafeTensors && metadata is { Count: > 0 })
        {
            throw new ArgumentException(
                $"{path}: a .pth file has no place for metadata; save as .safetensors.", nameof(metadata));
        }
        foreach (var (name, tensor) in list)
            ElementTypes.Of(tensor, name);
        AtomicFile.Write(path, stream =>
        {
            switch (format)
            {
                case WeightsFormat.PyTorchZip: PyTorchFile.WriteZip(stream, list); break;
                case WeightsFormat.PyTorchLegacy: PyTorchFile.WriteLegacy(stream, list); break;
                case WeightsFormat.SafeTensors: SafeTensorsFile.Write(stream, list, metadata ?? NoMetadata); break;
                default: throw new ArgumentOutOfRangeException(nameof(format), format, "Expected a known format.");
            }
        });
    }

    internal static StateDict Load(ByteSource source, string? key = null)
    {
        var (tensors, metadata) = Describe(source, key);
        CheckTotal(source, tensors);
        var dict = new StateDict(source.Name, metadata);
        try
        {
            foreach (var (name, tensor, start) in tensors)
                dict.Add(name, tensor.Read(source, start));
            return dict;
        }
        catch
        {
            dict.Dispose();
            throw;
        }
    }

    private static (List<PlacedTensor> Tensors, IReadOnlyDictionary<string, string> Metadata) Describe(
        ByteSource source, string? key)
    {
        Span<byte> head = stackalloc byte[9];
        int count = (int)Math.Min(head.Length, source.Length);
        source.Read(0, head[..count]);
        if (count >= 4 && head[..4].SequenceEqual("PK\x03\x04"u8))
            return (PyTorchFile.ReadZip(source, key), NoMetadata);
        // safetensors: a header length whose upper bytes are zero, then the header's brace.
        if (count == 9 && head[8] == '{' && head[5..8].IndexOfAnyExcept((byte)0) < 0)
        {
            if (key is not null)
            {
                throw new ArgumentException(
                    $"{source.Name}: a safetensors file has no keys above its tensors, found key {key}.", nameof(key));
            }
            return SafeTensorsFile.Read(source);
        }
        // Legacy: protocol 2 to 5, then the magic number as an integer of ten bytes.
        if (count >= 4 && head[0] == 0x80 && head[2] == 0x8a && head[3] == 10)
            return (PyTorchFile.ReadLegacy(source, key), NoMetadata);
        throw source.Refused(0, "not a weights file: expected torch.save's ZIP or legacy format, or safetensors");
    }

    /// <summary>Tensors may share a storage, so together they may be larger than the file; a file that asks for many
    /// times its size is refused before anything is allocated.</summary>
    private static void CheckTotal(ByteSource source, List<PlacedTensor> tensors)
    {
        Int128 total = 0;
        foreach (var (_, tensor, _) in tensors)
            total += (Int128)tensor.Count * tensor.Element.Size;
        Int128 most = (Int128)source.Length * 16 + (1 << 16);
        if (total > most)
        {
            throw source.Refused(
                0, $"the tensors take {total} bytes, expected at most {most} from a file of {source.Length}");
        }
    }

    private static WeightsFormat FormatOf(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".pth" or ".pt" => WeightsFormat.PyTorchZip,
        ".safetensors" => WeightsFormat.SafeTensors,
        var other => throw new ArgumentException(
            $"{path}: extension '{other}', expected .pth, .pt or .safetensors.", nameof(path)),
    };
}
