// The forms of torch.save. ZIP (since PyTorch 1.6): data.pkl with the objects, data/N with each storage's bytes,
// byteorder (since 2.1) and version; TorchScript is the same with code beside it, which is not looked at. Legacy: four
// pickles (magic number, protocol version, system information, the objects), the list of storage keys, then for each
// key its element count and bytes.
using System.IO.Compression;
using System.Numerics;
using System.Text;
using FanTrans.Data;

namespace FanTrans.Interop;

/// <summary>Reads the weights in PyTorch's files.</summary>
internal static class PyTorchFile
{
    private const int LongestPickle = 1 << 26;
    private const int LegacyProtocol = 1001;
    private const int MostModules = 100_000;
    private const int DeepestModule = 100;
    private static readonly BigInteger Magic = ((BigInteger)0x1950 << 64) + 0xa86a20f9469cfc6c;

    /// <summary>Keys under which training scripts put a state dict beside other things.</summary>
    private static readonly string[] UsualKeys =
    [
        "state_dict",
        "model_state_dict",
        "model_state",
        "model",
        "net",
        "network",
        "weights",
    ];

    /// <summary>Every tensor of the file, or of what is under a key of it.</summary>
    /// <param name="source">The file.</param>
    /// <param name="zip">The same, opened; it must stay open until the tensors are read.</param>
    /// <param name="key">The key, or null for the only state dict that there is.</param>
    public static List<PlacedTensor> ReadZip(ByteSource source, ZipArchive zip, string? key)
    {
        var entries = zip.Entries.DistinctBy(entry => entry.FullName).ToDictionary(entry => entry.FullName);
        if (entries.Count < zip.Entries.Count)
            throw source.Refused(0, "a ZIP file with two entries of one name");
        var pickle =
            entries.Values.FirstOrDefault(entry => entry.FullName.EndsWith("/data.pkl", StringComparison.Ordinal))
            ?? throw source.Refused(0, "a ZIP file without data.pkl, not one that torch.save wrote");
        string folder = pickle.FullName[..^"data.pkl".Length];
        if (
            entries.TryGetValue(folder + "byteorder", out var order)
            && Encoding.ASCII.GetString(Read(source, order, 16)) is not "little" and var found
        )
        {
            throw source.Refused(0, $"the byte order is {Printable.Of(found)}, expected little");
        }
        var objects = ByteSource.Of($"{source.Name}, {pickle.FullName}", Read(source, pickle, LongestPickle));
        var reader = new PickleReader(objects, new ByteReader(objects));
        var tensors = Choose(source, reader.Read(), key);

        // Tensors that share a storage mostly stand side by side: the last one read is kept.
        (string Key, byte[] Bytes) last = ("", []);
        return
        [
            .. tensors.Select(pair => new PlacedTensor(
                pair.Name,
                pair.Tensor.Tensor,
                (offset, bytes) =>
                {
                    var storage = pair.Tensor.Storage;
                    if (last.Key != storage.Key)
                        last = (storage.Key, Storage(storage));
                    last.Bytes.AsSpan(checked((int)offset), bytes.Length).CopyTo(bytes);
                }
            )),
        ];

        byte[] Storage(PickleStorage storage)
        {
            string name = $"{folder}data/{storage.Key}";
            if (!entries.TryGetValue(name, out var entry))
                throw source.Refused(0, $"the ZIP entry {Printable.Of(name)} is missing");
            var expected = (Int128)storage.Count * storage.Element.Size;
            return entry.Length == expected
                ? Read(source, entry, Array.MaxLength)
                : throw source.Refused(0, $"{Printable.Of(name)} has {entry.Length} bytes, expected {expected}");
        }
    }

    /// <inheritdoc cref="ReadZip"/>
    public static List<PlacedTensor> ReadLegacy(ByteSource source, string? key)
    {
        var bytes = new ByteReader(source);
        if (new PickleReader(source, bytes).Read() is not BigInteger magic || magic != Magic)
            throw source.Refused(0, "a Python pickle, but not one of torch.save: expected its magic number");
        if (new PickleReader(source, bytes).Read() is not long protocol || protocol != LegacyProtocol)
            throw source.Refused(bytes.Position, $"expected version {LegacyProtocol} of torch.save's legacy format");
        if (
            new PickleReader(source, bytes).Read() is not PickleDict system
            || !system.TryGetValue("little_endian", out object? little)
            || little is not true
        )
        {
            throw source.Refused(bytes.Position, "written on a big-endian machine, expected little endian");
        }

        var reader = new PickleReader(source, bytes);
        var tensors = Choose(source, reader.Read(), key);
        long keysAt = bytes.Position;
        if (new PickleReader(source, bytes).Read() is not List<object> keys)
            throw source.Refused(keysAt, "expected the list of storage keys");

        var starts = new Dictionary<string, long>();
        long at = bytes.Position;
        foreach (object item in keys)
        {
            if (
                item is not string name
                || !reader.Storages.TryGetValue(name, out var storage)
                || !starts.TryAdd(name, at + 8)
            )
            {
                throw source.Refused(keysAt, "a storage key that appears twice or that no tensor uses");
            }
            ulong count = source.ReadUInt64(at);
            if (count != (ulong)storage.Count)
                throw source.Refused(
                    at,
                    $"storage {Printable.Of(name)} has {count} elements, expected {storage.Count}"
                );
            var end = (Int128)at + 8 + (Int128)storage.Count * storage.Element.Size;
            if (end > source.Length)
                throw source.Refused(
                    at,
                    $"storage {Printable.Of(name)} ends at byte {end}, the file at {source.Length}"
                );
            at = (long)end;
        }
        if (reader.Storages.Keys.FirstOrDefault(name => !starts.ContainsKey(name)) is { } missing)
            throw source.Refused(keysAt, $"storage {Printable.Of(missing)} is missing");
        if (at != source.Length)
            throw source.Refused(at, $"{source.Length - at} bytes behind the last storage");
        return
        [
            .. tensors.Select(pair => new PlacedTensor(
                pair.Name,
                pair.Tensor.Tensor,
                (offset, into) => source.Read(starts[pair.Tensor.Storage.Key] + offset, into)
            )),
        ];
    }

