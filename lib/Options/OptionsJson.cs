using System.Text.Json;
using System.Text.Json.Serialization;

namespace FanTrans;

/// <summary>Options as JSON, the form in which they travel inside a checkpoint: every field is written
/// by name, and reading refuses fields that are missing or not known.</summary>
public static class OptionsJson
{
    private static readonly JsonSerializerOptions Format = new()
    {
        WriteIndented = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter(namingPolicy: null, allowIntegerValues: false) },
    };

    /// <summary>Writes an options record as indented JSON.</summary>
    public static string Write<T>(T options)
        where T : class => JsonSerializer.Serialize(options, Format);

    /// <summary>Reads an options record. The caller validates it: <c>Read(text).Validate()</c>.</summary>
    /// <exception cref="InvalidDataException">The text is not JSON, or a field is missing, unknown or of the
    /// wrong type; the message names the record and the place.</exception>
    public static T Read<T>(string json)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(json, Format)
                ?? throw new InvalidDataException($"{typeof(T).Name}: expected a JSON object, found null.");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{typeof(T).Name}: {error.Message}", error);
        }
    }
}
