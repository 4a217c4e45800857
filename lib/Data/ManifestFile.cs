using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FanTrans.Data;

/// <summary>Reads the JSON files of data-manifests/: those inside the library, or a file; checked by their schema.</summary>
internal static class ManifestFile
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>The text of a file that was compiled into the library from data-manifests/.</summary>
    /// <param name="name">Without folder and ending, for example "bp4d".</param>
    /// <exception cref="ArgumentException">There is none of that name; the message lists them.</exception>
    public static string Embedded(string name)
    {
        var assembly = Assembly.GetExecutingAssembly();
        using var stream = assembly.GetManifestResourceStream($"FanTrans.{name}.json");
        if (stream is null)
        {
            var known = assembly.GetManifestResourceNames()
                .Where(n => n.StartsWith("FanTrans.", StringComparison.Ordinal) && n.EndsWith(".json", StringComparison.Ordinal))
                .Select(n => n["FanTrans.".Length..^".json".Length])
                .Where(n => !n.EndsWith(".schema", StringComparison.Ordinal)).Order(StringComparer.Ordinal);
            throw new ArgumentException($"the library has no manifest '{name}'; it has {string.Join(", ", known)}.", nameof(name));
        }
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>Checks a document by an embedded schema and reads it.</summary>
    /// <param name="json">The document.</param>
    /// <param name="schema">Name of the schema, for example "dataset.schema".</param>
    /// <param name="file">For messages.</param>
    /// <exception cref="InvalidDataException">It is no JSON or breaks the schema; the message names file and field.</exception>
    public static T Parse<T>(string json, string schema, string file)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(json, Strict);
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{file}: not valid JSON: {error.Message}", error);
        }
        using (document)
        {
            Fail(file, new JsonSchema(Embedded(schema)).Check(document.RootElement));
            return document.Deserialize<T>(Options)
                ?? throw new InvalidDataException($"{file}: expected an object, found null.");
        }
    }

    /// <summary>Throws one error that lists all that is wrong, if anything is.</summary>
    /// <exception cref="InvalidDataException">There is at least one error.</exception>
    public static void Fail(string file, IReadOnlyList<string> errors)
    {
        if (errors.Count > 0)
            throw new InvalidDataException(string.Join(Environment.NewLine, errors.Select(e => $"{file}: {e}.")));
    }

    /// <summary>The text of a file.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static string Read(string path) =>
        File.Exists(path) ? File.ReadAllText(path) : throw new FileNotFoundException($"{path}: no such manifest.", path);
}
