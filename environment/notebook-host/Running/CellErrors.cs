using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Scripting;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Events;
using NotebookHost.Cells;
using Diagnostic = Microsoft.CodeAnalysis.Diagnostic;

namespace NotebookHost.Running;

/// <summary>Puts what the kernel says of a failed cell into words: where in which cell,
/// and the line that it is in.</summary>
internal static partial class CellErrors
{
    private const int Shown = 10;

    public static CellError Of(Submission submission, CommandFailed failed) => failed.Exception switch
    {
        CodeSubmissionCompilationErrorException { InnerException: CompilationErrorException compilation } =>
            OfCompilation(submission, [.. compilation.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error)]),
        { } exception => OfException(submission, exception),
        null => OfDirective(submission, failed.Message) ?? CellError.OfCell(submission.Cell, "Error", failed.Message),
    };

    /// <summary>The error of a cell that was stopped, with the place where it stopped if that is known.</summary>
    public static CellError Stopped(Submission submission, string name, string message, Exception? exception)
    {
        var where = exception is null ? null : OfException(submission, exception);
        return new(name, message, submission.Cell.Number, where?.Line, null, [$"{name}: {message}", .. where?.Traceback.Skip(1) ?? []]);
    }

    private static CellError OfCompilation(Submission submission, IReadOnlyList<Diagnostic> errors)
    {
        List<string> report = [];
        foreach (var error in errors.Take(Shown))
        {
            report.Add(Text(error));
            var (cell, path, line, column) = PlaceOf(submission, error);
            if (cell is not null) report.AddRange(CellError.Place(cell.Path, line, column, cell.LineText(line)));
            else if (path.Length > 0) report.Add($"  at {path}, line {line}, column {column}");
        }
        if (errors.Count > Shown) report.Add($"… and {errors.Count - Shown} more errors");
        var (part, _, firstLine, firstColumn) = PlaceOf(submission, errors[0]);
        if (part is null) return new("CompilationError", Text(errors[0]), submission.Cell.Number, null, null, report);
        return submission.Own(new("CompilationError", Text(errors[0]), part.Number, firstLine, firstColumn, report), part);
    }

    private static (CellSource? Cell, string Path, int Line, int Column) PlaceOf(
        Submission submission,
        Diagnostic error
    )
    {
        var span = error.Location.GetMappedLineSpan();
        return (submission.Find(CellSource.NameOf(span.Path)), span.Path ?? "", span.StartLinePosition.Line + 1, span.StartLinePosition.Character + 1);
    }

    private static string Text(Diagnostic error) =>
        $"error {error.Id}: {error.GetMessage(CultureInfo.InvariantCulture)}";

    private static CellError OfException(Submission submission, Exception exception)
    {
        // What a task threw was thrown again where somebody waited for the task.
        IReadOnlyList<StackFrameText> frames = StackFrameText.Of(exception);
        while (exception is AggregateException { InnerExceptions: [var only] })
            frames = [.. StackFrameText.Of(exception = only), .. frames];
        var inCell = frames.FirstOrDefault(frame => submission.Find(frame.Cell) is not null);
        var part = submission.Find(inCell?.Cell);
        List<string> report = [$"{exception.GetType().FullName}: {exception.Message}"];
        foreach (var frame in frames)
        {
            report.Add($"  at {frame.Text}");
            if (frame == inCell && part!.LineText(frame.Line) is { Length: > 0 } text)
                report.Add($"  {frame.Line, 4} | {text}");
        }
        for (var inner = exception.InnerException; inner is not null; inner = inner.InnerException)
        {
            report.Add($"caused by {inner.GetType().FullName}: {inner.Message}");
            report.AddRange(StackFrameText.Of(inner).Select(frame => $"  at {frame.Text}"));
        }
        var error = new CellError(exception.GetType().FullName!, exception.Message, submission.Cell.Number, inCell?.Line, null, report);
        return part is null ? error : submission.Own(error, part);
    }

    // Magic commands and packages: the kernel says where in the submission, or names the package or file.
    private static CellError? OfDirective(Submission submission, string message)
    {
        if (MagicError().Match(message) is { Success: true } magic && submission.PlaceOf(int.Parse(magic.Groups["line"].ValueSpan, CultureInfo.InvariantCulture)) is var (cell, line))
            return submission.Own(CellError.At(cell, line, "MagicCommandError", magic.Groups["text"].Value), cell);
        var named = submission.Directives.FirstOrDefault(part =>
            (part.Directive.NuGetArgument?.Split(',')[0].Trim() ?? part.Directive.Argument) is { Length: > 0 } name
            && message.Contains(name, StringComparison.Ordinal)
        );
        if (named.Directive is null)
            return null;
        var name = named.Directive.NuGetArgument is null ? "MagicCommandError" : "PackageError";
        // "…/Project.fsproj : error NU1101: Unable to find package X. …" is more than a reader needs.
        var texts = PackageError().Matches(message).Select(m => m.Groups["text"].Value.Trim()).Distinct().ToList();
        return submission.Own(
            CellError.At(named.Cell, named.Directive.Line, name, texts.Count > 0 ? string.Join('\n', texts) : message),
            named.Cell
        );
    }

    [GeneratedRegex(@"^\((?<line>\d+),\d+\): error DNI\d+: (?<text>.*)", RegexOptions.Singleline)]
    private static partial Regex MagicError();

    [GeneratedRegex(@": error (?<text>NU\d+: .*)$", RegexOptions.Multiline)]
    private static partial Regex PackageError();
}
