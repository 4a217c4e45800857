using System.Globalization;

namespace FanTrans.Prediction;

/// <summary>
/// Predictions as a table whose columns are named as OpenFace and py-feat name them: frame, face_id, timestamp,
/// confidence, success, then AU01_p … (probability of presence), AU01_c … (1 present, 0 absent), and input (the file).
/// Where success is 0 no face was found well enough, and the rest of the line is empty.
/// </summary>
public sealed class FaceTable
{
    private readonly TextWriter _writer;
    private readonly int _units;

    /// <summary>Writes the header.</summary>
    /// <param name="writer">Where to; stays the caller's.</param>
    /// <param name="actionUnits">The FACS numbers, in the predictions' order.</param>
    public FaceTable(TextWriter writer, IReadOnlyList<int> actionUnits)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(actionUnits);
        (_writer, _units) = (writer, actionUnits.Count);
        string[] columns =
        [
            "frame", "face_id", "timestamp", "confidence", "success",
            .. actionUnits.Select(u => $"AU{u:00}_p"), .. actionUnits.Select(u => $"AU{u:00}_c"), "input",
        ];
        Line(columns);
    }

    /// <summary>Writes one line.</summary>
    /// <param name="found">What was found in a frame.</param>
    /// <param name="threshold">A probability of at least this counts as present.</param>
    public void Write(FramePrediction found, double threshold = 0.5)
    {
        ArgumentNullException.ThrowIfNull(found);
        var (prediction, file) = (found.Prediction, found.File);
        Line(
        [
            $"{found.Number}", "0", Number(found.Seconds, "0.000"), Number(prediction.Face.Score, "0.000"), found.Success ? "1" : "0",
            .. found.Success ? prediction.Probabilities.Select(p => Number(p, "0.0000")) : Enumerable.Repeat("", _units),
            .. found.Success ? prediction.Probabilities.Select(p => p >= threshold ? "1" : "0") : Enumerable.Repeat("", _units),
            file.AsSpan().ContainsAny(",\"\n") ? $"\"{file.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : file,
        ]);
    }

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private void Line(string[] cells) => _writer.Write(string.Join(',', cells) + "\n");
}
