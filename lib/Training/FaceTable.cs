using System.Globalization;

namespace FanTrans.Training;

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
    /// <param name="input">The picture's or video's name.</param>
    /// <param name="frame">The frame's number, from 1.</param>
    /// <param name="seconds">Its time in a video; 0 for a picture.</param>
    /// <param name="prediction">What was found.</param>
    /// <param name="leastConfidence">A face of a lower score counts as none.</param>
    /// <param name="threshold">A probability of at least this counts as present.</param>
    public void Write(string input, int frame, double seconds, FacePrediction prediction, double leastConfidence, double threshold = 0.5)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(prediction);
        var success = prediction.Face.Score >= leastConfidence;
        Line(
        [
            $"{frame}", "0", Number(seconds, "0.000"), Number(prediction.Face.Score, "0.000"), success ? "1" : "0",
            .. success ? prediction.Probabilities.Select(p => Number(p, "0.0000")) : Enumerable.Repeat("", _units),
            .. success ? prediction.Probabilities.Select(p => p >= threshold ? "1" : "0") : Enumerable.Repeat("", _units),
            input.AsSpan().ContainsAny(",\"\n") ? $"\"{input.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : input,
        ]);
    }

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private void Line(string[] cells) => _writer.Write(string.Join(',', cells) + "\n");
}
