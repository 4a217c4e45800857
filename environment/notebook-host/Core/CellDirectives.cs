using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using NotebookHost.Packages;

namespace NotebookHost.Core;

/// <summary>A file that a cell imports: <c>#!import path</c>.</summary>
/// <param name="Path">The path as it is written.</param>
/// <param name="Line">The line of the cell, from 1.</param>
internal sealed record ImportRequest(string Path, int Line);

/// <summary>
/// The lines of a cell that are for the host and not for the compiler: <c>#r "nuget: …"</c>, <c>#i "nuget: …"</c>
/// and magic commands. Packages are hoisted: a reference may follow code. The code keeps its lines and columns.
/// </summary>
internal sealed record CellDirectives(
    string Code, IReadOnlyList<PackageRequest> Packages, IReadOnlyList<string> Sources, IReadOnlyList<ImportRequest> Imports)
{
    private const string Import = "#!import";

    private static readonly string[] CSharpNames = ["#!csharp", "#!c#", "#!C#"];

    public static CellDirectives Read(CellSource cell)
    {
        // Most cells have none, and parsing takes time.
        if (!cell.Code.Contains('#')) return new(cell.Code, [], [], []);

        var tree = CSharpSyntaxTree.ParseText(cell.Code, SubmissionCompiler.ParseOptions, cell.Path);
        var code = cell.Code.ToCharArray();
        List<PackageRequest> packages = [];
        List<string> sources = [];
        List<ImportRequest> imports = [];
        foreach (var trivia in tree.GetRoot().DescendantTrivia())
        {
            if (!trivia.IsDirective || trivia.GetStructure() is not DirectiveTriviaSyntax { IsActive: true } directive) continue;
            var line = trivia.GetLocation().GetLineSpan().StartLinePosition.Line + 1;
            var text = (cell.LineText(line) ?? "").Trim();
            if (directive is ReferenceDirectiveTriviaSyntax reference && NuGetArgument(reference.File.ValueText) is { } package)
                packages.Add(PackageRequest.Parse(package, cell, line));
            else if (text.StartsWith("#i ", StringComparison.Ordinal) && NuGetArgument(text[3..].Trim().Trim('"')) is { } source)
                sources.Add(source);
            else if (!text.StartsWith("#!", StringComparison.Ordinal))
                continue;
            else if (ImportArgument(cell, line, text) is { } path)
                imports.Add(new(path, line));
            else
                CheckMagicCommand(cell, line, text);
            Blank(code, line);
        }
        return new(new string(code), packages, sources, imports);
    }

    /// <summary>The code before, between and after the imports, each with the import that follows it.</summary>
    public IEnumerable<(string Code, ImportRequest? Import)> Parts()
    {
        var first = 1;
        foreach (var import in Imports)
        {
            yield return (Only(first, import.Line), import);
            first = import.Line + 1;
        }
        yield return (Only(first, int.MaxValue), null);
    }

    // The lines of a range; the others are blank, so that lines keep their numbers.
    private string Only(int first, int last)
    {
        if (Imports.Count == 0) return Code;
        var lines = Code.Split('\n');
        return string.Join('\n', lines.Select((line, i) => i + 1 >= first && i + 1 <= last ? line : ""));
    }

    private static string? NuGetArgument(string text) =>
        text.StartsWith("nuget:", StringComparison.Ordinal) ? text["nuget:".Length..].Trim() : null;

    private static string? ImportArgument(CellSource cell, int line, string text)
    {
        if (text != Import && !text.StartsWith(Import + " ", StringComparison.Ordinal)) return null;
        var path = text[Import.Length..].Trim().Trim('"');
        return path.Length > 0 ? path : throw new CellException(CellError.At(
            cell, line, "ImportError", $"{Import} needs a file: {Import} helpers.ipynb"));
    }

    private static void CheckMagicCommand(CellSource cell, int line, string text)
    {
        var name = text.Split((char[])[' ', '\t'], 2)[0];
        if (CSharpNames.Contains(name)) return;
        throw new CellException(CellError.At(
            cell, line, "UnknownMagicCommand", $"unknown magic command '{name}'; this host knows {CSharpNames[0]} and {Import}"));
    }

    private static void Blank(char[] code, int line)
    {
        var start = 0;
        for (var i = 1; i < line; i++) start = Array.IndexOf(code, '\n', start) + 1;
        for (var i = start; i < code.Length && code[i] is not ('\n' or '\r'); i++) code[i] = ' ';
    }
}
