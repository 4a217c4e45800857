// The safetensors format: the length of a JSON header (8 bytes, little endian), the header (each tensor's dtype, shape
// and data_offsets, optional __metadata__ of strings), the tensors' bytes without holes. Its published rules are kept:
// the header starts with '{', may end with spaces, has at most 100 MB; names are unique; the tensors cover the data
// exactly.
using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;
using static TorchSharp.torch;

namespace FanTrans.Interop;

/// <summary>Reads and writes safetensors files.</summary>
internal static class SafeTensorsFile
{
    private const int LongestHeader = 100_000_000;
    private const string Metadata = "__metadata__";

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 4, AllowDuplicateProperties = false };

    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static (List<PlacedTensor> Tensors, Dictionary<string, string> Metadata) Read(ByteSource source)
    {
        ulong length = source.ReadUInt64(0);
        if (length > LongestHeader || (long)length > source.Length - 8)
        {
            throw source.Refused(
                0,
                $"a header of {length} bytes, expected at most {Math.Min(LongestHeader, source.Length - 8)}"
            );
        }
        var header = source.Read(8, (int)length);
        if (header.Length == 0 || header[0] != '{')
            throw source.Refused(8, "expected a JSON object");
        try
        {
            using var document = JsonDocument.Parse(header, Strict);
            return ReadHeader(source, document.RootElement, 8 + (long)length);
        }
        catch (JsonException error)
        {
            throw source.Refused(8, $"a broken header: {error.Message.TrimEnd('.')}");
        }
        catch (InvalidOperationException)
        {
            throw source.Refused(8, "a broken header: text that is not UTF-16 or UTF-8");
        }
    }

    public static void Write(
        Stream stream,
        IReadOnlyList<(string Name, Tensor Tensor)> tensors,
        IReadOnlyDictionary<string, string> metadata
    )
    {
        // Widest elements first, then by name: the order of the format's own writer, which keeps every tensor aligned.
        var ordered = tensors
            .Select(pair => (pair.Name, pair.Tensor, Element: ElementTypes.Of(pair.Tensor, pair.Name)))
            .OrderByDescending(item => ElementTypes.Rank(item.Element))
            .ThenBy(item => item.Name, StringComparer.Ordinal)
            .ToList();
        using var header = new MemoryStream();
        using (var json = new Utf8JsonWriter(header, Plain))
        {
            json.WriteStartObject();
            if (metadata.Count > 0)
            {
                json.WriteStartObject(Metadata);
                foreach (var (key, value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                    json.WriteString(key, value);
                json.WriteEndObject();
            }
            long offset = 0;
            foreach (var (name, tensor, element) in ordered)
            {
                long end = offset + tensor.numel() * element.Size;
                json.WriteStartObject(name);
                json.WriteString("dtype", element.SafeTensors);
                WriteIntegers(json, "shape", tensor.shape);
                WriteIntegers(json, "data_offsets", [offset, end]);
                json.WriteEndObject();
                offset = end;
            }
            json.WriteEndObject();
        }
        while (header.Length % 8 != 0)
            header.WriteByte((byte)' ');

        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        stream.Write(length);
        header.WriteTo(stream);
        foreach (var (_, tensor, _) in ordered.Where(item => item.Tensor.numel() > 0))
        {
            using var scope = NewDisposeScope();
            stream.Write(tensor.detach().cpu().contiguous().bytes);
        }
    }

    private static void WriteIntegers(Utf8JsonWriter json, string name, long[] values)
    {
        json.WriteStartArray(name);
        foreach (long value in values)
            json.WriteNumberValue(value);
        json.WriteEndArray();
    }

    private static (List<PlacedTensor>, Dictionary<string, string>) ReadHeader(
        ByteSource source,
        JsonElement root,
        long data
    )
    {
        var tensors = new List<(string Name, StoredTensor Tensor, long Start)>();
        var metadata = new Dictionary<string, string>();
        foreach (var property in root.EnumerateObject())
        {
            if (property.Name == Metadata)
                ReadMetadata(source, property.Value, metadata);
            else
                tensors.Add(ReadTensor(source, property.Name, property.Value, data));
        }
        tensors.Sort((a, b) => (a.Start, a.Tensor.Bytes).CompareTo((b.Start, b.Tensor.Bytes)));
        long end = data;
        foreach (var (name, tensor, start) in tensors)
        {
            if (start != end)
                throw source.Refused(start, $"tensor {name} starts here, expected {end}: a hole or an overlap");
            end = start + tensor.Bytes;
        }
        if (end != source.Length)
            throw source.Refused(end, $"the tensors end at byte {end}, the file at {source.Length}");
        return (
            [
                .. tensors.Select(tensor => new PlacedTensor(
                    tensor.Name,
                    tensor.Tensor,
                    (offset, bytes) => source.Read(tensor.Start + offset, bytes)
                )),
            ],
            metadata
        );
    }

    private static void ReadMetadata(ByteSource source, JsonElement value, Dictionary<string, string> metadata)
    {
        if (value.ValueKind != JsonValueKind.Object)
            throw source.Refused(8, $"{Metadata} is not an object");
        foreach (var item in value.EnumerateObject())
        {
            if (item.Value.ValueKind != JsonValueKind.String)
                throw source.Refused(8, $"{Metadata}.{item.Name} is not a string");
            metadata[item.Name] = item.Value.GetString()!;
        }
    }

    private static (string Name, StoredTensor Tensor, long Start) ReadTensor(
        ByteSource source,
        string name,
        JsonElement value,
        long data
    )
    {
        if (value.ValueKind != JsonValueKind.Object)
            throw source.Refused(8, $"tensor {name} is not described by an object");
        ElementType? element = null;
        long[]? shape = null,
            offsets = null;
        foreach (var field in value.EnumerateObject())
        {
            switch (field.Name)
            {
                case "dtype" when field.Value.ValueKind == JsonValueKind.String:
                    string type = field.Value.GetString()!;
                    element =
                        ElementTypes.OfSafeTensors(type)
                        ?? throw source.Refused(
                            8,
                            $"tensor {name} has dtype {type}, expected one of {ElementTypes.SafeTensorsNames}"
                        );
                    break;
                case "shape":
                    shape = Integers(source, name, field);
                    break;
                case "data_offsets":
                    offsets = Integers(source, name, field);
                    break;
                default:
                    throw source.Refused(
                        8,
                        $"tensor {name} has the field {field.Name}, expected dtype, shape and data_offsets"
                    );
            }
        }
        if (element is null || shape is null || offsets is not [long begin, long end])
            throw source.Refused(8, $"tensor {name} lacks dtype, shape or its two data_offsets");
        if (StoredTensor.ShapeProblem(shape) is { } problem)
            throw source.Refused(8, $"tensor {name}: {problem}");
        var tensor = new StoredTensor(element, shape, StoredTensor.ContiguousStrides(shape), 0);
        long length = source.Length - data;
        if (begin < 0 || end < begin || end > length)
            throw source.Refused(8, $"tensor {name} has data_offsets {begin} to {end}, the data has {length} bytes");
        if (end - begin != tensor.Bytes)
        {
            throw source.Refused(
                8,
                $"tensor {name} has {end - begin} bytes, expected {tensor.Bytes} for its dtype and shape"
            );
        }
        return (name, tensor, data + begin);
    }

    private static long[] Integers(ByteSource source, string name, JsonProperty field)
    {
        if (field.Value.ValueKind != JsonValueKind.Array)
            throw source.Refused(8, $"tensor {name}: {field.Name} is not an array");
        var values = new List<long>();
        foreach (var item in field.Value.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetInt64(out long value))
                throw source.Refused(8, $"tensor {name}: {field.Name} holds something that is not an integer");
            values.Add(value);
        }
        return [.. values];
    }
}
