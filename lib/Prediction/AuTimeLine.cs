using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace FanTrans.Prediction;

/// <summary>One face's action units over the frames of a video, from this kit, OpenFace or py-feat.</summary>
/// <param name="Name">Whose it is, for legends.</param>
/// <param name="ActionUnits">The N FACS numbers.</param>
/// <param name="Frames">The frames' numbers, from 1, rising; py-feat's count from 0 and are raised by one.</param>
/// <param name="Seconds">The frames' times; NaN where the table has none, as py-feat's.</param>
/// <param name="Values">For each frame N values: probabilities (this kit, py-feat) or intensities 0 to 5 (OpenFace); NaN where
/// the face was not found.</param>
/// <param name="Present">For each frame and unit whether it is present; null where that is not known.</param>
public sealed partial record AuTimeLine(
    string Name, IReadOnlyList<int> ActionUnits, IReadOnlyList<int> Frames, IReadOnlyList<double> Seconds, IReadOnlyList<float[]> Values,
    IReadOnlyList<bool?[]> Present)
{
    /// <summary>The time line of one face of a video's predictions.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="actionUnits">The predictor's.</param>
    /// <param name="frames">The frames of one video.</param>
    /// <param name="face">The face's number.</param>
    /// <param name="threshold">A probability of at least this counts as present.</param>
    public static AuTimeLine Of(string name, IReadOnlyList<int> actionUnits, IEnumerable<FramePrediction> frames, int face = 0, double threshold = 0.5)
    {
        ArgumentNullException.ThrowIfNull(frames);
        var all = frames.Where(f => f.Error is null)
            .Select(f => (f.Number, f.Seconds, Values: f.Faces.FirstOrDefault(x => x.Id == face)?.Probabilities)).ToList();
        return new AuTimeLine(
            name, actionUnits, [.. all.Select(f => f.Number)], [.. all.Select(f => f.Seconds)],
            [.. all.Select(f => f.Values ?? [.. actionUnits.Select(_ => float.NaN)])],
            [.. all.Select(f => f.Values?.Select(p => (bool?)(p >= threshold)).ToArray() ?? new bool?[actionUnits.Count])]);
    }

    /// <summary>Reads a table of one video that this kit's predict.cs, OpenFace or py-feat wrote.</summary>
    /// <param name="path">The CSV file.</param>
    /// <param name="threshold">A probability of at least this counts as present, where the table does not say.</param>
    /// <returns>A time line for each face.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is no such table; the message names line and column.</exception>
    public static IReadOnlyList<AuTimeLine> Read(string path, double threshold = 0.5)
    {
        var lines = File.ReadAllLines(path);
        string[] header = lines.Length > 0 ? [.. Cells(lines[0])] : [];
        var columns = header.Index().Select(c => (c.Index, Match: UnitColumn().Match(c.Item))).Where(c => c.Match.Success)
            .ToLookup(c => int.Parse(c.Match.Groups[1].Value, CultureInfo.InvariantCulture), c => (c.Index, Kind: c.Match.Groups[2].Value));
        // pandas writes its index as a first column of the same name.
        var (frame, face, success) = (Array.LastIndexOf(header, "frame"), Array.IndexOf(header, "face_id"), Array.IndexOf(header, "success"));
        var time = Array.IndexOf(header, "timestamp");
        if (frame < 0 || columns.Count == 0)
            throw new InvalidDataException($"{path}: line 1: expected the columns frame and AU01 … or AU01_p, AU01_r, AU01_c …, found {string.Join(", ", header.Take(8))}.");
        int[] units = [.. columns.Select(c => c.Key).Order()];
        // Only py-feat has neither face_id nor timestamp; it counts frames from 0.
        var first = face < 0 && time < 0 ? 0 : 1;
        var rows = new List<(string Face, int Frame, double Seconds, float[] Values, bool?[] Present)>();
        for (var line = 1; line < lines.Length; line++)
        {
            string[] cells = [.. Cells(lines[line])];
            if (cells is [""] || (success >= 0 && success < cells.Length && Cell(success) == 0))
                continue;
            if (cells.Length != header.Length)
                throw new InvalidDataException($"{path}: line {line + 1}: expected {header.Length} cells as in the header, found {cells.Length}.");
            float[] values = [.. units.Select(u => Value(columns[u], ["_p", "_r", ""]))];
            float[] coded = [.. units.Select(u => Value(columns[u], ["_c"]))];
            rows.Add((face < 0 ? "0" : cells[face], (int)Cell(frame) + 1 - first, time < 0 ? double.NaN : Cell(time), values, [.. units.Select((u, n) =>
                !float.IsNaN(coded[n]) ? coded[n] >= 0.5f : float.IsNaN(values[n]) || columns[u].Any(c => c.Kind == "_r") ? (bool?)null : values[n] >= threshold)]));

            float Value(IEnumerable<(int Index, string Kind)> all, string[] kinds) =>
                kinds.SelectMany(kind => all.Where(c => c.Kind == kind)).Select(c => c.Index) is var found && found.Any() ? (float)Cell(found.First()) : float.NaN;

            double Cell(int column) => cells[column] is "" or "nan" or "NaN" ? double.NaN
                : double.TryParse(cells[column], NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value
                : throw new InvalidDataException($"{path}: line {line + 1}: {header[column]}: expected a number, found '{cells[column]}'.");
        }
        var name = Path.GetFileNameWithoutExtension(path);
        var faces = rows.GroupBy(r => r.Face).ToList();
        return faces.Count == 0
            ? throw new InvalidDataException($"{path}: expected rows with success 1, found none.")
            : [.. faces.Select(g => g.DistinctBy(r => r.Frame).OrderBy(r => r.Frame).ToList()).Zip(faces, (f, g) => new AuTimeLine(
                faces.Count > 1 ? $"{name}, face {g.Key}" : name, units, [.. f.Select(r => r.Frame)], [.. f.Select(r => r.Seconds)], [.. f.Select(r => r.Values)], [.. f.Select(r => r.Present)]))];
    }

    /// <summary>Compares this time line with another one of the same face, for the units and frames that both have.</summary>
    /// <param name="other">The other.</param>
    /// <returns>A row for each unit, by number; none where nothing is in common.</returns>
    public IReadOnlyList<AuTimeLineAgreement> CompareWith(AuTimeLine other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var there = other.Frames.Index().ToDictionary(f => f.Item, f => f.Index);
        var pairs = Frames.Index().Where(f => there.ContainsKey(f.Item)).Select(f => (Mine: f.Index, Theirs: there[f.Item])).ToList();
        return [.. ActionUnits.Intersect(other.ActionUnits).Order().Select(unit =>
        {
            var (m, t) = (ActionUnits.ToList().IndexOf(unit), other.ActionUnits.ToList().IndexOf(unit));
            var values = pairs.Select(p => (X: (double)Values[p.Mine][m], Y: (double)other.Values[p.Theirs][t])).Where(p => double.IsFinite(p.X) && double.IsFinite(p.Y)).ToList();
            var coded = pairs.Select(p => (Mine: Present[p.Mine][m], Theirs: other.Present[p.Theirs][t])).Where(p => p is { Mine: not null, Theirs: not null }).ToList();
            double Share(Func<(bool? Mine, bool? Theirs), bool> which) => coded.Count > 0 ? coded.Count(which) / (double)coded.Count : double.NaN;
            var (agreed, mine, theirs) = (Share(p => p.Mine == p.Theirs), Share(p => p.Mine == true), Share(p => p.Theirs == true));
            var chance = (mine * theirs) + ((1 - mine) * (1 - theirs));
            return new AuTimeLineAgreement(unit, Math.Max(values.Count, coded.Count), Correlation(values), agreed, (agreed - chance) / (1 - chance));
        }).Where(a => a.Frames > 0)];
    }

    private static double Correlation(List<(double X, double Y)> values)
    {
        if (values.Count < 2)
            return double.NaN;
        var (mx, my) = (values.Average(v => v.X), values.Average(v => v.Y));
        return values.Sum(v => (v.X - mx) * (v.Y - my)) / Math.Sqrt(values.Sum(v => (v.X - mx) * (v.X - mx)) * values.Sum(v => (v.Y - my) * (v.Y - my)));
    }

    /// <summary>The cells of a line without blanks around them; one in quotes may hold commas.</summary>
    private static List<string> Cells(string line)
    {
        var (cells, cell, quoted) = (new List<string>(), new StringBuilder(), false);
        foreach (var letter in line)
        {
            if (letter == ',' && !quoted)
            {
                cells.Add(cell.ToString().Trim());
                cell.Clear();
                continue;
            }
            if (letter == '"')
                quoted = !quoted;
            else
                cell.Append(letter);
        }
        return [.. cells, cell.ToString().Trim()];
    }

    [GeneratedRegex("^AU0*([1-9][0-9]?)(_[prc]|)$", RegexOptions.CultureInvariant)]
    private static partial Regex UnitColumn();
}

/// <summary>How two time lines of one action unit agree.</summary>
/// <param name="ActionUnit">The FACS number.</param>
/// <param name="Frames">How many frames both have.</param>
/// <param name="Correlation">Pearson's r of the values; NaN where one of them never changes.</param>
/// <param name="Agreement">Share of the frames with the same presence; NaN where one tells none.</param>
/// <param name="Kappa">Cohen's kappa of the presence: 0 for what chance gives; NaN where both never change.</param>
public sealed record AuTimeLineAgreement(int ActionUnit, int Frames, double Correlation, double Agreement, double Kappa);
