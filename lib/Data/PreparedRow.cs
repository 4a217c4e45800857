using System.Text.Json;
using System.Text.Json.Serialization;

namespace FanTrans.Data;

/// <summary>One frame of a prepared set.</summary>
/// <param name="Path">The crop's file, from the set's folder, with / between names.</param>
/// <param name="Key">Subject, sequence and frame number.</param>
/// <param name="Labels">One label per action unit: 0 absent, 1 present, 9 unknown.</param>
/// <param name="Intensities">One intensity per action unit, 0 to 5; null where the dataset has none.</param>
/// <param name="Box">The face box in pixels of the crop.</param>
/// <param name="Landmarks">136 values in pixels of the crop; NaN where not known.</param>
/// <param name="LandmarksFrom">"dataset", or the name of the network that found them.</param>
/// <param name="Bytes">Size of the crop's file.</param>
/// <param name="Sha256">SHA-256 of the crop's file, 64 hexadecimal digits.</param>
internal sealed record PreparedRow(
    string Path,
    FaceKey Key,
    sbyte[] Labels,
    byte[]? Intensities,
    FaceBox Box,
    float[] Landmarks,
    string LandmarksFrom,
    long Bytes,
    string Sha256
)
{
    /// <summary>Landmarks that the dataset itself gives.</summary>
    public const string FromDataset = "dataset";

    /// <summary>The row as one line of JSON, without the end of the line.</summary>
    internal byte[] ToLine() =>
        JsonSerializer.SerializeToUtf8Bytes(
            new Line
            {
                Path = Path,
                Subject = Key.Subject,
                Sequence = Key.Sequence,
                Frame = Key.Frame,
                Labels = Array.ConvertAll(Labels, v => (int)v),
                Intensities = Intensities is null ? null : Array.ConvertAll(Intensities, v => (int)v),
                Box = [Box.X0, Box.Y0, Box.X1, Box.Y1],
                Landmarks = Array.ConvertAll(Landmarks, v => float.IsNaN(v) ? (float?)null : v),
                LandmarksFrom = LandmarksFrom,
                Bytes = Bytes,
                Sha256 = Sha256,
            },
            PreparedManifest.Json
        );

    /// <summary>Reads what <see cref="ToLine"/> wrote.</summary>
    /// <param name="line">The line.</param>
    /// <param name="units">How many action units the set labels.</param>
    /// <exception cref="InvalidDataException">It is another object; the message names the field.</exception>
    internal static PreparedRow Read(ReadOnlySpan<byte> line, int units)
    {
        Line row;
        try
        {
            row =
                JsonSerializer.Deserialize<Line>(line, PreparedManifest.Json) ?? throw new JsonException("it is null");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"expected the row of a frame, found: {error.Message}", error);
        }
        Require(
            row.Labels.Length == units && row.Labels.All(v => v is 0 or 1 or LabelRule.Unknown),
            "labels",
            $"{units} of 0, 1 or 9"
        );
        Require(
            row.Intensities is null
                || (row.Intensities.Length == units && row.Intensities.All(v => v is >= 0 and <= 5)),
            "intensities",
            $"{units} from 0 to 5"
        );
        Require(row.Box is [var x0, var y0, var x1, var y1] && x1 > x0 && y1 > y0, "box", "left, top, right, bottom");
        Require(row.Landmarks.Length == 2 * Ibug68.Count, "landmarks", $"{2 * Ibug68.Count} values");
        Require(
            !System.IO.Path.IsPathRooted(row.Path) && !row.Path.Split('/', '\\').Contains(".."),
            "path",
            "a file within the set"
        );
        // A few hundred names stand in a hundred thousand rows.
        return new PreparedRow(
            row.Path,
            new FaceKey(string.Intern(row.Subject), string.Intern(row.Sequence), row.Frame),
            Array.ConvertAll(row.Labels, v => (sbyte)v),
            row.Intensities is null ? null : Array.ConvertAll(row.Intensities, v => (byte)v),
            new FaceBox(row.Box[0], row.Box[1], row.Box[2], row.Box[3]),
            Array.ConvertAll(row.Landmarks, v => v ?? float.NaN),
            string.Intern(row.LandmarksFrom),
            row.Bytes,
            row.Sha256
        );
    }

    private static void Require(bool holds, string field, string expected)
    {
        if (!holds)
            throw new InvalidDataException($"{field}: expected {expected}");
    }

    private sealed record Line
    {
        public required string Path { get; init; }

        public required string Subject { get; init; }

        public required string Sequence { get; init; }

        public required int Frame { get; init; }

        public required int[] Labels { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public int[]? Intensities { get; init; }

        public required float[] Box { get; init; }

        public required float?[] Landmarks { get; init; }

        public required string LandmarksFrom { get; init; }

        public required long Bytes { get; init; }

        public required string Sha256 { get; init; }
    }
}
