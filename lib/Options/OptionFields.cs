using System.Collections;
using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Xml.Linq;

namespace FanTrans;

/// <summary>One field of an options record, by its path from the outermost, such as "Model.Heads".</summary>
/// <param name="Path">Field names joined by dots.</param>
/// <param name="Expected">What a value looks like, for example "a whole number"
/// or "none, random, learnable, input-dependent, off".</param>
/// <param name="Default">The value of the record that was asked, as JSON text.</param>
/// <param name="Summary">What the field's documentation says;
/// empty where the library's XML file is not beside it.</param>
public sealed record OptionField(string Path, string Expected, string Default, string Summary);

/// <summary>
/// The fields of an options record by name, so that scripts and sweeps name options as the records do. A path may also
/// name a record with presets: <c>Model = Paper</c> takes <c>FanTransOptions.Paper</c> whole.
/// </summary>
public static class OptionFields
{
    private static readonly ConcurrentDictionary<Assembly, Dictionary<string, string>> Summaries = [];

    /// <summary>Every field of a record and of the records in it.</summary>
    /// <param name="options">The record; its values are the defaults.</param>
    public static IReadOnlyList<OptionField> Of<T>(T options)
        where T : class
    {
        var json = JsonNode.Parse(OptionsJson.Write(options))!;
        return [.. Walk(typeof(T), "", json)];
    }

    /// <summary>A field's path as the records spell it; one that there is not stays as it is.</summary>
    internal static string Spelled<T>(string path)
    {
        var type = typeof(T);
        var names = path.Split('.');
        for (var i = 0; i < names.Length && Property(type, names[i]) is { } property; i++)
            (names[i], type) = (property.Name, property.PropertyType);
        return string.Join('.', names);
    }

