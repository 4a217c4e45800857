using System.Text.Json;
using System.Text.RegularExpressions;

namespace FanTrans.Data;

/// <summary>
/// Checks a JSON document against a JSON schema (draft 2020-12), as far as the kit's own schemas go: types,
/// properties, items, ranges, patterns, enums and references within the schema. A keyword beyond those is an error,
/// so that no rule is passed over in silence.
/// </summary>
internal sealed class JsonSchema
{
    private static readonly HashSet<string> Notes = new(StringComparer.Ordinal) { "$schema", "$defs", "title", "description" };
    private readonly JsonElement _root;

    /// <summary>Reads a schema.</summary>
    public JsonSchema(string schema)
    {
        using var document = JsonDocument.Parse(schema);
        _root = document.RootElement.Clone();
    }

    /// <summary>Everything wrong with a document, each as "place: what was expected, what was found"; none if it is right.</summary>
    public IReadOnlyList<string> Check(JsonElement document)
    {
        var errors = new List<string>();
        Check(document, _root, "", errors);
        return errors;
    }

    private void Check(JsonElement value, JsonElement schema, string place, List<string> errors)
    {
        if (schema.ValueKind is JsonValueKind.True)
            return;
        if (schema.TryGetProperty("type", out var type) && !HasType(value, type))
        {
            errors.Add($"{Name(place)}: expected {Types(type)}, found {Shown(value)}");
            return; // the other rules would only repeat it
        }
        foreach (var rule in schema.EnumerateObject())
        {
            switch (rule.Name)
            {
                case "type" or "additionalProperties":
                    break;
                case "$ref":
                    Check(value, Resolve(rule.Value.GetString()!), place, errors);
                    break;
                case "properties":
                    CheckProperties(value, schema, place, errors);
                    break;
                case "required":
                    foreach (var name in rule.Value.EnumerateArray().Select(n => n.GetString()!).Where(n => !value.TryGetProperty(n, out _)))
                        errors.Add($"{Join(place, name)}: missing");
                    break;
                case "items":
                    for (var i = 0; i < value.GetArrayLength(); i++)
                        Check(value[i], rule.Value, $"{place}[{i}]", errors);
                    break;
                case "enum":
                    if (!rule.Value.EnumerateArray().Any(allowed => JsonElement.DeepEquals(allowed, value)))
                        errors.Add($"{Name(place)}: expected one of {string.Join(", ", rule.Value.EnumerateArray())}, found {Shown(value)}");
                    break;
                case "pattern":
                    if (!Regex.IsMatch(value.GetString()!, rule.Value.GetString()!, RegexOptions.CultureInvariant))
                        errors.Add($"{Name(place)}: expected text of the form {rule.Value}, found {Shown(value)}");
                    break;
                case "minLength":
                    if (value.GetString()!.Length < rule.Value.GetInt32())
                        errors.Add($"{Name(place)}: expected text, found none");
                    break;
                case "minimum":
                    if (value.GetDecimal() < rule.Value.GetDecimal())
                        errors.Add($"{Name(place)}: expected at least {rule.Value}, found {Shown(value)}");
                    break;
                case "minItems":
                    if (value.GetArrayLength() < rule.Value.GetInt32())
                        errors.Add($"{Name(place)}: expected at least {rule.Value} entries, found {value.GetArrayLength()}");
                    break;
                case "maxItems":
                    if (value.GetArrayLength() > rule.Value.GetInt32())
                        errors.Add($"{Name(place)}: expected at most {rule.Value} entries, found {value.GetArrayLength()}");
                    break;
                case "uniqueItems":
                    foreach (var twice in value.EnumerateArray().GroupBy(item => item.GetRawText()).Where(g => g.Count() > 1))
                        errors.Add($"{Name(place)}: {twice.Key} is there {twice.Count()} times");
                    break;
                default:
                    if (!Notes.Contains(rule.Name))
                        throw new NotSupportedException($"the schema's keyword '{rule.Name}' is not supported.");
                    break;
            }
        }
        // An object without listed properties may still describe what its entries look like.
        if (!schema.TryGetProperty("properties", out _) && schema.TryGetProperty("additionalProperties", out _))
            CheckProperties(value, schema, place, errors);
    }

    private void CheckProperties(JsonElement value, JsonElement schema, string place, List<string> errors)
    {
        schema.TryGetProperty("properties", out var known);
        var open = !schema.TryGetProperty("additionalProperties", out var rest) || rest.ValueKind is not JsonValueKind.False;
        foreach (var field in value.EnumerateObject())
        {
            if (known.ValueKind is JsonValueKind.Object && known.TryGetProperty(field.Name, out var own))
                Check(field.Value, own, Join(place, field.Name), errors);
            else if (!open)
                errors.Add($"{Join(place, field.Name)}: unknown field{Nearest(field.Name, known)}");
            else if (rest.ValueKind is JsonValueKind.Object)
                Check(field.Value, rest, Join(place, field.Name), errors);
        }
    }

    private JsonElement Resolve(string reference)
    {
        var found = _root;
        foreach (var step in reference.TrimStart('#').Split('/', StringSplitOptions.RemoveEmptyEntries))
            found = found.GetProperty(step);
        return found;
    }

    private static bool HasType(JsonElement value, JsonElement type) => type.GetString() switch
    {
        "object" => value.ValueKind is JsonValueKind.Object,
        "array" => value.ValueKind is JsonValueKind.Array,
        "string" => value.ValueKind is JsonValueKind.String,
        "integer" => value.ValueKind is JsonValueKind.Number && value.TryGetInt64(out _),
        "number" => value.ValueKind is JsonValueKind.Number,
        var other => throw new NotSupportedException($"the schema's type '{other}' is not supported."),
    };

    private static string Types(JsonElement type) => type.GetString() switch
    {
        "string" => "text",
        "integer" => "a whole number",
        "number" => "a number",
        "array" => "a list [ ... ]",
        _ => "an object { ... }",
    };

    private static string Shown(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.Null => "null",
        _ => value.GetRawText(),
    };

    private static string Name(string place) => place.Length == 0 ? "the whole document" : place;

    private static string Join(string place, string field) => place.Length == 0 ? field : $"{place}.{field}";

    /// <summary>The field that a mistyped name was probably meant to be.</summary>
    private static string Nearest(string name, JsonElement known)
    {
        var near = known.EnumerateObject().Select(p => p.Name)
            .Select(candidate => (candidate, distance: Distance(name, candidate)))
            .Where(c => c.distance <= Math.Max(2, name.Length / 3))
            .OrderBy(c => c.distance).Select(c => c.candidate).FirstOrDefault();
        return near is null ? $"; known are {string.Join(", ", known.EnumerateObject().Select(p => p.Name))}" : $"; did you mean '{near}'?";
    }

    /// <summary>Levenshtein's edit distance, letters compared without case.</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var same = char.ToUpperInvariant(a[i - 1]) == char.ToUpperInvariant(b[j - 1]);
                (diagonal, row[j]) = (row[j], Math.Min(diagonal + (same ? 0 : 1), 1 + Math.Min(row[j], row[j - 1])));
            }
        }
        return row[^1];
    }
}
