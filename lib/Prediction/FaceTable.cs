using System.Globalization;
using FanTrans.Data;

namespace FanTrans.Prediction;

/// <summary>
/// Predictions as a table with the column names of OpenFace and py-feat, a row per face: frame (from 1), face_id,
/// timestamp (seconds), confidence (of the landmarks), success; FaceRectX, FaceRectY, FaceRectWidth, FaceRectHeight
/// (pixels), FaceScore (of the detector); Pitch, Roll, Yaw (degrees, see <see cref="HeadPose"/>); AU01_p …
/// (probability of presence), AU01_c … (1 present, 0 absent); where asked for x_0 … x_67, y_0 … y_67 (landmarks,
/// pixels); input (the file) and error. A frame without a face has a row with success 0, a file that cannot be read one
/// with error.
/// </summary>
public sealed class FaceTable
{
    private readonly TextWriter writer;
    private readonly int units;
    private readonly bool landmarks;

    /// <summary>Writes the header.</summary>
    /// <param name="writer">Where to; stays the caller's.</param>
    /// <param name="actionUnits">The FACS numbers, in the predictions' order.</param>
    /// <param name="landmarks">Whether there are columns for the 68 landmarks.</param>
    public FaceTable(TextWriter writer, IReadOnlyList<int> actionUnits, bool landmarks = false)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(actionUnits);
        (this.writer, units, this.landmarks) = (writer, actionUnits.Count, landmarks);
        Line([
            "frame",
            "face_id",
            "timestamp",
            "confidence",
            "success",
            "FaceRectX",
            "FaceRectY",
            "FaceRectWidth",
            "FaceRectHeight",
            "FaceScore",
            "Pitch",
            "Roll",
            "Yaw",
            .. actionUnits.Select(u => $"AU{u:00}_p"),
            .. actionUnits.Select(u => $"AU{u:00}_c"),
            .. Each("x", "y").SelectMany(axis => Enumerable.Range(0, 68).Select(k => $"{axis}_{k}")),
            "input",
            "error",
        ]);
    }

    /// <summary>Writes the rows of a frame.</summary>
    /// <param name="frame">What was found in it.</param>
    /// <param name="threshold">A probability of at least this counts as present.</param>
    public void Write(FramePrediction frame, double threshold = 0.5)
    {
        ArgumentNullException.ThrowIfNull(frame);
        string[] where = [frame.File, frame.Error?.ReplaceLineEndings(" ") ?? ""];
        var (number, time) = ($"{frame.Number}", Number(frame.Seconds, "0.000"));
        if (frame.Faces.Count == 0)
        {
            // After success come box, score, pose and the units' two columns.
            Line([
                number,
                "",
                time,
                "",
                "0",
                .. Enumerable.Repeat("", 8 + (2 * units)),
                .. Each("", "").SelectMany(_ => new string[68]),
                .. where,
            ]);
        }
        foreach (var face in frame.Faces)
        {
            var (box, pose) = (face.Box, face.Pose);
            Line([
                number,
                $"{face.Id}",
                time,
                Number(face.Confidence, "0.000"),
                "1",
                .. new[] { box.X0, box.Y0, box.Width, box.Height }.Select(v => Number(v, "0.0")),
                Number(face.Score, "0.000"),
                .. new[] { pose.Pitch, pose.Roll, pose.Yaw }.Select(v => Number(v, "0.0")),
                .. face.Probabilities.Select(p => Number(p, "0.0000")),
                .. face.Probabilities.Select(p => p >= threshold ? "1" : "0"),
                .. Each(0, 1)
                    .SelectMany(axis =>
                        Enumerable.Range(0, 68).Select(k => Number(face.Landmarks[(2 * k) + axis], "0.0"))
                    ),
                .. where,
            ]);
        }
    }

    private IEnumerable<T> Each<T>(T x, T y) => landmarks ? [x, y] : [];

    private static string Number(double value, string format) =>
        double.IsFinite(value) ? value.ToString(format, CultureInfo.InvariantCulture) : "";

    private void Line(string[] cells) => writer.Write(TextTable.ToLine(cells) + "\n");
}
