using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace FanTrans.Data;

/// <summary>Reads the JSON files of data-manifests/, which tests check by their schemas,
/// and others of their form.</summary>
internal static class ManifestFile
{
    private static readonly JsonDocumentOptions NoDuplicates = new() { AllowDuplicateProperties = false };
    private static readonly JsonSerializerOptions Lenient = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
        NumberHandling = JsonNumberHandling.Strict,
        RespectNullableAnnotations = true,
    };

    private static readonly JsonSerializerOptions Strict = new(Lenient)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        PropertyNameCaseInsensitive = false,
    };

    /// <summary>Reads a file that was compiled into the library from data-manifests/.</summary>
    /// <param name="name">Without folder and ending, for example "bp4d".</param>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static T Embedded<T>(string name)
        where T : class
    {
        var assembly = Assembly.GetExecutingAssembly();
        using var stream =
            assembly.GetManifestResourceStream($"FanTrans.{name}.json")
            ?? throw new ArgumentException($"the library has no manifest '{name}'.", nameof(name));
        return JsonSerializer.Deserialize<T>(stream, Lenient)!;
    }

    /// <summary>Reads a file that a user wrote: no field may be missing, unknown,
    /// of another type or there twice.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is no JSON of this form; the message names file and place.</exception>
    public static T Read<T>(string path)
        where T : class
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"{path}: no such manifest.", path);
        try
        {
            using var file = File.OpenRead(path);
            if (JsonNode.Parse(file, documentOptions: NoDuplicates) is not JsonObject json)
                throw new InvalidDataException($"{path}: expected an object.");
            json.Remove("$schema");
            if (HasNull(json))
                throw new InvalidDataException($"{path}: a manifest has no null.");
            return json.Deserialize<T>(Strict)!;
        }
        // A name that is no UTF-8 is found only when it is looked at.
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException($"{path}: {error.Message}", error);
        }
    }

    private static bool HasNull(JsonNode? node) =>
        node switch
        {
            null => true,
            JsonObject inner => inner.Any(property => HasNull(property.Value)),
            JsonArray inner => inner.Any(HasNull),
            _ => false,
        };
}
