using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;

namespace NotebookHost.Core;

/// <summary>Puts the compiler's errors into words: where in which cell, and the line they are in.</summary>
internal static class CompileErrors
{
    private const int Shown = 10;

    public static CellError Describe(ImmutableArray<Diagnostic> errors, CellSource cell)
    {
        List<string> report = [];
        foreach (var error in errors.Take(Shown))
        {
            report.Add(Text(error));
            var span = error.Location.GetLineSpan();
            var (line, column) = (span.StartLinePosition.Line + 1, span.StartLinePosition.Character + 1);
            if (CellSource.NameOf(span.Path) is { } name) report.AddRange(CellError.Place(name, line, column, cell.LineText(line)));
            else if (span.IsValid) report.Add($"  at {span.Path}, line {line}, column {column}");
        }
        if (errors.Length > Shown) report.Add($"… and {errors.Length - Shown} more errors");

        var first = errors[0];
        var place = first.Location.GetLineSpan();
        int? firstLine = CellSource.NameOf(place.Path) is null ? null : place.StartLinePosition.Line + 1;
        int? firstColumn = firstLine is null ? null : place.StartLinePosition.Character + 1;
        return new("CompilationError", Text(first), cell.Number, firstLine, firstColumn,
            firstLine is { } l ? cell.LineText(l) : null, report);
    }

    private static string Text(Diagnostic error) => $"error {error.Id}: {error.GetMessage(CultureInfo.InvariantCulture)}";
}