    /// <summary>An entry's bytes. torch.save compresses none,
    /// and a small compressed one could unpack to anything.</summary>
    private static byte[] Read(ByteSource source, ZipArchiveEntry entry, int longest)
    {
        if (entry.CompressedLength != entry.Length || entry.Length > Math.Min(longest, source.Length))
        {
            throw source.Refused(
                0,
                $"the ZIP entry {Printable.Of(entry.FullName)} has {entry.Length} bytes in "
                    + $"{entry.CompressedLength}, expected at most {longest}, not compressed"
            );
        }
        var bytes = new byte[entry.Length];
        try
        {
            using var stream = entry.Open();
            stream.ReadExactly(bytes);
            return bytes;
        }
        // Its own header may say something else than the table at the file's end.
        catch (Exception error) when (error is EndOfStreamException or InvalidDataException)
        {
            throw source.Refused(0, $"the ZIP entry {Printable.Of(entry.FullName)} is broken: {error.Message}");
        }
    }

    /// <summary>Finds the state dict: what is under the caller's key, the only one under a usual key, the whole object,
    /// or the only one under any key. Values in it that are no tensors are passed over.</summary>
    private static List<(string Name, PickleTensor Tensor)> Choose(ByteSource source, object root, string? key)
    {
        var top = AsDict(root);
        if (key is not null)
        {
            return top is not null && top.TryGetValue(key, out object? value) && Tensors(value) is { } named
                ? named
                : throw source.Refused(0, $"no tensors under the key {key}; {KeysOf(top, root)}");
        }
        var nested = (top ?? [])
            .Where(pair => pair.Key is string)
            .Select(pair => (Key: (string)pair.Key, Tensors: Tensors(pair.Value)))
            .Where(pair => pair.Tensors is not null)
            .ToList();
        var usual = nested.Where(pair => UsualKeys.Contains(pair.Key)).ToList();
        if (usual.Count == 1)
            return usual[0].Tensors!;
        if (usual.Count == 0 && Tensors(root) is { } whole)
            return whole;
        return usual.Count == 0 && nested.Count == 1
            ? nested[0].Tensors!
            : throw source.Refused(
                0,
                $"expected one dict of tensors, found {nested.Count}; name the one to use, as in "
                    + $"{Path.GetFileName(source.Name)}#{(nested.Count > 0 ? Printable.Of(nested[0].Key) : "key")}: "
                    + KeysOf(top, root)
            );
    }

    private static PickleDict? AsDict(object value) =>
        value as PickleDict ?? (value is PickleObject { Items: { Count: > 0 } items } ? items : null);

    /// <summary>The tensors of a state dict, or of a module that was saved whole; null where there are none.</summary>
    private static List<(string Name, PickleTensor Tensor)>? Tensors(object value)
    {
        var found = new List<(string, PickleTensor)>();
        int modules = 0;
        if (AsDict(value) is { } dict)
            Add(dict, "");
        else if (value is PickleObject { State: { } state })
            AddModule(state, "", 0);
        return found.Count > 0 ? found : null;

        void Add(PickleDict from, string prefix)
        {
            foreach (var (key, tensor) in from)
            {
                if (key is string name && tensor is PickleTensor stored)
                    found.Add((prefix + name, stored));
            }
        }

        // A module keeps its parts in three dicts; TorchScript has them as attributes.
        void AddModule(PickleDict from, string prefix, int depth)
        {
            if (++modules > MostModules || depth > DeepestModule)
                return;
            Add(from, prefix);
            foreach (var part in new[] { "_parameters", "_buffers" })
            {
                if (from.TryGetValue(part, out object? tensors) && AsDict(tensors) is { } own)
                    Add(own, prefix);
            }
            var children = from.TryGetValue("_modules", out object? inner) && AsDict(inner) is { } named ? named : from;
            foreach (var (key, child) in children)
            {
                if (key is string name && child is PickleObject { State: { } state })
                    AddModule(state, $"{prefix}{name}.", depth + 1);
            }
        }
    }

    private static string KeysOf(PickleDict? dict, object root)
    {
        const int shown = 20;
        if (dict is null)
            return $"the file holds {Describe(root)}: save a state dict, with torch.save(model.state_dict(), path)";
        var keys = dict.Take(shown).Select(pair => $"{Printable.Of($"{pair.Key}")} ({Describe(pair.Value)})");
        string more = dict.Count > shown ? $" and {dict.Count - shown} more" : "";
        return $"its top-level keys are {string.Join(", ", keys)}{more}";
    }

    private static string Describe(object value) =>
        value switch
        {
            PickleNone => "None",
            PickleTensor => "a tensor",
            PickleDict dict => $"a dict of {dict.Count} items",
            List<object> list => $"a list of {list.Count} items",
            object[] tuple => $"a tuple of {tuple.Length} items",
            PickleObject made => Printable.Of(made.Type),
            string => "text",
            bool => "a truth value",
            long or BigInteger => "an integer",
            double => "a number",
            _ => "a class or storage",
        };
}
