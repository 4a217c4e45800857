using System.Globalization;

namespace FanTrans.Data;

/// <summary>Collects the label values of one recording frame by frame, and everything that is wrong with them.</summary>
internal sealed class LabelTable(DatasetManifest manifest, string subject, string sequence, PreparationReport report)
{
    // What a cell holds before a value is put in, or after a value that is not allowed.
    private const int None = int.MinValue;
    private readonly SortedDictionary<int, int[]> _rows = [];
    private readonly Dictionary<(string File, int Au, int Value), List<int>> _outside = [];

    /// <summary>Frames with at least one value.</summary>
    public IReadOnlyCollection<int> Numbers => _rows.Keys;

    public bool Has(int frame) => _rows.ContainsKey(frame);

    /// <summary>The frame that a label row is about, or null after reporting that it cannot be read.</summary>
    public int? Frame(string text, string place)
    {
        if (Whole(text) is { } frame && frame >= 0)
            return frame;
        report.Add(new Problem(ProblemKind.UnreadableRow, subject, sequence, $"{place}: expected a frame number, found '{text.Trim()}'"));
        return null;
    }

    /// <summary>Puts one value in; values outside the rule are reported and stay unknown.</summary>
    public void Put(int frame, int column, string text, string file)
    {
        if (!_rows.TryGetValue(frame, out var row))
        {
            _rows[frame] = row = new int[manifest.ActionUnits.Count];
            Array.Fill(row, None);
        }
        if (Whole(text) is not { } value)
        {
            report.Add(Problem.At(ProblemKind.UnreadableRow, new FaceKey(subject, sequence, frame), $"{file}: AU{manifest.ActionUnits[column]}: expected {manifest.Labels.Allowed}, found '{text.Trim()}'"));
        }
        else if (manifest.Labels.Label(value) is null)
        {
            var key = (file, manifest.ActionUnits[column], value);
            if (!_outside.TryGetValue(key, out var frames))
                _outside[key] = frames = [];
            frames.Add(frame);
        }
        else
        {
            row[column] = value;
        }
    }

    /// <summary>The labels by frame, once all is put in.</summary>
    /// <param name="present">Columns that were found at all: a hole in one of them is reported.</param>
    public IReadOnlyList<LabelledFrame> Frames(IReadOnlyList<bool> present)
    {
        foreach (var (key, frames) in _outside)
        {
            report.Add(Problem.Runs(ProblemKind.ValueOutOfRange, subject, sequence, frames,
                $"{key.File}: AU{key.Au}: expected {manifest.Labels.Allowed}, found {key.Value}"));
        }
        var refused = _outside.SelectMany(o => o.Value.Select(f => (f, o.Key.Au))).ToHashSet();
        for (var column = 0; column < manifest.ActionUnits.Count; column++)
        {
            var au = manifest.ActionUnits[column];
            if (present[column])
            {
                report.Add(Problem.Runs(ProblemKind.MissingValue, subject, sequence,
                    _rows.Where(r => r.Value[column] == None && !refused.Contains((r.Key, au))).Select(r => r.Key),
                    $"AU{au} has no value that can be used"));
            }
        }
        var intensities = manifest.Labels.Kind is LabelKind.Intensity;
        return [.. _rows.Select(r => new LabelledFrame(
            r.Key,
            Array.ConvertAll(r.Value, v => v == None ? LabelRule.Unknown : manifest.Labels.Label(v)!.Value),
            intensities ? Array.ConvertAll(r.Value, v => (byte)(v == None ? 0 : v)) : null))];
    }

    private static int? Whole(string text) =>
        int.TryParse(text.Trim().Trim('"'), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : null;
}