    /// <summary>The same record with one field changed.</summary>
    /// <param name="options">The record; it stays as it is.</param>
    /// <param name="path">The field's path, in any case.</param>
    /// <param name="value">The value as text, as JSON, or the name of a preset; a list may be written 1,2,4.</param>
    /// <exception cref="ArgumentException">There is no such field, or the value is none of its kind; the message says
    /// what is expected.</exception>
    public static T With<T>(T options, string path, string value)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(value);
        var root = JsonNode.Parse(OptionsJson.Write(options))!.AsObject();
        var (type, at) = (typeof(T), root);
        var names = path.Split('.');
        for (var i = 0; i < names.Length; i++)
        {
            var property =
                Property(type, names[i])
                ?? throw new ArgumentException(
                    $"there is no option {path}: {(i == 0 ? "the options" : string.Join('.', names[..i]))} have "
                        + $"{string.Join(", ", Properties(type).Select(p => p.Name))}."
                );
            if (i == names.Length - 1)
            {
                at[property.Name] = Parse(property, value, path);
                break;
            }
            if (!IsRecord(property.PropertyType) || at[property.Name] is not JsonObject inner)
                throw new ArgumentException(
                    $"there is no option {path}: {string.Join('.', names[..(i + 1)])} is "
                        + $"{at[property.Name]?.ToJsonString() ?? "null"} and has no fields."
                );
            (type, at) = (property.PropertyType, inner);
        }
        try
        {
            return OptionsJson.Read<T>(root.ToJsonString());
        }
        catch (InvalidDataException error)
        {
            throw new ArgumentException($"{path}: '{value}' is not what is expected: {error.Message}", error);
        }
    }

    /// <summary>What a record changes of another as one line of text, such as
    /// "Subjects=9&amp;Difficulty.Occlusion=0".</summary>
    /// <param name="options">The record.</param>
    /// <param name="start">What the text is read from.</param>
    public static string Text<T>(T options, T start)
        where T : class =>
        string.Join(
            '&',
            Differences(
                JsonNode.Parse(OptionsJson.Write(options))!.AsObject(),
                JsonNode.Parse(OptionsJson.Write(start))!.AsObject(),
                ""
            )
        );

    /// <summary>Reads what <see cref="Text"/> wrote.</summary>
    /// <param name="start">The record that the text changes; it stays as it is.</param>
    /// <param name="text">Fields and values; empty changes nothing.</param>
    /// <exception cref="ArgumentException">A field or a value is none.</exception>
    public static T Read<T>(T start, string text)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(text);
        foreach (var part in text.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var at = part.IndexOf('=', StringComparison.Ordinal);
            if (at < 1)
                throw new ArgumentException(
                    $"'{part}' of '{text}' is no option: expected a field, = and a value.",
                    nameof(text)
                );
            start = With(start, part[..at], Uri.UnescapeDataString(part[(at + 1)..]));
        }
        return start;
    }

    /// <summary>A record's preset by its name, in any case.</summary>
    /// <param name="name">For example "Small".</param>
    /// <exception cref="ArgumentException">There is no such preset.</exception>
    public static T Preset<T>(string name)
        where T : class =>
        (T?)Preset(typeof(T), name)
        ?? throw new ArgumentException(
            $"there is no preset {name}, only {string.Join(", ", Presets(typeof(T)).Select(p => p.Name))}."
        );

    private static IEnumerable<string> Differences(JsonObject options, JsonObject start, string prefix)
    {
        foreach (var (name, value) in options)
        {
            if (JsonNode.DeepEquals(value, start[name]))
                continue;
            if (value is JsonObject inner && start[name] is JsonObject before)
            {
                foreach (var difference in Differences(inner, before, $"{prefix}{name}."))
                    yield return difference;
                continue;
            }
            var text = Plain(value)
                .Replace("%", "%25", StringComparison.Ordinal)
                .Replace("&", "%26", StringComparison.Ordinal);
            yield return $"{prefix}{name}={text}";
        }
    }

    /// <summary>A text without quotes, all else as JSON.</summary>
    internal static string Plain(JsonNode? value) =>
        value is JsonValue text && text.GetValueKind() == JsonValueKind.String
            ? text.GetValue<string>()
            : value?.ToJsonString() ?? "null";

    private static IEnumerable<OptionField> Walk(Type type, string prefix, JsonNode json)
    {
        foreach (var property in Properties(type))
        {
            var path = prefix + property.Name;
            var value = json[property.Name];
            if (IsRecord(property.PropertyType) && value is JsonObject inner)
            {
                foreach (var field in Walk(property.PropertyType, path + ".", inner))
                    yield return field;
            }
            else
            {
                yield return new OptionField(
                    path,
                    Expected(property),
                    Plain(value),
                    Summaries
                        .GetOrAdd(type.Assembly, ReadSummaries)
                        .GetValueOrDefault($"P:{type.FullName}.{property.Name}", "")
                );
            }
        }
    }

    private static JsonNode? Parse(PropertyInfo property, string text, string path)
    {
        var inner = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        var nullable = IsNullable(property);
        if (nullable && text == "null")
            return null;
        if (inner == typeof(string))
        {
            return Names(property) is { } parts && !parts.Contains(text, PartName.Comparer)
                ? throw Unexpected()
                : JsonValue.Create(text);
        }
        if (inner.IsEnum)
        {
            return
                Enum.GetNames(inner).FirstOrDefault(n => n.Equals(text, StringComparison.OrdinalIgnoreCase))
                    is { } value
                ? JsonValue.Create(value)
                : throw Unexpected();
        }
        if (inner == typeof(bool))
            return bool.TryParse(text, out var flag) ? JsonValue.Create(flag) : throw Unexpected();
        if (inner == typeof(double))
            return
                double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                && double.IsFinite(number)
                ? JsonValue.Create(number)
                : throw Unexpected();
        if (inner == typeof(int) || inner == typeof(long))
            return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)
                ? JsonValue.Create(whole)
                : throw Unexpected();
        if (IsRecord(inner) && Preset(inner, text) is { } preset)
            return JsonSerializer.SerializeToNode(preset, inner, JsonWithNames);
        var json = typeof(IEnumerable).IsAssignableFrom(inner) && !text.StartsWith('[') ? $"[{text}]" : text;
        try
        {
            return JsonNode.Parse(json);
        }
        catch (JsonException)
        {
            throw Unexpected();
        }

        ArgumentException Unexpected() =>
            new($"{path} is '{text}', expected {Expected(property)}{(nullable ? " or null" : "")}.");
    }

    /// <summary>The names of the parts that a field may choose; null for other fields.</summary>
    private static IReadOnlyList<string>? Names(PropertyInfo property) =>
        property.GetCustomAttribute<NamesOfAttribute>()?.Names;

    private static string Expected(PropertyInfo property)
    {
        var inner = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        return inner switch
        {
            { IsEnum: true } => string.Join(", ", Enum.GetNames(inner)),
            _ when inner == typeof(bool) => "true or false",
            _ when inner == typeof(double) => "a number",
            _ when inner == typeof(int) || inner == typeof(long) => "a whole number",
            _ when Names(property) is { } parts => string.Join(", ", parts),
            _ when inner == typeof(string) => "a text",
            _ when typeof(IEnumerable).IsAssignableFrom(inner) => "a list such as 1,2,4",
            _ => string.Join(", ", [.. Presets(inner).Select(p => p.Name), "or JSON"]),
        };
    }

    private static readonly JsonSerializerOptions JsonWithNames = new()
    {
        Converters = { new JsonStringEnumConverter() },
    };

    private static object? Preset(Type type, string name) =>
        Presets(type).FirstOrDefault(p => p.Name.Equals(name, StringComparison.OrdinalIgnoreCase))?.GetValue(null);

    private static IEnumerable<PropertyInfo> Presets(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Static).Where(p => p.PropertyType == type);

    private static PropertyInfo? Property(Type type, string name) =>
        Properties(type).FirstOrDefault(p => p.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<PropertyInfo> Properties(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.CanWrite && p.GetCustomAttribute<JsonIgnoreAttribute>() is null);

    private static bool IsRecord(Type type) =>
        type.IsClass && type.Namespace?.StartsWith(nameof(FanTrans), StringComparison.Ordinal) == true;

    private static bool IsNullable(PropertyInfo property) =>
        Nullable.GetUnderlyingType(property.PropertyType) is not null
        || new NullabilityInfoContext().Create(property).WriteState == NullabilityState.Nullable;

    private static Dictionary<string, string> ReadSummaries(Assembly assembly)
    {
        var file = Path.ChangeExtension(assembly.Location, ".xml");
        return !File.Exists(file)
            ? []
            : XDocument
                .Load(file)
                .Descendants("member")
                .Where(m => m.Attribute("name")?.Value.StartsWith("P:", StringComparison.Ordinal) == true)
                .ToDictionary(m => m.Attribute("name")!.Value, m => Text(m.Element("summary")));

        // A reference to another member shows as its last name.
        static string Text(XElement? summary) =>
            summary is null
                ? ""
                : string.Join(
                    ' ',
                    string.Concat(
                            summary
                                .Nodes()
                                .Select(n =>
                                    n switch
                                    {
                                        XElement e => e.Attribute("cref")?.Value.Split('(')[0].Split('.')[^1]
                                            ?? e.Value,
                                        _ => n.ToString(),
                                    }
                                )
                        )
                        .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
                );
    }
}
