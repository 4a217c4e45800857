namespace FanTrans.Data;

/// <summary>Collects the label values of one recording frame by frame,
/// and everything that is wrong with them.</summary>
internal sealed class LabelTable(DatasetManifest manifest, string subject, string sequence, PreparationReport report)
{
    private readonly SortedDictionary<int, int?[]> rows = [];
    private readonly HashSet<(string Table, int Frame)> seen = [];
    private readonly HashSet<(int Frame, int Unit)> refused = [];
    private readonly OrderedDictionary<(string Table, int Column, string Value), (int Line, List<int> Frames)> wrong =
    [];

    /// <summary>The frame that a row is about, or null after reporting that it cannot be read.</summary>
    /// <param name="table">The table.</param>
    /// <param name="row">Its row.</param>
    /// <param name="cells">How many cells a row has; null for as many as the header.</param>
    /// <exception cref="InvalidDataException">The frame has a row already: which counts cannot be told.</exception>
    public int? Frame(TextTable table, int row, int? cells = null)
    {
        int frame;
        try
        {
            if (table.Misfit(row, cells) is { } misfit)
                throw new InvalidDataException(misfit);
            frame = table.Whole(row, 0, "a frame number", greatest: int.MaxValue - 1);
        }
        catch (InvalidDataException error)
        {
            report.Add(new Problem(ProblemKind.UnreadableRow, subject, sequence, error.Message));
            return null;
        }
        return seen.Add((table.Name, frame))
            ? frame
            : throw new InvalidDataException($"{table.Place(row, 0)}: frame {frame} is there already");
    }

    /// <summary>Puts one value in; an empty cell and a value outside the rule stay unknown.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="unit">The action unit's place in the manifest.</param>
    /// <param name="table">Where the value stands.</param>
    /// <param name="row">Its row.</param>
    /// <param name="column">Its column.</param>
    public void Put(int frame, int unit, TextTable table, int row, int column)
    {
        if (!rows.TryGetValue(frame, out var values))
            rows[frame] = values = new int?[manifest.ActionUnits.Count];
        var text = table.Text(row, column);
        if (TextTable.IsEmpty(text))
            return;
        if (
            table.ParseNumber(text) is >= 0 and <= 99 and var value
            && value == Math.Floor(value)
            && manifest.Labels.Label((int)value) is not null
        )
        {
            values[unit] = (int)value;
            return;
        }
        var key = (table.Name, column, text);
        refused.Add((frame, unit));
        if (!wrong.TryGetValue(key, out var found))
            wrong.Add(key, found = (table.Line(row), []));
        found.Frames.Add(frame);
    }

    /// <summary>The labels by frame, once all is put in.</summary>
    /// <param name="present">Action units that were found at all: a hole in one of them is reported.</param>
    /// <param name="shift">Added to each frame's number.</param>
    public IReadOnlyList<LabelledFrame> Frames(IReadOnlyList<bool> present, int shift = 0)
    {
        foreach (var ((table, column, value), (line, frames)) in wrong)
        {
            report.Add(
                Problem.Runs(
                    ProblemKind.ValueOutOfRange,
                    subject,
                    sequence,
                    frames,
                    $"{table}, line {line}, column {column + 1}: expected {manifest.Labels.Allowed}, found "
                        + $"'{Printable.Of(value)}'"
                )
            );
        }
        for (var unit = 0; unit < manifest.ActionUnits.Count; unit++)
        {
            var empty = rows.Where(row => row.Value[unit] is null && !refused.Contains((row.Key, unit)))
                .Select(row => row.Key);
            if (present[unit])
            {
                report.Add(
                    Problem.Runs(
                        ProblemKind.MissingValue,
                        subject,
                        sequence,
                        empty,
                        $"AU{manifest.ActionUnits[unit]} has no value that can be used"
                    )
                );
            }
        }
        var intensities = manifest.Labels.Kind is LabelKind.Intensity;
        return
        [
            .. rows.Select(row => new LabelledFrame(
                row.Key + shift,
                Array.ConvertAll(
                    row.Value,
                    value => value is { } v ? manifest.Labels.Label(v)!.Value : LabelRule.Unknown
                ),
                intensities ? Array.ConvertAll(row.Value, value => (byte)(value ?? 0)) : null
            )),
        ];
    }
}
