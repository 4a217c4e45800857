using System.IO.Compression;
using System.Text;
using FanTrans.Data;
using static TorchSharp.torch;

namespace FanTrans.Interop;

/// <summary>
/// Reads named tensors of PyTorch's .pth files (all forms since 0.1.10, state dicts and whole modules) and of
/// safetensors, and writes safetensors. Reading runs no code of the file, ever: what is no tensor stays a name. Element
/// types: bool, 8-bit unsigned, 8- to 64-bit signed, float16, bfloat16, float32, float64.
/// </summary>
public static class WeightsFile
{
    private static ReadOnlySpan<byte> Gzip => [0x1f, 0x8b];

    private static readonly IReadOnlyDictionary<string, string> NoMetadata = new Dictionary<string, string>();

    /// <summary>Reads a file, whose format is recognised by its content.</summary>
    /// <param name="path">The file. For a checkpoint with several state dicts, "file.pth#key" names the one to use; so
    /// a key can be given wherever a path can.</param>
    /// <param name="key">The same on its own. Without a key the only state dict is used, the one under a usual key
    /// (state_dict, model, …) first.</param>
    /// <returns>The tensors, on the processor, in the file's order; the caller disposes it.</returns>
    /// <exception cref="InvalidDataException">The file is broken, cut off, of another format, or holds what is not
    /// weights; the message names the file, the offset and what was found.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static StateDict Load(string path, string? key = null)
    {
        (path, var named) = Split(path);
        using var source = ByteSource.Open(path);
        return Load(source, key ?? named);
    }

    /// <summary>Takes "file.pth#key" apart.</summary>
    /// <param name="path">A path, with or without a key.</param>
    public static (string Path, string? Key) Split(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var at = File.Exists(path) ? -1 : path.LastIndexOf('#');
        return at < 0 ? (path, null) : (path[..at], path[(at + 1)..]);
    }

    /// <summary>Writes a safetensors file, whole or not at all.</summary>
    /// <param name="path">The file, ending in .safetensors.</param>
    /// <param name="tensors">Names and tensors, for example <c>module.state_dict()</c>.</param>
    /// <param name="metadata">Texts by name.</param>
    /// <exception cref="ArgumentException">The ending is another, a name appears twice,
    /// or an element type is not among those above.</exception>
    public static void Save(
        string path,
        IEnumerable<KeyValuePair<string, Tensor>> tensors,
        IReadOnlyDictionary<string, string>? metadata = null
    )
    {
        if (!path.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase))
            throw new ArgumentException($"{path}: expected a name that ends in .safetensors.", nameof(path));
        var list = tensors.Select(pair => (Name: pair.Key, Tensor: pair.Value)).ToList();
        if (list.GroupBy(pair => pair.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new ArgumentException($"Tensor {twice.Key} appears twice.", nameof(tensors));
        WholeFile.Write(path, stream => SafeTensorsFile.Write(stream, list, metadata ?? NoMetadata));
    }

    internal static StateDict Load(ByteSource source, string? key = null)
    {
        var head = source.Read(0, (int)Math.Min(512, source.Length)).AsSpan();
        if (head.StartsWith("PK\x03\x04"u8))
        {
            using var zip = OpenZip(source);
            return ReadAll(source, PyTorchFile.ReadZip(source, zip, key), NoMetadata);
        }
        // safetensors: a header length whose upper bytes are zero, then the header's brace.
        if (head.Length > 8 && head[8] == '{' && head[5..8].IndexOfAnyExcept((byte)0) < 0)
        {
            if (key is not null)
                throw source.Refused(0, $"a safetensors file has no keys above its tensors, found key {key}");
            var (tensors, metadata) = SafeTensorsFile.Read(source);
            return ReadAll(source, tensors, metadata);
        }
        // Legacy: a pickle of protocol 2 to 5.
        if (head.Length > 2 && head[0] == 0x80 && head[1] is >= 2 and <= 5)
            return ReadAll(source, PyTorchFile.ReadLegacy(source, key), NoMetadata);
        throw source.Refused(0, $"{LooksLike(head)}; expected weights as torch.save or safetensors writes them");
    }

    private static ZipArchive OpenZip(ByteSource source)
    {
        var stream = source.AsStream();
        try
        {
            var zip = new ZipArchive(stream, ZipArchiveMode.Read);
            _ = zip.Entries;
            return zip;
        }
        catch (InvalidDataException error)
        {
            stream.Dispose();
            throw new InvalidDataException(
                $"{source.Name}: a ZIP file that is cut off or broken: {error.Message}",
                error
            );
        }
    }

    private static StateDict ReadAll(
        ByteSource source,
        List<PlacedTensor> tensors,
        IReadOnlyDictionary<string, string> metadata
    )
    {
        // Tensors may share a storage, so together they may be larger than the file; a file that asks for many times
        // its size is refused before anything is allocated.
        Int128 total = 0,
            most = (Int128)source.Length * 16 + (1 << 16);
        foreach (var placed in tensors)
            total += (Int128)placed.Tensor.Count * placed.Tensor.Element.Size;
        if (total > most)
            throw source.Refused(0, $"the tensors take {total} bytes, expected at most {most} from {source.Length}");
        var dict = new StateDict(source.Name, metadata);
        try
        {
            foreach (var (name, tensor, storage) in tensors)
                dict.Add(name, tensor.Read(storage));
            return dict;
        }
        catch (Exception error)
        {
            dict.Dispose();
            if (error is ArgumentException or EndOfStreamException)
                throw new InvalidDataException($"{source.Name}: {error.Message}", error);
            throw;
        }
    }

    private static string LooksLike(ReadOnlySpan<byte> head) =>
        head switch
        {
            [] => "an empty file",
            _ when head.StartsWith("version https://git-lfs"u8) =>
                "a pointer of Git LFS, not the file itself: 'git lfs pull' gets it",
            _ when Encoding.UTF8.GetString(head).TrimStart().StartsWith('<') => "a web page, not the file itself: "
                + "download it again",
            _ when head.Length > 262 && head[257..262].SequenceEqual("ustar"u8) =>
                "a tar archive, as PyTorch before 0.1.10 wrote; load it with an old PyTorch and save its "
                    + "state dict anew",
            _ when head.StartsWith(Gzip) => "a gzip archive: unpack it",
            _ when head.StartsWith("\x89HDF"u8) => "an HDF5 file, as Keras writes",
            _ when head.Length > 6 && head[1..6].SequenceEqual("NUMPY"u8) => "a NumPy array",
            _ => "not a weights file",
        };
}
