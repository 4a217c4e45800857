using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using NotebookHost.Cells;

namespace NotebookHost.Conversion;

/// <summary>
/// Code cells as statements of an app, line by line. What an app has elsewhere (packages, usings, types) goes to
/// <paramref name="head"/>; its lines stay behind as comments.
/// </summary>
internal sealed class AppCells(string directory, AppHead head, AppNames names)
{
    /// <summary>The lines of one cell.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="areParameters">Whether the app's arguments set its variables.</param>
    /// <exception cref="HostException">It is right in a notebook and cannot be in an app; or it is not C#.</exception>
    public List<string> Write(CellSource cell, bool areParameters) => Write(cell, areParameters, []);

    private List<string> Write(CellSource cell, bool areParameters, IReadOnlyList<string> importers)
    {
        if (cell.Language != Languages.CSharp) throw new HostException($"{cell.Path} is for the kernel "
            + $"'{cell.Language}'; an app has C# alone");
        var directives = CellDirective.Of(cell).ToList();
        var sources = cell.Lines;
        foreach (var directive in directives)
        {
            if (directive is { Name: "#r", NuGetArgument: { } package }) head.AddPackage(package, cell, directive.Line);
            else if (directive is { Name: "#i", NuGetArgument: { } source }) head.AddSource(source);
            else if (directive is { IsImport: false, Language: not Languages.CSharp })
                throw new HostException($"{cell.Path}, line {directive.Line}: an app has no "
                    + $"'{cell.LineText(directive.Line)}': take a package, or '#!import' instead of '#load'");
            sources[directive.Line - 1] = "";
        }
        var withoutDirectives = string.Join('\n', sources);
        var tree = CSharpSyntaxTree.ParseText(withoutDirectives, Languages.CSharpOptions);
        var code = (CompilationUnitSyntax)tree.GetRoot();
        Check(cell, tree, code);
        names.Add(code, cell.Path);

        var text = tree.GetText();
        var moved = Moved(code);
        var lines = new LineWriter(
            cell,
            cell.Code.Split('\n'),
            Blanked(withoutDirectives, moved).Split('\n'),
            Inside(code, text)
        );
        foreach (var import in directives.Where(d => d.IsImport))
            lines.After(import.Line - 1, Imported(import, cell, importers));
        if (
            code.Members.LastOrDefault() is GlobalStatementSyntax { Statement: ExpressionStatementSyntax last }
            && last.SemicolonToken.IsMissing
        )
            Show(last.Expression, text, lines);

        var written = lines.Write();
        if (areParameters && AppNames.Variables(code).ToList() is { Count: > 0 } variables)
        {
            written.AddRange(variables.Select(v => AppLines.Own($"{v} = NotebookApp.Parameter(\"{v}\", {v});")));
            written.Add(AppLines.Own("NotebookApp.EndOfParameters();"));
        }
        return written;
    }

    private List<string> Imported(CellDirective import, CellSource importer, IReadOnlyList<string> importers)
    {
        try
        {
            var files = ImportedFile
                .Read(import, importer, directory, importers)
                .Where(cell => cell.Language != Languages.Markdown);
            var cells = files.SelectMany(cell =>
                Write(cell, false, [.. importers, Path.GetFullPath(import.Argument, directory)])
            );
            // As a part of another cell they are the app's alone.
            return [.. cells
                .Where(line => !AppLines.Starts(line, AppLines.Notebook) && !AppLines.Starts(line, AppLines.AppBegin) && !AppLines.Starts(line, AppLines.AppEnd))
                .Select(line => AppLines.Starts(line, AppLines.App) ? line[AppLines.App.Length..].TrimStart() : line)];
        }
        catch (CellException e)
        {
            throw new HostException(string.Join('\n', e.Error.Traceback));
        }
    }

    // Usings must come first in an app, and types last.
    private List<TextSpan> Moved(CompilationUnitSyntax code)
    {
        List<TextSpan> spans = [];
        foreach (var directive in code.Usings)
        {
            head.AddUsing(directive.ToString());
            spans.Add(directive.Span);
        }
        foreach (var type in code.Members.Where(m => m is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax))
        {
            head.AddType(type.ToString());
            spans.Add(type.Span);
        }
        return spans;
    }

