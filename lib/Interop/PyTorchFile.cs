// The two forms of torch.save. ZIP (since PyTorch 1.6): data.pkl with the objects, data/N with each storage's bytes,
// byteorder (since 2.1) and version. Legacy: four pickles (magic number, protocol version, system information, the
// objects), the list of storage keys, then for each key its element count and bytes.
using System.Numerics;
using System.Text;
using static TorchSharp.torch;

namespace FanTrans.Interop;

/// <summary>Reads and writes PyTorch's state-dict files.</summary>
internal static class PyTorchFile
{
    private const int LongestPickle = 1 << 26;
    private const int LegacyProtocol = 1001;
    private static readonly BigInteger Magic = ((BigInteger)0x1950 << 64) + 0xa86a20f9469cfc6c;

    /// <summary>Keys under which training scripts put a state dict beside other things.</summary>
    private static readonly string[] UsualKeys =
        ["state_dict", "model_state_dict", "model_state", "model", "net", "network", "weights"];

    /// <summary>Every tensor of the file, or of the dict under a key of it.</summary>
    public static List<PlacedTensor> ReadZip(ByteSource source, string? key)
    {
        var entries = ZipDirectory.Read(source);
        string? pickleName = entries.Keys.FirstOrDefault(name => name.EndsWith("/data.pkl", StringComparison.Ordinal));
        if (entries.Keys.Any(name => name.EndsWith("/constants.pkl", StringComparison.Ordinal)))
            throw source.Refused(0, "a TorchScript archive, which holds code: save its state dict with torch.save");
        ZipDirectory.RequireStored(source, entries);
        if (pickleName is null)
            throw source.Refused(0, "a ZIP file without data.pkl, not one that torch.save wrote");
        string folder = pickleName[..^"data.pkl".Length];
        CheckByteOrder(source, entries, folder);

        var pickle = entries[pickleName];
        if (pickle.Length > LongestPickle)
            throw source.Refused(pickle.Start, $"data.pkl of {pickle.Length} bytes, expected at most {LongestPickle}");
        var reader = new PickleReader(source, new ByteReader(source, pickle.Start, pickle.Start + pickle.Length));
        var tensors = Choose(source, reader.Read(), key);

        var starts = new Dictionary<string, long>();
        foreach (var storage in reader.Storages.Values)
        {
            string name = $"{folder}data/{storage.Key}";
            if (!entries.TryGetValue(name, out var entry))
                throw source.Refused(pickle.Start, $"the ZIP entry {name} is missing");
            if ((Int128)storage.Count * storage.Element.Size != entry.Length)
            {
                throw source.Refused(entry.Start,
                    $"{name} has {entry.Length} bytes, expected {storage.Count} elements of {storage.Element.Size}");
            }
            starts[storage.Key] = entry.Start;
        }
        return Place(tensors, starts);
    }

    /// <inheritdoc cref="ReadZip"/>
    public static List<PlacedTensor> ReadLegacy(ByteSource source, string? key)
    {
        var bytes = new ByteReader(source, 0, source.Length);
        if (new PickleReader(source, bytes).Read() is not BigInteger magic || magic != Magic)
            throw source.Refused(0, "expected the magic number of torch.save's legacy format");
        if (new PickleReader(source, bytes).Read() is not long protocol || protocol != LegacyProtocol)
            throw source.Refused(bytes.Position, $"expected version {LegacyProtocol} of torch.save's legacy format");
        if (new PickleReader(source, bytes).Read() is not PickleDict system
            || !system.Items.TryGetValue("little_endian", out object? little) || little is not true)
        {
            throw source.Refused(bytes.Position, "written on a big-endian machine, expected little endian");
        }

        var reader = new PickleReader(source, bytes);
        var tensors = Choose(source, reader.Read(), key);
        long keysAt = bytes.Position;
        if (new PickleReader(source, bytes).Read() is not PickleList keys)
            throw source.Refused(keysAt, "expected the list of storage keys");

        var starts = new Dictionary<string, long>();
        long at = bytes.Position;
        foreach (object item in keys.Items)
        {
            if (item is not string name || !reader.Storages.TryGetValue(name, out var storage)
                || !starts.TryAdd(name, at + 8))
            {
                throw source.Refused(keysAt, "a storage key that appears twice or that no tensor uses");
            }
            ulong count = source.ReadUInt64(at);
            if (count != (ulong)storage.Count)
                throw source.Refused(at, $"storage {name} has {count} elements, expected {storage.Count}");
            var end = (Int128)at + 8 + (Int128)storage.Count * storage.Element.Size;
            if (end > source.Length)
                throw source.Refused(at, $"storage {name} ends at byte {end}, the file at {source.Length}");
            at = (long)end;
        }
        if (reader.Storages.Keys.FirstOrDefault(name => !starts.ContainsKey(name)) is { } missing)
            throw source.Refused(keysAt, $"storage {missing} is missing");
        if (at != source.Length)
            throw source.Refused(at, $"{source.Length - at} bytes behind the last storage");
        return Place(tensors, starts);
    }

    public static void WriteZip(Stream stream, IReadOnlyList<(string Name, Tensor Tensor)> tensors)
    {
        var zip = new ZipWriter(stream);
        using var pickle = new MemoryStream();
        WriteObjects(pickle, tensors, legacy: false);
        zip.Add("archive/data.pkl", pickle.ToArray());
        zip.Add("archive/byteorder", "little"u8);
        for (int i = 0; i < tensors.Count; i++)
            TensorBytes.Use(tensors[i].Name, tensors[i].Tensor, bytes => zip.Add($"archive/data/{i}", bytes));
        zip.Add("archive/version", "3\n"u8);
        zip.Finish();
    }

