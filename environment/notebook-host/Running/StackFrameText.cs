using System.Globalization;
using System.Text.RegularExpressions;
using NotebookHost.Cells;

namespace NotebookHost.Running;

/// <summary>A call of a stack trace as the author of a cell knows it,
/// without the names that the compiler gives.</summary>
/// <param name="Text">The call and its place.</param>
/// <param name="Cell">The cell that it is in; null for code of a library.</param>
/// <param name="Line">The line; 0 where none is known.</param>
internal sealed partial record StackFrameText(string Text, string? Cell, int Line)
{
    /// <summary>The calls of an exception, innermost first. What called the cell is the host, and left out.</summary>
    public static IReadOnlyList<StackFrameText> Of(Exception exception)
    {
        List<StackFrameText> frames = [];
        foreach (Match match in Frame().Matches(exception.StackTrace ?? ""))
        {
            var call = Generated().Replace(match.Groups["call"].Value, name => name switch
            {
                _ when name.Groups["local"] is { Success: true } local => local.Value,
                _ when name.Groups["lambda"].Success => "lambda",
                _ => name.Groups["outer"].Value,
            });
            // What awaits for a cell says nothing.
            if (call.StartsWith("System.Runtime.", StringComparison.Ordinal)) continue;
            var (file, line) = (match.Groups["file"].Value, match.Groups["line"]);
            var place = line.Success ? $"{Path.GetFileName(file)}, line {line.Value}" : "";
            var text = call.StartsWith("Initialize", StringComparison.Ordinal) && line.Success ? place : line.Success ? $"{call} in {place}" : call;
            frames.Add(new(text, CellSource.NameOf(file), line.Success ? int.Parse(line.Value, CultureInfo.InvariantCulture) : 0));
        }
        var last = frames.FindLastIndex(frame => frame.Cell is not null);
        return last < 0 ? frames : frames[..(last + 1)];
    }

    [GeneratedRegex(@"^\s+at (?<call>.*?)(?: in (?<file>.*):line (?<line>\d+))?\s*$", RegexOptions.Multiline)]
    private static partial Regex Frame();

    // "Submission#1.<Name>d__3.MoveNext", "<Name>b__0", "<Outer>g__Name|0_0" stand for Name; lambdas and local
    // functions are in closures.
    [GeneratedRegex(@"Submission#\d+\.(<>c(__DisplayClass\w*)?\.)?(<+(?<outer>\w+)>+(d__\d+\.MoveNext|g__(?<local>\w+)\|\w+|(?<lambda>b__\w+)))?")]
    private static partial Regex Generated();
}
