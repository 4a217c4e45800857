using System.Reflection;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FanTrans.Data;

/// <summary>How a prepared set was made: the first line of its manifest.</summary>
internal sealed record PreparedHeader
{
    /// <summary>The form of the sets that this kit makes; raised whenever rows
    /// or crops would come out differently.</summary>
    public const int CurrentForm = 1;

    /// <summary>The manifest's form.</summary>
    [JsonPropertyName("preparedSet")]
    public required int Form { get; init; }

    /// <summary>The version of the kit that made it.</summary>
    public required string Kit { get; init; }

    /// <summary>The dataset, for example "bp4d".</summary>
    public required string Dataset { get; init; }

    /// <summary>FACS numbers in the order of the labels.</summary>
    public required IReadOnlyList<int> ActionUnits { get; init; }

    /// <summary>Size, margin, alignment and form of the crops.</summary>
    public required PreparationOptions Options { get; init; }

    /// <summary>The network that found landmarks where the dataset has none; null for no network.</summary>
    public required string? LandmarkFinder { get; init; }

    /// <summary>How many frames there are.</summary>
    public required int Frames { get; init; }

    /// <summary>Changes with what was wrong with the dataset's folder.</summary>
    public required string Scan { get; init; }

    /// <summary>Each recording and what its files were, as "F001/T1": fingerprint.</summary>
    public required IReadOnlyDictionary<string, string> Sources { get; init; }

    /// <summary>The kit's version.</summary>
    public static string KitVersion => Assembly.GetExecutingAssembly().GetName().Version!.ToString(3);

    /// <summary>Everything that decides what is in a crop and its row, to tell a set of other options by.</summary>
    internal string Recipe() =>
        JsonSerializer.Serialize(
            this with
            {
                Kit = "",
                Frames = 0,
                Scan = "",
                Sources = new Dictionary<string, string>(),
            },
            PreparedManifest.Json
        );
}

/// <summary>
/// The manifest of a prepared set, frames.jsonl: a line that says how it was made, a line per frame, and a line with
/// the SHA-256 of all that stands before it.
/// </summary>
internal static class PreparedManifest
{
    public const string FileName = "frames.jsonl";

    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        IgnoreReadOnlyProperties = true,
        RespectNullableAnnotations = true,
    };

    /// <summary>Writes a manifest, whole or not at all.</summary>
    public static void Write(string path, PreparedHeader header, IEnumerable<PreparedRow> rows) =>
        WholeFile.Write(
            path,
            file =>
            {
                using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
                Line(JsonSerializer.SerializeToUtf8Bytes(header, Json));
                foreach (var row in rows)
                    Line(row.ToLine());
                Line(
                    JsonSerializer.SerializeToUtf8Bytes(
                        new Footer { Sha256 = Convert.ToHexStringLower(hash.GetHashAndReset()) },
                        Json
                    )
                );

                void Line(byte[] line)
                {
                    foreach (var bytes in new[] { line, "\n"u8.ToArray() })
                    {
                        hash.AppendData(bytes);
                        file.Write(bytes);
                    }
                }
            }
        );

    /// <summary>Only the first line.</summary>
    /// <exception cref="InvalidDataException">It is no manifest of a form that this kit reads.</exception>
    public static PreparedHeader ReadHeader(string path)
    {
        using var reader = new StreamReader(path);
        return Header(System.Text.Encoding.UTF8.GetBytes(reader.ReadLine() ?? ""), path);
    }

    /// <summary>All of it, checked by its own checksum.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It was edited or cut off, or is of a form
    /// that this kit does not read.</exception>
    public static (PreparedHeader Header, PreparedRow[] Rows) Read(string path)
    {
        ReadOnlySpan<byte> text = File.ReadAllBytes(path);
        if (text.Length == 0 || text[^1] != '\n')
            throw new InvalidDataException($"{path}: cut off: its last line does not end.");
        var lastLine = text[..^1].LastIndexOf((byte)'\n') + 1;
        var written = Parse<Footer>(text[lastLine..^1], path, "the checksum in its last line").Sha256;
        var found = Fingerprints.Of(text[..lastLine]);
        if (written != found)
        {
            throw new InvalidDataException(
                $"{path}: edited or damaged: its checksum says {written}, its content has {found}. Prepare "
                    + "the set anew."
            );
        }
        PreparedHeader? header = null;
        var rows = new List<PreparedRow>();
        for (var rest = text[..lastLine]; rest.Length > 0; )
        {
            var line = rest[..rest.IndexOf((byte)'\n')];
            rest = rest[(line.Length + 1)..];
            if (header is null)
            {
                header = Header(line, path);
                continue;
            }
            try
            {
                rows.Add(PreparedRow.Read(line, header.ActionUnits.Count));
            }
            catch (InvalidDataException error)
            {
                throw new InvalidDataException($"{path}, line {rows.Count + 2}: {error.Message}", error);
            }
        }
        if (header is null || rows.Count != header.Frames)
            throw new InvalidDataException($"{path}: expected {header?.Frames ?? 0} frames, found {rows.Count}.");
        return (header, [.. rows]);
    }

    private static PreparedHeader Header(ReadOnlySpan<byte> line, string path)
    {
        var header = Parse<PreparedHeader>(line, path, "the header of a prepared set in its first line");
        return header.Form == PreparedHeader.CurrentForm
            ? header
            : throw new InvalidDataException(
                $"{path}: expected form {PreparedHeader.CurrentForm} of a prepared set, found {header.Form} from kit "
                    + $"{header.Kit}; prepare it anew."
            );
    }

    private static T Parse<T>(ReadOnlySpan<byte> line, string path, string what)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(line, Json) ?? throw new JsonException("it is null");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{path}: expected {what}, found: {error.Message}", error);
        }
    }

    private sealed record Footer
    {
        public required string Sha256 { get; init; }
    }
}