    public static void WriteLegacy(Stream stream, IReadOnlyList<(string Name, Tensor Tensor)> tensors)
    {
        var pickle = new PickleWriter(stream);
        pickle.Start().Integer(Magic).Stop();
        pickle.Start().Integer(LegacyProtocol).Stop();
        pickle.Start().EmptyDict().Mark()
            .Text("protocol_version").Integer(LegacyProtocol)
            .Text("little_endian").Boolean(true)
            .Text("type_sizes").EmptyDict().Mark()
            .Text("short").Integer(2).Text("int").Integer(4).Text("long").Integer(4)
            .SetItems().SetItems().Stop();
        WriteObjects(stream, tensors, legacy: true);
        pickle.Start().EmptyList().Mark();
        for (int i = 0; i < tensors.Count; i++)
            pickle.Text(Key(i));
        pickle.Appends().Stop();
        foreach (var (name, tensor) in tensors)
        {
            stream.Write(BitConverter.GetBytes(tensor.numel()));
            TensorBytes.Use(name, tensor, stream.Write);
        }
    }

    private static void WriteObjects(Stream stream, IReadOnlyList<(string Name, Tensor Tensor)> tensors, bool legacy)
    {
        var pickle = new PickleWriter(stream);
        pickle.Start().OrderedDict().Mark();
        for (int i = 0; i < tensors.Count; i++)
        {
            var (name, tensor) = tensors[i];
            pickle.Text(name).Global("torch._utils", "_rebuild_tensor_v2").Mark()
                .Mark().Text("storage").Global("torch", ElementTypes.Of(tensor, name).Storage)
                .Text(Key(i)).Text("cpu").Integer(tensor.numel());
            if (legacy)
                pickle.None(); // no view of another storage
            pickle.Tuple().PersistentId()
                .Integer(0).Integers(tensor.shape).Integers(StoredTensor.ContiguousStrides(tensor.shape))
                .Boolean(false).OrderedDict().Tuple().Reduce();
        }
        pickle.SetItems().Stop();
    }

    private static string Key(int i) => i.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static List<PlacedTensor> Place(
        List<(string Name, PickleTensor Tensor)> tensors, Dictionary<string, long> starts) =>
        [.. tensors.Select(pair => new PlacedTensor(pair.Name, pair.Tensor.Tensor, starts[pair.Tensor.Storage.Key]))];

    private static void CheckByteOrder(ByteSource source, OrderedDictionary<string, ZipEntry> entries, string folder)
    {
        if (!entries.TryGetValue(folder + "byteorder", out var entry))
            return;
        string order = Encoding.ASCII.GetString(source.Read(entry.Start, (int)Math.Min(entry.Length, 16)));
        if (order != "little")
            throw source.Refused(entry.Start, $"the byte order is {order}, expected little");
    }

    /// <summary>Finds the state dict: the whole object, the one under the caller's key, or the only one under a usual
    /// key.</summary>
    private static List<(string Name, PickleTensor Tensor)> Choose(ByteSource source, object root, string? key)
    {
        if (root is not PickleDict top)
            throw source.Refused(0, $"holds {Describe(root)}, expected a dict of tensors");
        if (key is not null)
        {
            return Under(top, key)
                ?? throw source.Refused(0, $"no dict of tensors under the key {key}; {KeysOf(top)}");
        }
        if (AsStateDict(top) is { } whole)
            return whole;
        var nested = UsualKeys.Select(usual => Under(top, usual)).OfType<List<(string, PickleTensor)>>().ToList();
        return nested.Count == 1
            ? nested[0]
            : throw source.Refused(0, $"no state dict found; name the key to use: {KeysOf(top)}");
    }

    private static List<(string Name, PickleTensor Tensor)>? Under(PickleDict dict, string key) =>
        dict.Items.TryGetValue(key, out object? value) && value is PickleDict inner ? AsStateDict(inner) : null;

    private static List<(string Name, PickleTensor Tensor)>? AsStateDict(PickleDict dict)
    {
        var tensors = new List<(string, PickleTensor)>(dict.Items.Count);
        foreach (var (key, value) in dict.Items)
        {
            if (key is not string name || value is not PickleTensor tensor)
                return null;
            tensors.Add((name, tensor));
        }
        return tensors;
    }

    private static string KeysOf(PickleDict dict)
    {
        const int shown = 20;
        var keys = dict.Items.Take(shown).Select(pair => $"{pair.Key} ({Describe(pair.Value)})");
        string more = dict.Items.Count > shown ? $" and {dict.Items.Count - shown} more" : "";
        return $"its top-level keys are {string.Join(", ", keys)}{more}";
    }

    private static string Describe(object value) => value switch
    {
        PickleNone => "None",
        PickleTensor => "a tensor",
        PickleDict dict when dict.Items.Count > 0 && AsStateDict(dict) is not null =>
            $"a dict of {dict.Items.Count} tensors",
        PickleDict dict => $"a dict of {dict.Items.Count} items",
        PickleList list => $"a list of {list.Items.Count} items",
        PickleTuple tuple => $"a tuple of {tuple.Items.Length} items",
        string => "text",
        bool => "a truth value",
        long or BigInteger => "an integer",
        double => "a number",
        _ => "a class or storage",
    };
}
