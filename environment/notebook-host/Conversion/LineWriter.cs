using Microsoft.CodeAnalysis.Text;
using NotebookHost.Cells;

namespace NotebookHost.Conversion;

/// <summary>Writes the lines of a cell: as they are where the app has them too,
/// else as a comment with the app's own beside it.</summary>
/// <param name="cell">The cell.</param>
/// <param name="written">Its lines.</param>
/// <param name="run">The same lines without what the app has elsewhere.</param>
/// <param name="inside">Lines, from 0, that begin inside a text: no mark can stand before them.</param>
internal sealed class LineWriter(CellSource cell, string[] written, string[] run, HashSet<int> inside)
{
    private readonly Dictionary<int, List<string>> after = [];
    private (LinePosition First, LinePosition Last, string Before, string After)? wrapped;

    /// <summary>Adds lines of the app alone after a line, from 0.</summary>
    public void After(int line, List<string> lines) => after[line] = lines;

    /// <summary>Puts code around a part.</summary>
    public void Wrap(LinePosition first, LinePosition last, string before, string after) =>
        wrapped = (first, last, before, after);

    public List<string> Write()
    {
        List<string> lines = [];
        for (var i = 0; i < written.Length; i++)
        {
            if (wrapped is { } wrap && i == wrap.First.Line)
            {
                WriteWrapped(lines, wrap.First, wrap.Last, wrap.Before, wrap.After);
                i = wrap.Last.Line;
            }
            else
            {
                WriteLine(lines, i);
            }
            if (after.TryGetValue(i, out var more)) lines.AddRange([AppLines.AppBegin, .. more, AppLines.AppEnd]);
        }
        return lines;
    }

    private void WriteWrapped(List<string> lines, LinePosition first, LinePosition last, string before, string after)
    {
        var range = Enumerable.Range(first.Line, last.Line - first.Line + 1).ToList();
        var standsAlone = string.IsNullOrWhiteSpace(run[first.Line][..first.Character]) && !inside.Contains(first.Line);
        // Its lines stay as they are where nothing else is on them; else they are written anew.
        if (standsAlone)
        {
            lines.Add(AppLines.Own(before));
            foreach (var i in range) WriteLine(lines, i);
            lines.Add(AppLines.Own(after));
            return;
        }
        lines.AddRange(range.Select(i => AppLines.Keep(written[i])));
        var code = range.Select(i => run[i]).ToArray();
        code[^1] = code[^1].Insert(last.Character, after);
        code[0] = code[0].Insert(first.Character, before);
        lines.AddRange([AppLines.AppBegin, .. code, AppLines.AppEnd]);
    }

    private void WriteLine(List<string> lines, int i)
    {
        var (line, code) = (written[i], run[i].TrimEnd());
        var isSame = line.TrimEnd() == code;
        if (isSame && !AppLines.IsMarked(line))
        {
            lines.Add(line);
            return;
        }
        if (inside.Contains(i) && code.Trim().Length > 0)
            throw new HostException($"{cell.Path}, line {i + 1}: an app cannot have this line inside of a text or "
                + "comment: it begins with a mark, or with the end of what stands elsewhere in an app");
        lines.Add(AppLines.Keep(line));
        if (code.Trim().Length > 0 && !AppLines.Starts(code, "//")) lines.Add(AppLines.Own(code.TrimStart()));
    }
}