    // The value of a cell is shown. A call may have none, so that one is handed over as a function.
    private static void Show(ExpressionSyntax value, SourceText text, LineWriter lines)
    {
        var isCall = value is InvocationExpressionSyntax or ConditionalAccessExpressionSyntax
            && !value.DescendantNodes().Any(n => n is AwaitExpressionSyntax or SingleVariableDesignationSyntax);
        var (first, last) = (text.Lines.GetLinePosition(value.Span.Start), text.Lines.GetLinePosition(value.Span.End));
        lines.Wrap(first, last, isCall ? "NotebookApp.Show(() =>" : "display(", ");");
    }

    private static void Check(CellSource cell, SyntaxTree tree, CompilationUnitSyntax code)
    {
        if (tree.GetDiagnostics().FirstOrDefault(d => d.Severity == DiagnosticSeverity.Error) is { } error)
            throw Wrong(
                cell,
                error.Location,
                $"error {error.Id}: {error.GetMessage(System.Globalization.CultureInfo.InvariantCulture)}"
            );
        foreach (var trivia in code.DescendantTrivia().Where(t => t.IsDirective))
        {
            if (trivia.GetStructure() is ReferenceDirectiveTriviaSyntax or LoadDirectiveTriviaSyntax)
                throw Wrong(cell, trivia.GetLocation(), $"an app has no '{trivia.ToString().Trim()}': take a package, "
                    + "or '#!import' instead of '#load'");
        }
        foreach (var member in code.Members)
        {
            if (member is PropertyDeclarationSyntax or EventFieldDeclarationSyntax or EventDeclarationSyntax or IndexerDeclarationSyntax)
                throw Wrong(cell, member.GetLocation(), "an app has no properties and events outside of types: make "
                    + "it a variable or a function");
            if (member is FieldDeclarationSyntax or MethodDeclarationSyntax
                && member.Modifiers.FirstOrDefault(m => m.ValueText is not ("const" or "static" or "async" or "unsafe" or "extern")) is { ValueText.Length: > 0 } modifier)
                throw Wrong(cell, modifier.GetLocation(), "an app's variables and functions cannot be "
                    + $"'{modifier.ValueText}': take the word away");
            if (member is FieldDeclarationSyntax { Modifiers: var modifiers } && modifiers.FirstOrDefault(m => m.ValueText == "static") is { ValueText.Length: > 0 } fixedOne)
                throw Wrong(cell, fixedOne.GetLocation(), "an app's variables cannot be 'static': take the word away");
            if (
                member is MethodDeclarationSyntax { ParameterList.Parameters: [var parameter, ..] }
                && parameter.Modifiers.Any(SyntaxKind.ThisKeyword)
            )
                throw Wrong(cell, parameter.GetLocation(), "an app's extension methods stand in a static class");
        }
        if (code.Members.OfType<GlobalStatementSyntax>()
                .SelectMany(m => m.DescendantNodes(n => n is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)))
                .FirstOrDefault(n => n is ReturnStatementSyntax) is { } end)
            throw Wrong(cell, end.GetLocation(), "'return' ends a cell, and in an app it would end the app: write the "
                + "value as the last line, without 'return'");
    }

    private static HostException Wrong(CellSource cell, Location place, string message) =>
        new($"{cell.Path}, line {place.GetLineSpan().StartLinePosition.Line + 1}: {message}");

    private static string Blanked(string code, List<TextSpan> spans)
    {
        var characters = code.ToCharArray();
        foreach (var span in spans)
        {
            for (var i = span.Start; i < span.End; i++)
            {
                if (characters[i] is not ('\n' or '\r')) characters[i] = ' ';
            }
        }
        return new(characters);
    }

    // The lines, from 0, that begin inside a text or a comment: nothing can be put before them.
    private static HashSet<int> Inside(CompilationUnitSyntax code, SourceText text) =>
    [
        .. code.DescendantTokens(descendIntoTrivia: true).Select(token => token.Span)
            .Concat(code.DescendantTrivia().Where(t => t.Kind() is SyntaxKind.MultiLineCommentTrivia or SyntaxKind.DisabledTextTrivia).Select(t => t.Span))
            .Concat(code.DescendantNodes().OfType<InterpolatedStringExpressionSyntax>().Select(s => s.Span))
            .SelectMany(span => Enumerable.Range(
                text.Lines.IndexOf(span.Start) + 1, text.Lines.IndexOf(Math.Max(span.Start, span.End - 1)) - text.Lines.IndexOf(span.Start))),
    ];
}
