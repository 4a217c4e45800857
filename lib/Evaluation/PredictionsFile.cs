using System.Globalization;
using System.Text;
using FanTrans.Data;
using FanTrans.Interop;

namespace FanTrans.Evaluation;

/// <summary>Predictions as CSV: <c>subject,sequence,frame,AU01_p,…,AU01,…</c>, one line a frame; an unknown label is
/// 9.</summary>
public static class PredictionsFile
{
    /// <summary>Writes predictions, whole or not at all; probabilities keep all their bits.</summary>
    /// <param name="path">The file.</param>
    /// <param name="predictions">What to write.</param>
    public static void Save(string path, AuPredictions predictions)
    {
        ArgumentNullException.ThrowIfNull(predictions);
        var text = new StringBuilder(Header(predictions.ActionUnits)).Append('\n');
        for (var row = 0; row < predictions.Keys.Count; row++)
        {
            var key = predictions.Keys[row];
            text.Append(CultureInfo.InvariantCulture, $"{key.Subject},{key.Sequence},{key.Frame},")
                .AppendJoin(',', predictions.Probabilities[row].Select(p => p.ToString("r", CultureInfo.InvariantCulture))).Append(',')
                .AppendJoin(',', predictions.Labels[row]).Append('\n');
        }
        WholeFile.Write(path, text.ToString());
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">It holds something else; the message names the line.</exception>
    public static AuPredictions Load(string path)
    {
        var lines = File.ReadAllLines(path);
        var header = lines.Length == 0 ? [] : lines[0].Split(',');
        int[] units = [.. header.Where(h => h.EndsWith("_p", StringComparison.Ordinal) && h.StartsWith("AU", StringComparison.Ordinal))
            .Select(h => int.TryParse(h.AsSpan(2, h.Length - 4), NumberStyles.None, CultureInfo.InvariantCulture, out var unit) ? unit : -1)];
        if (units.Length == 0 || lines[0] != Header(units))
            throw new InvalidDataException($"{path}, line 1: expected subject,sequence,frame,AU.._p,…,AU..,…, found {(lines.Length == 0 ? "nothing" : lines[0])}.");
        var (keys, probabilities, labels) = (new List<FaceKey>(), new List<float[]>(), new List<sbyte[]>());
        for (var i = 1; i < lines.Length; i++)
        {
            var cells = lines[i].Split(',');
            if (cells.Length != header.Length)
                throw new InvalidDataException($"{path}, line {i + 1}: expected {header.Length} values, found {cells.Length}.");
            try
            {
                keys.Add(new FaceKey(cells[0], cells[1], int.Parse(cells[2], CultureInfo.InvariantCulture)));
                probabilities.Add(Array.ConvertAll(cells[3..(3 + units.Length)], c => float.Parse(c, CultureInfo.InvariantCulture)));
                labels.Add(Array.ConvertAll(cells[(3 + units.Length)..], c => sbyte.Parse(c, CultureInfo.InvariantCulture)));
            }
            catch (Exception error) when (error is FormatException or OverflowException)
            {
                throw new InvalidDataException($"{path}, line {i + 1}: {error.Message}", error);
            }
        }
        return new AuPredictions(units, keys, probabilities, labels);
    }

    private static string Header(IReadOnlyList<int> units) =>
        $"subject,sequence,frame,{string.Join(',', units.Select(u => $"AU{u:00}_p"))},{string.Join(',', units.Select(u => $"AU{u:00}"))}";
}
