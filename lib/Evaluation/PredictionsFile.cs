using System.Globalization;
using System.Text;
using FanTrans.Data;

namespace FanTrans.Evaluation;

/// <summary>Predictions as CSV: <c>subject,sequence,frame,AU01_p,…,AU01,…</c>, one line per frame;
/// an unknown label is 9.</summary>
public static class PredictionsFile
{
    /// <summary>Writes predictions, whole or not at all; probabilities keep all their bits.</summary>
    /// <param name="path">The file.</param>
    /// <param name="predictions">What to write.</param>
    public static void Save(string path, AuPredictions predictions)
    {
        ArgumentNullException.ThrowIfNull(predictions);
        var units = predictions.ActionUnits;
        var text = new StringBuilder();
        Line(["subject", "sequence", "frame", .. units.Select(u => $"AU{u:00}_p"), .. units.Select(u => $"AU{u:00}")]);
        for (var row = 0; row < predictions.Keys.Count; row++)
        {
            var (subject, sequence, frame) = predictions.Keys[row];
            Line([
                subject,
                sequence,
                $"{frame}",
                .. predictions.Probabilities[row].Select(p => p.ToString("r", CultureInfo.InvariantCulture)),
                .. predictions.Labels[row].Select(label => $"{label}"),
            ]);
        }
        WholeFile.Write(path, text.ToString());

        void Line(IEnumerable<string> cells) => text.Append(TextTable.ToLine(cells)).Append('\n');
    }

    /// <summary>Reads such a table, also one from another program: columns in any order,
    /// labels as 1.0, and so on.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">A column is missing, a value is wrong, a frame is there twice, or no
    /// label is known; the message names file, line and column.</exception>
    public static AuPredictions Load(string path)
    {
        var table = TextTable.Read(path);
        table.RequireRows();
        int subject = table.Require("subject"),
            sequence = table.Find("sequence"),
            frame = table.Require("frame");
        var (ofProbabilities, ofLabels) = (table.ActionUnits("_p"), table.ActionUnits());
        int[] units = [.. ofProbabilities.Keys];
        if (units.Length == 0)
            throw new InvalidDataException(
                $"{path}, line 1: expected columns AU01_p, AU02_p, … of probabilities, found none."
            );
        if (units.Where(unit => !ofLabels.ContainsKey(unit)).ToArray() is { Length: > 0 } without)
            throw new InvalidDataException(
                $"{path}, line 1: expected a column AU{without[0]:00} of labels beside AU{without[0]:00}_p."
            );

        var (keys, probabilities, labels) = (
            new FaceKey[table.Count],
            new float[table.Count][],
            new sbyte[table.Count][]
        );
        for (var row = 0; row < table.Count; row++)
        {
            keys[row] = new FaceKey(
                table.Text(row, subject),
                sequence < 0 ? "" : table.Text(row, sequence),
                table.Whole(row, frame, "a frame number")
            );
            labels[row] = Array.ConvertAll(units, unit => Label(row, ofLabels[unit]));
            probabilities[row] = new float[units.Length];
            for (var n = 0; n < units.Length; n++)
            {
                // Without a label nothing is made of the probability.
                var column = ofProbabilities[units[n]];
                probabilities[row][n] =
                    table.Single(row, column, "a probability from 0 to 1", 0, 1)
                    ?? (
                        labels[row][n] == LabelRule.Unknown
                            ? float.NaN
                            : throw table.Wrong(row, column, "a probability from 0 to 1")
                    );
            }
        }
        table.RequireDistinct(row => $"frame {keys[row]}");
        return labels.Any(row => row.Any(label => label != LabelRule.Unknown))
            ? new AuPredictions(units, keys, probabilities, labels)
            : throw new InvalidDataException(
                $"{path}: expected labels 0 or 1, found none in {table.Count} frames: all are unknown."
            );

        sbyte Label(int row, int column) =>
            table.Number(row, column, "a label 0, 1, or 9 for unknown", 0, 9) switch
            {
                null or 9 => LabelRule.Unknown,
                0 => (sbyte)0,
                1 => (sbyte)1,
                _ => throw table.Wrong(row, column, "a label 0, 1, or 9 for unknown"),
            };
    }
}
