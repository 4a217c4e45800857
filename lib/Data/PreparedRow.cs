using System.Text.Json;

namespace FanTrans.Data;

/// <summary>One frame of a prepared set.</summary>
/// <param name="Path">The crop's file, from the set's folder, with / between names.</param>
/// <param name="Key">Subject, sequence and frame number.</param>
/// <param name="Labels">One label an action unit: 0 absent, 1 present, 9 unknown.</param>
/// <param name="Intensities">One intensity an action unit, 0 to 5; null where the dataset has none.</param>
/// <param name="Box">The face box in pixels of the crop.</param>
/// <param name="Landmarks">136 values in pixels of the crop; NaN where not known.</param>
/// <param name="LandmarksFrom">"dataset", or the name of the network that found them.</param>
/// <param name="Bytes">Size of the crop's file.</param>
/// <param name="Sha256">SHA-256 of the crop's file, 64 hexadecimal digits.</param>
public sealed record PreparedRow(
    string Path, FaceKey Key, sbyte[] Labels, byte[]? Intensities, FaceBox Box, float[] Landmarks, string LandmarksFrom, long Bytes, string Sha256)
{
    /// <summary>Landmarks that the dataset itself gives.</summary>
    public const string FromDataset = "dataset";

    /// <summary>Writes the row as one JSON object.</summary>
    internal void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("path", Path);
        json.WriteString("subject", Key.Subject);
        json.WriteString("sequence", Key.Sequence);
        json.WriteNumber("frame", Key.Frame);
        json.WriteStartArray("labels");
        foreach (var label in Labels)
            json.WriteNumberValue(label);
        json.WriteEndArray();
        if (Intensities is not null)
        {
            json.WriteStartArray("intensities");
            foreach (var intensity in Intensities)
                json.WriteNumberValue(intensity);
            json.WriteEndArray();
        }
        WriteNumbers(json, "box", [Box.X0, Box.Y0, Box.X1, Box.Y1]);
        WriteNumbers(json, "landmarks", Landmarks);
        json.WriteString("landmarksFrom", LandmarksFrom);
        json.WriteNumber("bytes", Bytes);
        json.WriteString("sha256", Sha256);
        json.WriteEndObject();
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It is another object.</exception>
    internal static PreparedRow Read(ReadOnlySpan<byte> line)
    {
        try
        {
            var reader = new Utf8JsonReader(line);
            using var document = JsonDocument.ParseValue(ref reader);
            var row = document.RootElement;
            var box = Numbers(row.GetProperty("box"));
            return new PreparedRow(
                row.GetProperty("path").GetString()!,
                // A few hundred names stand in a hundred thousand rows.
                new FaceKey(
                    string.Intern(row.GetProperty("subject").GetString()!), string.Intern(row.GetProperty("sequence").GetString()!),
                    row.GetProperty("frame").GetInt32()),
                [.. row.GetProperty("labels").EnumerateArray().Select(v => v.GetSByte())],
                row.TryGetProperty("intensities", out var intensities) ? [.. intensities.EnumerateArray().Select(v => v.GetByte())] : null,
                new FaceBox(box[0], box[1], box[2], box[3]),
                Numbers(row.GetProperty("landmarks")),
                string.Intern(row.GetProperty("landmarksFrom").GetString()!),
                row.GetProperty("bytes").GetInt64(),
                row.GetProperty("sha256").GetString()!);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or IndexOutOfRangeException)
        {
            throw new InvalidDataException($"expected the row of a frame, found: {error.Message}", error);
        }
    }

    private static float[] Numbers(JsonElement array) =>
        [.. array.EnumerateArray().Select(v => v.ValueKind is JsonValueKind.Null ? float.NaN : v.GetSingle())];

    private static void WriteNumbers(Utf8JsonWriter json, string name, ReadOnlySpan<float> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            if (float.IsNaN(value))
                json.WriteNullValue();
            else
                json.WriteNumberValue(value);
        }
        json.WriteEndArray();
    }
}
